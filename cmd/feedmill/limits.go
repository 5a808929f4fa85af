package main

import (
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"syscall"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// collectAt is how much garbage there may be beside what is in use, in percent, unless GOGC says
// otherwise. Nearly all that is in use is the articles, which stay: the usual 100 would double them.
const collectAt = 25

// limitMemory lets the collector know the memory limit of the container, unless GOMEMLIMIT says
// what it should be. The rest is for what the collector does not count.
func limitMemory(log *slog.Logger) {
	if _, given := os.LookupEnv("GOGC"); !given {
		debug.SetGCPercent(collectAt)
	}
	if _, err := memlimit.Set(memlimit.WithRatio(0.9), memlimit.WithProvider(memlimit.FromCgroup)); err != nil {
		log.Debug("memory limit", "error", err)
	}
}

// uncollected keeps the collector from work until what it returns is called: while the articles are taken up that
// were known, nearly nothing becomes garbage, and each time it would look at more of them in vain. Near a memory
// limit it works all the same.
func uncollected() (end func()) {
	was := debug.SetGCPercent(-1)
	return func() { debug.SetGCPercent(was) }
}

// leastGarbage is how much there may be while the articles are read for the first time, in bytes: about what
// collectAt allows when there are a hundred thousand of them.
const leastGarbage = 48 << 20

// lenient lets so much garbage lie, until what it returns is called, however little is in use: while the articles
// become more and more, the collector would look at them again and again.
func lenient() (end func()) {
	usual := debug.SetGCPercent(-1)
	if usual < 0 {
		return func() {}
	}
	is := -1
	allow := func() {
		const least = 4 << 20 // which the collector takes for in use where less is
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if percent := max(usual, int(leastGarbage*100/max(live[0].Value.Uint64(), least))); percent != is {
			is = percent
			debug.SetGCPercent(percent)
		}
	}
	ended := make(chan struct{})
	var allowing sync.WaitGroup
	allowing.Go(func() {
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			allow()
			select {
			case <-ticker.C:
			case <-ended:
				return
			}
		}
	})
	return func() {
		close(ended)
		allowing.Wait()
		debug.SetGCPercent(usual)
	}
}

// soonCollected is how much may be in use, in bytes, where a collection ends in about the time in which a change
// settles.
const soonCollected = 256 << 20

// collectEarly collects garbage if there is half of what the collector waits for, and it is soon done. It is for
// when a change has begun to settle: one that is looked at while the collector works takes twice as long to be shown.
func collectEarly() {
	is := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/goal:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(is)
	live, goal, now := is[0].Value.Uint64(), is[1].Value.Uint64(), is[2].Value.Uint64()
	if live <= soonCollected && now > live/2+goal/2 {
		runtime.GC()
	}
}

// manyFiles is of how many files parsed something remains to be given back.
const manyFiles = 1000

// giveBack gives the system what a stretch of work has needed and a daemon at rest does not: the memory that is free,
// and the pages of the program.
func giveBack() {
	debug.FreeOSMemory()
	dropProgram()
}

// budget shares out the memory for what could be made again: what the configuration says, but a small
// part of a memory limit. All are bytes.
type budget struct {
	documents uint64 // finished ones
	contents  uint64 // the HTML of articles
	texts     int64  // the bytes of articles
}

func newBudget(configured int64) budget {
	all := min(configured, debug.SetMemoryLimit(-1)/4)
	return budget{documents: uint64(all / 2), contents: uint64(all / 4), texts: all / 4}
}

// maxConns returns how many connections to let in, so that there are always descriptors left to
// look at the content folder: for the standard streams, listeners, events and the state, and for
// each file that is read at once with the folders above it.
func maxConns() int {
	const most = 8192
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return most
	}
	reserved := uint64(24 + 4*runtime.GOMAXPROCS(0))
	all := uint64(limit.Cur) // which is signed on FreeBSD
	if all < reserved+16 {
		return 16
	}
	return int(min(all-reserved, most))
}
