package server

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"feedmill/catalog"
)

// metrics is what GET /metrics tells. Figures of the site are read when they are asked for.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec

	ok, notModified prometheus.Counter // of requests, those that there are most of
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "feedmill_http_requests_total", Help: "Public requests answered, by status.",
		}, []string{"code"}),
	}
	m.ok, m.notModified = m.requests.WithLabelValues("200"), m.requests.WithLabelValues("304")
	ofSite := func(name, help string, value func(*catalog.Snapshot) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			if snap := s.o.Current().Snapshot; snap != nil {
				return value(snap)
			}
			return 0
		})
	}
	ofHealth := func(name, help string, value func(Health) uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 {
			return float64(value(s.o.Health()))
		})
	}
	gauge := func(name, help string, value func(Health) int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			return float64(value(s.o.Health()))
		})
	}
	m.registry.MustRegister(
		m.requests,
		ofSite("feedmill_articles", "Articles in the feeds.", func(s *catalog.Snapshot) float64 { return float64(s.Articles) }),
		ofSite("feedmill_feeds", "Feeds of the site and of its terms.", func(s *catalog.Snapshot) float64 { return float64(s.Feeds()) }),
		ofSite("feedmill_generation", "Snapshots published since the start.", func(s *catalog.Snapshot) float64 { return float64(s.Generation) }),
		ofSite("feedmill_problems", "Problems of content files.", func(s *catalog.Snapshot) float64 { return float64(len(s.Problems)) }),
		ofHealth("feedmill_scans_total", "Looks at the whole content folder.", func(h Health) uint64 { return h.Scans }),
		ofHealth("feedmill_watch_overflows_total", "Overflows of the kernel's event queue.", func(h Health) uint64 { return h.Overflows }),
		gauge("feedmill_watches", "Folders whose changes the system tells.", func(h Health) int { return h.Watches }),
		gauge("feedmill_articles_doubted", "Articles served though their files are missing, until that is certain.", func(h Health) int { return h.Missing }),
		gauge("feedmill_state_unkept", "1 while changes are served that are not safe in the state folder.", func(h Health) int {
			if h.StateProblem != "" {
				return 1
			}
			return 0
		}),
		watchState{s.o.Health},
		configReloads{s.o.Health},
		pulled{s.o.Origin},
		published{s.o.Targets},
		pushed{s.o.Hub},
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// watchState tells the state of the watching: one line for each that there is, and one for the
// reason of the present one. The reasons are few, and named in docs/OPERATIONS.md.
type watchState struct{ health func() Health }

var (
	stateDesc  = prometheus.NewDesc("feedmill_watch_state", "1 for the state of the watching, 0 for the others.", []string{"state"}, nil)
	reasonDesc = prometheus.NewDesc("feedmill_watch_reason", "1 for the reason why changes are not all told by events; no line while they are.", []string{"reason"}, nil)
)

func (w watchState) Describe(descs chan<- *prometheus.Desc) {
	descs <- stateDesc
	descs <- reasonDesc
}

func (w watchState) Collect(metrics chan<- prometheus.Metric) {
	h := w.health()
	for _, state := range []string{"watching", "degraded", "polling"} {
		value := 0.0
		if state == h.State {
			value = 1
		}
		metrics <- prometheus.MustNewConstMetric(stateDesc, prometheus.GaugeValue, value, state)
	}
	if h.Reason != "" {
		metrics <- prometheus.MustNewConstMetric(reasonDesc, prometheus.GaugeValue, 1, h.Reason)
	}
}

// configReloads tells how reloads of the configuration went.
type configReloads struct{ health func() Health }

var (
	reloadsDesc    = prometheus.NewDesc("feedmill_config_reloads_total", "Reloads of the configuration, by result.", []string{"result"}, nil)
	lastReloadDesc = prometheus.NewDesc("feedmill_config_last_reload_successful", "1 where the configuration on disk is the one in use, 0 where the last reload of it failed.", nil, nil)
)

func (c configReloads) Describe(descs chan<- *prometheus.Desc) {
	descs <- reloadsDesc
	descs <- lastReloadDesc
}

func (c configReloads) Collect(metrics chan<- prometheus.Metric) {
	h := c.health()
	successful := 1.0
	if h.ConfigError != "" {
		successful = 0
	}
	metrics <- prometheus.MustNewConstMetric(reloadsDesc, prometheus.CounterValue, float64(h.Reloads), "ok")
	metrics <- prometheus.MustNewConstMetric(reloadsDesc, prometheus.CounterValue, float64(h.ReloadsFailed), "failed")
	metrics <- prometheus.MustNewConstMetric(lastReloadDesc, prometheus.GaugeValue, successful)
}

// count counts the answers of next.
func (m *metrics) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &countingWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(c, r)
		m.answered(c.status)
	})
}

// answered counts an answer with the status.
func (m *metrics) answered(status int) {
	switch status {
	case http.StatusOK:
		m.ok.Inc()
	case http.StatusNotModified:
		m.notModified.Inc()
	default:
		m.requests.WithLabelValues(strconv.Itoa(status)).Inc()
	}
}
