package statefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
)

// bbolt trusts its pages: one that is damaged ends the process in a goroutine of its own, where no
// one can catch that. So they are looked at before, by the layout that bbolt's internal/common has
// for them: every page has a header of 16 bytes (id, flags, count, overflow) and elements of 16
// bytes, which say where in the page their keys and values are.
const (
	headerSize  = 16
	elementSize = 16
	metaSize    = 64 // without the header; the checksum comes last

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10

	bucketFlag = 0x01 // of a leaf's element: its value is a bucket
	bucketSize = 16   // of a bucket's header: root page and sequence
)

var errPage = errors.New("a page is damaged")

// pages is a file of pages that is looked at.
type pages struct {
	file  *os.File
	size  uint64          // of a page
	limit uint64          // how many there are
	used  map[uint64]bool // those that something refers to
	spare [][]byte        // of one page each, to be used again
}

// verifyPages follows all references of a file from its root, and finds those that lead astray and
// pages that are not what they should be. Whoever calls holds the lock of the file.
func verifyPages(name string, pageSize int) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	p := pages{file: f, size: uint64(pageSize), used: map[uint64]bool{0: true, 1: true}}
	root, freelist, err := p.meta()
	if err != nil {
		return err
	}
	return errors.Join(p.tree(root), p.freelist(freelist))
}

// meta reads the two pages that all begins with, of which the newer one counts. Both must be whole:
// without the newer one bbolt would silently go back by one commit.
func (p *pages) meta() (root, freelist uint64, err error) {
	var newest uint64
	for id := range uint64(2) {
		b := make([]byte, headerSize+metaSize)
		if _, err := p.file.ReadAt(b, int64(id*p.size)); err != nil {
			return 0, 0, err
		}
		m := b[headerSize:]
		sum := fnv.New64a()
		sum.Write(m[:metaSize-8])
		if sum.Sum64() != binary.NativeEndian.Uint64(m[metaSize-8:]) {
			return 0, 0, fmt.Errorf("%w: meta page %d", errPage, id)
		}
		if tx := binary.NativeEndian.Uint64(m[48:]); id == 0 || tx > newest {
			newest = tx
			root, freelist = binary.NativeEndian.Uint64(m[16:]), binary.NativeEndian.Uint64(m[32:])
			p.limit = binary.NativeEndian.Uint64(m[40:])
		}
	}
	return root, freelist, nil
}

// page reads a page of one of the kinds, with those that it runs over into, and marks them as used.
func (p *pages) page(id uint64, kinds uint16) (b []byte, kind, count uint16, err error) {
	if id >= p.limit {
		return nil, 0, 0, fmt.Errorf("%w: there is no page %d", errPage, id)
	}
	if last := len(p.spare) - 1; last >= 0 {
		b, p.spare = p.spare[last], p.spare[:last]
	} else {
		b = make([]byte, p.size)
	}
	if _, err := p.file.ReadAt(b, int64(id*p.size)); err != nil {
		return nil, 0, 0, err
	}
	kind, count = binary.NativeEndian.Uint16(b[8:]), binary.NativeEndian.Uint16(b[10:])
	n := 1 + uint64(binary.NativeEndian.Uint32(b[12:]))
	if binary.NativeEndian.Uint64(b) != id || kind&kinds != kind || kind == 0 || id+n > p.limit {
		return nil, 0, 0, fmt.Errorf("%w: page %d", errPage, id)
	}
	for i := id; i < id+n; i++ {
		if p.used[i] {
			return nil, 0, 0, fmt.Errorf("%w: page %d is used twice", errPage, i)
		}
		p.used[i] = true
	}
	if n > 1 {
		b = make([]byte, n*p.size)
		_, err = p.file.ReadAt(b, int64(id*p.size))
	}
	return b, kind, count, err
}

// tree looks at a page of keys and all below it.
func (p *pages) tree(id uint64) error {
	b, kind, count, err := p.page(id, branchPage|leafPage)
	if err != nil {
		return err
	}
	if kind == leafPage {
		err = p.leaf(b, count)
	} else {
		err = p.branch(id, b, count)
	}
	if uint64(len(b)) == p.size {
		p.spare = append(p.spare, b)
	}
	return err
}

// branch looks at a page that leads to others, which begins with its header, and at those.
func (p *pages) branch(id uint64, b []byte, count uint16) error {
	var last []byte
	for i := range int(count) {
		e := b[headerSize+i*elementSize:]
		key := part(e, binary.NativeEndian.Uint32(e), binary.NativeEndian.Uint32(e[4:]))
		if i > 0 && bytes.Compare(last, key) >= 0 {
			return fmt.Errorf("%w: the keys of page %d", errPage, id)
		}
		last = key
		if err := p.tree(binary.NativeEndian.Uint64(e[8:])); err != nil {
			return err
		}
	}
	return nil
}

// leaf looks at the elements of a leaf, which begins with its header, and at the buckets in them.
func (p *pages) leaf(b []byte, count uint16) error {
	for i := range int(count) {
		e := b[headerSize+i*elementSize:]
		at, keySize := binary.NativeEndian.Uint32(e[4:]), binary.NativeEndian.Uint32(e[8:])
		value := part(e, at+keySize, binary.NativeEndian.Uint32(e[12:]))
		part(e, at, keySize)
		if binary.NativeEndian.Uint32(e)&bucketFlag == 0 {
			continue
		}
		root := binary.NativeEndian.Uint64(value)
		var err error
		if root == 0 { // a small one lies in the value itself
			inline := value[bucketSize:]
			err = p.leaf(inline, binary.NativeEndian.Uint16(inline[10:]))
		} else {
			err = p.tree(root)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// part is n bytes at a place counted from the beginning of e. It panics where there are none, as all
// reading beyond a page does; see [guarded].
func part(e []byte, at, n uint32) []byte { return e[uint64(at) : uint64(at)+uint64(n)] }

// freelist checks that exactly those pages are free to be written to that nothing refers to.
func (p *pages) freelist(id uint64) error {
	b, _, count, err := p.page(id, freelistPage)
	if err != nil {
		return err
	}
	ids, n := b[headerSize:], uint64(count)
	if count == 0xffff {
		n, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	for i := range n {
		free := binary.NativeEndian.Uint64(ids[8*i:])
		if free >= p.limit || p.used[free] {
			return fmt.Errorf("%w: page %d is not free", errPage, free)
		}
		p.used[free] = true
	}
	if uint64(len(p.used)) != p.limit {
		return fmt.Errorf("%w: %d pages of %d are known", errPage, len(p.used), p.limit)
	}
	return nil
}
