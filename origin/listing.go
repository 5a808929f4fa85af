package origin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"feedmill/internal/s3"
)

// object is what a listing says of one.
type object struct {
	name     string // the key below the prefix
	etag     string
	size     int64
	modified time.Time
}

// id stands for all that is known of the object.
func (o object) id() string {
	h := sha256.New()
	o.write(h)
	return hex.EncodeToString(h.Sum(nil)[:20])
}

func (o object) write(w io.Writer) {
	fmt.Fprintf(w, "%q %q %d %d\n", o.name, o.etag, o.size, o.modified.UnixNano())
}

// listing is all that lies in a bucket below a prefix.
type listing struct {
	objects  []object // that may have a place, by name
	leftOut  []string // others, and why
	revision string   // the same for the same objects
}

// mostObjects is up to how many objects a listing may have, however small.
const mostObjects = 1_000_000

// list asks what the bucket holds, page by page.
func (b *bucket) list(ctx context.Context) (listing, error) {
	ctx, stop := context.WithTimeout(ctx, 10*s3.Patience) // many pages
	defer stop()
	prefix := b.KeyPrefix()
	var all []object
	var total int64
	for is := range b.client.ListObjectsIter(ctx, b.Name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if is.Err != nil {
			return listing{}, is.Err
		}
		name, below := strings.CutPrefix(is.Key, prefix)
		if !below || is.Size == 0 && (name == "" || strings.HasSuffix(name, "/")) {
			continue // what some tools make for a folder
		}
		if total += is.Size; is.Size < 0 || is.Size > b.size || total > b.size {
			return listing{}, tooLarge{"content.bucket.size"}
		}
		if len(all) == mostObjects {
			return listing{}, errTooMany
		}
		all = append(all, object{name, strings.Trim(is.ETag, `"`), is.Size, is.LastModified})
	}
	if err := ctx.Err(); err != nil {
		return listing{}, err
	}
	return newListing(all), nil
}

// newListing sorts out what can't be a file. Where a key is that of another one's folder, the folder
// stays: it may hold more.
func newListing(all []object) listing {
	slices.SortFunc(all, func(a, b object) int { return strings.Compare(a.name, b.name) })
	h := sha256.New()
	folders := map[string]bool{}
	for _, o := range all {
		o.write(h)
		for dir := path.Dir(o.name); fs.ValidPath(o.name) && !folders[dir]; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	l := listing{revision: hex.EncodeToString(h.Sum(nil)[:20])}
	for _, o := range all {
		switch {
		case !fs.ValidPath(o.name):
			l.leftOut = append(l.leftOut, fmt.Sprintf("%q: no name for a file", o.name))
		case folders[o.name]:
			l.leftOut = append(l.leftOut, fmt.Sprintf("%q: its name is that of a folder", o.name))
		default:
			l.objects = append(l.objects, o)
		}
	}
	return l
}
