package hub

import (
	"context"
	"time"
)

// settle writes down what has ended, all that has by now at once.
func (d *Deliverer) settle(ctx context.Context, r report) {
	var done []Outcome
	for more := true; more; {
		if r.late {
			r.attempt.late = true
			d.changeLane(r.attempt)
		} else {
			done = append(done, d.end(r.attempt)...)
		}
		select {
		case r = <-d.reports:
		default:
			more = false
		}
	}
	d.keep(ctx, done)
}

// release gives up the claims of those that wait for a host, but for the first few.
func (d *Deliverer) release(h *host, few int, again time.Duration) []Outcome {
	var done []Outcome
	for _, w := range h.waiting[min(few, len(h.waiting)):] {
		done = append(done, Outcome{Delivery: w.Delivery, Again: again})
	}
	d.inHand -= len(done)
	h.waiting = h.waiting[:len(h.waiting)-len(done)]
	return done
}

// keep writes outcomes down.
func (d *Deliverer) keep(ctx context.Context, done []Outcome) {
	if len(done) == 0 {
		return
	}
	if err := d.o.Store.Settle(ctx, done); err != nil {
		d.log.Warn("deliveries will be repeated", "count", len(done), "error", err)
	}
}

// changeLane makes room for others than a slow attempt, which ends where there is no other room for
// it.
func (d *Deliverer) changeLane(a *attempt) {
	switch {
	case a.over || a.slow:
	case d.slow >= slowest:
		a.cancel(errSlow)
	default:
		a.slow = true
		d.fast--
		d.slow++
	}
}

// end takes an attempt off, and returns its outcome, and that of others which wait for a host that is
// now left alone.
func (d *Deliverer) end(a *attempt) []Outcome {
	a.over = true
	d.inHand--
	if a.slow {
		d.slow--
	} else {
		d.fast--
	}
	now, h := time.Now(), d.hosts[a.host]
	h.ended(a.failed, a.late, now)
	if a.Tried {
		d.failing.ended(a.host, a.failed, now)
	}
	done := []Outcome{a.Outcome}
	if now.Before(h.until) {
		done = append(done, d.release(h, 0, restTime)...)
	}
	return done
}
