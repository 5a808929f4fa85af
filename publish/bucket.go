package publish

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"

	"feedmill/internal/s3"
)

// Bucket is a bucket of an S3-compatible storage.
type Bucket = s3.Bucket

// bucket is a [Bucket] as a place.
type bucket struct {
	client *minio.Client
	name   string
	prefix string // of keys: "" or with a slash at its end
}

const patience = s3.Patience

func newBucket(b Bucket) (*bucket, error) {
	at := &bucket{name: b.Name, prefix: b.KeyPrefix()}
	var err error
	at.client, err = b.Client(at.tickets())
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
