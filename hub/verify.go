package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// verify asks the subscriber whether it means what was asked in its name (WebSub §5.3), and does it
// then. Until it has agreed, all stays as it was.
func (h *Hub) verify(ctx context.Context, q *request) error {
	if q.mode == "unsubscribe" {
		if _, err := h.o.Store.Find(ctx, q.topic, q.callback.String()); err != nil {
			return err // and nobody is bothered where there is nothing to end
		}
		if err := h.ask(ctx, q, 0); err != nil {
			return err
		}
		return h.o.Store.Unsubscribe(ctx, q.topic, q.callback.String())
	}
	etag, ok := h.o.Topic(q.topic)
	if !ok {
		return h.deny(ctx, q, "there is no such feed any more")
	}
	if full, err := h.isFull(ctx, q); err != nil {
		return err
	} else if full {
		return h.deny(ctx, q, "there are too many subscriptions")
	}
	if err := h.ask(ctx, q, q.lease); err != nil {
		return err
	}
	return h.o.Store.Subscribe(ctx, Subscription{Topic: q.topic, Callback: q.callback.String(), Secret: Secret(q.secret), Has: etag}, q.lease)
}

// isFull reports whether no further subscription is taken. A renewal always is.
func (h *Hub) isFull(ctx context.Context, q *request) (bool, error) {
	_, err := h.o.Store.Find(ctx, q.topic, q.callback.String())
	if !errors.Is(err, ErrNoSubscription) {
		return false, err
	}
	h.counting.Lock()
	defer h.counting.Unlock()
	if time.Since(h.counted) >= countEvery {
		if h.byTopic, h.byHost, err = h.o.Store.Count(ctx); err != nil {
			return false, err
		}
		h.counted = time.Now()
	}
	return h.byTopic[q.topic] >= mostOfTopic || h.byHost[q.callback.Hostname()] >= mostOfHost, nil
}

// ask has the subscriber send back a challenge that nobody can guess.
func (h *Hub) ask(ctx context.Context, q *request, lease time.Duration) error {
	challenge := rand.Text()
	params := url.Values{"hub.mode": {q.mode}, "hub.topic": {q.topic}, "hub.challenge": {challenge}}
	if lease > 0 {
		params.Set("hub.lease_seconds", strconv.FormatInt(int64(lease/time.Second), 10))
	}
	resp, body, err := h.get(ctx, q, params)
	switch {
	case err != nil:
		return err
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return fmt.Errorf("answers %s", resp.Status)
	case subtle.ConstantTimeCompare(body, []byte(challenge)) != 1:
		return errors.New("answers without the challenge")
	}
	return nil
}

// deny tells a subscriber that it is not sent anything (WebSub §5.2).
func (h *Hub) deny(ctx context.Context, q *request, reason string) error {
	_, _, _ = h.get(ctx, q, url.Values{"hub.mode": {"denied"}, "hub.topic": {q.topic}, "hub.reason": {reason}})
	return errors.New("denied: " + reason)
}

// get asks the callback with these parameters after those of its own, which stay (WebSub §5.3). It
// returns the answer and the beginning of its body.
func (h *Hub) get(ctx context.Context, q *request, params url.Values) (*http.Response, []byte, error) {
	u := *q.callback
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += params.Encode()
	ctx, end := h.impatient(ctx)
	defer end()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("User-Agent", "feedmill")
	resp, err := h.o.Client.Do(req)
	if err != nil {
		return nil, nil, cmp.Or(context.Cause(ctx), err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostRead))
	return resp, body, err
}

// impatient returns a context which ends after [slowAfter] where too many others are waited for as
// long already, so that those who never answer keep nobody waiting. end must be called.
func (h *Hub) impatient(ctx context.Context) (own context.Context, end func()) {
	own, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(slowAfter, func() {
		select {
		case h.slow <- struct{}{}:
			<-own.Done()
			<-h.slow
		default:
			cancel(errSlow)
		}
	})
	return own, func() { late.Stop(); cancel(nil) }
}

// plain is err without the URL, whose query may hold a secret.
func plain(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
