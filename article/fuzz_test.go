package article

import (
	"io/fs"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzParse states what holds for every file, however broken.
func FuzzParse(f *testing.F) {
	for _, fixture := range fixtures(f, "parse") {
		f.Add(fixture.Files[0].Name, fixture.Files[0].Data)
	}
	p := New(testOptions())
	f.Fuzz(func(t *testing.T, name string, src []byte) {
		a, problems := p.Parse(name, src)
		checkAlone(t, p, name, src, a, problems)
		failed := false
		for _, problem := range problems {
			failed = failed || problem.Severity == Error
			if problem.Path != name || problem.Line < 1 || problem.Line > lineCount(src) || problem.Message == "" {
				t.Errorf("problem %#v of a file of %d lines", problem, lineCount(src))
			}
			checkText(t, problem.Message)
		}
		if a == nil {
			if !failed && !isHTML(name) && !lists.Match(src) {
				t.Error("neither an article nor an error")
			}
			return
		}
		if failed {
			t.Errorf("an article in spite of %v", problems)
		}
		checkArticle(t, a, len(src))
	})
}

// checkAlone states that what others have left, the room for values and the names of terms, does not
// show in an article, nor in one that has been made what comes after it.
func checkAlone(t *testing.T, p *Parser, name string, src []byte, a *Article, problems []Problem) {
	t.Helper()
	p.Parse("next.md", []byte(english))
	alone := &Parser{o: p.o, keys: p.keys, render: p.render}
	r := &report{path: name, limits: p.o.Limits, last: p.o.Layout.Last}
	want := alone.parse(name, src, r)
	slices.SortFunc(r.problems, Problem.Compare)
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	if diff := cmp.Diff(want, a, all); diff != "" {
		t.Errorf("article (-alone +among others):\n%s", diff)
	}
	if diff := cmp.Diff(r.problems, problems); diff != "" {
		t.Errorf("problems (-alone +among others):\n%s", diff)
	}
}

// lineCount counts as generously as editors do: the end of the last line begins another.
func lineCount(src []byte) int {
	s := strings.ReplaceAll(string(src), "\r\n", "\n")
	return 1 + strings.Count(s, "\n") + strings.Count(s, "\r")
}

func checkArticle(t *testing.T, a *Article, size int) {
	t.Helper()
	texts := []string{a.Title, a.ID, a.Summary, a.Language}
	urls := []string{a.URL, a.Image, a.Source}
	for _, author := range a.Authors {
		texts = append(texts, author.Name, author.Email)
		urls = append(urls, author.URL)
		if author.Name == "" {
			t.Error("an author without a name")
		}
	}
	for _, t := range a.Terms {
		texts = append(texts, t.Names...)
	}
	for _, e := range a.Enclosures {
		texts = append(texts, e.Type)
		urls = append(urls, e.URL)
		if e.URL == "" || e.Type == "" || e.Length < 0 || e.Path != "" && (!fs.ValidPath(e.Path) || e.Length > 0) {
			t.Errorf("enclosure %+v", e)
		}
	}
	if p := a.Podcast; p != nil {
		urls = append(urls, p.Image, p.Chapters.URL)
		for _, r := range p.Transcripts {
			texts = append(texts, r.Type, r.Language)
			urls = append(urls, r.URL)
		}
		if a.Recording() == nil || p.Episode < 0 || p.Season < 0 || p.Duration < 0 || p.Duration%time.Second != 0 {
			t.Errorf("podcast %+v", p)
		}
	}
	for _, s := range texts {
		checkText(t, s)
	}
	for _, s := range urls {
		checkURL(t, s)
	}
	if a.Title == "" || a.URL == "" || a.bodyOffset < 0 || int(a.bodyOffset) > size || a.bodyLine < 1 {
		t.Errorf("article %+v", a)
	}
	if a.ID != "" && !uri.MatchString(a.ID) {
		t.Errorf("id %q is no URI", a.ID)
	}
	if !a.Updated.IsZero() && a.Updated.Before(a.Published) {
		t.Errorf("updated %v before it was published %v", a.Updated, a.Published)
	}
}

// checkText reports what may not stand on a line of a feed.
func checkText(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || cleanLine(s) != s {
		t.Errorf("text %q is not clean", s)
	}
}

func checkURL(t *testing.T, s string) {
	t.Helper()
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || !uri.MatchString(strings.NewReplacer("[", "", "]", "").Replace(s)) {
		t.Errorf("URL %q: %v, want an absolute one", s, err)
	}
}
