package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
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
func (s *Store) WriteFiles(key [sha256.Size]byte, known []byte) error {
	f, err := os.CreateTemp(filepath.Dir(s.file), "files-*.new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // in vain once it is renamed
	_, err = f.Write(append(append([]byte(filesMagic), key[:]...), binary.BigEndian.AppendUint32(nil, crc32.Checksum(known, castagnoli))...))
	if err == nil {
		_, err = f.Write(known)
	}
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
	known := rest[crc32.Size:]
	if binary.BigEndian.Uint32(rest) != crc32.Checksum(known, castagnoli) {
		return nil
	}
	return known
}
