package catalog_test

import (
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"feedmill/article"
	"feedmill/catalog"
)

// growing is a file system whose files are another byte longer each time one asks.
type growing struct{ fstest.MapFS }

func (g growing) Open(name string) (fs.File, error) {
	f, err := g.MapFS.Open(name)
	if _, isDir := f.(fs.ReadDirFile); err != nil || isDir {
		return f, err
	}
	return &growingFile{File: f}, nil
}

type growingFile struct {
	fs.File
	grown int64
}

func (f *growingFile) Stat() (fs.FileInfo, error) {
	fi, err := f.File.Stat()
	f.grown++
	return grownInfo{fi, f.grown}, err
}

type grownInfo struct {
	fs.FileInfo
	grown int64
}

func (i grownInfo) Size() int64 { return i.FileInfo.Size() + i.grown }

// TestGrowing reads a file that never comes to rest: half an article must not get out.
func TestGrowing(t *testing.T) {
	fsys := growing{fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\ndate: 2024-01-01\n---\n")}}}
	site, _ := url.Parse("https://example.org/")
	c := catalog.New(catalog.Options{
		Open: func() (fs.FS, error) { return fsys, nil }, Parser: article.New(article.Options{Site: site}),
		Limit: 3, MaxFileSize: 4096,
	})
	look(t, c, time.Now(), catalog.Change{Rescan: true})
	snap := c.Current()
	if snap.Articles != 0 || len(snap.Problems) != 1 || snap.Problems[0].Severity != article.Error {
		t.Errorf("%d articles, problems %v", snap.Articles, snap.Problems)
	}
}

// TestSocket finds a socket with the name of an article.
func TestSocket(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, "a.md"))
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	c := newCatalog(dir)
	look(t, c, time.Now(), catalog.Change{Rescan: true})
	if ps := c.Current().Problems; len(ps) != 1 || ps[0].Message != "it is a socket, not a file; it is not in the feeds" {
		t.Errorf("problems = %v", ps)
	}
}

// Who saves a file in place empties it first. Even a look that waits for nothing must not find it so.
func TestEmptiedToBeWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.md")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Error(err)
		}
	}
	write("")
	o := options(dir, article.Layout{}, nil)
	o.Settle = time.Minute
	open := o.Open
	o.Open = func() (fs.FS, error) {
		time.AfterFunc(5*time.Millisecond, func() { write("---\ntitle: Written\ndate: 2024-01-01\n---\n") })
		return open()
	}
	c := catalog.New(o)
	if _, err := c.Apply(t.Context(), time.Now(), catalog.Change{Rescan: true, Reread: true}); err != nil {
		t.Fatal(err)
	}
	if e := c.Current().Site.Entries[0]; e.Title != "Written" {
		t.Errorf("the title is %q, want that of the text", e.Title)
	}
}

// Where there is no ctime, a change that leaves size and time as they were is found in time all the same.
func TestChangeThatNoStampTells(t *testing.T) {
	files := fstest.MapFS{}
	write := func(title string) {
		for _, name := range []string{"a.md", "b.md", "c.md"} {
			files[name] = &fstest.MapFile{Data: []byte("---\ntitle: " + title + "\ndate: 2024-01-01\n---\n"), Mode: 0o644}
		}
	}
	write("Old")
	o := options("", article.Layout{}, nil)
	o.Open = func() (fs.FS, error) { return files, nil }
	c := catalog.New(o)
	now, parsed := time.Now(), 0
	look := func() {
		r, err := c.Apply(t.Context(), now, catalog.Change{Rescan: true})
		if err != nil {
			t.Fatal(err)
		}
		parsed += r.Parsed
	}
	look()
	write("New")
	for range 16 {
		look()
	}
	for _, e := range c.Current().Site.Entries {
		if e.Title != "New" {
			t.Errorf("%s: the title is %q after a change", e.Path, e.Title)
		}
	}
	if parsed != 6 {
		t.Errorf("%d files parsed, want each twice", parsed)
	}
}
