package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Target is how it goes with one place that documents are published to.
type Target struct {
	Name       string    `json:"name"`
	Generation uint64    `json:"generation"` // that it holds, or held last; 0: unknown
	Current    bool      `json:"current"`    // that is the newest
	Error      string    `json:"error"`      // why the last attempt was in vain; "": it was not
	Hint       string    `json:"hint"`       // what can be done about that; "": unknown
	Since      time.Time `json:"since,omitzero"`
	Published  time.Time `json:"published,omitzero"` // of the last success, in this run
	Documents  int       `json:"documents"`
	Written    uint64    `json:"written"` // so far, and likewise the rest
	Removed    uint64    `json:"removed"`
	Purged     uint64    `json:"purged"`
	Failures   uint64    `json:"failures"`
}

// published tells of the targets.
type published struct{ targets func() []Target }

var (
	publishCurrent = prometheus.NewDesc("feedmill_publish_current", "1 where a target holds what is served.", []string{"target"}, nil)
	publishFailing = prometheus.NewDesc("feedmill_publish_failing_since_seconds", "When the first of the failures in a row at a target was, in Unix time; 0: the last attempt was none.", []string{"target"}, nil)
	publishHeld    = prometheus.NewDesc("feedmill_publish_documents", "Documents that a target holds.", []string{"target"}, nil)
	publishWrites  = prometheus.NewDesc("feedmill_publish_operations_total", "What was done at a target: documents written, removed and purged from caches, and attempts in vain.", []string{"target", "operation"}, nil)
)

func (p published) Describe(descs chan<- *prometheus.Desc) {
	descs <- publishCurrent
	descs <- publishFailing
	descs <- publishHeld
	descs <- publishWrites
}

func (p published) Collect(metrics chan<- prometheus.Metric) {
	for _, t := range p.targets() {
		gauge := func(desc *prometheus.Desc, value float64) {
			metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, t.Name)
		}
		current, since := 0.0, 0.0
		if t.Current {
			current = 1
		}
		if !t.Since.IsZero() {
			since = float64(t.Since.Unix())
		}
		gauge(publishCurrent, current)
		gauge(publishFailing, since)
		gauge(publishHeld, float64(t.Documents))
		for operation, n := range map[string]uint64{"write": t.Written, "remove": t.Removed, "purge": t.Purged, "fail": t.Failures} {
			metrics <- prometheus.MustNewConstMetric(publishWrites, prometheus.CounterValue, float64(n), t.Name, operation)
		}
	}
}
