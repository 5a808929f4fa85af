package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestOracle changes a real folder at random, as editors, tools and people do, while the program
// serves it. When all is quiet the feeds served must be, byte for byte, what a fresh build of the
// folder writes.
func TestOracle(t *testing.T) {
	dir := t.TempDir()
	content, config := filepath.Join(dir, "content"), filepath.Join(dir, "config.yaml")
	text := "title: Example\nbase_url: https://example.org\nstate: none\nwatch: {reconcile: 2s, delete_grace: 1s}\n"
	if err := errors.Join(os.Mkdir(content, 0o755), os.WriteFile(config, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	var log lockedBuffer
	go func() {
		ended <- run(ctx, []string{"serve", "--config", config, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, io.Discard, &log)
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v\n%s", err, log.String())
		}
	}()
	var addr string
	soon(t, func() error {
		m := servingLine.FindStringSubmatch(log.String())
		if m == nil {
			return errors.New("no address in the log")
		}
		addr = m[1]
		return nil
	})

	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		if err := disturb(r, content); err != nil {
			t.Fatal(err)
		}
	}
	soon(t, func() error {
		out := filepath.Join(dir, "out")
		if err := os.RemoveAll(out); err != nil {
			return err
		}
		if err := run(t.Context(), []string{"build", "--config", config, "--out", out}, io.Discard, io.Discard); err != nil {
			return err
		}
		return compareServed(out, "http://"+addr)
	})
}

// soon asks again until nothing speaks against it.
func soon(t *testing.T, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// disturb does one thing to the folder.
func disturb(r *rand.Rand, content string) error {
	folder := func() string {
		return filepath.Join(content, fmt.Sprintf("f%d", r.IntN(4)), fmt.Sprintf("g%d", r.IntN(3)))
	}
	file := func() string { return filepath.Join(folder(), fmt.Sprintf("%d.md", r.IntN(8))) }
	article := fmt.Appendf(nil, "---\ntitle: %d\ndate: 2024-01-%02d\ntags: [t%d]\naudio: wheel%d.mp3\n---\nText %d.\n", r.IntN(9), 1+r.IntN(28), r.IntN(5), r.IntN(9), r.IntN(1000))
	missing := func(err error) error { // what is not there needs no removal
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	switch name := file(); r.IntN(9) {
	case 0:
		return missing(os.Remove(name))
	case 1:
		return missing(os.Rename(name, filepath.Join(content, fmt.Sprintf("moved%d.md", r.IntN(4)))))
	case 2: // a folder gets another name, and its old one back
		away := filepath.Join(content, fmt.Sprintf("away%d", r.IntN(1000)))
		if err := os.Rename(filepath.Dir(filepath.Dir(name)), away); err != nil {
			return missing(err)
		}
		if r.IntN(2) == 0 {
			return os.RemoveAll(away)
		}
		return os.Rename(away, filepath.Dir(filepath.Dir(name)))
	case 3: // saved by way of another file
		temporary := filepath.Join(content, ".saving")
		return errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(temporary, article, 0o644), os.Rename(temporary, name))
	case 4: // a file that articles name
		wheel := filepath.Join(filepath.Dir(name), fmt.Sprintf("wheel%d.mp3", r.IntN(9)))
		return errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(wheel, article[:r.IntN(len(article))], 0o644))
	default:
		return errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, article, 0o644))
	}
}

// compareServed compares every file below out with what base serves at its path.
func compareServed(out, base string) error {
	return filepath.WalkDir(out, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		want, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(out, name)
		if err != nil {
			return err
		}
		resp, err := http.Get(base + (&url.URL{Path: "/" + filepath.ToSlash(rel)}).EscapedPath())
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		have, err := io.ReadAll(resp.Body)
		if err == nil && !bytes.Equal(have, want) {
			err = fmt.Errorf("%s: %s, %d bytes that differ from the %d of a build", rel, resp.Status, len(have), len(want))
		}
		return err
	})
}
