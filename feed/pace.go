package feed

import (
	"time"

	"feedmill/catalog"
)

// pace is how long a reader may keep a feed before it asks again, to the minute: a small part of
// the usual time between two of its articles, within reason.
func pace(entries []*catalog.Entry) time.Duration {
	const often, seldom = 5 * time.Minute, time.Hour
	if len(entries) < 2 {
		return seldom
	}
	span := entries[0].Published.Sub(entries[len(entries)-1].Published)
	return min(max(span/time.Duration(len(entries)-1)/24, often), seldom).Truncate(time.Minute)
}
