package hub

import "time"

const (
	perHost   = 4                // deliveries to one host at a time
	inLine    = 2 * perHost      // that wait for it
	patience  = 3                // failures in a row after which a host is left alone
	restTime  = 60 * time.Second // for so long, and twice as long after each further one
	mostRests = 3                // of which so many times at most
	memory    = 10 * restTime    // how long a failure is remembered after that
	mostRest  = 50_000           // hosts at rest that are remembered
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
	failed  int       // in a row, those during a rest not counted
	slow    bool      // the last one that ended took long
	until   time.Time // before which it is left alone; when it failed or took long last, if it is not
}

// sick reports whether deliveries to the host belong in the lane for slow ones.
func (h *host) sick() bool { return h.failed > 0 || h.slow }

// free reports whether a delivery to the host may begin. After a rest one goes ahead.
func (h *host) free(now time.Time) bool {
	most := perHost
	if h.failed >= patience {
		most = 1
	}
	return h.busy < most && !now.Before(h.until)
}

// ended notes how a delivery went.
func (h *host) ended(failed, slow bool, now time.Time) {
	h.busy--
	h.slow = slow
	rests := now.Before(h.until)
	switch {
	case !failed:
		h.failed, h.until = 0, now
	case !rests:
		h.until = now
		if h.failed++; h.failed >= patience {
			h.until = now.Add(restTime << min(h.failed-patience, mostRests))
		}
	}
}

// idle reports whether there is nothing to remember of the host, or nothing any more.
func (h *host) idle(now time.Time, crowded bool) bool {
	return h.busy == 0 && len(h.waiting) == 0 && (!h.sick() || crowded || now.After(h.until.Add(memory)))
}
