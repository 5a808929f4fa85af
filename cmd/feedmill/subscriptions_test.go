//go:build linux

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/hub"
	"feedmill/hub/local"
	"feedmill/hub/postgres"
	"feedmill/internal/pgserver"
	"feedmill/internal/statefile"
)

// TestTransfer takes subscriptions from one database to another and back, by file and by pipe.
func TestTransfer(t *testing.T) {
	server := pgserver.New(t)
	t.Chdir(t.TempDir())
	from, to := server.Place(t), server.Place(t)
	if err := os.WriteFile("url", []byte(to+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fill(t, from)

	transfer(t, nil, from, "", "export", "all.jsonl")
	if fi, err := os.Stat("all.jsonl"); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("all.jsonl: %v, %v; want a file for its owner alone", fi.Mode(), err)
	}
	all, err := os.ReadFile("all.jsonl")
	if err != nil || bytes.Count(all, []byte("\n")) != 3 {
		t.Fatalf("exported %q, %v; want 3 lines", all, err)
	}
	for range 2 {
		transfer(t, nil, "", "url", "import", "all.jsonl")
		back := transfer(t, nil, "", "url", "export", "-")
		if diff := cmp.Diff(string(all), back); diff != "" {
			t.Errorf("after the import (-want +have):\n%s", diff)
		}
	}
	transfer(t, all, from, "", "import", "-")
	if left, _ := filepath.Glob(".*"); slices.ContainsFunc(left, func(name string) bool { return strings.HasPrefix(name, ".all.jsonl") }) {
		t.Errorf("left behind: %v", left)
	}

	for name, wrong := range map[string]string{"json": "{", "topic": `{"callback":"https://wheel.example/"}`, "lease": `{"topic":"t","callback":"https://wheel.example/"}`} {
		text := string(all) + wrong + "\n"
		err := command(t, strings.NewReader(text), new(bytes.Buffer), from, "", "import", "-")
		if err == nil || !strings.Contains(err.Error(), "line 4: want") || strings.Contains(err.Error(), "wheel") {
			t.Errorf("import of %s: %v, want the line named and not quoted", name, err)
		}
	}
}

// TestTransferFile does so with the state folder, which one process has at a time.
func TestTransferFile(t *testing.T) {
	t.Chdir(t.TempDir())
	lines := []byte(`{"topic":"https://blog.example/feed.xml","callback":"https://a.example/?k=1","secret":"cw==","expires":"2126-11-25T12:00:00Z"}` + "\n")
	transfer(t, lines, "", "", "import", "-", "--state", "state")
	if back := transfer(t, nil, "bbolt", "", "export", "-", "--state", "state"); back != string(lines) {
		t.Errorf("export after the import = %s", back)
	}
	s, err := local.Open("state/hub.db", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = command(t, nil, new(bytes.Buffer), "", "", "export", "-", "--state", "state")
	if h, ok := errors.AsType[hinted](err); !ok || !errors.Is(err, statefile.ErrInUse) || !strings.Contains(h.hint, "end the daemon") {
		t.Errorf("beside its owner: %v, want ErrInUse and what to do", err)
	}
	err = command(t, nil, new(bytes.Buffer), "", "", "export", "-", "--state", "mistyped")
	if _, made := os.Stat("mistyped"); err == nil || made == nil {
		t.Errorf("export where there is nothing: %v, %v; want an error, and still nothing there", err, made)
	}
	if err := command(t, nil, new(bytes.Buffer), "", "", "export", "-", "--state", "none"); err == nil {
		t.Error("export without any store succeeds")
	}
}

// fill makes three subscriptions to the site of the test, and one to another.
func fill(t *testing.T, url string) {
	s, err := postgres.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const topic = "https://blog.example/feed.xml"
	for _, sub := range []hub.Subscription{
		{Topic: topic, Callback: "https://a.example/?k=1&l=2"}, {Topic: topic, Callback: "https://b.example/"}, {Topic: topic, Callback: "https://c.example/<é>"},
		{Topic: "https://other.example/feed.xml", Callback: "https://a.example/"},
	} {
		sub.Secret = "s"
		if err := s.Subscribe(t.Context(), sub, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
}

// transfer runs feedmill hub on the store at a URL, or one whose URL is in a file, and returns what
// it writes.
func transfer(t *testing.T, in []byte, url, file string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := command(t, bytes.NewReader(in), &out, url, file, args...); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func command(t *testing.T, in io.Reader, out *bytes.Buffer, url, file string, args ...string) error {
	t.Helper()
	t.Setenv("FEEDMILL_BASE_URL", "https://blog.example/")
	t.Setenv("FEEDMILL_HUB_STORE", url)
	t.Setenv("FEEDMILL_HUB_STORE_FILE", file)
	root := newRoot()
	root.SetArgs(append([]string{"hub"}, args...))
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(new(bytes.Buffer))
	return root.ExecuteContext(t.Context())
}
