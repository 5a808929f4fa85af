package server

import (
	"net/http"
	"strings"

	"feedmill/page"
)

// absent tells of a feed that there is none, or no more.
func (s *Server) absent(w http.ResponseWriter, r *http.Request, gone bool) {
	if gone {
		s.refuse(w, r, http.StatusGone, "there was such a feed, but its articles are gone")
		return
	}
	s.refuse(w, r, http.StatusNotFound, "no such feed; / lists all feeds")
}

// refuse answers with a status that stands for nothing else: people get a page, in the language of the
// site, all others a line. Neither holds anything of the request. The status is one of [page.Refusals].
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, line string) {
	w.Header().Set("Vary", "Accept")
	w.Header().Set("Access-Control-Allow-Origin", "*") // readers that are web pages are to learn that a feed is gone
	if !prefersPage(r.Header.Values("Accept")) {
		tell(w, status, line)
		return
	}
	v := viewOf(r)
	html, err := page.Site{Mill: v.Mill, Language: v.Language, BasePath: v.BasePath}.Refusal(status)
	if err != nil {
		s.o.Logger.Error("answer", "error", err)
		tell(w, status, line)
		return
	}
	w.Header().Set("Content-Security-Policy", page.Policy)
	send(w, status, "text/html", html)
}

// prefersPage reports whether the client is a browser that shows a page, and not one that asks for a
// feed or takes what comes: HTML is the first of the types that Accept likes best (RFC 9110 §12.5.1).
func prefersPage(accept []string) bool {
	best, is := 0.0, false
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		mediaType, params, _ := strings.Cut(part, ";")
		if q := quality(params); q > best {
			best, is = q, strings.EqualFold(strings.TrimSpace(mediaType), "text/html")
		}
	}
	return is
}

// tell answers with a line of plain text, which must hold nothing of the request.
func tell(w http.ResponseWriter, status int, line string) {
	send(w, status, "text/plain", []byte(line+"\n"))
}

// send answers with what is true for the moment alone.
func send(w http.ResponseWriter, status int, mediaType string, body []byte) {
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only when the client has gone
}
