package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"feedmill/internal/corpus"
)

// bench is a corpus on disk, and what has been measured on it.
type bench struct {
	program string
	hugo    string // "": it is not there
	rounds  int

	corpus   corpus.Corpus
	articles []corpus.Article // newest first
	dir      string           // holds all else
	content  string
	config   string
	state    string
	changed  map[int]corpus.Article // as saved last, by number
	copied   string                 // what Hugo reads in place of content; "": it does not yet

	rows []row
	cold samples // how long a first start takes, for what compares with it; empty: not measured
}

// newBench writes n articles, unless they are there already.
func newBench(ctx context.Context, o options, program string, n int) (*bench, error) {
	dir, err := filepath.Abs(filepath.Join(o.dir, fmt.Sprint(n)))
	if err != nil {
		return nil, err
	}
	b := &bench{
		program: program, hugo: o.hugo, rounds: o.rounds, corpus: corpus.New(n), dir: dir,
		content: filepath.Join(dir, "content"), config: filepath.Join(dir, "config.yaml"), state: filepath.Join(dir, "state"),
		changed: map[int]corpus.Article{},
	}
	for i := range n {
		b.articles = append(b.articles, b.corpus.Article(i))
	}
	slices.SortStableFunc(b.articles, func(x, y corpus.Article) int { return y.Date.Compare(x.Date) })
	if err := os.MkdirAll(b.content, 0o755); err != nil {
		return nil, err
	}
	if err := b.configure("archive: true"); err != nil {
		return nil, err
	}
	if is, err := os.ReadFile(b.complete()); err == nil && string(is) == fmt.Sprint(b.corpus) {
		return b, nil
	}
	if err := os.RemoveAll(b.content); err != nil {
		return nil, err
	}
	err = b.corpus.Write(ctx, b.content, func(done int) {
		if done%10_000 == 0 {
			log.Printf("%d of %d articles written", done, n)
		}
	})
	return b, errors.Join(err, b.seal())
}

// complete is a file that is there while the content is as the corpus has it.
func (b *bench) complete() string { return filepath.Join(b.dir, "complete") }

func (b *bench) seal() error {
	return os.WriteFile(b.complete(), []byte(fmt.Sprint(b.corpus)), 0o644)
}

// configure writes the configuration, which has all defaults but for that line about feeds, and more lines.
func (b *bench) configure(feeds string, more ...string) error {
	text := "title: The Mill\nbase_url: https://feeds.example.org\nsite_url: https://example.org\nfeeds: {" + feeds + "}\n" + strings.Join(more, "\n")
	return os.WriteFile(b.config, []byte(text), 0o644)
}

// flags are those of commands that read the content, without or with the state folder.
func (b *bench) flags(keep bool) []string {
	if keep {
		return []string{"--content", b.content, "--state", b.state}
	}
	return []string{"--content", b.content, "--state", "none"}
}

// save writes an article as an editor does: with the present as the time of its change.
func (b *bench) save(a corpus.Article) error {
	b.changed[a.Number] = a
	if err := os.Remove(b.complete()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if b.copied != "" {
		if err := b.saveForHugo(a); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(b.content, a.Path), a.Append(nil), 0o644)
}

// restore makes the content what it was before anything was saved.
func (b *bench) restore(ctx context.Context) error {
	if len(b.changed) == 0 || ctx.Err() != nil { // what is not restored is written anew the next time
		return ctx.Err()
	}
	for number, a := range b.changed {
		var err error
		if number < b.corpus.Articles {
			err = b.corpus.Article(number).Write(b.content)
		} else {
			err = os.Remove(filepath.Join(b.content, a.Path))
		}
		if err != nil {
			return err
		}
	}
	clear(b.changed)
	return b.seal()
}

// feed is the path of a tag's Atom feed.
func feed(tag string) string {
	return "/tags/" + url.PathEscape(strings.ReplaceAll(strings.ToLower(tag), " ", "-")) + "/atom.xml"
}

// tagged returns the tag whose number of articles is nearest to n, and these, newest first. The tags
// in but do not count.
func (b *bench) tagged(n int, but ...string) (string, []corpus.Article) {
	of := map[string][]corpus.Article{}
	for _, a := range b.articles {
		for _, t := range a.Tags {
			of[t] = append(of[t], a)
		}
	}
	best := ""
	for t, as := range of {
		if slices.Contains(but, t) {
			continue
		}
		d, least := max(len(as)-n, n-len(as)), max(len(of[best])-n, n-len(of[best]))
		if best == "" || d < least || d == least && t < best {
			best = t
		}
	}
	return best, of[best]
}

// conditions tells on what machine, and beside what, the figures were measured.
func conditions(ctx context.Context, b *bench) string {
	cpu := "?"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if m := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(info); m != nil {
			cpu = string(m[1])
		}
	}
	return fmt.Sprintf("%s, %s articles, medians of %d rounds; %d cores of %s, Linux %s, %s; feedmill at %s; nginx %s, Hugo %s, wrk %s.\n\n",
		time.Now().Format("2 January 2006"), thousands(b.corpus.Articles), b.rounds, runtime.NumCPU(), cpu,
		says(ctx, `\S+`, "uname", "-r"), runtime.Version(), says(ctx, `\S+`, "git", "describe", "--always", "--dirty"),
		says(ctx, `[\d.]+`, "nginx", "-v"), says(ctx, `v([\d.]+)`, b.hugo, "version"), says(ctx, `[\d.]+`, "wrk", "-v"))
}

// says returns what of the command's output matches.
func says(ctx context.Context, pattern string, args ...string) string {
	out, _ := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput() // wrk -v has no exit code of its own
	m := regexp.MustCompile(pattern).FindSubmatch(out)
	if m == nil {
		return orNone("")
	}
	return string(m[len(m)-1])
}
