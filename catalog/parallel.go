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
			}
		})
	}
	wg.Wait()
}
