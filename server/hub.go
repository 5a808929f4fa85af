package server

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
)

// HubPath is where the hub is, below the base URL.
const HubPath = "/hub"

// Hub is the site's own WebSub hub, as far as it can be seen from here.
type Hub struct {
	http.Handler                   // answers what is posted to it
	Figures      func() HubFigures // of now; safe for concurrent use
}

// HubFigures is how it goes with subscriptions.
type HubFigures struct {
	Subscriptions int               // whose lease has not ended; -1: unknown for now
	Deliveries    map[string]uint64 // so far, by what became of them
	Requests      map[string]uint64 // to subscribe and to end that, so far, by what became of them
}

// subscribe hands a request to the hub, if there is one.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request) {
	if hub := s.o.Hub(); hub != nil {
		hub.ServeHTTP(w, r)
		return
	}
	s.refuse(w, r, http.StatusNotFound, "there is no hub here")
}

// pushed tells of the hub.
type pushed struct{ hub func() *Hub }

var (
	hubSubscriptions = prometheus.NewDesc("feedmill_hub_subscriptions", "Subscriptions of the site's own hub.", nil, nil)
	hubDeliveries    = prometheus.NewDesc("feedmill_hub_deliveries_total", "Attempts to send subscribers what is new, by result.", []string{"result"}, nil)
	hubRequests      = prometheus.NewDesc("feedmill_hub_requests_total", "Requests to subscribe and to end that, by result.", []string{"result"}, nil)
)

func (p pushed) Describe(descs chan<- *prometheus.Desc) {
	descs <- hubSubscriptions
	descs <- hubDeliveries
	descs <- hubRequests
}

func (p pushed) Collect(metrics chan<- prometheus.Metric) {
	hub := p.hub()
	if hub == nil {
		return
	}
	f := hub.Figures()
	if f.Subscriptions >= 0 {
		metrics <- prometheus.MustNewConstMetric(hubSubscriptions, prometheus.GaugeValue, float64(f.Subscriptions))
	}
	for result, n := range f.Deliveries {
		metrics <- prometheus.MustNewConstMetric(hubDeliveries, prometheus.CounterValue, float64(n), result)
	}
	for result, n := range f.Requests {
		metrics <- prometheus.MustNewConstMetric(hubRequests, prometheus.CounterValue, float64(n), result)
	}
}
