package statefile

import (
	"syscall"

	bolt "go.etcd.io/bbolt"
)

// Forget gives back the memory of what was read of a file. It is mapped, and what is read again comes from
// the system's cache, or from the disk.
func Forget(db *bolt.DB) {
	_ = db.View(func(tx *bolt.Tx) error { // while which nothing else is mapped
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, db.Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
		return nil
	})
}
