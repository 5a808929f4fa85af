package server_test

import (
	"net/http"
	"net/url"
	"testing"

	"feedmill/catalog"
	"feedmill/feed"
)

// TestOtherSite asks a server of a site that people read elsewhere: there its articles are, not here.
func TestOtherSite(t *testing.T) {
	elsewhere := func(_ *catalog.Options, f *feed.Options) {
		f.SiteURL, _ = url.Parse("https://www.example.org/")
	}
	srv := newServer(t, "/", elsewhere)
	runScript(t, srv.Public(), srv.Admin(), `
GET /first/
status 404
GET /third/dot.svg
status 404
GET /
body contains <a href="https://www.example.org/">Visit the site</a>
GET /tags/go/
status 200
`)
}

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
GET /feeds/third/dot.svg
status 200
GET /feeds
status 404
GET /feeds/tags/go
status 301
header Location == https://example.org/feeds/tags/go/
GET /feeds/../rss.xml
status 404
GET /feeds//
status 404
GET /feeds/tags%2Fgo/rss.xml
status 404
GET /%66eeds/tags%2Fgo/rss.xml
status 404
GET /feeds/feeds/rss.xml
status 404
`
