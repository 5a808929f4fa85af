package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
)

// What a run knew of the content files makes the next start quick, and may be lost at any time: it
// lies in a file of its own, which is not synced, and believed only where its checksum fits.

const filesMagic = "feedmill files 1\n"

func (s *Store) filesName() string {
	sum := sha256.Sum256(s.site)
	return filepath.Join(filepath.Dir(s.file), "files-"+hex.EncodeToString(sum[:6])+".cache")
}

// WriteFiles keeps what is known of the content files of the site. The key stands for all that it
// depends on beside these files.
func (s *Store) WriteFiles(key [sha256.Size]byte, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(s.file), newFiles)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // in vain once it is renamed
	b, sum := bufio.NewWriterSize(f, 1<<20), crc32.New(castagnoli)
	_, _ = b.Write(append([]byte(filesMagic), key[:]...)) // an error is that of Flush
	err = write(io.MultiWriter(b, sum, steps{&s.written}))
	_, _ = b.Write(sum.Sum(nil))
	err = errors.Join(err, b.Flush())
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), s.filesName())
}

// steps counts what is written to it.
type steps struct{ *atomic.Int64 }

func (s steps) Write(b []byte) (int, error) {
	s.Add(1)
	return len(b), nil
}

// OpenFiles opens what [Store.WriteFiles] has kept under the same key, or returns nil where there is
// nothing that could be believed. Whoever calls closes it.
func (s *Store) OpenFiles(key [sha256.Size]byte) io.ReadCloser {
	f, err := os.Open(s.filesName())
	if err != nil {
		return nil
	}
	known, err := known(f, append([]byte(filesMagic), key[:]...))
	if err != nil {
		f.Close()
		return nil
	}
	return struct {
		io.Reader
		io.Closer
	}{known, f}
}

var errFiles = errors.New("it is of another kind, or damaged")

// known is what f holds between the header and the checksum, which has been seen to fit.
func known(f *os.File, header []byte) (io.Reader, error) {
	begin := make([]byte, len(header))
	if _, err := io.ReadFull(f, begin); err != nil || !bytes.Equal(begin, header) {
		return nil, errFiles
	}
	fi, err := f.Stat()
	if err != nil || fi.Size() < int64(len(header)+crc32.Size) {
		return nil, errFiles
	}
	known := io.NewSectionReader(f, int64(len(header)), fi.Size()-int64(len(header)+crc32.Size))
	sum, want := crc32.New(castagnoli), make([]byte, crc32.Size)
	if _, err := io.Copy(sum, known); err != nil {
		return nil, err
	}
	if _, err := f.ReadAt(want, fi.Size()-crc32.Size); err != nil || !bytes.Equal(sum.Sum(nil), want) {
		return nil, errFiles
	}
	_, err = known.Seek(0, io.SeekStart)
	return known, err
}
