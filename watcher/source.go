package watcher

import (
	"github.com/fsnotify/fsnotify"
)

// source is where events come from: fsnotify, or what a test puts in its place. The zero source
// is closed and tells nothing.
type source struct {
	notifier
	events <-chan fsnotify.Event
	errors <-chan error
}

// notifier is what is needed of a [fsnotify.Watcher] beside its channels.
type notifier interface {
	Add(path string) error
	Remove(path string) error
	Close() error
}

func openInotify() (source, error) {
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return source{}, err
	}
	return source{n, n.Events, n.Errors}, nil
}

func (s source) closed() bool { return s.notifier == nil }
