package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"

	"feedmill/internal/corpus"
)

//go:embed all:hugo
var hugoSite embed.FS

// copyForHugo writes the articles once more, for Hugo: without a key that it has had a meaning for, and takes
// for an error since.
func (b *bench) copyForHugo() error {
	if b.copied != "" {
		return nil
	}
	b.copied = filepath.Join(b.dir, "hugo-content")
	if err := os.RemoveAll(b.copied); err != nil {
		return err
	}
	for _, a := range b.articles {
		if err := b.saveForHugo(a); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) saveForHugo(a corpus.Article) error {
	file := filepath.Join(b.copied, a.Path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, bytes.Replace(a.Append(nil), []byte("\nlang:\n"), []byte("\ntongue:\n"), 1), 0o644)
}

// hugoFor writes a site that has feeds of those formats of the content, and nothing else, and returns
// the beginning of a command on it.
func (b *bench) hugoFor(formats ...string) ([]string, error) {
	if err := b.copyForHugo(); err != nil {
		return nil, err
	}
	site := filepath.Join(b.dir, "hugo")
	if err := os.RemoveAll(site); err != nil {
		return nil, err
	}
	if err := os.CopyFS(b.dir, hugoSite); err != nil {
		return nil, err
	}
	config, err := os.OpenFile(filepath.Join(site, "hugo.toml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(config, "[[module.mounts]]\nsource = %q\ntarget = \"content\"\n\n[outputs]\npage = []\ntaxonomy = []\nhome = [%[2]s]\nterm = [%[2]s]\n",
		b.copied, `"`+strings.Join(formats, `", "`)+`"`)
	return []string{b.hugo, "--source", site, "--noBuildLock"}, errors.Join(err, config.Close())
}

// runHugo lets Hugo make the feeds of those formats, once.
func (b *bench) runHugo(ctx context.Context, out string, r *built, formats ...string) error {
	command, err := b.hugoFor(formats...)
	if err != nil {
		return err
	}
	return r.once(ctx, out, append(command, "--destination", out, "--quiet")...)
}

// hugoServes measures n edits of an article until `hugo server` shows them in the feed of its tag.
func (b *bench) hugoServes(ctx context.Context, n int) (samples, error) {
	hugo, err := b.hugoFor("rss", "atom", "jsonfeed")
	if err != nil {
		return nil, err
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	p, err := startPeer(ctx, "http://"+addr, "/atom.xml",
		append(hugo, "server", "--bind", "127.0.0.1", "--port", port, "--renderToMemory", "--disableLiveReload", "--disableFastRender")...)
	if err != nil {
		return nil, err
	}
	took, err := b.follow(ctx, at(p.url), b.changes()[0], n)
	log.Printf("hugo server, %s articles: an edit takes %s", thousands(b.corpus.Articles), seconds(took.median()))
	return took, errors.Join(err, p.end())
}
