package config

import (
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// complete fills what nobody gave and depends on other values.
func (l *loader) complete() {
	c := l.config
	if !l.given("base_url") {
		c.BaseURL = localURL(c.Server.Listen)
		c.assume("base_url", c.BaseURL.String())
	}
	if !l.given("site_url") {
		c.SiteURL = c.BaseURL
	}
	c.Public = l.given("base_url") && c.BaseURL != nil && reachable(c.BaseURL.Hostname())
	if !l.given("feeds.taxonomies") {
		c.Feeds.Taxonomies = c.Content.Taxonomies
	}
	l.completeOrigin()
	if c.File == "" && !l.given("content.dir") && !c.Content.Elsewhere() {
		l.completeContent()
	}
	l.completePodcast()
	l.completeHub()
}

// completeContent is for who starts without any configuration: the folder content, or else the
// folder itself, if it looks like one of articles.
func (l *loader) completeContent() {
	c := l.config
	here := filepath.Dir(c.Content.Dir)
	if fi, err := os.Stat(c.Content.Dir); err == nil && fi.IsDir() || !holdsMarkdown(here) {
		return
	}
	c.Content.Dir = here
	c.assume("content.dir", here+", the folder itself")
}

// holdsMarkdown reports whether a Markdown file lies in the folder or not far below it.
func holdsMarkdown(dir string) bool {
	const deepest, most = 3, 10_000
	found, looked := false, 0
	_ = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		looked++
		switch {
		case looked > most:
			return fs.SkipAll
		case err != nil:
			return nil
		case d.IsDir():
			if name != "." && (d.Name()[0] == '.' || d.Name() == "node_modules" || strings.Count(name, "/") >= deepest) {
				return fs.SkipDir
			}
		case slices.Contains([]string{".md", ".markdown", ".mdown", ".mdx"}, strings.ToLower(path.Ext(name))):
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

func (l *loader) given(key string) bool {
	_, ok := l.values[key]
	return ok
}

func (c *Config) assume(key, value string) {
	c.Assumed = append(c.Assumed, fmt.Sprintf("%s is not set: assuming %s", key, value))
}

// localURL is where this machine finds what listens on address. A port that the system chooses is
// not known yet.
func localURL(address string) *url.URL {
	host := "localhost"
	if _, port, err := net.SplitHostPort(address); err == nil && port != "0" && port != "80" {
		host += ":" + port
	}
	return &url.URL{Scheme: "http", Host: host, Path: "/"}
}

// check looks for mistakes that concern more than one key.
func (l *loader) check() {
	l.checkAuthor()
	l.checkToken()
	l.checkStore()
	l.checkState()
	l.checkGit()
	l.checkBucket()
	l.checkFeeds()
	l.checkPublish()
}

func (l *loader) checkAuthor() {
	if l.given("author") || l.given("author.name") {
		return
	}
	for _, key := range []string{"author.email", "author.url"} {
		if v, ok := l.values[key]; ok {
			v.fail("the author needs a name too")
		}
	}
}

func (l *loader) checkToken() {
	token, inline := l.values["server.admin_token"]
	inFile := l.given("server.admin_token_file")
	admin := l.config.Server.Admin
	switch {
	case inline && inFile:
		token.fail("there is a server.admin_token_file too: want one of them")
	case !inline && !inFile && admin != "" && !isLoopback(admin):
		// It is not the default, so somebody gave it.
		l.values["server.admin"].fail("%q is open to other machines and needs a token: set server.admin_token_file", admin)
	}
}

func (l *loader) checkStore() {
	for _, key := range []string{"store", "hub.store"} {
		if store, inline := l.values[key]; inline && l.given(key+"_file") {
			store.fail("there is a %s_file too: want one of them", key)
		}
	}
}

// checkState keeps the state out of the watcher's sight: saving it would look like a change of
// content, which would be saved again.
func (l *loader) checkState() {
	c := l.config
	state, given := l.values["state"]
	if given && c.State != "" && isVisible(c.State, c.Content.Dir) {
		state.fail("lies in content.dir: want a folder outside of it, or one whose name begins with a dot")
	}
}

// isVisible reports whether a folder is root, or lies below it with no hidden one between.
func isVisible(folder, root string) bool {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return false
	}
	below, err := filepath.Rel(root, folder)
	return err == nil && (below == "." || !strings.HasPrefix(below, ".") && !strings.Contains(below, "/."))
}
