package config

import "time"

// Bucket is a bucket of an S3-compatible storage whose objects are the content.
type Bucket struct {
	Endpoint  string // URL of the storage, without a path; "": the content is a folder, or [Git]
	Name      string
	Prefix    string // folder in the bucket, without a slash at either end; "": none
	Dir       string // folder below the prefix, slash-separated; "": all of it
	Region    string // "": the storage is asked
	PathStyle bool
	AccessKey string // both or none
	SecretKey string
	Secret    string        // of webhooks; "": there are none
	Interval  time.Duration // at least 10s
	Size      int64         // bytes that all objects may have
}

func (l *loader) checkBucket() {
	at, given := l.values["content.bucket.endpoint"]
	l.checkOrigin("content.bucket", at, given, "content.bucket.endpoint", "secret_key", "secret")
	switch {
	case !given:
	case !l.given("content.bucket.name"):
		at.fail("there is no content.bucket.name")
	case l.given("content.git.url"):
		at.fail("there is a content.git.url too: want one of them")
	case l.given("content.bucket.access_key") != (l.given("content.bucket.secret_key") || l.given("content.bucket.secret_key_file")):
		at.fail("want content.bucket.access_key and content.bucket.secret_key, or none of them")
	}
}
