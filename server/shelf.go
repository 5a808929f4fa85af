package server

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// shelf holds the documents of one view that have been asked for, by the target of the request, and
// remembers beyond that view which those were. It is a short cut: what it finds is what
// [View.document] makes of the path.
type shelf struct {
	most int // documents

	mu        sync.RWMutex
	view      View
	documents map[string]*document // of the view
	asked     map[string]*asked    // in this view and in those before
}

// asked tells when a document was asked for in each coding, in Unix seconds; 0: never.
type asked [len(codings) + 1]atomic.Int64

func (a *asked) note(coding int, now time.Time) { a[coding].Store(now.Unix()) }

// newShelf returns a shelf that takes a small part of the memory for documents, beside it.
func newShelf(cacheBytes uint64) *shelf {
	const each = 4 << 10 // bytes at most, more or less
	return &shelf{
		most:      int(min(cacheBytes/16/each, 1<<14)) + 1,
		documents: map[string]*document{}, asked: map[string]*asked{},
	}
}

// find returns the document that a request's target names, nil if it is none, or if the target is
// not exactly as its URL has it.
func (sh *shelf) find(v View, target string) *document {
	sh.mu.RLock()
	d, same := sh.documents[target], sh.view == v
	sh.mu.RUnlock()
	if same && d != nil {
		return d
	}
	p, ok := v.pathOf(target)
	if !ok {
		return nil
	}
	if d = v.document(p); d == nil {
		return nil
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.view != v {
		sh.view = v
		clear(sh.documents)
	}
	if sh.asked[target] == nil {
		if len(sh.asked) >= sh.most { // which is cheaper than to know what has been asked for least
			clear(sh.documents)
			clear(sh.asked)
		}
		sh.asked[strings.Clone(target)] = new(asked)
	}
	d.asked = sh.asked[target]
	sh.documents[strings.Clone(target)] = d
	return d
}

// pathOf returns the path below the base URL of a target that is written as URLs of ours are, as
// [Server.tidy] would; ok is false for all others.
func (v View) pathOf(target string) (p string, ok bool) {
	p, err := url.PathUnescape(target)
	if err != nil || v.Snapshot == nil || (&url.URL{Path: p}).EscapedPath() != target {
		return "", false
	}
	if rest, ok := strings.CutPrefix(p, v.BasePath); ok && v.BasePath != "/" {
		p = "/" + rest
	}
	return p, isTidy(p)
}

// request is a target and a coding that were asked for.
type request struct {
	target string
	coding int
	last   int64 // time, in Unix seconds
}

// since returns what has been asked for since then, the latest first, and forgets the rest.
func (sh *shelf) since(then time.Time) []request {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	var all []request
	for target, a := range sh.asked {
		known := len(all)
		for coding := range a {
			if last := a[coding].Load(); last >= then.Unix() {
				all = append(all, request{target, coding, last})
			}
		}
		if len(all) == known {
			delete(sh.asked, target)
			delete(sh.documents, target)
		}
	}
	slices.SortFunc(all, func(a, b request) int {
		return cmp.Or(-cmp.Compare(a.last, b.last), strings.Compare(a.target, b.target), a.coding-b.coding)
	})
	return all
}
