package main

import (
	"context"
	"iter"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	"feedmill/catalog"
	"feedmill/config"
	"feedmill/feed"
	"feedmill/hub"
	"feedmill/server"
)

// askAgain is how long the store of subscriptions that is away is left alone.
const askAgain = 5 * time.Second

// push is the site's own hub: one half takes subscriptions, the other sends what is new.
type push struct {
	store hub.Store
	hub   *hub.Hub
	sends *hub.Deliverer
}

// hubURL is where the site's own hub is, "" without one.
func hubURL(cfg *config.Config) string {
	if !cfg.Hub.Enabled {
		return ""
	}
	return cfg.BaseURL.JoinPath(server.HubPath).String()
}

// hubsOf are the hubs that feeds name: the site's own comes first.
func hubsOf(cfg *config.Config) []string {
	if own := hubURL(cfg); own != "" {
		return append([]string{own}, cfg.Feeds.Hubs...)
	}
	return cfg.Feeds.Hubs
}

// pushesAlike reports whether both sites have the same hub of their own.
func (s *site) pushesAlike(was *site) bool {
	return hubURL(s.cfg) == hubURL(was.cfg) && reflect.DeepEqual(s.cfg.Hub, was.cfg.Hub)
}

// newPush makes the hub of a site on the subscriptions that are kept, nil where it wants none.
func (d *daemon) newPush(cfg *config.Config) (*push, error) {
	own := hubURL(cfg)
	if own == "" {
		return nil, nil
	}
	kept, err := d.subscriptions.open(cfg, d.conf.state, d.log)
	if err != nil {
		return nil, err
	}
	client := hub.NewClient(cfg.Hub.Allow)
	return &push{
		store: kept,
		hub: hub.NewHub(hub.Options{
			Store: kept, Topic: d.topic, Client: client, AllowHTTP: cfg.Hub.AllowHTTP, Allow: cfg.Hub.Allow, Ports: cfg.Hub.Ports,
			Own: cfg.BaseURL, Logger: d.log,
		}),
		sends: hub.NewDeliverer(hub.DelivererOptions{
			Hub: own, Store: kept, Client: client, Content: d.novelty, Logger: d.log,
		}),
	}, nil
}

// run takes subscriptions and sends what is new until ctx is done.
func (p *push) run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { p.hub.Run(ctx) })
	wg.Go(func() { p.sends.Run(ctx) })
	wg.Wait()
}

// catchUp sends what has changed while nobody did. While the store is away, which the deliverer tells of,
// it waits.
func (d *daemon) catchUp(ctx context.Context, p *push) {
	topics, _, err := p.store.Count(ctx)
	for err != nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(askAgain):
		}
		if d.site.Load().push != p { // another one has taken its place
			return
		}
		topics, _, err = p.store.Count(ctx)
	}
	v, newest := d.view(), map[string]hub.Version{}
	for topic := range topics {
		if sel, f, ok := feedAt(v, topic); ok {
			newest[topic] = versionOf(v.Mill.Head(sel, f))
		}
	}
	p.sends.Publish(newest)
}

// ownHub is what the server needs of the hub, nil where there is none.
func (d *daemon) ownHub() *server.Hub {
	p := d.site.Load().push
	if p == nil {
		return nil
	}
	return &server.Hub{Handler: p.hub, Figures: func() server.HubFigures {
		f := server.HubFigures{Subscriptions: -1, Deliveries: p.sends.Figures(), Requests: p.hub.Figures(), Failing: p.sends.Failing()}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if topics, _, err := p.store.Count(ctx); err == nil {
			f.Subscriptions, f.Topics = 0, topics
			for _, n := range topics {
				f.Subscriptions += n
			}
		}
		return f
	}}
}

// topic tells what there is at a URL that is the address of a feed.
func (d *daemon) topic(url string) (etag string, ok bool) {
	v := d.view()
	sel, f, ok := feedAt(v, url)
	if !ok {
		return "", false
	}
	return v.Mill.Head(sel, f).Tag, true
}

// feedAt returns the feed at a URL, which must be spelt as the feed itself spells it.
func feedAt(v server.View, topic string) (*catalog.Selection, feed.Format, bool) {
	u, err := url.Parse(topic)
	if err != nil || v.Snapshot == nil {
		return nil, "", false
	}
	path, below := strings.CutPrefix(u.Path, v.BasePath)
	l, known := v.Mill.Locate("/" + path)
	if !below || !known || l.Page != "" {
		return nil, "", false
	}
	sel := v.Site
	if l.Taxonomy != "" {
		sel, _ = v.Term(l.Taxonomy, l.Slug)
	}
	if sel == nil || v.Mill.URL(sel, l.Format) != topic {
		return nil, "", false
	}
	return sel, l.Format, true
}

func versionOf(head feed.Document) hub.Version {
	return hub.Version{ETag: head.Tag, Modified: head.Modified}
}

// versions are the newest ones of the documents of the selections, by URL.
func (s *site) versions(selections iter.Seq[*catalog.Selection]) map[string]hub.Version {
	all := map[string]hub.Version{}
	for sel := range selections {
		for _, f := range s.mill.Formats(sel) {
			all[s.mill.URL(sel, f)] = versionOf(s.mill.Head(sel, f))
		}
	}
	return all
}
