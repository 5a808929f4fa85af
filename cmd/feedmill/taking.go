package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"feedmill/preset"
)

// taking is something that init has found out.
type taking struct {
	key   string // of the configuration
	yaml  string // as it is written there; "" where it is not
	shown string
	from  string // where it was found
}

// takings is all that init writes and tells: of the site in root, whose articles lie in dir below it,
// of what its generator says, and of what the command line gives, by key.
func takings(root, dir string, found *preset.Preset, given map[string]string) []taking {
	from, o := signs(found), found.Origin
	var all []taking
	take := func(key, value, from string) {
		if flag := given[key]; flag != "" {
			value, from = flag, "the command line"
		}
		if value != "" {
			all = append(all, taking{key, quoted(value), value, from})
		}
	}
	if found.Title != "" {
		take("title", found.Title, from)
	} else if filepath.IsLocal(dir) {
		take("title", folderName(root), "the name of the folder")
	} else {
		take("title", folderName(filepath.Join(root, dir)), "the name of the folder")
	}
	take("base_url", "", "")
	take("site_url", absolute(found.BaseURL), from)
	take("description", o.Description, from)
	take("author.name", o.Author.Name, from)
	if o.Author.Name != "" {
		take("author.email", o.Author.Email, from)
		take("author.url", absolute(o.Author.URL), from)
	}
	if state := given["state"]; state != "" {
		if state != "none" {
			state = relative(root, state)
		}
		all = append(all, taking{"state", quoted(state), state, "the command line"})
	}
	if given["content.dir"] != "" {
		all = append(all, taking{"content.dir", quoted(dir), dir, "the command line"})
	} else if dir != "content" {
		all = append(all, taking{"content.dir", quoted(dir), dir, "the folder"})
	}
	if o.IDs {
		all = append(all, taking{"content.ids", "generator", "generator", "as " + found.Name + "'s feed has them"})
	}
	if names := strings.Join(o.Taxonomies, ", "); o.Taxonomies != nil && !slices.Equal(o.Taxonomies, []string{"categories", "tags"}) {
		all = append(all, taking{"content.taxonomies", "[" + names + "]", names, from})
	}
	if t := oldFeeds(o.Feeds); t.yaml != "" {
		t.from = "where " + found.Name + " has its feeds"
		all = append(all, t)
	}
	return append(all, followed(found)...)
}

// followed is what the site's own configuration goes on to say, so that it is not written twice.
func followed(found *preset.Preset) []taking {
	if len(found.Files) == 0 {
		return nil
	}
	from := found.Files[0] + ", which goes on to say it"
	all := []taking{{key: "content.permalink", shown: "as " + found.Name + " makes them", from: from}}
	if found.Language != "" {
		all = append(all, taking{key: "language", shown: found.Language, from: from})
	}
	if found.Timezone != nil {
		all = append(all, taking{key: "timezone", shown: found.Timezone.String(), from: from})
	}
	return all
}

// oldFeeds is the key that makes feeds go on at the addresses that they have.
func oldFeeds(feeds []preset.OldFeed) taking {
	usual := map[string]string{"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
	t := taking{key: "feeds.for"}
	paths := map[string]map[string][]string{} // by taxonomy and format
	var order []string
	for _, f := range feeds {
		name, home := "site", "/"
		if f.Taxonomy != "" {
			name, home = f.Taxonomy, "/"+f.Taxonomy+"/:term/"
		}
		if f.Path == home+usual[f.Format] {
			continue // it is there anyway
		}
		if paths[name] == nil {
			paths[name] = map[string][]string{}
			order = append(order, name)
		}
		paths[name][f.Format] = append(paths[name][f.Format], f.Path)
		t.shown += " " + f.Path
	}
	for _, name := range order {
		var formats []string
		for _, format := range []string{"rss", "atom", "json"} {
			if own := paths[name][format]; own != nil {
				formats = append(formats, fmt.Sprintf("%s: [%s]", format, strings.Join(own, ", ")))
			}
		}
		t.yaml += fmt.Sprintf("\n    %s: {paths: {%s}}", name, strings.Join(formats, ", "))
	}
	return t
}

// absolute is s if it is the address of something on the web, else "".
func absolute(s string) string {
	if u, err := url.Parse(s); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return s
}

// quoted is s in YAML, of which JSON's texts are a part.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // can't be: a text
	}
	return strings.TrimSuffix(b.String(), "\n")
}
