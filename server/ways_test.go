package server

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"feedmill/catalog"
)

// TestWays shows the owner where content comes from and feeds go to, in bounds, and what they are called as text.
func TestWays(t *testing.T) {
	topics, failing := map[string]int{}, map[string]int{"slow.example": 9}
	for i := range 3 * maxRows {
		topics[fmt.Sprintf("https://example.org/tags/%d/rss.xml", i)] = i + 1
		failing[fmt.Sprintf("%d.example", i)] = 3
	}
	at := time.Date(2024, 3, 9, 12, 0, 0, 0, time.UTC)
	hub := &Hub{Figures: func() HubFigures { return HubFigures{Subscriptions: 7, Topics: topics, Failing: failing} }}
	s, err := New(Options{
		CacheBytes: 1 << 20,
		Current: func() View {
			return View{Snapshot: &catalog.Snapshot{Site: &catalog.Selection{}}, Language: "en"}
		},
		Token: func() string { return "" },
		Origin: func() *Origin {
			return &Origin{From: "s3://storage/content", Revision: "e83c5163316f89bfbde7d9ab23ca2e25604af290", Pulled: at}
		},
		Targets: func() []Target {
			return []Target{
				{Name: "/srv/<feeds>", Current: true, Documents: 31, Published: at},
				{Name: "s3://away/feeds", Error: "connection refused", Hint: "look after it", Since: at},
				{Name: "/srv/behind"},
			}
		},
		Hub:    func() *Hub { return hub },
		Health: func() Health { return Health{State: "watching"} },
	})
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		w := httptest.NewRecorder()
		s.Admin().ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1"+path, nil))
		return w.Body.String()
	}
	body := get("/")
	for _, want := range []string{
		"s3://storage/content", "e83c5163316f<", "2024-03-09 12:00:00", "/srv/&lt;feeds&gt;", "up to date", "failing", "behind",
		"connection refused – look after it", "https://example.org/tags/149/rss.xml", "slow.example", "Failures in a row",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if strings.Contains(body, "/tags/1/rss.xml") {
		t.Error("the page shows all feeds that somebody has subscribed to")
	}
	var st Status
	if err := json.Unmarshal([]byte(get("/-/status")), &st); err != nil {
		t.Fatal(err)
	}
	if st.Hub == nil || st.Hub.Subscriptions != 7 || len(st.Hub.Topics) != maxRows || st.Hub.Topics[0].Count != 150 ||
		len(st.Hub.Failing) != maxRows || st.Hub.Failing[0] != (Count{"slow.example", 9}) {
		t.Errorf("the status tells of the hub: %+v", st.Hub)
	}
	topics, failing = nil, nil
	if body := get("/"); !strings.Contains(body, "Nobody has subscribed at the hub") || strings.Contains(body, "Failures in a row") {
		t.Error("the page shows subscriptions that there are not")
	}
}
