package preset

import (
	"os"
	"path/filepath"
	"testing"
)

// TestEmoji asks whether names of emoji are shown as emoji, as each generator's configuration says.
func TestEmoji(t *testing.T) {
	for _, c := range []struct {
		preset, file, text string
		want               bool
	}{
		{"hugo", "hugo.toml", "title = 'A'", false},
		{"hugo", "hugo.toml", "enableEmoji = true", true},
		{"zola", "config.toml", "base_url = 'https://example.org'", false},
		{"zola", "config.toml", "base_url = 'https://example.org'\n[markdown]\nrender_emoji = true", true},
		{"jekyll", "_config.yml", "title: A", false},
		{"jekyll", "_config.yml", "plugins: [jekyll-feed, jemoji]", true},
		{"jekyll", "_config.yml", "gems: [jemoji]", true},
		{"hexo", "_config.yml", "per_page: 10", false},
		{"hexo", "_config.yml", "per_page: 10\ngithubEmojis: {enable: true}", true},
		{"hexo", "_config.yml", "per_page: 10\nmarkdown:\n  plugins:\n    - name: markdown-it-emoji", true},
		{"docusaurus", "docusaurus.config.js", "module.exports = {title: 'A'};", true},
		{"docusaurus", "docusaurus.config.js", "module.exports = {markdown: {emoji: false}};", false},
		{"eleventy", "eleventy.config.js", "export default (c) => {};", false},
		{"eleventy", "eleventy.config.js", `import { full as emoji } from "markdown-it-emoji";`, true},
		{"astro", "astro.config.mjs", "export default {};", false},
		{"astro", "astro.config.mjs", "import emoji from 'remark-emoji';", true},
		{"obsidian", "a.md", "Text.", false},
		{"plain", "a.md", "Text.", false},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		found, err := Find(Options{Dir: dir, Name: c.preset})
		if err != nil {
			t.Fatal(err)
		}
		if found.Layout.Emoji != c.want {
			t.Errorf("%s, %q: have %v, want %v", c.preset, c.text, found.Layout.Emoji, c.want)
		}
	}
}
