package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"feedmill/catalog"
)

// exposed is what GET /metrics answers where everything has happened once.
func exposed(t *testing.T) []byte {
	t.Helper()
	s, err := New(Options{
		CacheBytes: 1 << 20,
		Current:    func() View { return View{Snapshot: &catalog.Snapshot{Site: &catalog.Selection{}}} },
		Token:      func() string { return "" },
		Origin:     func() *Origin { return &Origin{Revision: "e83c5163316f89bfbde7d9ab23ca2e25604af290"} },
		Health:     func() Health { return Health{State: "polling", Reason: "remote", StateProblem: "full"} },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.metrics.count(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "http://127.0.0.1/metrics", nil)
	s.Admin().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("GET /metrics: %d: %s", w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// TestPromtool lets Prometheus' own tool judge the names and the help of all metrics.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("there is no promtool: apt-get install prometheus")
	}
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = bytes.NewReader(exposed(t))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}

// TestDashboard holds the dashboard against the metrics: it names none that does not exist.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../deploy/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllSubmatch(exposed(t), -1) {
		known = append(known, string(m[1]))
	}
	metric := regexp.MustCompile(`\b(?:feedmill|go|process)_\w+`)
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			names := metric.FindAllString(target.Expr, -1)
			if len(names) == 0 {
				t.Errorf("panel %q: %s names no metric", p.Title, target.Expr)
			}
			for _, name := range names {
				if !slices.Contains(known, name) {
					t.Errorf("panel %q: there is no metric %s", p.Title, name)
				}
			}
		}
	}
}
