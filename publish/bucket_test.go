package publish

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"feedmill/internal/s3server"
)

// bucketOn makes a bucket, and returns a target in it.
func bucketOn(t *testing.T, s *s3server.Server, name string) (Target, look) {
	t.Helper()
	at, c := s.MakeBucket(t, name)
	at.Prefix = "blog/feeds"
	key := func(path string) string { return "blog/feeds/" + path }
	return Target{Bucket: at}, look{
		all: func() map[string]string {
			all := map[string]string{}
			for is := range c.ListObjects(t.Context(), name, minio.ListObjectsOptions{Recursive: true}) {
				if is.Err != nil {
					t.Fatal(is.Err)
				}
				path, ok := strings.CutPrefix(is.Key, "blog/feeds/")
				if !ok {
					t.Errorf("%s is not below the prefix", is.Key)
				}
				if path != manifestName {
					all[path] = readObject(t, c, name, is.Key)
				}
			}
			return all
		},
		spoil: func(path, text string) {
			if _, err := c.PutObject(t.Context(), name, key(path), strings.NewReader(text), int64(len(text)), minio.PutObjectOptions{}); err != nil {
				t.Fatal(err)
			}
		},
		remove: func(path string) {
			if _, err := c.StatObject(t.Context(), name, key(path), minio.StatObjectOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := c.RemoveObject(t.Context(), name, key(path), minio.RemoveObjectOptions{}); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func readObject(t *testing.T, c *minio.Client, bucket, key string) string {
	t.Helper()
	o, err := c.GetObject(t.Context(), bucket, key, minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	text, err := io.ReadAll(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBucket(t *testing.T) {
	s := s3server.New(t)
	n := 0
	testPlace(t, func(t *testing.T) (Target, look) {
		n++
		return bucketOn(t, s, fmt.Sprintf("feeds-%d", n))
	})
	t.Run("header", func(t *testing.T) { testHeader(t, s) })
	t.Run("mistakes", func(t *testing.T) { testMistakes(t, s) })
	t.Run("outage", func(t *testing.T) { testOutage(t, s) })
}

// testHeader looks at what a reader is told of an object.
func testHeader(t *testing.T, s *s3server.Server) {
	at, l := bucketOn(t, s, "header")
	c, err := at.Bucket.Client(1)
	if err != nil {
		t.Fatal(err)
	}
	var site testSite
	g := site.generation("a")
	for _, gzip := range []bool{false, true, true} {
		at.Gzip = gzip
		if _, err := once(t, at, g); err != nil {
			t.Fatal(err)
		}
		is, err := c.StatObject(t.Context(), "header", "blog/feeds/rss.xml", minio.StatObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		encoding, body := "", want(t, g)["rss.xml"]
		if gzip {
			encoding = "gzip"
		}
		h := is.Metadata
		if is.ContentType != "application/rss+xml; charset=utf-8" || h.Get("Cache-Control") != "max-age=300" || h.Get("Content-Encoding") != encoding {
			t.Errorf("gzip %v: header %v, type %q", gzip, h, is.ContentType)
		}
		if is := l.all()["rss.xml"]; !gzip && is != body || gzip && !strings.HasPrefix(is, "\x1f\x8b") {
			t.Errorf("gzip %v: body %q", gzip, is)
		}
	}
}

// testMistakes wants a word that helps for each mistake of a configuration.
func testMistakes(t *testing.T, s *s3server.Server) {
	right, l := bucketOn(t, s, "mistakes")
	for _, test := range []struct {
		what string
		edit func(*Target)
		hint string
	}{
		{"secret", func(t *Target) { t.Bucket.SecretKey = "wrong-secret" }, "secret_key"},
		{"key", func(t *Target) { t.Bucket.AccessKey = "nobody" }, "access_key"},
		{"bucket", func(t *Target) { t.Bucket.Name = "missing" }, "create the bucket"},
	} {
		at := right
		test.edit(&at)
		var site testSite
		_, err := once(t, at, site.generation("a"))
		if err == nil || !strings.Contains(Hint(err), test.hint) {
			t.Errorf("wrong %s: %v, hint %q, want one with %q", test.what, err, Hint(err), test.hint)
		}
		if err != nil && (strings.Contains(err.Error(), s3server.Secret) || strings.Contains(err.Error(), "wrong-secret")) {
			t.Errorf("wrong %s: the error tells the secret: %v", test.what, err)
		}
	}
	for _, prefix := range []string{"../", "../x", "a/../../b", "/a", "a//b", "."} {
		at := right
		at.Bucket.Prefix = prefix
		if _, err := New(Options{Targets: []Target{at}}); err == nil {
			t.Errorf("prefix %q is taken", prefix)
		}
	}
	if all := l.all(); len(all) > 0 {
		t.Errorf("in the bucket there are %v", all)
	}
}

// testOutage stops the storage while a publisher runs, lets generations pass, and starts it again.
func testOutage(t *testing.T, s *s3server.Server) {
	at, l := bucketOn(t, s, "outage")
	p, err := New(Options{Targets: []Target{at}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { p.Run(ctx); close(ended) }()
	defer func() { stop(); <-ended }()
	until := func(what string, is func(Status) bool) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); !is(p.Status()[0]); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("not within 30 s: %s: %+v", what, p.Status()[0])
			}
		}
	}
	var site testSite
	p.Publish(site.generation("a", "b"))
	until("published", func(s Status) bool { return s.Current })
	s.Stop()
	p.Publish(site.generation("a", "b", "c"))
	until("failing", func(s Status) bool { return s.Failures > 0 && !s.Current && s.Error != "" })
	p.Publish(site.generation("a", "b", "c", "d"))
	last := site.generation("c", "d", "e")
	p.Publish(last)
	s.Start(t)
	until("published again", func(s Status) bool { return s.Current && s.Generation == last.Number })
	if is, should := l.all(), want(t, last); fmt.Sprint(is) != fmt.Sprint(should) {
		t.Errorf("after the outage: %v, want %v", is, should)
	}
	st := p.Status()[0]
	if st.Written != 2+3 || st.Removed != 1 { // c and d as archives, and the feed; a is gone
		t.Errorf("%d written and %d removed: want those of the last generation alone", st.Written, st.Removed)
	}
}

// TestBucketNobody asks where nobody listens.
func TestBucketNobody(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	var site testSite
	at := Target{Bucket: Bucket{Endpoint: "http://" + l.Addr().String(), Name: "x", AccessKey: s3server.Key, SecretKey: s3server.Secret, Region: "us-east-1"}}
	if _, err := once(t, at, site.generation("a")); err == nil || strings.Contains(err.Error(), s3server.Secret) {
		t.Errorf("published to nobody: %v", err)
	}
	if _, err := http.Get("http://" + l.Addr().String()); err == nil {
		t.Error("somebody listens")
	}
}
