package hub

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"iter"
	"net/url"
	"strings"
	"time"
)

// ErrNoSubscription means that nobody is subscribed to the topic at that callback.
var ErrNoSubscription = errors.New("no such subscription")

// Subscription is who wants to be sent a topic.
type Subscription struct {
	Topic    string    // URL of a feed, as it was subscribed at
	Callback string    // URL that content is posted to; may hold a secret in its query: never logged
	Secret   Secret    // at most 199 bytes, "": deliveries are not signed
	Expires  time.Time // by the store's clock
	Has      string    // ETag of what was delivered last, of what there was at the subscription before that
	Failures int       // tries that have failed since Has
	Due      time.Time // before which a failed delivery is not tried again; zero: at once
}

// Host returns the host of a callback, without a port, in lower case; "" for what is no URL.
func Host(callback string) string {
	u, err := url.Parse(callback)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Secret is bytes that a subscriber has chosen, text or not. Where it must be text, as in JSON, it is
// in base64.
type Secret string

// MarshalText is [encoding.TextMarshaler].
func (s Secret) MarshalText() ([]byte, error) {
	return base64.StdEncoding.AppendEncode(nil, []byte(s)), nil
}

// UnmarshalText is [encoding.TextUnmarshaler].
func (s *Secret) UnmarshalText(text []byte) error {
	b, err := base64.StdEncoding.AppendDecode(nil, text)
	*s = Secret(b)
	return err
}

// Version is the content of a topic at one time. Of two, the one that was modified later is newer;
// of two at once, the one with the greater ETag.
type Version struct {
	ETag     string // equal for equal bytes
	Modified time.Time
}

// Newer reports whether v comes after than.
func (v Version) Newer(than Version) bool {
	return cmp.Or(v.Modified.Compare(than.Modified), cmp.Compare(v.ETag, than.ETag)) > 0
}

// Delivery is one subscription that lacks the newest version of its topic, claimed by who is to
// deliver it.
type Delivery struct {
	Subscription
	Newest Version
	Claim  int64 // tells this claim from a later one
}

// Outcome is what became of a delivery.
type Outcome struct {
	Delivery
	Has   string        // ETag of what was received, "": nothing was
	Gone  bool          // the subscriber wants nothing any more
	Tried bool          // a failure counts: the subscriber was asked
	Again time.Duration // how long to wait before the next try; 0: Due stays
}

// Store keeps subscriptions, and how far each has been served. It holds no queue: who is behind
// follows from what each has and from what is newest, so there is never more to do than there are
// subscriptions. Any number of goroutines may use it at once, and of processes where they share it.
// Time is the store's own, so that those agree on it.
type Store interface {
	// Subscribe keeps a subscription for the length of the lease, in the place of one with the same
	// topic and callback. Of s it takes Topic, Callback, Secret and Has; an older one's Has stays,
	// and its failures are over, since who subscribes is there.
	Subscribe(ctx context.Context, s Subscription, lease time.Duration) error

	// Unsubscribe forgets a subscription. One that is not there is no error.
	Unsubscribe(ctx context.Context, topic, callback string) error

	// Find returns a subscription whose lease has not ended, or [ErrNoSubscription].
	Find(ctx context.Context, topic, callback string) (Subscription, error)

	// Publish notes the newest version of each topic. An older one than that which is known changes
	// nothing. It returns when this lasts through a crash.
	Publish(ctx context.Context, newest map[string]Version) error

	// Claim takes at most n subscriptions that are behind and due, those that wait for longest
	// first, of no host in the list except, and gives them to nobody else for the time of hold or
	// until they are settled.
	Claim(ctx context.Context, n int, hold time.Duration, except []string) ([]Delivery, error)

	// Settle writes down what became of deliveries, and returns when it lasts. A claim that has
	// ended meanwhile still counts where something was received.
	Settle(ctx context.Context, done []Outcome) error

	// Next returns when Claim will have something to give, the zero time for never.
	Next(ctx context.Context) (time.Time, error)

	// Sweep forgets the subscriptions whose lease has ended, and returns how many.
	Sweep(ctx context.Context) (int, error)

	// Count returns the number of subscriptions by topic and by the host of the callback.
	Count(ctx context.Context) (byTopic, byHost map[string]int, err error)

	// All yields every subscription whose lease has not ended, in the order of topic and callback.
	All(ctx context.Context) iter.Seq2[Subscription, error]

	// Restore keeps subscriptions as they are, Expires, Has and all, in the place of older ones.
	Restore(ctx context.Context, subs iter.Seq[Subscription]) error

	Close() error
}
