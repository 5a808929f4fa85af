package watcher

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBatchWithPaths(t *testing.T) {
	many := make([]string, maxPaths+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	tests := []struct {
		name  string
		batch Batch
		paths []string
		want  Batch
	}{
		{"none", Batch{}, nil, Batch{}},
		{"sorted", Batch{}, []string{"b", "a"}, Batch{Paths: []string{"a", "b"}}},
		{"merged", Batch{Paths: []string{"b", "c"}}, []string{"c", "a"}, Batch{Paths: []string{"a", "b", "c"}}},
		{"absorbed", Batch{Rescan: true, Reason: "start"}, []string{"a"}, Batch{Rescan: true, Reason: "start"}},
		{"before routine", Batch{Rescan: true, Reason: routine}, []string{"a"}, Batch{Paths: []string{"a"}}},
		{"too many", Batch{}, many, Batch{Rescan: true, Reason: "flood"}},
		{"volume swapped", Batch{Paths: []string{"a"}}, []string{"b", swap}, Batch{Rescan: true, Reason: "swap"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.batch.withPaths(tt.paths)); diff != "" {
				t.Errorf("withPaths (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBatchWithRescan(t *testing.T) {
	for _, reasons := range [][]string{{"overflow", "reconcile", "poll"}, {"reconcile", "overflow"}} {
		got := Batch{Paths: []string{"a"}}
		for _, r := range reasons {
			got = got.withRescan(r)
		}
		if diff := cmp.Diff(Batch{Rescan: true, Reason: "overflow"}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", reasons, diff)
		}
	}
}

func TestBatchKeepsPathsFromRoutine(t *testing.T) {
	paths := Batch{Paths: []string{"a"}}
	if diff := cmp.Diff(paths, paths.withRescan(routine)); diff != "" {
		t.Errorf("routine on top of paths, which may be left out (-want +got):\n%s", diff)
	}
	if got := (Batch{}).withRescan(routine); !got.Routine() {
		t.Errorf("routine alone = %+v", got)
	}
}
