package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket is a bucket of an S3-compatible storage.
type Bucket struct {
	Endpoint  string // URL of the storage, without a path
	Name      string
	Prefix    string // folder in the bucket, as [fs.ValidPath] has it; "": none
	Region    string // "": the storage is asked
	PathStyle bool   // the bucket is part of the path, not of the host

	// AccessKey and SecretKey, where empty, are those of the variables or the file that the tools of
	// AWS read.
	AccessKey, SecretKey string
}

func (b Bucket) name() string {
	_, host, _ := strings.Cut(b.Endpoint, "://")
	return strings.TrimSuffix("s3://"+host+"/"+b.Name+"/"+b.Prefix, "/")
}

// bucket is a [Bucket] as a place.
type bucket struct {
	client *minio.Client
	name   string
	prefix string // of keys: "" or with a slash at its end
}

// patience is how long one request may take.
const patience = time.Minute

func newBucket(b Bucket) (*bucket, error) {
	u, err := url.Parse(b.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("endpoint: want a URL such as https://s3.example.org")
	}
	at := &bucket{name: b.Name}
	if b.Prefix != "" {
		if !fs.ValidPath(b.Prefix) || b.Prefix == "." {
			return nil, fmt.Errorf("prefix: want a path such as blog/feeds, have %q", b.Prefix)
		}
		at.prefix = b.Prefix + "/"
	}
	secrets := credentials.NewStaticV4(b.AccessKey, b.SecretKey, "")
	if b.AccessKey == "" {
		secrets = credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}})
	}
	lookup := minio.BucketLookupAuto
	if b.PathStyle {
		lookup = minio.BucketLookupPath
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = at.tickets()
	transport.ResponseHeaderTimeout = patience / 2
	transport.DisableCompression = true
	at.client, err = minio.New(u.Host, &minio.Options{
		Creds: secrets, Secure: u.Scheme == "https", Region: b.Region, BucketLookup: lookup,
		Transport:  transport,
		MaxRetries: 2, // the loop has the patience
	})
	return at, err
}

func (b *bucket) tickets() int { return 8 }

func (b *bucket) key(name string) string { return b.prefix + name }

func (b *bucket) tag(ctx context.Context, name string) (string, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	is, err := b.client.StatObject(ctx, b.name, b.key(name), minio.StatObjectOptions{})
	// Whether the bucket is missing, no answer to a HEAD says: the next request tells.
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		return "", nil
	}
	return is.ETag, hinted(err)
}

func (b *bucket) tags(ctx context.Context, names []string) (map[string]string, error) {
	tags := map[string]string{}
	if len(names) == 0 {
		return tags, nil
	}
	ours := map[string]bool{}
	for _, name := range names {
		ours[name] = true
	}
	ctx, stop := context.WithTimeout(ctx, 10*patience) // many pages
	defer stop()
	for is := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if is.Err != nil {
			return nil, hinted(is.Err)
		}
		if name := strings.TrimPrefix(is.Key, b.prefix); ours[name] {
			tags[name] = strings.Trim(is.ETag, `"`)
		}
	}
	return tags, ctx.Err()
}

func (b *bucket) get(ctx context.Context, name string) ([]byte, string, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	o, err := b.client.GetObject(ctx, b.name, b.key(name), minio.GetObjectOptions{})
	if err != nil {
		return nil, "", hinted(err)
	}
	defer o.Close()
	text, err := io.ReadAll(io.LimitReader(o, mostManifest))
	if minio.ToErrorResponse(err).Code == "NoSuchKey" {
		return nil, "", fs.ErrNotExist
	}
	if err != nil {
		return nil, "", hinted(err)
	}
	is, err := o.Stat() // of the same answer
	return text, is.ETag, hinted(err)
}

func (b *bucket) put(ctx context.Context, name string, o object) (string, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	done, err := b.client.PutObject(ctx, b.name, b.key(name), bytes.NewReader(o.body), int64(len(o.body)), minio.PutObjectOptions{
		ContentType: o.mediaType, ContentEncoding: o.encoding, CacheControl: o.cacheControl,
		DisableMultipart: true, // one request, so that it is stored whole or not at all
		SendContentMd5:   true, // the checksum that every storage knows; it is signed

		// A body that is signed in chunks has a content coding of its own, which some storages keep
		// and show to readers.
		DisableContentSha256: true,
	})
	return strings.Trim(done.ETag, `"`), hinted(err)
}

func (b *bucket) remove(ctx context.Context, name string) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return hinted(b.client.RemoveObject(ctx, b.name, b.key(name), minio.RemoveObjectOptions{}))
}
