// Package s3 reaches the buckets of S3-compatible storages, in one way for all who read or write them.
package s3

import (
	"errors"
	"fmt"
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

// String is what the bucket is called, without its secrets.
func (b Bucket) String() string {
	_, host, _ := strings.Cut(b.Endpoint, "://")
	return strings.TrimSuffix("s3://"+host+"/"+b.Name+"/"+b.Prefix, "/")
}

// KeyPrefix is what the keys below the prefix begin with: "", or it ends in a slash.
func (b Bucket) KeyPrefix() string {
	if b.Prefix == "" {
		return ""
	}
	return b.Prefix + "/"
}

// Patience is how long one request may take.
const Patience = time.Minute

// Client returns what speaks to the storage, with so many connections that are kept. Nothing is asked yet.
func (b Bucket) Client(connections int) (*minio.Client, error) {
	u, err := url.Parse(b.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("endpoint: want a URL such as https://s3.example.org")
	}
	if b.Prefix != "" && (!fs.ValidPath(b.Prefix) || b.Prefix == ".") {
		return nil, fmt.Errorf("prefix: want a path such as blog/feeds, have %q", b.Prefix)
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
	transport.MaxIdleConnsPerHost = connections
	transport.ResponseHeaderTimeout = Patience / 2
	transport.DisableCompression = true
	return minio.New(u.Host, &minio.Options{
		Creds: secrets, Secure: u.Scheme == "https", Region: b.Region, BucketLookup: lookup,
		Transport:  transport,
		MaxRetries: 2, // who calls has the patience
	})
}
