package catalog

import (
	"slices"
	"sort"
)

// roll is entries in their order, newest first, in blocks: an edit copies those that it changes, and not all
// that there are. It is immutable.
type roll struct {
	blocks [][]*Entry // none is empty
	ends   []int      // for each block, how many entries there are up to its end
}

// blockSize is how many entries a new block has at most. One that grows is parted at twice as many.
const blockSize = 256

func (r roll) size() int {
	if len(r.ends) == 0 {
		return 0
	}
	return r.ends[len(r.ends)-1]
}

// at is the entry of that index.
func (r roll) at(i int) *Entry { return r.from(i)[0] }

// from is the entries from that index up to the end of its block.
func (r roll) from(i int) []*Entry {
	b := sort.SearchInts(r.ends, i+1)
	return r.blocks[b][i-(r.ends[b]-len(r.blocks[b])):]
}

// part is the entries from one index up to another. It must not be changed.
func (r roll) part(from, to int) []*Entry {
	var part []*Entry
	for i := from; i < to; i = from + len(part) {
		block := r.from(i)
		block = block[:min(to-i, len(block))]
		if part == nil {
			part = block[:len(block):len(block)] // nearly always it is all
			continue
		}
		part = append(part, block...)
	}
	return part
}

// values yields all entries.
func (r roll) values(yield func(*Entry) bool) {
	for _, block := range r.blocks {
		for _, e := range block {
			if !yield(e) {
				return
			}
		}
	}
}

// holds reports whether e is among the entries, and not only one like it.
func (r roll) holds(e *Entry) bool {
	b := r.blockOf(e)
	if b == len(r.blocks) {
		return false
	}
	i, found := slices.BinarySearchFunc(r.blocks[b], e, newestFirst)
	return found && r.blocks[b][i] == e
}

// blockOf is the index of the first block that does not end before e.
func (r roll) blockOf(e *Entry) int {
	return sort.Search(len(r.blocks), func(b int) bool {
		block := r.blocks[b]
		return newestFirst(block[len(block)-1], e) >= 0
	})
}

// edited is the roll without the entries out and with those in, both in order.
func (r roll) edited(out, in []*Entry) roll {
	is := roll{make([][]*Entry, 0, len(r.blocks)+1), make([]int, 0, len(r.blocks)+1)}
	for len(out)+len(in) > 0 {
		var block []*Entry // in which the next change lies
		if len(r.blocks) > 0 {
			b := min(r.blockOf(earliest(out, in)), len(r.blocks)-1)
			is.keep(r.blocks[:b])
			block, r.blocks = r.blocks[b], r.blocks[b+1:]
		}
		n, m := len(out), len(in) // how many lie there as well: of the last block all
		if len(r.blocks) > 0 {
			last := block[len(block)-1]
			n, m = upTo(out, last), upTo(in, last)
		}
		is.add(merged(block, out[:n], in[:m]))
		out, in = out[n:], in[m:]
	}
	is.keep(r.blocks)
	return is
}

// earliest is the first of the entries of two lists, of which one may be empty.
func earliest(a, b []*Entry) *Entry {
	if len(a) == 0 || len(b) > 0 && newestFirst(b[0], a[0]) < 0 {
		return b[0]
	}
	return a[0]
}

// upTo is how many of the entries come before last, or are it.
func upTo(entries []*Entry, last *Entry) int {
	return sort.Search(len(entries), func(i int) bool { return newestFirst(entries[i], last) > 0 })
}

// keep appends blocks as they are.
func (r *roll) keep(blocks [][]*Entry) {
	for _, block := range blocks {
		r.blocks, r.ends = append(r.blocks, block), append(r.ends, r.size()+len(block))
	}
}

// add appends entries in blocks of their own, or a few of them to the last block, so that what many deletions
// leave are not many small ones.
func (r *roll) add(entries []*Entry) {
	if last := len(r.blocks) - 1; last >= 0 && len(r.blocks[last])+len(entries) <= blockSize/2 {
		entries = slices.Concat(r.blocks[last], entries)
		r.blocks, r.ends = r.blocks[:last], r.ends[:last]
	}
	if len(entries) > 2*blockSize {
		r.keep(slices.Collect(slices.Chunk(entries, blockSize)))
	} else if len(entries) > 0 {
		r.keep([][]*Entry{entries})
	}
}

// merged makes new entries of those there are, without those of out and with those of in, all in order: what
// stays between two changes is copied as a whole. Of many changes the next is near, so its place is looked
// for from the last one on, twice as far each time.
func merged(rest, out, in []*Entry) []*Entry {
	all := make([]*Entry, 0, max(0, len(rest)+len(in)-len(out)))
	before := func(x *Entry) (found bool) {
		far := 1
		for far < len(rest) && newestFirst(rest[far], x) < 0 {
			far *= 2
		}
		i, found := slices.BinarySearchFunc(rest[:min(far+1, len(rest))], x, newestFirst)
		all, rest = append(all, rest[:i]...), rest[i:]
		return found
	}
	for _, was := range out {
		for len(in) > 0 && newestFirst(in[0], was) < 0 {
			before(in[0])
			all, in = append(all, in[0]), in[1:]
		}
		if before(was) {
			rest = rest[1:]
		}
	}
	for _, is := range in {
		before(is)
		all = append(all, is)
	}
	return append(all, rest...)
}
