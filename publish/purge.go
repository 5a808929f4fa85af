package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// Purge is a request to a cache, such as a CDN, that is sent for each document which is not what it
// was. In URL and Body, ":url" stands for the address of the document and ":path" for its path, both
// percent-encoded; after a question mark once more.
type Purge struct {
	URL    string // pattern; "": there is no cache
	Method string // "": POST
	Header string // "Name: value", likely a secret; "": none
	Body   string // pattern; "": none
	Base   string // URL of the documents, with a slash at its end
}

// purger sends the requests of one [Purge].
type purger struct {
	Purge
	client http.Client
}

func newPurger(p Purge) *purger {
	if p.Method == "" {
		p.Method = http.MethodPost
	}
	return &purger{p, http.Client{
		Timeout: 10 * time.Second,
		// Where a request is led elsewhere, nothing was purged, and the secret is not for there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// purge tells the cache that the document at the path has changed. One that a web server may show as
// its folder has both addresses.
func (p *purger) purge(ctx context.Context, name string) error {
	if err := p.send(ctx, name); err != nil {
		return err
	}
	if dir, file := path.Split(name); file == "index.xml" || file == "index.json" {
		return p.send(ctx, dir)
	}
	return nil
}

func (p *purger) send(ctx context.Context, name string) error {
	address := p.Base + strings.TrimPrefix((&url.URL{Path: "/" + name}).EscapedPath(), "/")
	at, err := url.Parse(address)
	if err != nil {
		return err
	}
	plain := strings.NewReplacer(":url", address, ":path", at.EscapedPath())
	inQuery := strings.NewReplacer(":url", url.QueryEscape(address), ":path", url.QueryEscape(at.EscapedPath()))
	target, query, has := strings.Cut(p.URL, "?")
	target = plain.Replace(target)
	if has {
		target += "?" + inQuery.Replace(query)
	}
	req, err := http.NewRequestWithContext(ctx, p.Method, target, strings.NewReader(plain.Replace(p.Body)))
	if err != nil {
		return errors.New("purge: publish.purge.url makes no URL")
	}
	if p.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if field, value, ok := strings.Cut(p.Header, ":"); ok {
		req.Header.Set(field, strings.TrimSpace(value))
	}
	resp, err := p.client.Do(req)
	if err != nil {
		// A URL may hold a secret, too: of the error only the cause is told.
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err
		}
		return fmt.Errorf("purge %s: %w", address, err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection is used again
	// What the cache does not hold, it need not forget.
	if resp.StatusCode/100 != 2 && resp.StatusCode != http.StatusNotFound {
		return fmt.Errorf("purge %s: %s", address, resp.Status)
	}
	return nil
}
