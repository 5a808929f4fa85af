package origin

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
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
// Gitea, Forgejo and GitLab by how they prove that they have the secret; whoever does not learns nothing
// else. A push to the branch leads to a pull at once, many to one.
func (g *Git) Hook() http.Handler {
	if g.o.Secret == "" {
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
		case !g.proven(r.Header, body):
			http.Error(w, "the webhook does not have the secret", http.StatusForbidden)
		case !g.concerns(body):
			answer(w, http.StatusOK, "another branch: ignored")
		default:
			g.Wake()
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
func (g *Git) Wake() {
	select {
	case g.wake <- struct{}{}:
	default: // one that has not begun will do
	}
}

// proven reports whether a webhook comes from somebody who has the secret.
func (g *Git) proven(h http.Header, body []byte) bool {
	if token := h.Get("X-Gitlab-Token"); token != "" {
		have, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(g.o.Secret))
		return subtle.ConstantTimeCompare(have[:], want[:]) == 1
	}
	m := hmac.New(sha256.New, []byte(g.o.Secret))
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

// concerns reports whether a webhook may tell of the branch. One that names no branch may.
func (g *Git) concerns(body []byte) bool {
	var push struct {
		Ref string `json:"ref"`
	}
	if json.Unmarshal(body, &push) != nil || push.Ref == "" || g.o.Branch == "" {
		return true
	}
	return push.Ref == "refs/heads/"+g.o.Branch
}
