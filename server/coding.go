package server

import (
	"bytes"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// codings are the content codings on offer, the smallest results first. A document is coded once
// for all its readers, so they may cost more than would be right for one.
var codings = [...]struct {
	name      string
	newWriter func(io.Writer) (io.WriteCloser, error)
}{
	{"br", func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(w, 5), nil }},
	{"zstd", func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) }},
	{"gzip", func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }},
}

// encode returns body in the coding of that name.
func encode(coding string, body []byte) ([]byte, error) {
	for _, c := range codings {
		if c.name != coding {
			continue
		}
		var b bytes.Buffer
		w, err := c.newWriter(&b)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(body); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		return b.Bytes(), nil
	}
	return nil, fmt.Errorf("unknown content coding %q", coding)
}
