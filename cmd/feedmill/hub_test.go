package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// testHub keeps the URLs that it was told of.
type testHub struct {
	mu   sync.Mutex
	told []string
}

func (h *testHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.FormValue("hub.mode") == "publish" {
		h.told = append(h.told, r.FormValue("hub.url"))
	}
	w.WriteHeader(http.StatusNoContent)
}

func hubCmd(ts *testscript.TestScript, _ bool, args []string) {
	h := daemonOf(ts)
	srv := httptest.NewServer(&h.hub)
	ts.Defer(srv.Close)
	name := ts.MkAbs(args[0])
	text, err := os.ReadFile(name)
	ts.Check(err)
	ts.Check(os.WriteFile(name, append(text, "feeds: {hubs: ["+srv.URL+"]}\n"...), 0o644))
}

func toldCmd(ts *testscript.TestScript, _ bool, args []string) {
	h := &daemonOf(ts).hub
	slices.Sort(args)
	eventually(ts, "told "+strings.Join(args, " "), func() string {
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.told) < len(args) {
			return strings.Join(h.told, " ")
		}
		slices.Sort(h.told)
		if diff := cmp.Diff(args, h.told); diff != "" {
			ts.Fatalf("told (-want +have):\n%s", diff)
		}
		h.told = nil
		return ""
	})
}
