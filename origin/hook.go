package origin

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
)

const (
	longestHook = 4 << 20 // bytes of a webhook: those of pushes with thousands of commits are larger, and wait for the interval
	mostHooks   = 4       // webhooks that are read at a time
)

// Hook returns the handler of webhooks, or nil where there is no secret. It knows those of GitHub,
// Gitea, Forgejo, GitLab and MinIO by how they prove that they have the secret; whoever does not learns
// nothing else. A push to the branch, or any event of a bucket, leads to a pull at once, many to one.
func (o *Origin) Hook() http.Handler {
	if o.o.Secret == "" {
		return nil
	}
	room := make(chan struct{}, mostHooks)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		select {
		case room <- struct{}{}:
			defer func() { <-room }()
		default:
			w.Header().Set("Retry-After", "5")
			http.Error(w, "too many webhooks at a time", http.StatusServiceUnavailable)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestHook))
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			http.Error(w, "the webhook is too large", http.StatusRequestEntityTooLarge)
			return
		}
		switch {
		case err != nil:
			http.Error(w, "the webhook is cut short", http.StatusBadRequest)
		case !o.proven(r.Header, body):
			http.Error(w, "the webhook does not have the secret", http.StatusForbidden)
		case !o.from.concerns(body):
			answer(w, http.StatusOK, "another branch: ignored")
		default:
			o.Wake()
			answer(w, http.StatusAccepted, "pulling")
		}
	})
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // fails only when the client has gone
}

// Wake asks for a pull now. It does not wait for it.
func (o *Origin) Wake() {
	select {
	case o.wake <- struct{}{}:
	default: // one that has not begun will do
	}
}

// proven reports whether a webhook comes from somebody who has the secret.
func (o *Origin) proven(h http.Header, body []byte) bool {
	bearer, _ := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
	if token := cmp.Or(h.Get("X-Gitlab-Token"), bearer); token != "" {
		have, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(o.o.Secret))
		return subtle.ConstantTimeCompare(have[:], want[:]) == 1
	}
	m := hmac.New(sha256.New, []byte(o.o.Secret))
	m.Write(body)
	want := m.Sum(nil)
	for _, name := range []string{"X-Hub-Signature-256", "X-Forgejo-Signature", "X-Gitea-Signature"} {
		if sign := h.Get(name); sign != "" {
			have, err := hex.DecodeString(strings.TrimPrefix(sign, "sha256="))
			return err == nil && hmac.Equal(have, want)
		}
	}
	return false
}
