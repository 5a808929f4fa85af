package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Origin is how it goes with the repository or bucket that the content comes from.
type Origin struct {
	From     string    `json:"from"`            // the repository or bucket, without secrets
	Revision string    `json:"revision"`        // the commit, or the digest of the listing, that is here; "": none yet
	Pulled   time.Time `json:"pulled,omitzero"` // when it was last asked for with success, in this run
	Error    string    `json:"error"`           // why the last attempt was in vain; "": it was not
	Hint     string    `json:"hint"`            // what can be done about that; "": unknown
	Since    time.Time `json:"since,omitzero"`  // when the first of the failures in a row was
	LeftOut  int       `json:"left_out"`        // files of it that have no place
	Pulls    uint64    `json:"pulls"`           // attempts so far
	Failures uint64    `json:"failures"`        // of which were in vain
}

// pulled tells of the origin, where there is one.
type pulled struct{ origin func() *Origin }

var (
	originRevision = prometheus.NewDesc("feedmill_origin_revision_info", "1 for the commit, or the listing of a bucket, that the content is.", []string{"revision"}, nil)
	originPulled   = prometheus.NewDesc("feedmill_origin_last_success_seconds", "When the origin of the content was last asked with success, in Unix time; 0: not since the start.", nil, nil)
	originPulls    = prometheus.NewDesc("feedmill_origin_pulls_total", "Attempts to ask the origin of the content.", nil, nil)
	originFailures = prometheus.NewDesc("feedmill_origin_failures_total", "Attempts to ask the origin of the content that were in vain.", nil, nil)
	originLeftOut  = prometheus.NewDesc("feedmill_origin_left_out", "Files of the origin that have no place in the content folder.", nil, nil)
)

func (p pulled) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{originRevision, originPulled, originPulls, originFailures, originLeftOut} {
		descs <- d
	}
}

func (p pulled) Collect(metrics chan<- prometheus.Metric) {
	o := p.origin()
	if o == nil {
		return
	}
	tell := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, kind, value, labels...)
	}
	last := 0.0
	if !o.Pulled.IsZero() {
		last = float64(o.Pulled.Unix())
	}
	tell(originRevision, prometheus.GaugeValue, 1, o.Revision)
	tell(originPulled, prometheus.GaugeValue, last)
	tell(originPulls, prometheus.CounterValue, float64(o.Pulls))
	tell(originFailures, prometheus.CounterValue, float64(o.Failures))
	tell(originLeftOut, prometheus.GaugeValue, float64(o.LeftOut))
}
