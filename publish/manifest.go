package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
)

// manifestName is where the manifest lies in a place.
const manifestName = "feedmill-manifest.json"

// manifest tells what a place holds of ours. It has no times and no order but that of names, so that
// two publishers of equal documents write equal manifests.
type manifest struct {
	Version   int                `json:"feedmill"`
	Documents map[string]written `json:"documents"`       // by path; nobody else's
	Gone      []string           `json:"gone,omitempty"`  // paths of ours still to be removed; sorted
	Purge     []string           `json:"purge,omitempty"` // paths that caches must still be told of; sorted
}

// written is what is known of a document in a place. The zero value: it may be there or not, and
// whole.
type written struct {
	Tag  string `json:"tag,omitempty"`  // of what was to be stored: see facts
	ETag string `json:"etag,omitempty"` // that the place gave to it
}

// manifestVersion rises when older programs would misread a manifest.
const manifestVersion = 1

func newManifest() *manifest {
	return &manifest{Version: manifestVersion, Documents: map[string]written{}}
}

// readManifest reads what is no secret, and may have been written by anybody: names that no document
// can have are refused.
func readManifest(text []byte) (*manifest, error) {
	m := newManifest()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, err
	}
	if m.Version != manifestVersion || m.Documents == nil {
		return nil, errors.New("not one that this version of feedmill writes")
	}
	for _, name := range slices.Concat(m.names(), m.Gone, m.Purge) {
		if !fs.ValidPath(name) || name == "." || name == manifestName {
			return nil, fmt.Errorf("%q is no path of a document", name)
		}
	}
	return m, nil
}

func (m *manifest) text() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", " ")
	return append(text, '\n'), err
}

func (m *manifest) names() []string { return slices.Sorted(maps.Keys(m.Documents)) }

// merge returns all names of both, sorted, each once.
func merge(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// object is what is stored of a document.
type object struct {
	tag          string // equal tags, equal in all that follows
	mediaType    string
	encoding     string // content coding; "": none
	cacheControl string
	body         []byte
}

// facts are what is known of the object of a document without its body.
func (t *target) facts(d Document) object {
	o := object{mediaType: d.MediaType, cacheControl: "max-age=" + strconv.Itoa(int(d.MaxAge.Seconds()))}
	if t.gzip {
		o.encoding = "gzip"
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q", d.Tag, o.mediaType, o.encoding, o.cacheControl)
	o.tag = hex.EncodeToString(h.Sum(nil)[:12])
	return o
}
