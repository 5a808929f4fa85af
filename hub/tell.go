package hub

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	mostRead  = 4 << 10        // bytes of an answer, in which nothing is of interest
	mostAfter = 24 * time.Hour // that a hub may ask to be left alone
)

// failure is why a hub has not taken a notice, or a subscriber what it was sent.
type failure struct {
	err   error
	down  bool          // the host itself is at fault, not this request
	after time.Duration // for which it asks to be left alone
}

// tell tells the hub that the feed at the URL topic has changed. WebSub §6 leaves open how; the
// parameters are those that all hubs know from PubSubHubbub 0.4 §7.1, and WebSub's word beside them.
func (p *Publisher) tell(ctx context.Context, hub, topic string) *failure {
	form := url.Values{"hub.mode": {"publish"}, "hub.url": {topic}, "hub.topic": {topic}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hub, strings.NewReader(form.Encode()))
	if err != nil {
		return &failure{err: err}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", "feedmill")
	resp, err := p.client.Do(req)
	if err != nil {
		return &failure{err: err, down: true}
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, mostRead) // lets the connection be used again
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	return &failure{
		err:   fmt.Errorf("answers %s", resp.Status),
		down:  resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests,
		after: retryAfter(resp.Header.Get("Retry-After")),
	}
}

// retryAfter reads the header of that name, RFC 9110 §10.2.3: seconds or a date.
func retryAfter(s string) time.Duration {
	seconds, err := strconv.ParseUint(s, 10, 31)
	after := time.Duration(seconds) * time.Second
	if err != nil {
		t, err := http.ParseTime(s)
		if err != nil {
			return 0
		}
		after = time.Until(t)
	}
	return min(max(after, 0), mostAfter)
}
