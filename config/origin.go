package config

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
)

// OriginFolder is where in the state folder content from elsewhere is kept.
const OriginFolder = "origin"

// Elsewhere reports whether the content is brought here from a repository or a bucket.
func (c Content) Elsewhere() bool { return c.Git.URL != "" || c.Bucket.Endpoint != "" }

// completeOrigin makes the content folder the one that content from elsewhere is brought to.
func (l *loader) completeOrigin() {
	if c := l.config; c.Content.Elsewhere() {
		dir := cmp.Or(c.Content.Git.Dir, c.Content.Bucket.Dir)
		c.Content.Dir = filepath.Join(c.State, OriginFolder, "current", filepath.FromSlash(dir))
	}
}

// checkOrigin looks for mistakes in a section that brings content from elsewhere: without the value that all
// others belong to, those make no sense. Secrets may be given by a file, or themselves.
func (l *loader) checkOrigin(section string, at value, given bool, main string, secrets ...string) {
	if !given {
		for _, key := range l.keys {
			name, within := strings.CutPrefix(key, section+".")
			if v, ok := l.values[key]; ok && within && !slices.Contains([]string{"interval", "size", "path_style"}, name) {
				v.fail("there is no %s", main)
			}
		}
		return
	}
	if l.given("content.dir") {
		at.fail("there is a content.dir too: want one of them; %s.dir names a folder of what is brought", section)
	}
	if l.config.State == "" {
		at.fail("needs a state folder to bring the content to: set state")
	}
	for _, key := range secrets {
		if v, ok := l.values[section+"."+key]; ok && l.given(section+"."+key+"_file") {
			v.fail("there is a %s.%s_file too: want one of them", section, key)
		}
	}
}
