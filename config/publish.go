package config

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// Target is a place that documents are written to: a folder, or a bucket of an S3-compatible storage.
type Target struct {
	Folder string // path; "": it is a bucket

	Endpoint  string // URL of the storage, without a path
	Bucket    string
	Prefix    string // folder in the bucket, without a slash at either end; "": none
	Region    string // "": the storage is asked
	PathStyle bool
	AccessKey string // both or none
	SecretKey string
	KeyFile   string // that SecretKey was read from; "" where it was not
	Gzip      bool   // documents are stored compressed

	Purge Purge
}

// Purge is the request for a cache to forget a document. URL "" means that there is none.
type Purge struct {
	URL        string // with the tokens :url and :path
	Method     string // "": POST
	Header     string // "Name: value", or ""
	HeaderFile string // that Header was read from; "" where it was not
	Body       string // with the tokens :url and :path, or ""
}

// targets reads a list of targets.
func (v value) targets() []Target {
	if v.kind != aList {
		v.fail("want a list of targets, have %s", v.kind)
		return nil
	}
	var all []Target
	places := map[string]bool{}
	for _, i := range v.items {
		t := i.target()
		place := strings.Join([]string{t.Folder, t.Endpoint, t.Bucket, t.Prefix}, "\n")
		if places[place] {
			i.fail("two targets are one place")
		}
		places[place] = true
		all = append(all, t)
	}
	return all
}

func (v value) target() Target {
	var t Target
	bucketOnly := ""
	ofBucket := func(set func(value)) func(value) {
		return func(v value) {
			bucketOnly = v.name
			set(v)
		}
	}
	v.read(map[string]func(value){
		"folder":          func(v value) { t.Folder = filepath.Clean(v.path()) },
		"endpoint":        ofBucket(func(v value) { t.Endpoint = v.origin() }),
		"bucket":          ofBucket(func(v value) { t.Bucket = v.bucket() }),
		"prefix":          ofBucket(func(v value) { t.Prefix = v.prefix() }),
		"region":          ofBucket(func(v value) { t.Region = v.text() }),
		"path_style":      ofBucket(func(v value) { t.PathStyle = v.yes() }),
		"access_key":      ofBucket(func(v value) { t.AccessKey = v.token() }),
		"secret_key":      ofBucket(func(v value) { t.SecretKey = v.token() }),
		"secret_key_file": ofBucket(func(v value) { t.KeyFile, t.SecretKey = v.path(), v.tokenFile() }),
		"encoding":        ofBucket(func(v value) { t.Gzip = v.oneOf("identity", "gzip") == "gzip" }),
		"purge":           func(v value) { t.Purge = v.purge() },
	})
	given := func(name string) bool { m := v.member(name); return m.source != "" && !m.empty() }
	switch {
	case v.kind != aMap:
	case given("folder") && bucketOnly != "":
		v.fail("a folder has no %s", bucketOnly)
	case given("folder"):
	case !given("endpoint") || !given("bucket"):
		v.fail("want a folder, or endpoint and bucket")
	case given("secret_key") && given("secret_key_file"):
		v.fail("there is a secret_key_file too: want one of them")
	case given("access_key") != (given("secret_key") || given("secret_key_file")):
		v.fail("want access_key and secret_key, or none of them")
	}
	return t
}

// checkPublish keeps what is written out of the content folder, which is only ever read.
func (l *loader) checkPublish() {
	for i, t := range l.config.Publish {
		if t.Folder != "" && isVisible(t.Folder, l.config.Content.Dir) {
			l.values["publish"].items[i].fail("%s lies in content.dir, which is only ever read", t.Folder)
		}
	}
}

// origin reads a URL without a path.
func (v value) origin() string {
	u := v.root()
	if u == nil {
		return ""
	}
	if u.Path != "/" {
		v.fail("want a URL without a path")
	}
	return strings.TrimSuffix(u.String(), "/")
}

func (v value) bucket() string {
	s := v.text()
	if strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_'
	}) {
		v.fail("want the name of a bucket, have %q", s)
	}
	return s
}

// prefix reads a folder in a bucket.
func (v value) prefix() string {
	s := strings.Trim(v.text(), "/")
	if s != "" && (s == "." || !fs.ValidPath(s) || strings.ContainsFunc(s, notInAddress)) {
		v.fail("want a path such as blog/feeds, without empty parts, . and .., have %q", s)
	}
	return s
}

// purge reads the request that makes a cache forget.
func (v value) purge() Purge {
	var p Purge
	v.read(map[string]func(value){
		"url":         func(v value) { p.URL = v.text() },
		"method":      func(v value) { p.Method = v.method() },
		"header":      func(v value) { p.Header = v.header() },
		"header_file": func(v value) { p.HeaderFile, p.Header = v.path(), v.headerFile() },
		"body":        func(v value) { p.Body = v.text() },
	})
	whole := v.member("url")
	whole.raw = strings.NewReplacer(":url", "https://example.org/", ":path", "/").Replace(p.URL)
	switch {
	case v.kind != aMap:
	case p.URL == "":
		v.fail("want a url")
	case strings.HasPrefix(p.URL, ":url"):
	default:
		whole.url()
	}
	return p
}

func (v value) method() string {
	return v.oneOf("POST", "GET", "DELETE", "PUT", "PURGE", "BAN")
}

// header reads a field of HTTP, likely a secret, which no mistake may quote.
func (v value) header() string {
	s := v.text()
	name, value, ok := strings.Cut(s, ":")
	isToken := !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) })
	isText := !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
	if s != "" && (!ok || name == "" || !isToken || !isText) {
		v.fail("want a field such as Authorization: Bearer TOKEN")
	}
	return s
}

func (v value) headerFile() string { return v.fromFile(value.header) }
