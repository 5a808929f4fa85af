// Package corpus makes up articles, as many as are wanted, in the shape of a newsroom's archive: to
// measure what many articles cost.
//
// An article follows from the corpus's seed and its own number alone. So the same corpus has the
// same bytes everywhere, and a large one begins with the articles of a small one.
package corpus

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Corpus describes articles. The zero value has none; see [New]. It is safe for concurrent use.
type Corpus struct {
	Seed       uint64
	Articles   int
	Categories int       // one an article, all as often
	Tags       int       // one to three an article, the first ones far more often (Zipf's law)
	From, To   time.Time // between which articles are dated
}

// New returns a corpus of n articles like those of a newsroom after ten years.
func New(n int) Corpus {
	return Corpus{
		Seed: 1, Articles: n, Categories: 20, Tags: 2000,
		From: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Article is what is decided about an article before it is written. What is changed here is written
// so, and the rest of it stays as it was.
type Article struct {
	Number   int
	Path     string // in folders of years and months
	Date     time.Time
	English  bool // else Chinese
	Category string
	Tags     []string
	Note     string // one more paragraph at the end; "": none

	seed uint64
}

// Article returns the article of that number, from 0 on.
func (c Corpus) Article(number int) Article {
	a := Article{Number: number, seed: c.Seed}
	r := a.random(0)
	a.Date = c.From.Add(time.Duration(r.Int64N(int64(c.To.Sub(c.From))))).Truncate(time.Second)
	a.Path = fmt.Sprintf("%s/%sA%07d.md", a.Date.Format("2006/01"), a.Date.Format("20060102"), number)
	a.English = r.IntN(5) == 0
	a.Category = name(r.IntN(c.Categories))
	often := rand.NewZipf(r, 1.01, 1, uint64(c.Tags-1))
	for range 1 + r.IntN(3) {
		if tag := name(int(often.Uint64())); !slices.Contains(a.Tags, tag) {
			a.Tags = append(a.Tags, tag)
		}
	}
	return a
}

// random returns a source of the article's own, another one for each use.
func (a *Article) random(use uint64) *rand.Rand {
	return rand.New(rand.NewPCG(a.seed<<8|use, uint64(a.Number)))
}

// name returns the name of a term, another one for each number.
func name(k int) string {
	if k%4 == 3 {
		k /= 4
		return thingsEN[k%len(thingsEN)] + " " + strings.TrimSpace(numeral(k/len(thingsEN))+thingsEN[(k*7+1)%len(thingsEN)])
	}
	return thingsZH[k%len(thingsZH)] + numeral(k/len(thingsZH)) + thingsZH[(k*5+2)%len(thingsZH)]
}

func numeral(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " "
}

// Write writes all articles below dir, over those that are there, each with its date as the time of
// its last change. progress is told now and then how many there are, from any goroutine.
func (c Corpus) Write(ctx context.Context, dir string, progress func(done int)) error {
	for month := c.From; month.Before(c.To); month = month.AddDate(0, 1, 0) {
		if err := os.MkdirAll(filepath.Join(dir, month.Format("2006/01")), 0o755); err != nil {
			return err
		}
	}
	var done atomic.Int64
	workers := runtime.GOMAXPROCS(0)
	g, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		g.Go(func() error {
			var text []byte
			for i := w; i < c.Articles; i += workers {
				if n := done.Add(1); n%1000 == 0 {
					progress(int(n))
				}
				a := c.Article(i)
				text = a.Append(text[:0])
				if err := write(filepath.Join(dir, a.Path), text, a.Date); err != nil {
					return err
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// Write writes the article below dir, as [Corpus.Write] does.
func (a Article) Write(dir string) error {
	return write(filepath.Join(dir, a.Path), a.Append(nil), a.Date)
}

func write(file string, text []byte, changed time.Time) error {
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return err
	}
	return os.Chtimes(file, changed, changed)
}
