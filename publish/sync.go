package publish

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// bring makes the place hold g: documents, manifest, removals. Whatever interrupts it, what the
// place holds then can be told by the manifest there and a comparison, and the next attempt goes on
// from that.
func (t *target) bring(ctx context.Context, g Generation, tell func(done, total int)) error {
	if err := t.learn(ctx); err != nil {
		return err
	}
	wanted := map[string]bool{manifestName: true} // nobody's document
	var lacking []Document
	for d := range g.Documents {
		if !fs.ValidPath(d.Path) || wanted[d.Path] {
			return fmt.Errorf("%q is no path for a document, or one for two", d.Path)
		}
		wanted[d.Path] = true
		if t.book.Documents[d.Path].Tag != t.facts(d).tag {
			lacking = append(lacking, d)
		}
	}
	changed, err := t.claim(ctx, lacking, wanted)
	if err != nil {
		return err
	}
	if err := t.write(ctx, lacking, tell); err != nil {
		return err
	}
	if t.caches != nil {
		t.book.Purge = merge(t.book.Purge, changed)
	}
	var gone []string
	for name := range t.book.Documents {
		if !wanted[name] {
			gone = append(gone, name)
			delete(t.book.Documents, name)
		}
	}
	t.book.Gone = merge(t.book.Gone, gone)
	if err := t.save(ctx); err != nil {
		return err
	}
	t.damaged = false
	return t.tidy(ctx)
}

// learn finds out what the place holds, unless that is known and nobody else has written there.
func (t *target) learn(ctx context.Context) error {
	if t.book != nil && time.Since(t.compared) < compareEvery {
		if tag, err := t.at.tag(ctx, manifestName); err != nil || tag == t.tag {
			return err
		}
	}
	text, tag, err := t.at.get(ctx, manifestName)
	book := newManifest()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = nil
	case err != nil:
		return err
	default:
		if book, err = readManifest(text); err != nil {
			t.log.Warn("manifest damaged: all documents are written again, and none is removed", "target", t.name, "error", err)
			book, t.damaged = newManifest(), true
		}
	}
	have, err := t.at.tags(ctx, book.names())
	if err != nil {
		return err
	}
	for name, is := range book.Documents {
		if is.ETag != have[name] {
			book.Documents[name] = written{}
		}
	}
	t.book, t.tag, t.saved, t.compared = book, tag, sha256.Sum256(text), time.Now()
	return nil
}

// claim puts the documents that the place has never had into its manifest before they are written,
// so that none is left there for ever if this attempt is the last, and returns the others.
func (t *target) claim(ctx context.Context, lacking []Document, wanted map[string]bool) (changed []string, err error) {
	t.book.Gone = slices.DeleteFunc(t.book.Gone, func(name string) bool {
		if wanted[name] { // it is back
			t.book.Documents[name] = written{}
		}
		return wanted[name]
	})
	claims := false
	for _, d := range lacking {
		_, known := t.book.Documents[d.Path]
		if !known {
			claims = true
			t.book.Documents[d.Path] = written{}
		}
		if known || t.damaged {
			changed = append(changed, d.Path)
		}
	}
	if claims {
		err = t.save(ctx)
	}
	return changed, err
}

// write writes the documents, those of one rank side by side, and each rank once those below it are
// there. Where there is much to write, the manifest says so in between, so that who is stopped again
// and again gets on.
func (t *target) write(ctx context.Context, lacking []Document, tell func(done, total int)) error {
	slices.SortStableFunc(lacking, func(a, b Document) int { return cmp.Compare(a.Rank, b.Rank) })
	var mu sync.Mutex
	done, total := 0, len(lacking)
	note := func(name string, is written) {
		mu.Lock()
		defer mu.Unlock()
		t.book.Documents[name] = is
		if is.ETag != "" {
			done++
			tell(done, total)
		}
	}
	unsaved := 0
	for len(lacking) > 0 {
		if unsaved >= t.checkpoint {
			if err := t.save(ctx); err != nil {
				return err
			}
			unsaved = 0
		}
		rank := lacking[0].Rank
		end := slices.IndexFunc(lacking, func(d Document) bool { return d.Rank != rank })
		if end < 0 {
			end = len(lacking)
		}
		end = min(end, t.checkpoint)
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(t.tickets)
		for _, d := range lacking[:end] {
			g.Go(func() error {
				if err := ctx.Err(); err != nil {
					return err
				}
				o, err := t.object(ctx, d)
				if err != nil {
					return err
				}
				note(d.Path, written{}) // for as long as it is not certain
				etag, err := t.at.put(ctx, d.Path, o)
				if err != nil {
					return err
				}
				note(d.Path, written{o.tag, etag})
				t.count(&t.told.Written, 1)
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		lacking, unsaved = lacking[end:], unsaved+end
	}
	return nil
}

// object is what is stored of a document.
func (t *target) object(ctx context.Context, d Document) (object, error) {
	o := t.facts(d)
	body, err := d.Body(ctx)
	if err != nil || !t.gzip {
		o.body = body
		return o, err
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		return o, err
	}
	err = w.Close()
	o.body = b.Bytes()
	return o, err
}

// save makes the book the manifest of the place.
func (t *target) save(ctx context.Context) error {
	text, err := t.book.text()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	if sum == t.saved {
		return nil
	}
	t.saved = [sha256.Size]byte{} // while that is not certain
	tag, err := t.at.put(ctx, manifestName, object{mediaType: "application/json", cacheControl: "no-cache", body: text})
	if err == nil {
		t.tag, t.saved = tag, sum
	}
	return err
}

// tidy removes what the manifest says is gone, tells the caches, and then says so in the manifest.
func (t *target) tidy(ctx context.Context) error {
	if len(t.book.Gone)+len(t.book.Purge) == 0 {
		return nil
	}
	removed := len(t.book.Gone)
	err := t.each(ctx, t.book.Gone, t.at.remove)
	if err != nil {
		return err
	}
	t.count(&t.told.Removed, removed)
	if t.caches != nil {
		t.book.Purge = merge(t.book.Purge, t.book.Gone)
	}
	t.book.Gone = nil
	if t.caches != nil {
		if err := t.purge(ctx); err != nil {
			return errors.Join(err, t.save(ctx))
		}
	}
	t.book.Purge = nil
	return t.save(ctx)
}

// purge tells the caches, and forgets what it has told: one that wants to be asked more slowly still
// is told of everything in the end.
func (t *target) purge(ctx context.Context) error {
	var mu sync.Mutex
	told := map[string]bool{}
	err := t.each(ctx, t.book.Purge, func(ctx context.Context, name string) error {
		err := t.caches.purge(ctx, name)
		if err == nil {
			mu.Lock()
			told[name] = true
			mu.Unlock()
		}
		return err
	})
	t.book.Purge = slices.DeleteFunc(t.book.Purge, func(name string) bool { return told[name] })
	t.count(&t.told.Purged, len(told))
	return err
}

// each does something with all of the names, several at a time.
func (t *target) each(ctx context.Context, names []string, do func(context.Context, string) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(t.tickets)
	for _, name := range names {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, name)
		})
	}
	return g.Wait()
}
