package hub

import "time"

const (
	perHost  = 4                // deliveries to one host at a time
	inLine   = 2 * perHost      // that wait for it
	patience = 3                // failures in a row after which a host is left alone
	restTime = 60 * time.Second // for so long
	memory   = 10 * restTime    // how long a failure is remembered after that
	mostRest = 50_000           // hosts at rest that are remembered
)

// claimed is a delivery that waits for its host.
type claimed struct {
	Delivery
	at time.Time
}

// host is how it goes with one that is delivered to.
type host struct {
	waiting []claimed // in order
	busy    int       // deliveries under way
	failed  int       // in a row
	until   time.Time // before which it is left alone; when it failed last, if it is not
}

// free reports whether a delivery to the host may begin.
func (h *host) free(now time.Time) bool { return h.busy < perHost && !now.Before(h.until) }

// ended notes how a delivery went.
func (h *host) ended(failed bool, now time.Time) {
	h.busy--
	if !failed {
		h.failed, h.until = 0, time.Time{}
		return
	}
	h.until = now
	if h.failed++; h.failed >= patience {
		h.until = now.Add(restTime)
	}
}

// idle reports whether there is nothing to remember of the host, or nothing any more.
func (h *host) idle(now time.Time, crowded bool) bool {
	return h.busy == 0 && len(h.waiting) == 0 && (h.failed == 0 || crowded || now.After(h.until.Add(memory)))
}
