package origin

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"feedmill/internal/s3server"
)

// stock is a bucket on a real server that somebody fills.
type stock struct {
	t      *testing.T
	server *s3server.Server
	at     Bucket
	client *minio.Client
}

func newStock(t *testing.T) *stock {
	t.Helper()
	s := s3server.New(t)
	at, c := s.MakeBucket(t, "content")
	return &stock{t, s, at, c}
}

// put writes objects, by key and text, and removes those without text.
func (s *stock) put(objects ...string) {
	s.t.Helper()
	for i := 0; i < len(objects); i += 2 {
		key, text := objects[i], objects[i+1]
		var err error
		if text == "" {
			err = s.client.RemoveObject(s.t.Context(), s.at.Name, key, minio.RemoveObjectOptions{})
		} else {
			_, err = s.client.PutObject(s.t.Context(), s.at.Name, key, strings.NewReader(text), int64(len(text)), minio.PutObjectOptions{})
		}
		if err != nil {
			s.t.Fatalf("%s: %v", key, err)
		}
	}
}

// follow returns an origin of the bucket that waits for nothing and tells its log.
func (s *stock) follow(change func(*Options)) (*Origin, *bytes.Buffer) {
	s.t.Helper()
	log := new(bytes.Buffer)
	o := Options{
		Bucket: s.at, Interval: time.Hour, Size: 1 << 20, Folder: s.t.TempDir(), Logger: slog.New(slog.NewTextHandler(log, nil)),
	}
	if change != nil {
		change(&o)
	}
	return quick(s.t, o), log
}

func quick(t *testing.T, o Options) *Origin {
	t.Helper()
	g := mustNew(t, o)
	g.from.(*bucket).settled = 0
	return g
}

func TestBucket(t *testing.T) {
	s := newStock(t)
	s.put("site/a.md", "A", "site/posts/b.md", "B", "other/c.md", "C")
	g, log := s.follow(func(o *Options) { o.Bucket.Prefix = "site" })
	if g.Ready() {
		t.Error("Ready before the first pull")
	}
	if !pull(t, g) {
		t.Error("the first listing is no change")
	}
	holds(t, g, map[string]string{"a.md": "A", "posts/b.md": "B"})
	if have := g.Status(); have.Revision == "" || have.Error != "" || have.Pulled.IsZero() || !strings.HasSuffix(have.From, "/content/site") {
		t.Errorf("Status() = %+v", have)
	}
	was, err := os.Stat(filepath.Join(g.Path(), "posts/b.md"))
	if err != nil {
		t.Fatal(err)
	}
	if pull(t, g) {
		t.Error("the same listing is a change")
	}

	s.put("site/a.md", "", "site/c.md", "C\n")
	if !pull(t, g) {
		t.Error("another listing is no change")
	}
	holds(t, g, map[string]string{"posts/b.md": "B", "c.md": "C\n"})
	is, err := os.Stat(filepath.Join(g.Path(), "posts/b.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(was, is) || !was.ModTime().Equal(is.ModTime()) {
		t.Error("what did not change is another file")
	}
	if !strings.Contains(log.String(), "files=2 new=1") {
		t.Errorf("what did not change is fetched again:\n%s", log)
	}

	twin, _ := s.follow(func(o *Options) { o.Bucket.Prefix = "site" })
	pull(t, twin)
	if a, b := g.Status().Revision, twin.Status().Revision; a != b {
		t.Errorf("two machines call one listing %s and %s", a, b)
	}
	other := g.o
	other.Bucket.Prefix = "other"
	if mustNew(t, other).Ready() {
		t.Error("what another prefix has left is ready")
	}
	if strings.Contains(log.String(), s3server.Secret) {
		t.Error("the log tells the secret")
	}
}

// TestBucketFailures asks for what is not there: what was pulled stays, and a hint says what to do.
func TestBucketFailures(t *testing.T) {
	s := newStock(t)
	s.put("posts/a.md", "A")
	g, log := s.follow(func(o *Options) { o.Dir = "posts" })
	pull(t, g)
	fails := func(edit func(*Options), want, hint string) {
		t.Helper()
		o := g.o
		edit(&o)
		other := quick(t, o)
		_, err := other.Pull(t.Context())
		st := other.Status()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(Hint(err), hint) || hint == "" {
			t.Errorf("Pull: %v, hint %q; want %q and %q", err, Hint(err), want, hint)
		}
		if err != nil && (st.Error != err.Error() || st.Hint != Hint(err) || st.Since.IsZero() || strings.Contains(err.Error(), "secret")) {
			t.Errorf("Status() = %+v after %v", st, err)
		}
		holds(t, g, map[string]string{"a.md": "A"})
	}
	same := func(*Options) {}
	fails(func(o *Options) { o.Bucket.Name = "missing" }, "does not exist", "content.bucket.name")
	fails(func(o *Options) { o.Bucket.SecretKey = "wrong-secret" }, "s3://", "secret key")
	fails(func(o *Options) { o.Bucket.AccessKey = "nobody" }, "s3://", "access_key")
	fails(func(o *Options) { o.Bucket.Prefix = "postss" }, "no objects", "content.bucket.prefix")
	fails(func(o *Options) { o.Bucket.Endpoint = "http://127.0.0.1:1" }, "connection refused", "content.bucket.endpoint")
	fails(func(o *Options) { o.Dir = "pots" }, `no folder "pots"`, "dir of")
	fails(func(o *Options) { o.Size = 0 }, "content.bucket.size", "raise content.bucket.size")
	s.server.Stop()
	fails(same, "connection refused", "content.bucket.endpoint")
	s.server.Start(t)
	if pull(t, g) {
		t.Error("what is there again is a change")
	}
	if strings.Contains(log.String(), s3server.Secret) || strings.Contains(log.String(), "wrong-secret") {
		t.Error("the log tells a secret")
	}
}

// TestBucketKilled ends a process at any moment of a pull: what lies at the path is one listing, and the next pull
// brings the newest.
func TestBucketKilled(t *testing.T) {
	s := newStock(t)
	fill := func(round int) {
		for i := range 20 {
			s.put(fmt.Sprintf("%d.md", i), fmt.Sprint("round ", round))
		}
	}
	fill(0)
	g, _ := s.follow(nil)
	pull(t, g)
	// The first half of a pull fetches, then a second passes, and then all is put in place.
	killPulls(t, g, "ORIGIN_TEST_STORAGE="+s.server.Addr, 300*time.Millisecond, fill, func() error { return alike(g, 20) })
	pull(t, g)
	if err := alike(g, 20); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(g.Path(), "0.md")); string(text) != "round 6" {
		t.Errorf("the content is %q, %v, want that of the last round", text, err)
	}
}
