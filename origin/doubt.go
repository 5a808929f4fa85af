package origin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// doubt is why a listing is not believed yet: a bucket that was emptied by mistake, or whose prefix is
// another one now, looks just like one whose owner has removed his articles.
type doubt struct {
	missing, of int
	until       time.Time
}

func (d doubt) Error() string {
	return fmt.Sprintf("%d of %d objects are missing from the bucket; they stay until a listing after %s agrees", d.missing, d.of, d.until.Format(time.TimeOnly))
}

// fewObjects is the number up to which the loss of more than half is nothing unusual.
const fewObjects = 20

// doubt fails where most of the objects that are here are suddenly missing. Since when is kept beside them, so
// that commands that pull once come to believe it, too.
func (b *bucket) doubt(l listing) error {
	if !b.at.holds(b.name()) { // what is here is of another bucket, or nothing
		if len(l.objects) == 0 {
			return errEmpty
		}
		return nil
	}
	file := b.at.file("doubted")
	missing, known, err := b.missing(l)
	if err != nil {
		return err
	}
	if missing == 0 || len(l.objects) > 0 && (known <= fewObjects || 2*missing <= known) {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	fi, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.WriteFile(file, nil, 0o600); err == nil {
			fi, err = os.Stat(file)
		}
	}
	if err != nil {
		return err
	}
	if until := fi.ModTime().Add(b.grace); time.Now().Before(until) {
		return doubt{missing, known, until}
	}
	return nil
}

// missing counts the files of the current generation, and those of them that the listing does not name.
func (b *bucket) missing(l listing) (missing, known int, err error) {
	if l.revision == b.at.current() {
		return 0, 0, nil
	}
	named := map[string]bool{}
	for _, o := range l.objects {
		named[o.name] = true
	}
	base := b.at.tree(b.at.current())
	err = filepath.WalkDir(base, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(base, name)
		if known++; !named[filepath.ToSlash(rel)] {
			missing++
		}
		return err
	})
	return missing, known, err
}
