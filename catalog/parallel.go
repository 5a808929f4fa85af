package catalog

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls do for all numbers below n, in no order, from as many goroutines as there are
// processors, and returns when all calls have.
func parallel(n int, do func(i int)) {
	if n == 1 {
		do(0)
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
				runtime.Gosched() // who has little to do, like the watcher or a reader, need not wait for all of it
			}
		})
	}
	wg.Wait()
}

// inRuns calls do for all numbers below n, from one up to another, as [parallel] does: those of a run
// together, and the last run first.
func inRuns(n int, do func(from, to int)) {
	const longest = 64
	run := min(longest, max(1, n/(4*runtime.GOMAXPROCS(0))))
	parallel((n+run-1)/run, func(i int) {
		to := n - i*run
		do(max(0, to-run), to)
	})
}
