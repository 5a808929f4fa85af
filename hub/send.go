package hub

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"time"
)

// send posts the content to a subscriber (WebSub §7). A failure tells how long to leave the
// subscriber alone, if it asked for that; gone means that it wants nothing any more.
func (d *Deliverer) send(ctx context.Context, to Subscription, c Content) (gone bool, f *failure) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Callback, bytes.NewReader(c.Body))
	if err != nil {
		return false, &failure{err: err}
	}
	req.Header.Set("Content-Type", c.Type)
	req.Header.Set("Link", "<"+d.o.Hub+`>; rel="hub", <`+to.Topic+`>; rel="self"`)
	req.Header.Set("User-Agent", "feedmill")
	if to.Secret != "" {
		req.Header.Set("X-Hub-Signature", signature(to.Secret, c.Body))
	}
	resp, err := d.o.Client.Do(req)
	if err != nil {
		return false, &failure{err: plain(err), down: true}
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, mostRead) // lets the connection be used again
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		return false, nil
	case resp.StatusCode == http.StatusGone:
		return true, nil
	}
	return false, &failure{
		err:   fmt.Errorf("answers %s", resp.Status),
		down:  resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests,
		after: min(retryAfter(resp.Header.Get("Retry-After")), 12*time.Hour),
	}
}

// signature is what proves who has sent the body (WebSub §7.1).
func signature(secret Secret, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
