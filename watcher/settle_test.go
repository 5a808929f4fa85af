package watcher

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSettler(t *testing.T) {
	type touch struct {
		path string // with "-" before it: it is gone
		ms   int
	}
	type told struct {
		MS    int
		Paths []string
	}
	var busy []touch
	for ms := 0; ms <= 1100; ms += 20 {
		busy = append(busy, touch{"busy", ms})
	}
	var slow, quick []touch
	var treePaths []string
	for i := range 200 {
		slow = append(slow, touch{fmt.Sprintf("%03d", i), i * 20})
		quick = append(quick, touch{fmt.Sprintf("%03d", i), i * 5})
		treePaths = append(treePaths, fmt.Sprintf("%03d", i))
	}
	tests := []struct {
		name    string
		touches []touch
		want    []told
	}{
		{"nothing", nil, nil},
		{"one", []touch{{"a", 0}}, []told{{100, []string{"a"}}}},
		{"two at once", []touch{{"a", 0}, {"b", 0}}, []told{{100, []string{"a", "b"}}}},
		{"each for itself", []touch{{"a", 0}, {"b", 110}}, []told{{100, []string{"a"}}, {210, []string{"b"}}}},
		{"one joins another", []touch{{"a", 0}, {"b", 30}}, []told{{130, []string{"a", "b"}}}},
		{"a few that never end", slow[:60], []told{{1000, treePaths[:46]}, {1280, treePaths[46:60]}}},
		{"a tree is copied", quick, []told{{1295, treePaths}}},
		{"touched again", []touch{{"a", 0}, {"a", 90}}, []told{{190, []string{"a"}}}},
		{"again after it was told", []touch{{"a", 0}, {"a", 100}}, []told{{100, []string{"a"}}, {200, []string{"a"}}}},
		{"never quiet", busy, []told{{1000, []string{"busy"}}, {1200, []string{"busy"}}}},
		{"renamed and edited", []touch{{"-a", 0}, {"b", 0}, {"b", 80}, {"b", 160}}, []told{{260, []string{"a", "b"}}}},
		{"edited at the new place first", []touch{{"b", 0}, {"-a", 90}, {"b", 160}}, []told{{260, []string{"a", "b"}}}},
		{"removed, then another is written", []touch{{"-a", 0}, {"b", 120}, {"b", 210}}, []told{{100, []string{"a"}}, {310, []string{"b"}}}},
		{"removed and there again", []touch{{"-a", 0}, {"a", 50}, {"b", 50}, {"b", 140}}, []told{{150, []string{"a"}}, {240, []string{"b"}}}},
		{"two removed", []touch{{"-a", 0}, {"-b", 50}}, []told{{150, []string{"a", "b"}}}},
		{"removed beside one that is never quiet", append([]touch{{"-a", 0}}, busy...),
			[]told{{1000, []string{"a", "busy"}}, {1200, []string{"busy"}}}},
		{"never quiet beside another", append([]touch{{"a", 0}}, busy...),
			[]told{{100, []string{"a"}}, {1000, []string{"busy"}}, {1200, []string{"busy"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := settler{quiet: 100 * time.Millisecond, longest: time.Second, paths: map[string]span{}}
			start := time.Now()
			var got []told
			advance := func(to time.Time) {
				for next, ok := s.next(); ok && !next.After(to); next, ok = s.next() {
					paths := s.due(next)
					slices.Sort(paths)
					got = append(got, told{int(next.Sub(start).Milliseconds()), paths})
				}
			}
			for _, to := range tt.touches {
				now := start.Add(time.Duration(to.ms) * time.Millisecond)
				advance(now)
				s.touch(strings.TrimPrefix(to.path, "-"), strings.HasPrefix(to.path, "-"), now)
			}
			advance(start.Add(time.Hour))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("told at ms (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSettlerTellsEarly(t *testing.T) {
	s := settler{quiet: 100 * time.Millisecond, longest: time.Second, paths: map[string]span{}}
	start := time.Now()
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	early := func(ms int, want ...string) {
		t.Helper()
		got := s.early(at(ms))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("early at %d ms = %q, want %q", ms, got, want)
		}
	}
	name := func(i int) string { return fmt.Sprintf("%03d", i) }
	for i := range manyPaths - 1 {
		s.touch(name(i), i == 1, at(10*i)) // of the second it is told that it is gone
	}
	early(985) // too few: they go when they are due
	s.touch("last", false, at(990))
	var quiet []string
	for i := range manyPaths - 10 {
		if i != 1 {
			quiet = append(quiet, name(i))
		}
	}
	early(990, quiet...)
	early(990)
	s.touch("000", false, at(1000))
	early(1010, name(manyPaths-10), name(manyPaths-9))
	early(1100, "000", name(92), name(93), name(94), name(95), name(96), name(97), name(98), "last")
	early(9000)
	if due := s.due(at(9000)); len(due) != manyPaths {
		t.Errorf("due = %d paths, want all %d", len(due), manyPaths)
	}
}
