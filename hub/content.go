package hub

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/singleflight"
)

// ErrUnknownTopic means that there is no such feed now.
var ErrUnknownTopic = errors.New("no such feed")

// Content is what the subscribers of a topic are sent.
type Content struct {
	Type    string // of the body, as the feed itself is served
	Body    []byte
	Version Version // of the topic, though the body may hold only what is new
}

// contents makes each content once for all that are to be sent it, and keeps the last ones.
type contents struct {
	make func(ctx context.Context, topic, since string) (Content, error)

	flight singleflight.Group
	mu     sync.Mutex
	kept   map[string]Content
	size   int
}

const mostKept = 16 << 20 // bytes of bodies

// of returns what is new in the topic since it had the ETag, when newest is what it has.
func (c *contents) of(ctx context.Context, topic, since, newest string) (Content, error) {
	key := topic + " " + since + " " + newest // none of which holds a blank
	c.mu.Lock()
	content, ok := c.kept[key]
	c.mu.Unlock()
	if ok {
		return content, nil
	}
	made, err, _ := c.flight.Do(key, func() (any, error) {
		content, err := c.make(context.WithoutCancel(ctx), topic, since) // others wait for it, too
		if err == nil && content.Version.ETag == newest {
			c.keep(key, content)
		}
		return content, err
	})
	return made.(Content), err
}

// keep keeps the content. What is kept is of the last changes, so when there is too much all begins
// anew.
func (c *contents) keep(key string, content Content) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || c.size+len(content.Body) > mostKept {
		c.kept, c.size = map[string]Content{}, 0
	}
	c.kept[key] = content
	c.size += len(content.Body)
}
