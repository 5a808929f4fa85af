package hub

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// pauses are those before the second and each later try, without what is added by chance. The last
// one stays, until the lease ends: what a subscriber lacks is never more than the newest version.
var pauses = []time.Duration{
	10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour,
}

// absence is how long a feed that there is not is waited for at a time, at most.
const absence = 10 * time.Minute

// errSlow is why a delivery ends before its time.
var errSlow = errors.New("too slow")

// attempt is one delivery that is under way, or has ended.
type attempt struct {
	Outcome
	host   string
	failed bool
	cancel context.CancelCauseFunc

	slow, late, over bool // it is in the lane for slow ones, takes long, has ended: Run's own
}

// report is what an attempt tells of itself: that it takes long, or that it has ended.
type report struct {
	*attempt
	late bool
}

// attempt makes one delivery.
func (d *Deliverer) attempt(ctx context.Context, a *attempt) {
	content, err := d.contents.of(ctx, a.Topic, a.Delivery.Has, a.Newest.ETag)
	switch is := content.Version; {
	case errors.Is(err, ErrUnknownTopic):
		// What was published of late somebody else has, and this process will have it soon, if ever.
		a.Again = min(max(time.Since(a.Newest.Modified), time.Second), absence)
	case err != nil, is.ETag != a.Newest.ETag && a.Newest.Newer(is): // this process lags behind
		a.Again = time.Second
	case is.ETag != a.Delivery.Has:
		d.try(ctx, a, content)
	case is.ETag == a.Newest.ETag:
		a.Has = is.ETag
	default: // the store will soon be told
		a.Again = time.Second
	}
}

// try sends the content, and tells what follows from how that went.
func (d *Deliverer) try(ctx context.Context, a *attempt, content Content) {
	gone, f := d.send(ctx, a.Subscription, content)
	a.Tried = true
	switch {
	case gone:
		d.gone.Add(1)
		a.Gone = true
	case f == nil:
		d.delivered.Add(1)
		a.Has = content.Version.ETag
	case errors.Is(context.Cause(ctx), errSlow): // the next try takes the time it needs
		d.failed.Add(1)
		a.Tried, a.Again = false, pauses[0]
	case ctx.Err() != nil: // the program ends
		a.Tried = false
	default:
		d.failed.Add(1)
		pause := pauses[min(a.Failures, len(pauses)-1)]
		a.failed, a.Again = f.down, max(pause+rand.N(pause/4), f.after)
		d.log.Debug("subscriber not reached", "feed", a.Topic, "host", a.host, "error", f.err, "again", a.Again)
	}
}
