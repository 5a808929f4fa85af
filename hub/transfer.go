package hub

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// line is a subscription as it is taken from one store to another.
type line struct {
	Topic    string    `json:"topic"`
	Callback string    `json:"callback"`
	Secret   Secret    `json:"secret,omitempty"`
	Expires  time.Time `json:"expires"`
	Has      string    `json:"has,omitempty"`
	Failures int       `json:"failures,omitempty"`
	Due      time.Time `json:"due,omitzero"`
}

const longestLine = 64 << 10 // bytes; a callback has at most 2,048

// Export writes the subscriptions whose lease has not ended to w, secrets and all, a line of JSON
// each, in the order of [Store.All]. It tells progress, unless that is nil, how many it has written,
// and returns how many those are in the end.
func Export(ctx context.Context, s Store, w io.Writer, progress func(done int)) (int, error) {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	n := 0
	for sub, err := range s.All(ctx) {
		if err != nil {
			return n, err
		}
		sub.Expires, sub.Due = sub.Expires.UTC(), sub.Due.UTC()
		if err := enc.Encode(line(sub)); err != nil {
			return n, err
		}
		if n++; progress != nil {
			progress(n)
		}
	}
	return n, out.Flush()
}

// Import keeps the subscriptions that [Export] has written, in the place of older ones with the same
// topic and callback, so that once more changes nothing. At a line that is none it ends with an error
// which names its number and quotes nothing of it; what comes before may be kept. It returns how many
// lines it has read, and tells progress, unless that is nil, of each.
func Import(ctx context.Context, s Store, r io.Reader, progress func(done int)) (int, error) {
	n := 0
	var wrong error
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	err := s.Restore(ctx, func(yield func(Subscription) bool) {
		for lines.Scan() {
			sub, err := parseLine(lines.Bytes())
			if err != nil {
				wrong = fmt.Errorf("line %d: %w", n+1, cmp.Or(lines.Err(), err)) // half a line is no fault of its own
				return
			}
			n++
			if !yield(sub) {
				return
			}
			if progress != nil {
				progress(n)
			}
		}
		if err := lines.Err(); err != nil {
			wrong = fmt.Errorf("line %d: %w", n+1, err)
		}
	})
	return n, errors.Join(wrong, err)
}

func parseLine(text []byte) (Subscription, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return Subscription{}, errors.New("want a subscription in JSON")
	}
	switch {
	case l.Topic == "" || l.Callback == "":
		return Subscription{}, errors.New("want a topic and a callback")
	case l.Expires.IsZero():
		return Subscription{}, errors.New("want a time at which the lease ends")
	case l.Failures < 0:
		return Subscription{}, errors.New("want failures of 0 or more")
	case len(l.Secret) > mostSecret:
		return Subscription{}, errors.New("want a secret of at most 199 bytes, in base64")
	}
	return Subscription(l), nil
}
