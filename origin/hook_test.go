package origin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHook(t *testing.T) {
	const secret = "mill-stone"
	sign := func(key, body string) string {
		m := hmac.New(sha256.New, []byte(key))
		m.Write([]byte(body))
		return hex.EncodeToString(m.Sum(nil))
	}
	const push, other = `{"ref": "refs/heads/main"}`, `{"ref": "refs/heads/draft"}`
	for _, c := range []struct {
		name, header, value, body string
		want                      int
		pulls                     bool
	}{
		{"GitHub", "X-Hub-Signature-256", "sha256=" + sign(secret, push), push, 202, true},
		{"Gitea", "X-Gitea-Signature", sign(secret, push), push, 202, true},
		{"Forgejo", "X-Forgejo-Signature", sign(secret, push), push, 202, true},
		{"GitLab", "X-Gitlab-Token", secret, push, 202, true},
		{"a form", "X-Hub-Signature-256", "sha256=" + sign(secret, "payload=%7B%7D"), "payload=%7B%7D", 202, true},
		{"another branch", "X-Hub-Signature-256", "sha256=" + sign(secret, other), other, 200, false},
		{"a tag", "X-Gitlab-Token", secret, `{"ref": "refs/tags/main"}`, 200, false},
		{"another secret", "X-Hub-Signature-256", "sha256=" + sign("mill-pond", push), push, 403, false},
		{"another body", "X-Hub-Signature-256", "sha256=" + sign(secret, push), push + " ", 403, false},
		{"no hexadecimal", "X-Hub-Signature-256", "sha256=xyz", push, 403, false},
		{"MinIO", "Authorization", "Bearer " + secret, "{}", 202, true},
		{"a wrong bearer", "Authorization", "Bearer " + secret + "s", push, 403, false},
		{"a wrong token", "X-Gitlab-Token", secret + "s", push, 403, false},
		{"an empty token", "X-Gitlab-Token", "", push, 403, false},
		{"nothing", "Accept", "*/*", push, 403, false},
		{"too much", "X-Gitlab-Token", secret, strings.Repeat(" ", longestHook+1), 413, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := mustNew(t, Options{Git: Git{URL: "/nowhere", Branch: "main"}, Secret: secret, Folder: t.TempDir()})
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/-/hook", strings.NewReader(c.body))
			r.Header.Set(c.header, c.value)
			w := httptest.NewRecorder()
			g.Hook().ServeHTTP(w, r)
			if pulls := len(g.wake) == 1; w.Code != c.want || pulls != c.pulls {
				t.Errorf("status %d, pulls: %v; want %d, %v", w.Code, pulls, c.want, c.pulls)
			}
			if strings.Contains(w.Body.String(), secret) {
				t.Error("the answer holds the secret")
			}
		})
	}
	if mustNew(t, Options{Git: Git{URL: "/nowhere"}, Folder: t.TempDir()}).Hook() != nil {
		t.Error("there is a hook without a secret")
	}
}
