package main

import (
	"context"
	"errors"
	"slices"
	"sort"

	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/hub"
)

// leastPart is how much of a feed subscribers are sent at least: one part of so many. WebSub §7 lets a
// hub send what is new alone; but whoever compares that with the feed, as websub.rocks does, takes what
// is hardly alike for something else. Of a feed of more than mostCompared articles, which is hard to
// compare, only what is new is sent: to make all of it would cost more than the delivery.
const (
	leastPart    = 25
	mostCompared = 100
)

// novelty is what is new in a feed since it had a tag; all of it where that is not known.
func (d *daemon) novelty(ctx context.Context, topic, since string) (hub.Content, error) {
	v := d.view()
	sel, f, ok := feedAt(v, topic)
	switch {
	case v.Snapshot == nil:
		return hub.Content{}, errors.New("the articles are still being read")
	case !ok:
		return hub.Content{}, hub.ErrUnknownTopic
	}
	head := v.Mill.Head(sel, f)
	delta := v.Mill.Since(sel, f, since)
	if delta == nil || len(delta.Entries) == 0 {
		delta = sel
	}
	doc, err := v.Mill.Build(ctx, delta, f)
	if err == nil && delta != sel && len(sel.Entries) <= mostCompared {
		doc, err = fillUp(ctx, v.Mill, sel, delta, f, doc)
	}
	if errors.Is(err, catalog.ErrChanged) {
		d.hint()
	}
	return hub.Content{Type: head.MediaType + "; charset=utf-8", Body: doc.Body, Version: versionOf(head)}, err
}

// fillUp returns doc, the document of delta, with as many of the newest articles of sel as it needs to be
// one part in leastPart of the whole.
func fillUp(ctx context.Context, mill *feed.Mill, sel, delta *catalog.Selection, f feed.Format, doc feed.Document) (feed.Document, error) {
	whole, err := mill.Build(ctx, sel, f)
	if err != nil || len(doc.Body) >= len(whole.Body)/leastPart {
		return doc, err
	}
	with := func(newest int) (feed.Document, error) {
		more := *delta
		more.Entries = nil
		for i, e := range sel.Entries {
			if i < newest || slices.Contains(delta.Entries, e) {
				more.Entries = append(more.Entries, e)
			}
		}
		return mill.Build(ctx, &more, f)
	}
	// Few suffice as a rule, so all that are built on the way are hardly more than the feed.
	return with(sort.Search(len(sel.Entries), func(newest int) bool {
		doc, err := with(newest)
		return err != nil || len(doc.Body) >= len(whole.Body)/leastPart
	}))
}
