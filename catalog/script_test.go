package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/article"
	"feedmill/catalog"
	"feedmill/store"
)

// TestScripts runs the scripts in testdata: shell-like commands that change a content folder and
// let the catalog look at it, and what must follow. A line that begins with a blank continues the
// command above it. The commands:
//
//	at TIME              sets the clock (RFC 3339)
//	taxonomies NAME...   begins with a new catalog that has those
//	sizes NAME=LIMIT/MINIMUM...  begins with a new catalog of taxonomies with such feeds; "site" is the site
//	indexes NAME...      begins with a new catalog in which files of such a name claim their folder
//	translations LANGUAGE...  begins with a new catalog to which posts/a.fr.md translates posts/a.md
//	write PATH KEY=VALUE...  writes an article with that front matter; "body" is its text
//	raw PATH             writes the continuation lines as they are
//	rm PATH, mv OLD NEW, mkdir PATH
//	ln TARGET PATH, fifo PATH   makes a symbolic link, a named pipe
//	grow PATH SIZE       makes the file that many bytes long, with a hole at its end
//	look [PATH...]       looks there, or everywhere
//	report WANT          the report of the last look: "+2 -1 feeds 3", doubt if any
//	feeds                the continuation lines are all feeds with their articles
//	same FEED..., new FEED...   whether the versions are those of the last but one look
//	changed FEED...      the feeds that the last look has changed, in order
//	gone FEED...         such feeds were there once
//	problems             the continuation lines are all problems
//	links                the continuation lines are what references lead to: PATH: REF URL
//	lengths              the continuation lines are all enclosures: PATH: LENGTH URL
//	ids                  the continuation lines are all ids: PATH ID
//	dates                the continuation lines are all dates: PATH PUBLISHED UPDATED
//	deleted FEED         the continuation lines are the deleted articles that it tells: ID WHEN
//	pages FEED           the continuation lines are its pages: NAME PATH...
//	state                begins with a new catalog that keeps its state
//	restart              begins with a new catalog that knows what the last one has kept
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := newScript(t)
			for _, c := range commands(string(text)) {
				s.run(c)
			}
		})
	}
}

type command struct {
	line int
	args []string
	text []string // continuation lines, unindented
}

func commands(text string) []command {
	var cs []command
	for i, l := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(l, "\t") && len(cs) > 0:
			last := &cs[len(cs)-1]
			last.text = append(last.text, l[1:])
		case strings.TrimSpace(l) != "" && l[0] != '#':
			cs = append(cs, command{line: i + 1, args: strings.Fields(l)})
		}
	}
	return cs
}

type script struct {
	t             *testing.T
	dir           string
	now           time.Time
	catalog       *catalog.Catalog
	snapshot      *catalog.Snapshot // before the last look
	state         string            // folder
	store         *store.Store      // nil: none is kept
	report        catalog.Report
	before, after map[string]*catalog.Selection
}

func newScript(t *testing.T) *script {
	dir := t.TempDir()
	s := &script{
		t: t, dir: dir, state: t.TempDir(), now: time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC),
		catalog: newCatalog(dir, "categories", "tags"),
	}
	t.Cleanup(s.close)
	return s
}

// close gives the state back, if one is kept.
func (s *script) close() {
	if s.store == nil {
		return
	}
	if err := s.store.Close(); err != nil {
		s.t.Error(err)
	}
}

func newCatalog(dir string, taxonomies ...string) *catalog.Catalog {
	return newLaidOut(dir, article.Layout{}, taxonomies...)
}

func newLaidOut(dir string, l article.Layout, taxonomies ...string) *catalog.Catalog {
	return catalog.New(options(dir, l, taxonomies))
}

// newSized makes a catalog of taxonomies given as NAME=LIMIT/MINIMUM.
func newSized(dir string, sizes ...string) (*catalog.Catalog, error) {
	o := options(dir, article.Layout{}, nil)
	o.Limits, o.Minimum = map[string]int{}, map[string]int{}
	for _, size := range sizes {
		name, numbers, _ := strings.Cut(size, "=")
		limit, minimum, _ := strings.Cut(numbers, "/")
		if name == "site" {
			name = ""
		} else {
			o.Taxonomies = append(o.Taxonomies, name)
		}
		var err, err2 error
		o.Limits[name], err = strconv.Atoi(limit)
		if minimum != "" {
			o.Minimum[name], err2 = strconv.Atoi(minimum)
		}
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
	}
	return catalog.New(o), nil
}

func options(dir string, l article.Layout, taxonomies []string) catalog.Options {
	site, _ := url.Parse("https://example.org/")
	return catalog.Options{
		Open:        catalog.Dir(dir),
		Parser:      article.New(article.Options{Site: site, Layout: l}),
		Taxonomies:  taxonomies,
		Language:    "en",
		Limit:       3,
		Archive:     true,
		Tombstones:  24 * time.Hour,
		MaxFileSize: 4096,
		TextBytes:   1 << 20,
		DeleteGrace: 30 * time.Second,
	}
}

// newKeeping returns a catalog that keeps its state in a folder, and knows what is there.
func newKeeping(t *testing.T, dir, state string, files []byte) (*catalog.Catalog, *store.Store) {
	s, err := store.Open(state, dir)
	if err != nil {
		t.Fatal(err)
	}
	o := options(dir, article.Layout{}, []string{"categories", "tags"})
	o.Keep = s.Commit
	if files != nil {
		o.Recalled = catalog.Recall(bytes.NewReader(files), o)
	}
	if o.Kept, err = s.LoadRest(o.Recalled.Tells); err != nil {
		t.Fatal(err)
	}
	return catalog.New(o), s
}

func (s *script) run(c command) {
	s.t.Helper()
	fail := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatalf("line %d: %v", c.line, err)
		}
	}
	want := func(have string) {
		s.t.Helper()
		if diff := cmp.Diff(strings.Join(c.text, "\n"), have); diff != "" {
			s.t.Errorf("line %d: %s (-want +have):\n%s", c.line, c.args[0], diff)
		}
	}
	args := c.args[1:]
	path := func(i int) string { return filepath.Join(s.dir, filepath.FromSlash(args[i])) }
	switch c.args[0] {
	case "at":
		now, err := time.Parse(time.RFC3339, args[0])
		fail(err)
		s.now = now
	case "write":
		fail(os.MkdirAll(filepath.Dir(path(0)), 0o755))
		fail(os.WriteFile(path(0), frontMatter(args[1:]), 0o644))
	case "raw":
		fail(os.WriteFile(path(0), []byte(strings.Join(c.text, "\n")+"\n"), 0o644))
	case "rm":
		fail(os.RemoveAll(path(0)))
	case "mv":
		fail(os.Rename(path(0), path(1)))
	case "mkdir":
		fail(os.MkdirAll(path(0), 0o755))
	case "ln":
		fail(os.Symlink(args[0], path(1)))
	case "fifo":
		fail(syscall.Mkfifo(path(0), 0o644))
	case "grow":
		size, err := strconv.ParseInt(args[1], 10, 64)
		fail(err)
		fail(os.Truncate(path(0), size))
	case "taxonomies":
		s.catalog = newCatalog(s.dir, args...)
	case "sizes":
		c, err := newSized(s.dir, args...)
		fail(err)
		s.catalog = c
	case "indexes":
		s.catalog = newLaidOut(s.dir, article.Layout{Index: args})
	case "translations":
		s.catalog = newLaidOut(s.dir, article.Layout{Original: func(name string) string {
			for _, language := range args {
				name = strings.Replace(name, "."+language+".", ".", 1)
			}
			return name
		}})
	case "state", "restart":
		s.close()
		s.catalog, s.store = newKeeping(s.t, s.dir, s.state, nil)
	case "look":
		s.snapshot = s.catalog.Current()
		r, err := s.catalog.Apply(s.t.Context(), s.now, catalog.Change{Paths: args, Rescan: len(args) == 0})
		fail(errors.Join(err, r.Unkept))
		s.report, s.before, s.after = r, s.after, map[string]*catalog.Selection{}
		if s.catalog.Current() == nil {
			return
		}
		for sel := range s.catalog.Current().Selections() {
			s.after[sel.Path()] = sel
		}
	case "report":
		have := fmt.Sprintf("+%d -%d feeds %d", s.report.Changed, s.report.Removed, s.report.Feeds)
		if s.report.Doubt != "" {
			have += " doubt"
		}
		if want := strings.Join(args, " "); have != want {
			s.t.Errorf("line %d: report = %s, want %s", c.line, have, want)
		}
	case "feeds":
		var b strings.Builder
		for sel := range s.catalog.Current().Selections() {
			b.WriteString(sel.Path())
			if sel.Name != "" {
				fmt.Fprintf(&b, " %q", sel.Name)
			}
			for _, e := range sel.Entries {
				b.WriteString(" " + e.Path)
			}
			if n := sel.Count - len(sel.Entries); n > 0 {
				fmt.Fprintf(&b, " and %d", n)
			}
			b.WriteString("\n")
		}
		want(strings.TrimSuffix(b.String(), "\n"))
	case "same", "new":
		for _, p := range args {
			was, is := s.before[p], s.after[p]
			same := was != nil && is != nil && was.Version == is.Version && was.Modified.Equal(is.Modified)
			risen := is != nil && (was == nil || was.Version != is.Version && is.Modified.After(was.Modified))
			if c.args[0] == "same" && !same || c.args[0] == "new" && !risen {
				s.t.Errorf("line %d: %s is not %s: was %+v, is %+v", c.line, p, c.args[0], was, is)
			}
		}
	case "changed":
		var have []string
		for sel := range s.catalog.Current().Changed(s.snapshot) {
			have = append(have, sel.Path())
		}
		if diff := cmp.Diff(strings.Join(args, " "), strings.Join(have, " ")); diff != "" {
			s.t.Errorf("line %d: changed (-want +have):\n%s", c.line, diff)
		}
	case "gone":
		for _, p := range args {
			taxonomy, slug, _ := strings.Cut(strings.Trim(p, "/"), "/")
			if sel, gone := s.catalog.Current().Term(taxonomy, slug); sel != nil || !gone {
				s.t.Errorf("line %d: Term(%q, %q) = %v, %v, want nil, true", c.line, taxonomy, slug, sel, gone)
			}
		}
	case "problems":
		var have []string
		for _, p := range s.catalog.Current().Problems {
			have = append(have, p.String())
		}
		want(strings.Join(have, "\n"))
	case "links":
		var have []string
		for e := range s.catalog.Current().Entries() {
			for _, ref := range slices.Sorted(maps.Keys(e.Links)) {
				have = append(have, e.Path+": "+ref+" "+e.Links[ref])
			}
		}
		want(strings.Join(have, "\n"))
	case "lengths":
		var have []string
		for e := range s.catalog.Current().Entries() {
			for _, enclosure := range e.Enclosures {
				have = append(have, fmt.Sprintf("%s: %d %s", e.Path, enclosure.Length, enclosure.URL))
			}
		}
		want(strings.Join(have, "\n"))
	case "ids":
		var have []string
		for e := range s.catalog.Current().Entries() {
			have = append(have, e.Path+" "+e.ID)
		}
		want(strings.Join(have, "\n"))
	case "dates":
		var have []string
		for e := range s.catalog.Current().Entries() {
			have = append(have, e.Path+" "+e.Published.Format(time.RFC3339)+" "+e.Updated.Format(time.RFC3339))
		}
		want(strings.Join(have, "\n"))
	case "deleted":
		var have []string
		for _, d := range s.after[args[0]].Deleted {
			have = append(have, d.ID+" "+d.When.Format(time.RFC3339))
		}
		want(strings.Join(have, "\n"))
	case "pages":
		var have []string
		for p := range s.after[args[0]].Pages() {
			line := p.Name
			for _, e := range p.Entries {
				line += " " + e.Path
			}
			have = append(have, line)
		}
		want(strings.Join(have, "\n"))
	default:
		s.t.Fatalf("line %d: unknown command %q", c.line, c.args[0])
	}
}

// frontMatter makes an article of KEY=VALUE pairs; "_" in a value stands for a blank.
func frontMatter(pairs []string) []byte {
	var b strings.Builder
	body := "Text."
	b.WriteString("---\n")
	for _, p := range pairs {
		k, v, _ := strings.Cut(p, "=")
		v = strings.ReplaceAll(v, "_", " ")
		switch k {
		case "body":
			body = v
		case "tags", "categories":
			fmt.Fprintf(&b, "%s: [%s]\n", k, v)
		default:
			fmt.Fprintf(&b, "%s: %s\n", k, v)
		}
	}
	fmt.Fprintf(&b, "---\n%s\n", body)
	return []byte(b.String())
}
