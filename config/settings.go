package config

import (
	"math"
	"strings"
	"time"
)

// settings is every key there is, and what becomes of its value. It is the only list of keys: the
// file, the environment and the flags are all read by it.
func (c *Config) settings() map[string]func(value) {
	const forever = time.Duration(math.MaxInt64)
	return map[string]func(value){
		"title":        func(v value) { c.Title = v.text() },
		"base_url":     func(v value) { c.BaseURL = v.root() },
		"site_url":     func(v value) { c.SiteURL = v.root() },
		"description":  func(v value) { c.Description = v.text() },
		"author":       func(v value) { c.Author = v.author() },
		"author.name":  func(v value) { c.Author.Name = v.text() },
		"author.email": func(v value) { c.Author.Email = v.email() },
		"author.url":   func(v value) { c.Author.URL = v.link() },
		"language":     func(v value) { c.Language = v.language() },
		"timezone":     func(v value) { c.Timezone = v.zone() },
		"state":        func(v value) { c.State = v.unlessNone(value.path) },
		"store":        func(v value) { c.Store = v.database() },
		"store_file":   func(v value) { c.Store, c.StoreFile = v.databaseFile(), v.path() },

		"content.dir":        func(v value) { c.Content.Dir = v.path() },
		"content.preset":     func(v value) { c.Content.Preset = v.text() },
		"content.permalink":  func(v value) { c.Content.Permalinks = v.structure().permalinks() },
		"content.ids":        func(v value) { c.Content.IDs = v.oneOf("permalink", "generator") },
		"content.fields":     func(v value) { c.Content.Fields = v.structure().keys() },
		"content.taxonomies": func(v value) { c.Content.Taxonomies = v.list(value.taxonomy) },

		"content.git.url":           func(v value) { c.Content.Git.URL = v.repository() },
		"content.git.branch":        func(v value) { c.Content.Git.Branch = v.branch() },
		"content.git.dir":           func(v value) { c.Content.Git.Dir = v.folderWithin() },
		"content.git.interval":      func(v value) { c.Content.Git.Interval = v.duration(10*time.Second, forever) },
		"content.git.size":          func(v value) { c.Content.Git.Size = v.size() },
		"content.git.user":          func(v value) { c.Content.Git.User = v.token() },
		"content.git.password":      func(v value) { c.Content.Git.Password = v.token() },
		"content.git.password_file": func(v value) { c.Content.Git.Password = v.tokenFile() },
		"content.git.secret":        func(v value) { c.Content.Git.Secret = v.token() },
		"content.git.secret_file":   func(v value) { c.Content.Git.Secret = v.tokenFile() },

		"content.bucket.endpoint":        func(v value) { c.Content.Bucket.Endpoint = v.origin() },
		"content.bucket.name":            func(v value) { c.Content.Bucket.Name = v.bucket() },
		"content.bucket.prefix":          func(v value) { c.Content.Bucket.Prefix = v.prefix() },
		"content.bucket.dir":             func(v value) { c.Content.Bucket.Dir = v.folderWithin() },
		"content.bucket.region":          func(v value) { c.Content.Bucket.Region = v.text() },
		"content.bucket.path_style":      func(v value) { c.Content.Bucket.PathStyle = v.yes() },
		"content.bucket.interval":        func(v value) { c.Content.Bucket.Interval = v.duration(10*time.Second, forever) },
		"content.bucket.size":            func(v value) { c.Content.Bucket.Size = v.size() },
		"content.bucket.access_key":      func(v value) { c.Content.Bucket.AccessKey = v.token() },
		"content.bucket.secret_key":      func(v value) { c.Content.Bucket.SecretKey = v.token() },
		"content.bucket.secret_key_file": func(v value) { c.Content.Bucket.SecretKey = v.tokenFile() },
		"content.bucket.secret":          func(v value) { c.Content.Bucket.Secret = v.token() },
		"content.bucket.secret_file":     func(v value) { c.Content.Bucket.Secret = v.tokenFile() },

		"content.limits.file_size":    func(v value) { c.Content.Limits.FileSize = v.size() },
		"content.limits.front_matter": func(v value) { c.Content.Limits.FrontMatter = v.size() },
		"content.limits.keys":         func(v value) { c.Content.Limits.Keys = v.number(1, 1_000_000) },
		"content.limits.depth":        func(v value) { c.Content.Limits.Depth = v.number(1, 1000) },
		"content.limits.terms":        func(v value) { c.Content.Limits.Terms = v.number(1, 1_000_000) },
		"content.limits.render":       func(v value) { c.Content.Limits.Render = v.duration(time.Millisecond, time.Minute) },

		"feeds.limit":      func(v value) { c.Feeds.Limit = v.feedLimit() },
		"feeds.content":    func(v value) { c.Feeds.Content = v.feedContent() },
		"feeds.formats":    func(v value) { c.Feeds.Formats = v.feedFormats() },
		"feeds.title":      func(v value) { c.Feeds.Title = v.pattern("term", "taxonomy", "site") },
		"feeds.minimum":    func(v value) { c.Feeds.Minimum = v.number(1, mostArticles) },
		"feeds.taxonomies": func(v value) { c.Feeds.Taxonomies = v.list(value.taxonomy) },
		"feeds.hubs":       func(v value) { c.Feeds.Hubs = v.list(value.link) },
		"feeds.archive":    func(v value) { c.Feeds.Archive = v.yes() },
		"feeds.resurface":  func(v value) { c.Feeds.Resurface = v.yes() },
		"feeds.tombstones": func(v value) { c.Feeds.Tombstones = v.duration(0, forever) },
		"feeds.for":        func(v value) { c.Feeds.For = v.structure().feedsFor() },

		"podcast.image":       func(v value) { c.Podcast.Image = v.link() },
		"podcast.categories":  func(v value) { c.Podcast.Categories = v.list(value.category) },
		"podcast.explicit":    func(v value) { c.Podcast.Explicit = v.oneOf("true", "false") },
		"podcast.type":        func(v value) { c.Podcast.Type = v.oneOf("episodic", "serial") },
		"podcast.owner":       func(v value) { c.Podcast.Owner = v.author() },
		"podcast.owner.name":  func(v value) { c.Podcast.Owner.Name = v.text() },
		"podcast.owner.email": func(v value) { c.Podcast.Owner.Email = v.email() },
		"podcast.guid":        func(v value) { c.Podcast.GUID = v.guid() },

		"server.listen":           func(v value) { c.Server.Listen = v.address() },
		"server.admin":            func(v value) { c.Server.Admin = v.unlessNone(value.address) },
		"server.admin_token":      func(v value) { c.Server.AdminToken = v.token() },
		"server.admin_token_file": func(v value) { c.Server.TokenFile, c.Server.AdminToken = v.path(), v.tokenFile() },
		"server.cache":            func(v value) { c.Server.Cache = v.size() },
		"server.access_log":       func(v value) { c.Server.AccessLog = v.yes() },
		"server.pprof":            func(v value) { c.Server.Pprof = v.yes() },

		"publish":        func(v value) { c.Publish = v.structure().targets() },
		"hub.enabled":    func(v value) { c.Hub.Enabled = v.yes() },
		"hub.allow_http": func(v value) { c.Hub.AllowHTTP = v.yes() },
		"hub.ports":      func(v value) { c.Hub.Ports = v.ports() },
		"hub.allow":      func(v value) { c.Hub.Allow = v.networks() },
		"hub.store":      func(v value) { c.Hub.Store = v.database() },
		"hub.store_file": func(v value) { c.Hub.Store, c.Hub.StoreFile = v.databaseFile(), v.path() },

		"watch.mode":         func(v value) { c.Watch.Mode = v.oneOf("auto", "events", "poll") },
		"watch.settle":       func(v value) { c.Watch.Settle = v.duration(time.Millisecond, time.Second) },
		"watch.reconcile":    func(v value) { c.Watch.Reconcile = v.duration(time.Second, forever) },
		"watch.delete_grace": func(v value) { c.Watch.DeleteGrace = v.duration(0, forever) },
	}
}

// variables names the environment variables of a key, the one that wins last.
func variables(key string) []string {
	long := "FEEDMILL_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
	switch key {
	case "content.dir":
		return []string{"FEEDMILL_CONTENT", long}
	case "server.listen":
		return []string{"FEEDMILL_LISTEN", long}
	case "server.admin":
		return []string{"FEEDMILL_ADMIN", long}
	}
	return []string{long}
}
