package server

import (
	"bytes"
	"context"
	"strconv"

	"github.com/maypok86/otter/v2"
)

// variant names one representation of one document. Equal variants have equal bytes.
type variant struct {
	tag      string // the document's
	encoding string // content coding, "" for none
}

// etag is strong, since the bytes of every coding differ: RFC 9110 §8.8.3.3.
func (v variant) etag() string {
	if v.encoding == "" {
		return `"` + v.tag + `"`
	}
	return `"` + v.tag + "-" + v.encoding + `"`
}

// body is the bytes of a variant.
type body struct {
	bytes  []byte
	length []string // header field
}

// bytes returns the bytes of a variant. Of many requests that want the same ones at once, one makes
// them, and the others wait. It is made also when ctx ends: others may be waiting for it, and who
// has closed its half of a connection waits too.
func (s *Server) bytes(ctx context.Context, v variant, build builder) (body, error) {
	if b, ok := s.documents.GetIfPresent(v); ok {
		return b, nil
	}
	return s.documents.Get(context.WithoutCancel(ctx), v, otter.LoaderFunc[variant, body](func(ctx context.Context, v variant) (body, error) {
		if v.encoding == "" {
			b, err := build(ctx)
			return newBody(b), err
		}
		plain, err := s.bytes(ctx, variant{tag: v.tag}, build)
		if err != nil {
			return body{}, err
		}
		b, err := encode(v.encoding, plain.bytes)
		return newBody(b), err
	}))
}

// newBody returns b without the room to grow that it has, which nobody counts.
func newBody(b []byte) body {
	return body{bytes.Clone(b), []string{strconv.Itoa(len(b))}}
}

// weigh tells how much memory a variant takes.
func weigh(v variant, b body) uint32 { return uint32(len(v.tag) + cap(b.bytes) + 200) }
