package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// visitorsName is the file that those lock who own the state file for a moment only: together, while
// one who waits for them has it alone. The lock ends with its process, however that does.
const visitorsName = "visitors.lock"

// Visit is [Open] for a process that gives the file back soon. It fails with [ErrInUse] also where
// another one is about to take it.
func Visit(dir, site string) (*Store, error) {
	lock, err := lockVisitors(dir, syscall.LOCK_SH)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrInUse
	}
	s, err := Open(dir, site) // which tells what is wrong with the folder, if anything is
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.visit = lock
	return s, nil
}

// Stay is [Open], but waits for those to end who only visit, or for ctx. It calls waits before it does.
func Stay(ctx context.Context, dir, site string, waits func()) (*Store, error) {
	s, err := Open(dir, site)
	if !errors.Is(err, ErrInUse) {
		return s, err
	}
	for told := false; ; told = true {
		lock, locked := lockVisitors(dir, syscall.LOCK_EX)
		if !errors.Is(locked, syscall.EWOULDBLOCK) {
			s, err = Open(dir, site)
			return s, errors.Join(err, lock.Close())
		}
		if !told {
			waits()
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// visit is a lock of the visitors' file, or nil.
type visit struct{ file *os.File }

func lockVisitors(dir string, how int) (*visit, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, visitorsName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &visit{f}, nil
}

func (v *visit) Close() error {
	if v == nil {
		return nil
	}
	return v.file.Close()
}
