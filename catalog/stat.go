package catalog

import (
	"io/fs"
	"time"
)

// stamp identifies one state of a file as the disk tells it, without reading it.
// Two equal stamps mean the same bytes, unless the file was [stamp.fresh] when it was read.
type stamp struct {
	dev, ino     uint64
	size         int64
	mtime, ctime int64 // nanoseconds since 1970
}

func newStamp(fi fs.FileInfo) stamp {
	s := stamp{size: fi.Size(), mtime: fi.ModTime().UnixNano()}
	s.dev, s.ino, s.ctime = inode(fi)
	return s
}

// fresh reports whether the file had changed so shortly before it was read at t that a further
// change may leave the stamp as it is: clocks of file systems tick coarsely.
func (s stamp) fresh(t time.Time) bool {
	const grain = 2 * time.Second // that of FAT, the coarsest in use
	return s.changedAfter(t.Add(-grain))
}

// sampled reports whether the look of that number is to read the file at path though its stamp is what
// it was. Where the system tells no ctime, a change that leaves size and time shows in nothing else;
// each file has its turn once in so many looks.
func (s stamp) sampled(path string, look uint32) bool {
	const turns = 16
	return s.ctime == 0 && (hash([]byte(path))+look)%turns == 0
}

func (s stamp) changedAfter(t time.Time) bool { return max(s.mtime, s.ctime) > t.UnixNano() }
