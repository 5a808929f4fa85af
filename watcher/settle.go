package watcher

import "time"

// settler holds paths back until nothing happened to them for a while, each for itself, so that a
// file that is never quiet delays no other. It knows no clock: the caller says what time it is.
type settler struct {
	quiet   time.Duration // since the last event of a path
	longest time.Duration // since its first one
	paths   map[string]span
}

// span is the time between the first and the last event of a path.
type span struct{ first, last time.Time }

func (s *settler) touch(path string, now time.Time) {
	if sp, ok := s.paths[path]; ok {
		s.paths[path] = span{sp.first, now}
	} else {
		s.paths[path] = span{now, now}
	}
}

// due removes the paths that have settled and returns them in no order.
func (s *settler) due(now time.Time) []string {
	var due []string
	for path, sp := range s.paths {
		if !s.deadline(sp).After(now) {
			due = append(due, path)
			delete(s.paths, path)
		}
	}
	return due
}

// next returns when the next path will settle if nothing more happens, and false if there is none.
func (s *settler) next() (time.Time, bool) {
	var next time.Time
	for _, sp := range s.paths {
		if d := s.deadline(sp); next.IsZero() || d.Before(next) {
			next = d
		}
	}
	return next, !next.IsZero()
}

func (s *settler) deadline(sp span) time.Time {
	quiet, longest := sp.last.Add(s.quiet), sp.first.Add(s.longest)
	if quiet.Before(longest) {
		return quiet
	}
	return longest
}
