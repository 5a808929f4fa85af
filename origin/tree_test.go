package origin

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHostile pulls a commit with things that no content has.
func TestHostile(t *testing.T) {
	r := newRemote(t)
	marker := filepath.Join(t.TempDir(), "ran")
	for to, name := range map[string]string{"/etc/passwd": "absolute.md", "../../../outside.md": "out.md", "posts/a.md": "in.md", "..": "up"} {
		if err := os.Symlink(to, filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r.commit("posts/a.md", "A", "post-checkout", "#!/bin/sh\ntouch "+marker+"\n", ".gitattributes", "* filter=evil\n",
		".gitmodules", "[submodule \"s\"]\n\tpath = s\n\turl = https://example.org/s.git\n")
	head := r.git("rev-parse", "HEAD")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+head+",s")
	r.git("commit", "--quiet", "--message=submodule")
	g, log := r.follow(nil)
	pull(t, g)
	for _, name := range []string{"absolute.md", "out.md", "up", "s"} {
		if _, err := os.Lstat(filepath.Join(g.Path(), name)); err == nil {
			t.Errorf("%s is there", name)
		}
		if !strings.Contains(log.String(), name) {
			t.Errorf("%s is left out without a word", name)
		}
	}
	if to, err := os.Readlink(filepath.Join(g.Path(), "in.md")); err != nil || to != "posts/a.md" {
		t.Errorf("in.md leads to %q, %v, want posts/a.md", to, err)
	}
	if n := g.Status().LeftOut; n != 4 {
		t.Errorf("%d files are left out, want 4", n)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("what the repository brings along was run")
	}
	if _, err := os.Stat(filepath.Join(g.Path(), ".git")); err == nil {
		t.Error("git's own files are in the content")
	}
}

// TestLinksByLinks pulls commits whose links lead out by way of other links, one of them malformed: "e" is a link and
// a folder, into which git's own folder would be written.
func TestLinksByLinks(t *testing.T) {
	r := newRemote(t)
	r.commit("a.md", "A", "q/w/e/r/t/b.md", "B")
	for name, to := range map[string]string{"q/w/e/r/t/up": "../../../../..", "out": "q/w/e/r/t/up/../../../..", "in": "q/w/e/r/t/up/q/w"} {
		if err := os.Symlink(to, filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r.commit("a.md", "A2")
	g, log := r.follow(nil)
	pull(t, g)
	if _, err := os.Lstat(filepath.Join(g.Path(), "out")); err == nil || !strings.Contains(log.String(), "out") {
		t.Errorf("a link that leads out by way of another is there, or left out without a word:\n%s", log)
	}
	if _, err := os.Stat(filepath.Join(g.Path(), "in/e/r/t/b.md")); err != nil {
		t.Errorf("a link that stays within: %v", err)
	}

	object := func(kind, data string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "object")
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(r.git("hash-object", "-t", kind, "-w", "--literally", name))
	}
	entry := func(mode, name, id string) string {
		raw, err := hex.DecodeString(id)
		if err != nil {
			t.Fatal(err)
		}
		return mode + " " + name + "\x00" + string(raw)
	}
	up := object("tree", entry("120000", "d", object("blob", "../../..")))
	for _, name := range []string{"c", "b"} {
		up = object("tree", entry("40000", name, up))
	}
	inside := object("tree", entry("100644", "commondir", object("blob", "elsewhere\n")))
	tree := object("tree", entry("40000", "a", up)+entry("120000", "e", object("blob", "a/b/c/d/../../repository.git"))+entry("40000", "e", inside))
	head := r.git("rev-parse", "HEAD")
	r.git("update-ref", "HEAD", strings.TrimSpace(r.git("commit-tree", "-p", head, "-m", "malformed", tree)))
	_, _ = g.Pull(t.Context()) // whether git takes it is its own matter
	if _, err := os.Lstat(filepath.Join(g.from.(*repository).objects(), "commondir")); err == nil {
		t.Error("a commit has written into git's own folder")
	}
}

// TestHalf finds what a process that was killed in the middle of a pull has left.
func TestHalf(t *testing.T) {
	r := newRemote(t)
	first := r.commit("a.md", "A")
	g, _ := r.follow(nil)
	pull(t, g)
	second := r.commit("a.md", "B", "b.md", "B")
	half := g.at.tree(second + part)
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(half, "a.md"), filepath.Join(g.from.(*repository).objects(), "shallow.lock"), g.at.file("current.part")} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again := mustNew(t, g.o)
	if !again.Ready() || again.Status().Revision != first {
		t.Errorf("a new run has revision %q, want %s", again.Status().Revision, first)
	}
	holds(t, again, map[string]string{"a.md": "A"})
	pull(t, again)
	holds(t, again, map[string]string{"a.md": "B", "b.md": "B"})
	if _, err := os.Stat(half); err == nil {
		t.Error("half a commit stays")
	}
}

// TestSweep removes a commit once nobody can be reading it.
func TestSweep(t *testing.T) {
	r := newRemote(t)
	first := r.commit("a.md", "A")
	g, _ := r.follow(nil)
	pull(t, g)
	r.commit("a.md", "B")
	pull(t, g)
	if _, err := os.Stat(g.at.tree(first)); err != nil {
		t.Errorf("a look may be at it: %v", err)
	}
	long := time.Now().Add(-2 * keep)
	if err := os.Chtimes(g.at.tree(first), long, long); err != nil {
		t.Fatal(err)
	}
	pull(t, g)
	if _, err := os.Stat(g.at.tree(first)); err == nil {
		t.Error("the commit before stays")
	}
	holds(t, g, map[string]string{"a.md": "B"})
}

// TestAlone has two processes pull into one folder.
func TestAlone(t *testing.T) {
	r := newRemote(t)
	r.commit("a.md", "A")
	g, _ := r.follow(nil)
	pull(t, g)
	held, err := lock(t.Context(), g.at.file("lock"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := g.Pull(ctx); err == nil {
		t.Error("Pull does not wait for the other")
	}
	held.Close()
	pull(t, g)
}
