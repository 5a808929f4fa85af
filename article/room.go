package article

import "sync"

// room is what is needed of front matter until its article is made. It is used again for the next, since
// otherwise it is half of all memory that parsing takes: nothing of an [Article] lies in it.
type room struct {
	values []value // zero from used on
	used   int
	facts  facts
	told   []fact // what those of facts are made of, zero
}

var rooms = sync.Pool{New: func() any {
	return &room{values: make([]value, 64), facts: facts{}, told: make([]fact, 32)}
}}

// some gives zero values, of room where there is any: r may be nil.
func (r *room) some() []value {
	const chunk = 16 // for one allocation takes as long as a short line
	if r == nil || r.used+chunk > len(r.values) {
		return make([]value, chunk)
	}
	r.used += chunk
	return r.values[r.used-chunk : r.used]
}

// forFacts gives an empty map and zero facts. r may be nil.
func (r *room) forFacts() (facts, []fact) {
	if r == nil {
		return facts{}, nil
	}
	return r.facts, r.told
}

// leave hands r to the next who parses.
func (r *room) leave() {
	clear(r.values[:r.used])
	clear(r.facts)
	clear(r.told)
	r.used = 0
	rooms.Put(r)
}
