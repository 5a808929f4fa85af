package server

import (
	"net/http"
	"net/http/pprof"
	"time"
)

// logged logs the requests that next answers, where that is wanted.
func (s *Server) logged(next http.Handler) http.Handler {
	if s.o.AccessLog == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.o.AccessLog() {
			next.ServeHTTP(w, r)
			return
		}
		start, c := time.Now(), &countingWriter{ResponseWriter: w, status: http.StatusOK}
		target := r.URL.RequestURI() // before next may change it
		next.ServeHTTP(c, r)
		s.o.Logger.Info("request", "client", r.RemoteAddr, "method", r.Method, "target", target, "status", c.status,
			"bytes", c.bytes, "took", time.Since(start).Round(time.Microsecond), "agent", r.UserAgent())
	})
}

// countingWriter notes the status of an answer and how long its body is.
type countingWriter struct {
	http.ResponseWriter
	status int
	bytes  int
}

func (c *countingWriter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.bytes += n
	return n, err
}

// Unwrap is for [http.ResponseController].
func (c *countingWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// addProfiles adds the profiles of net/http/pprof, where and while that is wanted.
func (s *Server) addProfiles(mux *http.ServeMux) {
	for path, show := range map[string]http.HandlerFunc{
		"/debug/pprof/":        pprof.Index,
		"/debug/pprof/profile": pprof.Profile,
		"/debug/pprof/symbol":  pprof.Symbol,
		"/debug/pprof/trace":   pprof.Trace,
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			if s.o.Profiles == nil || !s.o.Profiles() {
				tell(w, http.StatusNotFound, "profiles are off: server.pprof of the configuration")
				return
			}
			show(w, r)
		})
	}
}
