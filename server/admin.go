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
	StateProblem string `json:"state_problem"` // why changes are not safe in the state folder; "": they are
	ConfigError  string `json:"config_error"`  // why the last reload of the configuration was in vain; "" where it was not
}

// Admin returns the handler of the admin listener.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /-/rebuild", s.rebuild)
	mux.HandleFunc("GET /-/status", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, s.status()) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	s.addProfiles(mux)
	return s.authorised(mux)
}

// authorised lets requests through that bear the token, where there is one, and that no page of
// another site has made a browser send.
func (s *Server) authorised(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		token, is := strings.CutPrefix(strings.Join(r.Header.Values("Authorization"), ","), "Bearer ")
		wanted := s.o.Token()
		have, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(wanted))
		switch {
		case wanted != "" && !is, wanted != "" && subtle.ConstantTimeCompare(have[:], want[:]) == 0:
			w.Header().Set("WWW-Authenticate", "Bearer")
			tell(w, http.StatusUnauthorized, "a bearer token is needed: server.admin_token of the configuration")
		case r.Header.Get("Origin") != "":
			tell(w, http.StatusForbidden, "requests from web pages are refused")
		case wanted == "" && !anchored(r.Host):
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

// rebuild answers at once, or with ?wait=1 when every change made before the request is served.
func (s *Server) rebuild(w http.ResponseWriter, r *http.Request) {
	if wait := r.URL.Query().Get("wait"); wait == "" || wait == "0" || wait == "false" {
		s.o.Demand()
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
	st := Status{State: h.State, Reason: h.Reason, Version: s.o.Version, Problems: []article.Problem{}, ConfigError: h.ConfigError, StateProblem: h.StateProblem, Verified: !h.Unverified}
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
