package origin

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// remote is a real repository on the disk that somebody pushes to.
type remote struct {
	t   *testing.T
	dir string
}

func newRemote(t *testing.T) *remote {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("there is no git: ", err)
	}
	r := &remote{t, t.TempDir()}
	r.git("init", "--quiet", "--initial-branch=main")
	r.git("config", "user.name", "Ada")
	r.git("config", "user.email", "ada@example.org")
	return r
}

func (r *remote) git(args ...string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), program, args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes files, by name and text, and removes those without text.
func (r *remote) commit(files ...string) string {
	r.t.Helper()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(r.dir, files[i])
		if files[i+1] == "" {
			if err := os.RemoveAll(name); err != nil {
				r.t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	r.git("add", "--all")
	r.git("commit", "--quiet", "--allow-empty", "--message=x")
	return r.git("rev-parse", "HEAD")
}

// follow returns an origin of the remote that tells its log.
func (r *remote) follow(change func(*Options)) (*Origin, *bytes.Buffer) {
	log := new(bytes.Buffer)
	o := Options{
		Git: Git{URL: r.dir}, Interval: time.Hour, Size: 1 << 20, Folder: r.t.TempDir(), Logger: slog.New(slog.NewTextHandler(log, nil)),
	}
	if change != nil {
		change(&o)
	}
	return mustNew(r.t, o), log
}

func mustNew(t testing.TB, o Options) *Origin {
	t.Helper()
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func pull(t *testing.T, g *Origin) (changed bool) {
	t.Helper()
	changed, err := g.Pull(t.Context())
	if err != nil {
		t.Fatalf("Pull: %v", err)
	}
	return changed
}

// holds compares the files at the path with these, by name and text.
func holds(t *testing.T, g *Origin, want map[string]string) {
	t.Helper()
	have := map[string]string{}
	base := g.Path() + "/"
	err := filepath.WalkDir(base, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		have[strings.TrimPrefix(name, base)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("the content (-want +have):\n%s", diff)
	}
}

func TestPull(t *testing.T) {
	r := newRemote(t)
	first := r.commit("a.md", "A", "posts/b.md", "B", ".gitattributes", "a.md export-ignore\n*.md text eol=crlf\n")
	g, _ := r.follow(nil)
	if g.Ready() {
		t.Error("Ready before the first pull")
	}
	if !pull(t, g) {
		t.Error("the first commit is no change")
	}
	attributes := "a.md export-ignore\n*.md text eol=crlf\n"
	holds(t, g, map[string]string{"a.md": "A", "posts/b.md": "B", ".gitattributes": attributes})
	if have := g.Status(); have.Revision != first || have.Error != "" || have.Pulled.IsZero() {
		t.Errorf("Status() = %+v, want revision %s", have, first)
	}
	was, err := os.Stat(filepath.Join(g.Path(), "posts/b.md"))
	if err != nil {
		t.Fatal(err)
	}
	if pull(t, g) {
		t.Error("the same commit is a change")
	}

	r.commit("a.md", "", "c.md", "C\n")
	if !pull(t, g) {
		t.Error("another commit is no change")
	}
	holds(t, g, map[string]string{"posts/b.md": "B", "c.md": "C\n", ".gitattributes": attributes})
	is, err := os.Stat(filepath.Join(g.Path(), "posts/b.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(was, is) || !was.ModTime().Equal(is.ModTime()) {
		t.Error("what did not change is another file")
	}
	if !mustNew(t, g.o).Ready() {
		t.Error("a new run finds nothing")
	}
	other := g.o
	other.Git.Branch = "other"
	if mustNew(t, other).Ready() {
		t.Error("what another branch has left is ready")
	}
}

// TestRewritten follows a branch that is put back, and one whose history is another.
func TestRewritten(t *testing.T) {
	r := newRemote(t)
	first := r.commit("a.md", "A")
	r.commit("a.md", "B")
	g, _ := r.follow(func(o *Options) { o.Git.Branch = "main" })
	pull(t, g)
	r.git("reset", "--quiet", "--hard", first)
	pull(t, g)
	holds(t, g, map[string]string{"a.md": "A"})
	r.git("checkout", "--quiet", "--orphan", "new")
	r.commit("b.md", "new")
	r.git("branch", "--force", "main", "new")
	pull(t, g)
	holds(t, g, map[string]string{"a.md": "A", "b.md": "new"})
}

// TestFailures asks for what is not there: what was pulled stays, and a hint says what to do.
func TestFailures(t *testing.T) {
	r := newRemote(t)
	r.commit("posts/a.md", "A")
	r.git("branch", "live")
	g, log := r.follow(func(o *Options) { o.Git.Branch, o.Dir = "live", "posts" })
	pull(t, g)
	fails := func(want string) {
		t.Helper()
		before := g.Status()
		_, err := g.Pull(t.Context())
		s := g.Status()
		switch {
		case err == nil:
			t.Errorf("Pull succeeds, want %q", want)
		case !strings.Contains(err.Error(), want):
			t.Errorf("Pull: %v, want %q", err, want)
		case Hint(err) == "" || s.Hint != Hint(err) || s.Error != err.Error() || s.Since.IsZero():
			t.Errorf("Status() = %+v after %v", s, err)
		case s.Failures != before.Failures+1 || s.Revision != before.Revision:
			t.Errorf("Status() = %+v, before %+v", s, before)
		}
		holds(t, g, map[string]string{"a.md": "A"})
	}
	r.git("branch", "--move", "live", "gone")
	fails("couldn't find remote ref")
	r.git("branch", "--move", "gone", "live")

	away := r.dir + ".away"
	if err := os.Rename(r.dir, away); err != nil {
		t.Fatal(err)
	}
	fails("does not appear to be a git repository")
	fails("does not appear to be a git repository")
	if n := strings.Count(log.String(), "git repository\""); n > 1 {
		t.Errorf("the same failure is told %d times", n)
	}
	if err := os.Rename(away, r.dir); err != nil {
		t.Fatal(err)
	}
	pull(t, g)
	if s := g.Status(); s.Error != "" || !s.Since.IsZero() {
		t.Errorf("Status() = %+v after success", s)
	}

	r.git("checkout", "--quiet", "live")
	r.commit("huge.bin", strings.Repeat("x", 2<<20))
	fails("content.git.size")
	r.commit("huge.bin", "", "posts", "", "b.md", "B")
	fails("no folder \"posts\"")
	r.commit("posts/a.md", "A2", "b.md", "")
	pull(t, g)
	holds(t, g, map[string]string{"a.md": "A2"})
}

// TestRun pulls when it is woken, once for all who wake it, and tells of commits alone.
func TestRun(t *testing.T) {
	r := newRemote(t)
	r.commit("a.md", "A")
	g, _ := r.follow(nil)
	changes := make(chan string, 10)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.Run(ctx, func() { changes <- g.Status().Revision })
	}()
	next := func(want string) {
		t.Helper()
		select {
		case have := <-changes:
			if have != want {
				t.Errorf("told of %s, want %s", have, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("not told within 20 s")
		}
	}
	next(r.git("rev-parse", "HEAD"))
	second := r.commit("a.md", "B")
	for range 5 {
		g.Wake()
	}
	next(second)
	stop()
	<-done
	if n := g.Status().Pulls; n > 3 {
		t.Errorf("%d pulls for two commits", n)
	}
}

// TestSecrets looks for the password where others could see it.
func TestSecrets(t *testing.T) {
	newRemote(t)
	g := mustNew(t, Options{
		Git: Git{URL: "https://127.0.0.1:1/site.git", User: "ada", Password: "water-wheel"}, Interval: time.Hour, Size: 1 << 20, Folder: t.TempDir(),
	})
	_, err := g.Pull(t.Context())
	if err == nil {
		t.Fatal("Pull succeeds, want an error")
	}
	if said := err.Error() + g.Status().Hint; strings.Contains(said, "water-wheel") {
		t.Errorf("the error tells the password: %s", said)
	}
	if args := strings.Join(g.from.(*repository).command(t.Context(), "fetch").Args, " "); strings.Contains(args, "water-wheel") {
		t.Errorf("the arguments tell the password: %s", args)
	}
	for _, protocol := range []string{"ext::sh -c true", "http://127.0.0.1:1/x", "git://127.0.0.1:1/x"} {
		refused := mustNew(t, Options{Git: Git{URL: protocol}, Interval: time.Hour, Size: 1, Folder: t.TempDir()})
		if _, err := refused.Pull(t.Context()); err == nil || !strings.Contains(err.Error(), "not allowed") {
			t.Errorf("Pull of %s: %v, want a refusal", protocol, err)
		}
	}
}
