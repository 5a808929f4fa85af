package server_test

import (
	"net/http"
	"testing"
)

// TestBasePath asks a server whose base URL has a path, as proxies do that pass it on or strip it.
func TestBasePath(t *testing.T) {
	srv := newServer(t, "/feeds/")
	for _, public := range []http.Handler{srv.Public(), newWire(t, srv)} {
		runScript(t, public, srv.Admin(), basePathScript)
	}
}

const basePathScript = `
GET /feeds/tags/%E7%AE%97%E5%8A%9B/rss.xml
status 200
body contains href="https://example.org/feeds/tags/%E7%AE%97%E5%8A%9B/rss.xml" rel="self"
GET /tags/go/rss.xml
status 200
body contains href="https://example.org/feeds/tags/go/rss.xml" rel="self"
GET /feeds/
status 200
body contains href="/feeds/-/style-
GET /feeds
status 404
GET /feeds/tags/go
status 301
header Location == https://example.org/feeds/tags/go/
GET /feeds/../rss.xml
status 404
GET /feeds/feeds/rss.xml
status 404
`
