package server

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"feedmill/page"
)

// How much the owner's page shows.
const (
	maxProblems = 200 // with path and message
	maxLines    = 50  // of those with the line as it is in the file
	maxRows     = 50  // feeds, readers, and hosts
)

// owner answers with the page for whom the site belongs to.
func (s *Server) owner(w http.ResponseWriter, _ *http.Request) {
	st, h, v := s.status(), s.o.Health(), s.o.Current()
	o := page.Owner{
		Speaks: v.Language, Version: st.Version, Token: s.o.Token() != "",
		State: st.State, Reason: st.Reason, StateProblem: st.StateProblem, ConfigError: st.ConfigError,
		Current: int(st.Generation), Articles: st.Articles, HasFeeds: st.Feeds, Problems: len(st.Problems),
		Past: s.o.Past(),
	}
	if v.Mill != nil {
		o.Site, o.URL = v.Mill.SiteTitle(), v.Mill.At("/")
	}
	if from := st.Origin; from != nil {
		o.Ways = append(o.Ways, page.Way{
			Name: from.From, Inward: true, Held: from.Revision[:min(12, len(from.Revision))], Current: from.Error == "", At: from.Pulled,
			Error: from.Error, Hint: from.Hint, Since: from.Since,
		})
	}
	for _, t := range st.Publish {
		o.Ways = append(o.Ways, page.Way{
			Name: t.Name, Held: strconv.Itoa(t.Documents), Current: t.Current, At: t.Published,
			Error: t.Error, Hint: t.Hint, Since: t.Since,
		})
	}
	if st.Hub != nil {
		o.Hub, o.Subscriptions = true, st.Hub.Subscriptions
		for _, c := range st.Hub.Topics {
			o.ByTopic = append(o.ByTopic, page.Count(c))
		}
		for _, c := range st.Hub.Failing {
			o.Failing = append(o.Failing, page.Count(c))
		}
	}
	stalled := h.Reason == "stalled" // then the disk would keep the page waiting
	for i, p := range st.Problems[:min(maxProblems, len(st.Problems))] {
		shown := page.Problem{Problem: p}
		if i < maxLines && p.Line > 0 && !stalled {
			shown.Text = s.line(p.Path, p.Line)
		}
		o.Shown = append(o.Shown, shown)
	}
	o.ByFeed, o.ByReader = s.audience.rows(maxRows, time.Now(), func(key feedKey) string {
		if v.Snapshot != nil && key.taxonomy == "" {
			return v.Mill.Title(v.Site)
		}
		if v.Snapshot != nil {
			if sel, _ := v.Term(key.taxonomy, key.slug); sel != nil {
				return v.Mill.Title(sel)
			}
		}
		return key.taxonomy + "/" + key.slug
	})
	body, err := o.HTML()
	s.private(w, http.StatusOK, body, err)
}

// private answers with a page that nobody may keep.
func (s *Server) private(w http.ResponseWriter, status int, body []byte, err error) {
	if err != nil {
		s.o.Logger.Error("answer", "error", err)
		tell(w, http.StatusInternalServerError, "this page can't be made at the moment; the log says why")
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", page.OwnerPolicy)
	h.Set("Referrer-Policy", "same-origin") // forms of the page must be told from those of others
	send(w, status, "text/html", body)
}

// sessionCookie holds what only one who knew the token has got. It is worth as much as the token,
// until that is another one, and does not tell it.
const sessionCookie = "feedmill_admin"

func session(token string) string {
	h := hmac.New(sha256.New, []byte(token))
	h.Write([]byte(sessionCookie))
	return hex.EncodeToString(h.Sum(nil))
}

// askForToken answers with the page on which a person can enter the token.
func (s *Server) askForToken(w http.ResponseWriter, wrong bool) {
	body, err := page.Login(s.o.Current().Language, wrong)
	w.Header().Set("WWW-Authenticate", "Bearer")
	s.private(w, http.StatusUnauthorized, body, err)
}

// login gives a browser the session for the token.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	token := s.o.Token()
	if given := strings.TrimSpace(r.PostFormValue("token")); token != "" && !same(given, token) {
		s.askForToken(w, true)
		return
	}
	setSession(w, r, session(token), 30*24*60*60)
	toOwner(w, "./")
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	setSession(w, r, "", -1)
	toOwner(w, "../")
}

func setSession(w http.ResponseWriter, r *http.Request, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: strings.HasPrefix(cmp.Or(r.Header.Get("Origin"), r.Header.Get("Referer")), "https:"), // a browser knows how it asked
	})
}

// toOwner leads to the owner's page, whose address is told as from that of the request: a proxy may
// have it anywhere.
func toOwner(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
}
