package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/minio/minio-go/v7"

	"feedmill/internal/s3"
)

// measurePublish measures from a save until the feed is in a bucket, of a storage on this machine.
func measurePublish(ctx context.Context, b *bench) (err error) {
	program, err := exec.LookPath("versitygw")
	if err != nil {
		log.Printf("publish: skipped: %v", err)
		return nil
	}
	bucket, end, err := b.storage(ctx, program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end(), b.configure("archive: true")) }()
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

// storage starts an S3 server over a folder of the bench's, and returns a bucket that there is not yet, and
// what ends the server.
func (b *bench) storage(ctx context.Context, program string) (s3.Bucket, func() error, error) {
	addr, err := freeAddress()
	if err != nil {
		return s3.Bucket{}, nil, err
	}
	dir := filepath.Join(b.dir, "storage")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return s3.Bucket{}, nil, err
	}
	bucket := s3.Bucket{Endpoint: "http://" + addr, Name: "mill", Region: "us-east-1", PathStyle: true, AccessKey: "bench", SecretKey: "bench-secret"}
	// ETags beside the files, with --sidecar, would now and then be those of other bytes.
	cmd := command(ctx, program, "--port", addr, "--access", bucket.AccessKey, "--secret", bucket.SecretKey, "posix", dir)
	if err := cmd.Start(); err != nil {
		return s3.Bucket{}, nil, err
	}
	end := func() error {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return os.RemoveAll(dir)
	}
	for tries := 0; ; tries++ {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return bucket, end, c.Close()
		}
		if tries == 1000 {
			return s3.Bucket{}, nil, errors.Join(err, end())
		}
		time.Sleep(10 * time.Millisecond)
	}
}
