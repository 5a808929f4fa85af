package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"feedmill/article"
	"feedmill/page"
)

// Status is the answer of GET /-/status.
type Status struct {
	State      string            `json:"state"` // "starting" before the first snapshot
	Reason     string            `json:"reason"`
	Version    string            `json:"version"`
	Generation uint64            `json:"generation"`
	Articles   int               `json:"articles"`
	Feeds      int               `json:"feeds"`
	Problems   []article.Problem `json:"problems"`

	Verified     bool   `json:"verified"`      // what is served was compared with the disk since the start
	StateProblem string `json:"state_problem"` // why changes are not safe in the state folder, or wait for the database; "": all is kept
	ConfigError  string `json:"config_error"`  // why the last reload of the configuration was in vain; "" where it was not

	Origin  *Origin  `json:"origin,omitempty"`  // nil: the content is a folder that others fill
	Publish []Target `json:"publish,omitempty"` // in the order of the configuration

	Hub *HubStatus `json:"hub,omitempty"` // nil: the site has none of its own
}

// Admin returns the handler of the admin listener.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.owner)
	mux.HandleFunc("GET /-/events", s.events)
	mux.HandleFunc("POST /-/logout", s.logout)
	mux.HandleFunc("POST /-/rebuild", s.rebuild)
	mux.HandleFunc("GET /-/status", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, s.status()) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	s.addProfiles(mux)

	open := http.NewServeMux() // for whom no token is needed
	open.HandleFunc("POST /{$}", s.login)
	open.HandleFunc("GET /-/{file}", func(w http.ResponseWriter, r *http.Request) {
		if a, ok := page.FindAsset(r.URL.Path); ok {
			s.asset(w, r, a)
			return
		}
		s.authorised(mux).ServeHTTP(w, r)
	})
	open.Handle("/", s.authorised(mux))
	return s.guarded(open)
}

// guarded lets requests through that no page of another site has made a browser send.
func (s *Server) guarded(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		switch {
		case origins.Check(r) != nil:
			tell(w, http.StatusForbidden, "requests from pages of other sites are refused")
		case s.o.Token() == "" && !anchored(r.Host):
			tell(w, http.StatusForbidden, "without server.admin_token the host must be an IP address or localhost")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// anchored reports whether the host of a request is a name that leads to one place only. Any other
// one its owner may let lead here, for a browser that has a page of his: it asks without an Origin then.
func anchored(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil || name == "" || strings.EqualFold(name, "localhost")
}

// authorised lets requests through that bear the token, or a session that it has opened, where there is one.
func (s *Server) authorised(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wanted := s.o.Token()
		scheme, bearer, _ := strings.Cut(strings.Join(r.Header.Values("Authorization"), ","), " ")
		is := strings.EqualFold(scheme, "Bearer") // RFC 9110 §11.1
		cookie, err := r.Cookie(sessionCookie)
		switch {
		case wanted == "", is && same(strings.TrimLeft(bearer, " "), wanted), err == nil && same(cookie.Value, session(wanted)):
			next.ServeHTTP(w, r)
		case r.URL.Path == "/":
			s.askForToken(w, false)
		default:
			w.Header().Set("WWW-Authenticate", "Bearer")
			tell(w, http.StatusUnauthorized, "a bearer token is needed: server.admin_token of the configuration")
		}
	})
}

// same compares in a time that tells nothing.
func same(have, want string) bool {
	x, y := sha256.Sum256([]byte(have)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// rebuild answers at once, or with ?wait=1 when every change made before the request is served. The
// button of a page without scripts leads back to it.
func (s *Server) rebuild(w http.ResponseWriter, r *http.Request) {
	if wait := r.URL.Query().Get("wait"); wait == "" || wait == "0" || wait == "false" {
		s.o.Demand()
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			toOwner(w, "../")
			return
		}
		reply(w, http.StatusAccepted, map[string]string{"status": "asked for"})
		return
	}
	out, err := s.o.Rebuild(r.Context())
	if err != nil {
		reply(w, http.StatusServiceUnavailable, map[string]string{"error": err.Error()})
		return
	}
	reply(w, http.StatusOK, out)
}

func (s *Server) status() Status {
	h := s.o.Health()
	st := Status{State: h.State, Reason: h.Reason, Version: s.o.Version, Problems: []article.Problem{}, ConfigError: h.ConfigError, StateProblem: h.StateProblem, Verified: !h.Unverified, Origin: s.o.Origin(), Publish: s.o.Targets(), Hub: s.o.Hub().status()}
	snap := s.o.Current().Snapshot
	if snap == nil {
		st.State = "starting"
		return st
	}
	st.Generation, st.Articles, st.Feeds = snap.Generation, snap.Articles, snap.Feeds()
	st.Problems = append(st.Problems, snap.Problems...)
	return st
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // fails only when the client has gone
}
