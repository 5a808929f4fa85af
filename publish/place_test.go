package publish

import (
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// look is how a test reads a place without feedmill.
type look struct {
	all    func() map[string]string // documents by path, without the manifest
	spoil  func(path, text string)
	remove func(path string)
}

func (l look) read(path string) (string, bool) {
	text, ok := l.all()[path]
	return text, ok
}

// testPlace runs what must hold of each kind of place; the function makes an empty one.
func testPlace(t *testing.T, fresh func(t *testing.T) (Target, look)) {
	check := func(t *testing.T, l look, g Generation) {
		t.Helper()
		if diff := cmp.Diff(want(t, g), l.all()); diff != "" {
			t.Errorf("documents (-want +have):\n%s", diff)
		}
	}
	bring := func(t *testing.T, at Target, g Generation, written, removed uint64) {
		t.Helper()
		s, err := once(t, at, g)
		if err != nil {
			t.Fatal(err)
		}
		if s.Written != written || s.Removed != removed || !s.Current {
			t.Errorf("%d written, %d removed, current %v; want %d and %d, current", s.Written, s.Removed, s.Current, written, removed)
		}
	}

	t.Run("changes", func(t *testing.T) {
		at, l := fresh(t)
		var s testSite
		all := s.generation("a", "b", "c")
		bring(t, at, all, 3, 0)
		check(t, l, all)
		bring(t, at, all, 0, 0)
		more := s.generation("a", "b", "c", "d")
		bring(t, at, more, 2, 0) // the new archive, and the feed
		check(t, l, more)
		l.spoil("others.txt", "not ours")
		less := s.generation("a", "d")
		bring(t, at, less, 1, 2)
		l.remove("others.txt") // is still there
		check(t, l, less)
	})

	t.Run("changed by others", func(t *testing.T) {
		at, l := fresh(t)
		var s testSite
		g := s.generation("a", "b", "c")
		bring(t, at, g, 3, 0)
		l.spoil("rss.xml", "spoilt")
		l.remove("archive/a/rss.xml")
		bring(t, at, g, 2, 0)
		check(t, l, g)
	})

	t.Run("damaged manifest", func(t *testing.T) {
		for _, text := range []string{"", "{", "null", `{"feedmill": 2}`, `{"feedmill": 1, "documents": {"../../victim": {}}}`, strings.Repeat("[", 1e5)} {
			at, l := fresh(t)
			var s testSite
			bring(t, at, s.generation("a", "b"), 2, 0)
			l.spoil(manifestName, text)
			g := s.generation("a", "b", "c")
			bring(t, at, g, 3, 0)
			check(t, l, g)
		}
	})

	t.Run("no path", func(t *testing.T) {
		at, l := fresh(t)
		for _, path := range []string{"../x.xml", "/x.xml", "a/../../x.xml", "", ".", manifestName} {
			g := (&testSite{}).of(map[string]string{path: "x"})
			if _, err := once(t, at, g); err == nil {
				t.Errorf("a document at %q is taken", path)
			}
		}
		if all := l.all(); len(all) > 0 {
			t.Errorf("there are %v", all)
		}
	})

	t.Run("two publishers", func(t *testing.T) {
		at, l := fresh(t)
		var s testSite
		first, err1 := New(Options{Targets: []Target{at}})
		second, err2 := New(Options{Targets: []Target{at}})
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		tell := func(int, int) {}
		for _, g := range []Generation{s.generation("a", "b"), s.generation("a", "b", "c"), s.generation("c", "d"), s.generation("c")} {
			for _, p := range []*Publisher{first, second, first} {
				if err := p.Once(t.Context(), g, tell); err != nil {
					t.Fatal(err)
				}
				check(t, l, g)
			}
		}
		if w := second.Status()[0].Written; w > 0 {
			t.Errorf("the second has written %d documents that were there", w)
		}
	})

	t.Run("stopped again and again", func(t *testing.T) {
		at, l := fresh(t)
		var s testSite
		g := s.generation("a", "b", "c", "d", "e", "f", "g", "h")
		for attempt := 1; ; attempt++ {
			to, err := at.place()
			if err != nil {
				t.Fatal(err)
			}
			left := 5 // the manifest, documents, and the manifest again
			n := newTarget(at, dying{to, &sync.Mutex{}, &left, true}, slog.New(slog.DiscardHandler))
			n.checkpoint = 2
			n.follow(g)
			if n.sync(t.Context(), g, func(int, int) {}) == nil {
				break
			}
			if attempt > 6 {
				t.Fatal("it does not get on")
			}
		}
		check(t, l, g)
	})

	t.Run("killed", func(t *testing.T) { testKills(t, fresh) })
}

// testKills kills a change of everything at each step. A reader must find a whole archive at each,
// and the next process must end with what is right and leave nothing else.
func testKills(t *testing.T, fresh func(t *testing.T) (Target, look)) {
	for _, last := range []bool{false, true} {
		at, l := fresh(t)
		for step := 1; ; step++ {
			var s testSite
			before := s.generation("a", "b", "c", "x")
			if _, err := once(t, at, before); err != nil {
				t.Fatal(err)
			}
			after := s.generation("b", "c", "d", "e")
			to, err := at.place()
			if err != nil {
				t.Fatal(err)
			}
			left := step
			dies := newTarget(at, dying{to, &sync.Mutex{}, &left, last}, slog.New(slog.DiscardHandler))
			dies.follow(after)
			err = dies.sync(t.Context(), after, func(int, int) {})
			checkReader(t, l.read)
			if err == nil {
				if step < 7 {
					t.Errorf("only %d steps", step)
				}
				break
			}
			last := s.generation("a", "b", "x") // the next process finds other articles
			if _, err := once(t, at, last); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want(t, last), l.all()); diff != "" {
				t.Fatalf("killed at step %d: documents after (-want +have):\n%s", step, diff)
			}
		}
	}
}
