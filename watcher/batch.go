package watcher

import "slices"

// maxPaths bounds the paths that are held back or wait for the consumer. Beyond it looking
// everywhere is cheaper than a list.
const maxPaths = 10_000

// swap stands among the paths that settle for a Kubernetes volume that is being updated.
const swap = ".."

// Batch is one message of a [Watcher]: where to look for changes. The receiver owns it.
type Batch struct {
	// Paths are slash-separated and relative to the root, sorted, without doubles. Each is a file
	// or a folder, and may be gone. A folder stands for all that it holds, or held.
	Paths []string

	// Rescan says that anything may have changed. Paths is then nil.
	Rescan bool

	// Reason names, for logs and metrics, why a rescan is asked for: "start", "reconcile", "poll",
	// "overflow" and "error" (events were lost), "root" (gone and back, or replaced), "mounts"
	// (changed in the tree), "pause" (of the process), "swap" (a Kubernetes volume was updated),
	// "flood" (too many paths), "limit" (of the system, lifted: there are events now). It is "" without Rescan.
	Reason string
}

// routine is the reason for a rescan where nothing is known to have happened.
const routine = "reconcile"

// Routine reports whether nothing is known to have happened: what is asked for may wait, or be left out if
// it is done at another time.
func (b Batch) Routine() bool { return b.Reason == routine }

func (b Batch) empty() bool { return !b.Rescan && len(b.Paths) == 0 }

// withPaths returns b extended by paths, before which routine gives way: who may leave it out must not leave
// them out. It may reuse the memory of b.
func (b Batch) withPaths(paths []string) Batch {
	switch {
	case len(paths) == 0, b.Rescan && !b.Routine():
		return b
	case b.Routine():
		b = Batch{}
	}
	if slices.Contains(paths, swap) {
		return b.withRescan("swap")
	}
	if slices.Contains(paths, everything) {
		return b.withRescan("flood")
	}
	b.Paths = append(b.Paths, paths...)
	slices.Sort(b.Paths)
	b.Paths = slices.Compact(b.Paths)
	if len(b.Paths) > maxPaths {
		return b.withRescan("flood")
	}
	return b
}

// withRescan returns b extended to everything. The first reason stays, unless only routine asked; and routine
// extends nothing that has happened.
func (b Batch) withRescan(reason string) Batch {
	if b.Rescan && !b.Routine() || reason == routine && !b.empty() {
		return b
	}
	return Batch{Rescan: true, Reason: reason}
}
