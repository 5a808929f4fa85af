package preset

import (
	"testing"
	"time"

	"feedmill/article"
)

func TestExpand(t *testing.T) {
	p := post{
		Page:     article.Page{Title: "The Mill", Slug: "50% off"},
		date:     time.Date(2024, 3, 9, 7, 8, 9, 0, time.UTC),
		folder:   "a/b",
		stem:     "mill",
		section:  "a",
		sections: "a/b/c",
	}
	undated := p
	undated.date = time.Time{}
	tests := []struct {
		dialect dialect
		pattern string
		post    post
		want    string
		err     string
	}{
		{plainDialect, "/:year/:month/:day/:title/", p, "/2024/03/09/the-mill/", ""},
		{plainDialect, "/:i_month-:i_day/:hour:minute:second", p, "/3-9/070809", ""},
		{plainDialect, "/:year_:month_/", p, "/2024_03_/", ""},
		{plainDialect, "/%41/:slug", p, "/%41/50%25 off", ""},
		{plainDialect, "/:path.html", p, "/a/b/mill.html", ""},
		{plainDialect, "/plain/", p, "/plain/", ""},
		{plainDialect, "/:/::/", p, "/:/::/", ""},
		{plainDialect, "/:year/:slug", undated, "", "no date is known for :year"},
		{plainDialect, "/:weather/", p, "", "unknown token :weather"},
		{hugoDialect, "/:2006-:01/:Jan", p, "/2024-03/Mar", ""},
		{hugoDialect, "/:sections[0]|:sections[1:]|:sections[:2]|:sections[last]|:sections[:last]", p, "/a|b/c|a/b|c|a/b", ""},
		{hugoDialect, "/:sections[9]|:sections[9:]|:sections[2:1]|:sections[:9]|:sections[x]", p, "/|||a/b/c|a", ""},
		{hugoDialect, "/:weather/", p, "", "unknown token :weather"},
		{jekyllDialect, "/:short_year/:y_day/:w_year-:week-:w_day/:short_day/:long_month", p, "/24/069/2024-10-6/Sat/March", ""},
	}
	for _, test := range tests {
		got, err := test.dialect.expand(test.pattern, test.post)
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("expand(%q) = %q, %v, want error %s", test.pattern, got, err, test.err)
			}
			continue
		}
		if got != test.want || err != nil {
			t.Errorf("expand(%q) = %q, %v, want %q", test.pattern, got, err, test.want)
		}
	}
}

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"*.md", "a.md", true},
		{"*.md", "a/b.md", false},
		{"**/*.md", "a.md", true},
		{"**/*.md", "a/b/c.md", true},
		{"a/**", "a/b/c", true},
		{"a/**", "a", false},
		{"/{posts,posts/**}", "/posts", true},
		{"/{posts,posts/**}", "/posts/a/b", true},
		{"/{posts,posts/**}", "/postscript", false},
		{"a?.md", "ab.md", true},
		{"a?.md", "a/.md", false},
		{"[^_]*.md", "a.md", true},
		{"[^_]*.md", "_a.md", false},
		{"[!_]*.md", "_a.md", false},
		{"a.b+c(d)", "a.b+c(d)", true},
		{"a.b", "axb", false},
		{"水*", "水车", true},
		{"{a", "a", true},
		{"a}", "a}", true},
		{"a,b", "a,b", true},
		{"[z-a]", "[z-a]", true},
		{"\xff*", "a", true},
	}
	for _, test := range tests {
		if got := glob(test.pattern).MatchString(test.name); got != test.want {
			t.Errorf("glob(%q) matches %q = %v, want %v", test.pattern, test.name, got, test.want)
		}
	}
}

func TestSlugs(t *testing.T) {
	ascii := func(s string) string { slug, _ := asciiSlug(s); return slug }
	tests := []struct {
		name     string
		slug     func(string) string
		in, want string
	}{
		{"hugoSlug", hugoSlug, "Wind & Waves:  Part (2), Übermut!", "Wind-Waves-Part-2-Übermut"},
		{"hugoSlug", hugoSlug, " a  -  b ", "a-b"},
		{"hugoSlug", hugoSlug, "C++ / C# @ ~x.y_z", "C++-/-C#-@-~x.y_z"},
		{"jekyllSlug", jekyllSlug, "Own_Slug: Ünder.", "own-slug-ünder"},
		{"hexoSlug", hexoSlug, "Straße & Söhne 潮汐", "Strase-Sohne-潮汐"},
		{"githubSlug", githubSlug, "C++ & Rust (100%) a_b", "c--rust-100-a_b"},
		{"asciiSlug", ascii, "Ærø, Łódź: v1.2_beta", "aero-lodz-v1-2-beta"},
		{"asciiSlug", ascii, "日本 2", "2"},
	}
	for _, test := range tests {
		if got := test.slug(test.in); got != test.want {
			t.Errorf("%s(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
	for _, s := range []string{"日本 2", "Mill 🎉", "½ Mill"} {
		if _, whole := asciiSlug(s); whole {
			t.Errorf("asciiSlug(%s) is whole, want characters to be missing", s)
		}
	}
}

func TestScript(t *testing.T) {
	src := withoutComments(`
import x from "site: 'wrong'"; // site: 'wrong'
/* site: 'wrong' */
export default {
  url: "https://example.org", // kept: strings hold slashes
  'title': ` + "`Pond`" + `,
  trailingSlash : true,
  list: ['a', "b", // 'c'
    'd'],
  blog: { path: './a}b', nested: { path: 'unused' } },
};`)
	for key, want := range map[string]string{
		"url": "https://example.org", "title": "Pond", "trailingSlash": "true", "Slash": "", "none": "", "list": "",
	} {
		if got := scriptValue(src, key); got != want {
			t.Errorf("scriptValue(%q) = %q, want %q", key, got, want)
		}
	}
	if got := len(scriptList(src, "list")); got != 3 {
		t.Errorf("scriptList has %d texts, want 3", got)
	}
	blocks := scriptBlocks(src, presetBlog)
	if len(blocks) != 1 || scriptValue(blocks[0], "path") != "./a}b" {
		t.Errorf("scriptBlocks = %q, want the one of the blog", blocks)
	}
	if got := scriptBlocks("blog: { path: 'open", presetBlog); len(got) != 0 {
		t.Errorf("scriptBlocks = %q, want none where no blank stands in front", got)
	}
	if got := scriptBlocks(" blog: {a: {b", presetBlog); len(got) != 1 || got[0] != "a: {b" {
		t.Errorf("scriptBlocks = %q, want all up to the end", got)
	}
}
