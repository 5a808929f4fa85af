package catalog

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"feedmill/article"
)

// parsed is what follows from the name and the bytes of a file, and from nothing else.
type parsed struct {
	hash     digest // of the bytes
	source   source // without an article where there is none, or it can't be parsed
	problems []article.Problem
}

func (c *Catalog) parse(path string, src []byte) parsed {
	a, problems := c.o.Parser.Parse(path, src)
	if a == nil {
		return parsed{hashOf(src), source{}, problems}
	}
	return parsed{a.Hash, newSource(a, src), problems}
}

// Prepare reads and parses the files at paths that Apply is expected to be told of soon. It changes nothing
// that is known: Apply reads each file again, and takes what was prepared where the bytes are the same. What
// can't be read is left to Apply. It is for the goroutine that calls Apply, and ends early when ctx is done.
func (c *Catalog) Prepare(ctx context.Context, paths []string) error {
	fsys, close, err := c.open()
	if err != nil {
		return fmt.Errorf("content folder: %w", err)
	}
	defer close()
	paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !article.IsContent(p) })
	slices.Sort(paths) // folder by folder
	v, err := look(ctx, fsys, c.o.Parser, paths, len(paths))
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(v.files, func(s sighting) bool {
		old := c.files[s.path]
		return s.err != nil || s.refused || !s.mode.IsRegular() || old != nil && old.stamp == s.stamp
	})
	ahead := make([]parsed, len(found))
	sideBySide(ctx, fsys, len(found), func(fsys fs.FS, i int) {
		buffer := c.buffers.Get().(*[]byte)
		defer c.buffers.Put(buffer)
		if src, _, err := c.read(fsys, found[i].path, buffer); err == nil {
			ahead[i] = c.parse(found[i].path, src)
		}
	})
	for i, s := range found {
		if ahead[i].hash != (digest{}) {
			c.ahead[s.path] = ahead[i]
		}
	}
	return ctx.Err()
}
