package main

import (
	"crypto/sha256"
	"io"
	"maps"
	"os"
)

// prints are digests of files by their names. One that is not there, or no regular file, has the
// zero digest.
type prints map[string][sha256.Size]byte

// printsOf returns those of the files, as far as they are not known.
func printsOf(files []string, known prints) prints {
	ps := make(prints, len(files))
	for _, file := range files {
		p, ok := known[file]
		if !ok {
			p = printOf(file)
		}
		ps[file] = p
	}
	return ps
}

func printOf(file string) (p [sha256.Size]byte) {
	const most = 2 << 20 // none that counts is larger
	fi, err := os.Stat(file)
	if err != nil || !fi.Mode().IsRegular() {
		return p
	}
	f, err := os.Open(file)
	if err != nil {
		return p
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, most)); err == nil {
		h.Sum(p[:0])
	}
	return p
}

func (p prints) equal(other prints) bool { return maps.Equal(p, other) }
