package watcher

import "time"

// settler holds paths back until nothing happened to them for a while, each for itself, so that a
// file that is never quiet delays no other; but paths that follow each other closely, as when a
// whole tree is copied, stay together. It knows no clock: the caller says what time it is.
type settler struct {
	quiet   time.Duration // since the last event of a path
	longest time.Duration // since its first one
	paths   map[string]span
	joined  time.Time // when the newest path came
}

// span is the time between the first and the last event of a path.
type span struct {
	first, last time.Time
	gone        bool // the last event said that nothing is at this path any more
	early       bool // it was told before its time since then
}

// everything stands among the paths for all of them, once there are too many.
const everything = "*"

// manyPaths is from how many paths on a burst may last for longestBurst and not only for longest.
const (
	manyPaths    = 100
	longestBurst = 10 * time.Second
)

func (s *settler) touch(path string, gone bool, now time.Time) {
	if _, all := s.paths[everything]; all {
		path, s.joined = everything, now
	}
	if sp, ok := s.paths[path]; ok {
		s.paths[path] = span{first: sp.first, last: now, gone: gone}
		return
	}
	s.paths[path], s.joined = span{first: now, last: now, gone: gone}, now
	if len(s.paths) > maxPaths {
		first := s.first()
		clear(s.paths)
		s.paths[everything] = span{first: first, last: now}
	}
}

// due removes the paths that have settled and returns them in no order.
func (s *settler) due(now time.Time) []string {
	if s.burstEnds().After(now) {
		return nil
	}
	var due []string
	for path, sp := range s.paths {
		if !s.held(sp).After(now) {
			due = append(due, path)
			delete(s.paths, path)
		}
	}
	return due
}

// early returns paths that are quiet by now, and held back only since others of many may yet join them. It
// returns each but once, unless something happens to it again.
func (s *settler) early(now time.Time) []string {
	if len(s.paths) < manyPaths {
		return nil
	}
	var early []string
	for path, sp := range s.paths {
		if !sp.early && !sp.gone && !sp.last.Add(s.quiet).After(now) {
			early = append(early, path)
			sp.early = true
			s.paths[path] = sp
		}
	}
	return early
}

// next returns when the next path will settle if nothing more happens, and false if there is none.
func (s *settler) next() (time.Time, bool) {
	var next time.Time
	for _, sp := range s.paths {
		if d := s.held(sp); next.IsZero() || d.Before(next) {
			next = d
		}
	}
	if end := s.burstEnds(); !next.IsZero() && end.After(next) {
		next = end
	}
	return next, !next.IsZero()
}

// held is until when a path is held back. One at which nothing is any more waits for those that came
// no later: what was there may be renamed, and is being edited at its new place.
func (s *settler) held(sp span) time.Time {
	end := s.deadline(sp)
	if !sp.gone || len(s.paths) >= manyPaths {
		return end
	}
	for _, other := range s.paths {
		if d := s.deadline(other); d.After(end) && !other.gone && !other.first.After(sp.last.Add(s.quiet)) {
			end = d
		}
	}
	return earlier(end, sp.first.Add(2*s.longest))
}

func (s *settler) deadline(sp span) time.Time {
	return earlier(sp.last.Add(s.quiet), sp.first.Add(s.longest))
}

// burstEnds is until when paths are held back since others may yet join them.
func (s *settler) burstEnds() time.Time {
	quiet, longest := s.quiet, s.longest
	if _, all := s.paths[everything]; all || len(s.paths) >= manyPaths {
		quiet, longest = 3*quiet, max(longest, longestBurst) // who copies a tree may pause for a large file
	}
	return earlier(s.joined.Add(quiet), s.first().Add(longest))
}

// first is when the oldest path came.
func (s *settler) first() time.Time {
	var first time.Time
	for _, sp := range s.paths {
		if first.IsZero() || sp.first.Before(first) {
			first = sp.first
		}
	}
	return first
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
