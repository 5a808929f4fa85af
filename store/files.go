package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
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
	f, err := os.CreateTemp(filepath.Dir(s.file), "files-*.new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // in vain once it is renamed
	b, sum := bufio.NewWriterSize(f, 1<<20), crc32.New(castagnoli)
	_, _ = b.Write(append([]byte(filesMagic), key[:]...)) // an error is that of Flush
	err = write(io.MultiWriter(b, sum))
	_, _ = b.Write(sum.Sum(nil))
	err = errors.Join(err, b.Flush())
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), s.filesName())
}

// ReadFiles returns what [Store.WriteFiles] has kept under the same key, or nil where there is nothing that
// could be believed.
func (s *Store) ReadFiles(key [sha256.Size]byte) []byte {
	src, err := os.ReadFile(s.filesName())
	if err != nil {
		return nil
	}
	rest, magic := bytes.CutPrefix(src, []byte(filesMagic))
	rest, same := bytes.CutPrefix(rest, key[:])
	if !magic || !same || len(rest) < crc32.Size {
		return nil
	}
	known := rest[:len(rest)-crc32.Size]
	if binary.BigEndian.Uint32(rest[len(known):]) != crc32.Checksum(known, castagnoli) {
		return nil
	}
	return known
}
