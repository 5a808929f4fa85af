package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/minio/minio-go/v7"

	"feedmill/internal/s3server"
)

// measurePublish measures from a save until the feed is in a bucket, of a storage on this machine.
func measurePublish(ctx context.Context, b *bench) (err error) {
	dir := filepath.Join(b.dir, "storage")
	// ETags beside the files, with --sidecar, would now and then be those of other bytes.
	storage, err := s3server.Open(dir)
	if errors.Is(err, exec.ErrNotFound) {
		log.Printf("publish: skipped: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() {
		storage.Stop()
		err = errors.Join(err, os.RemoveAll(dir), b.configure("archive: true"))
	}()
	bucket := storage.Bucket("mill")
	client, err := bucket.Client(1)
	if err != nil {
		return err
	}
	if err := client.MakeBucket(ctx, bucket.Name, minio.MakeBucketOptions{}); err != nil {
		return err
	}
	publish := fmt.Sprintf("publish: [{endpoint: %q, bucket: %s, region: %s, path_style: true, access_key: %s, secret_key: %s}]",
		bucket.Endpoint, bucket.Name, bucket.Region, bucket.AccessKey, bucket.SecretKey)
	if err := b.configure("archive: false", publish); err != nil { // archives are far more documents
		return err
	}
	d, err := b.start(ctx, nil, b.flags(true)...)
	if err != nil {
		return err
	}
	inBucket := func(path string) (string, error) {
		name, err := url.PathUnescape(path[1:])
		if err != nil {
			return "", err
		}
		u, err := client.PresignedGetObject(ctx, bucket.Name, name, time.Hour, nil)
		if err != nil {
			return "", err
		}
		return u.String(), nil
	}
	edit, fresh := b.changes()[0], b.changes()[2]
	if _, err := b.follow(ctx, inBucket, fresh, 1); err != nil { // what comes after all documents of the first time
		return d.fail(err)
	}
	took, err := b.follow(ctx, inBucket, edit, edits)
	if err != nil {
		return d.fail(err)
	}
	b.rows = append(b.rows, changeRows("an edit → the tag's feed in a bucket", took, 0)...)
	return d.end()
}
