package server

import (
	"cmp"
	"net/http"
	"slices"

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

	Topics  map[string]int // subscriptions by URL of the feed
	Failing map[string]int // failures in a row by host, of those that were down when last delivered to
}

// HubStatus is what the status tells of the hub.
type HubStatus struct {
	Subscriptions int     `json:"subscriptions"` // -1: unknown for now
	Topics        []Count `json:"topics"`        // the feeds with the most subscriptions
	Failing       []Count `json:"failing"`       // the hosts with the most failures in a row
}

// Count is how many there are of something.
type Count struct {
	Name  string `json:"name"` // URL of a feed, or a host
	Count int    `json:"count"`
}

// status tells of the hub, in bounds; nil where there is none.
func (h *Hub) status() *HubStatus {
	if h == nil {
		return nil
	}
	f := h.Figures()
	return &HubStatus{Subscriptions: f.Subscriptions, Topics: greatest(f.Topics), Failing: greatest(f.Failing)}
}

// greatest is the first rows of what is counted.
func greatest(counts map[string]int) []Count {
	rows := make([]Count, 0, len(counts))
	for name, n := range counts {
		rows = append(rows, Count{name, n})
	}
	slices.SortFunc(rows, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	return rows[:min(maxRows, len(rows))]
}

// subscribe hands a request to the hub, if there is one.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request, _ View) {
	if hub := s.o.Hub(); hub != nil {
		hub.ServeHTTP(w, r)
		return
	}
	s.refuse(w, r, http.StatusNotFound, "there is no hub here")
}

// besideHub hands on requests that are not for the hub. To that one can only post.
func (s *Server) besideHub(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != HubPath || s.o.Hub() == nil {
			next(w, r)
			return
		}
		w.Header().Set("Allow", http.MethodPost)
		tell(w, http.StatusMethodNotAllowed, "this is the WebSub hub of the feeds: programs post to it what they subscribe to")
	}
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
