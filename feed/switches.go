package feed

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"feedmill/catalog"
)

// Switches say how the feed of the site is, or those of one taxonomy.
type Switches struct {
	Formats     []Format            // at least one
	SummaryOnly bool                // leave the articles' content out
	Title       string              // pattern with the tokens :term, :taxonomy and :site; "" is the usual one
	Paths       map[Format][]string // addresses, as patterns with the segment :term but for the site; see [Mill.Locate]
}

// switches are Switches made ready.
type switches struct {
	Switches
	digests map[Format][]byte // of all that the bytes of a document depend on beside the selection
	places  []place           // all but the usual ones
}

// place is a pattern of addresses: before and after stand around the slug.
type place struct {
	taxonomy      string
	format        Format
	before, after string
}

// prepare makes the switches of a taxonomy ready; site is the rest of what documents depend on.
func prepare(s Switches, taxonomy string, site []byte) (*switches, error) {
	if s.Title == "" {
		s.Title = ":term – :site"
		if taxonomy == "" {
			s.Title = ":site"
		}
	}
	p := &switches{Switches: s, digests: map[Format][]byte{}}
	for _, f := range s.Formats {
		own := slices.Clone(s.Paths[f])
		facts, err := json.Marshal([]any{s.Title, s.SummaryOnly, own[:min(len(own), 1)]})
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(fmt.Appendf(facts, " %s %d", site, revision))
		p.digests[f] = sum[:]
		for _, path := range own {
			before, after, _ := strings.Cut(path, ":term")
			p.places = append(p.places, place{taxonomy, f, before, after})
		}
	}
	return p, nil
}

// of returns the switches of a taxonomy.
func (m *Mill) of(taxonomy string) *switches {
	if s := m.own[taxonomy]; s != nil {
		return s
	}
	if taxonomy == "" {
		return m.site
	}
	return m.terms
}

// Settings is what the documents of a taxonomy's feeds, or of the site's, which is "", depend on
// beside the selection.
func (m *Mill) Settings(taxonomy string) []byte {
	s := m.of(taxonomy)
	var all []byte
	for _, f := range s.Formats {
		all = append(all, s.digests[f]...)
	}
	return all
}

// Formats are those that the feed of sel is offered in.
func (m *Mill) Formats(sel *catalog.Selection) []Format { return m.of(sel.Taxonomy).Formats }

// Title returns the title of the feed of sel.
func (m *Mill) Title(sel *catalog.Selection) string {
	return strings.NewReplacer(":term", sel.Name, ":taxonomy", sel.Taxonomy, ":site", m.o.Title).Replace(m.of(sel.Taxonomy).Title)
}

// Path returns the address of the document of sel in format f below the base URL, unescaped. It
// may end in a slash.
func (m *Mill) Path(sel *catalog.Selection, f Format) string {
	if own := m.of(sel.Taxonomy).Paths[f]; len(own) > 0 {
		return strings.Replace(own[0], ":term", sel.Slug, 1)
	}
	return sel.Path() + f.File()
}

// Location is what the address of a document names.
type Location struct {
	Taxonomy, Slug string // both "" for the site
	Page           string // the name of an archive document; "" for the feed itself
	Format         Format
}

// Locate tells which document a path below the base URL names, if there is such a feed: by an
// address of its own, of which the first is its [Mill.Path], or by the usual one; and which page of
// one. It knows only formats that are offered.
func (m *Mill) Locate(path string) (l Location, ok bool) {
	for _, p := range m.places {
		if slug, ok := p.match(path); ok {
			return Location{Taxonomy: p.taxonomy, Slug: slug, Format: p.format}, true
		}
	}
	if l, ok := m.locatePage(path); ok {
		return l, true
	}
	return m.locateUsual(path)
}

func (m *Mill) locateUsual(path string) (l Location, ok bool) {
	end := strings.LastIndexByte(path, '/') + 1
	folder, file := path[:end], path[end:]
	if folder != "/" {
		l.Taxonomy, l.Slug, _ = strings.Cut(strings.Trim(folder, "/"), "/")
		if l.Slug == "" || strings.Contains(l.Slug, "/") {
			return Location{}, false
		}
	}
	for _, f := range m.of(l.Taxonomy).Formats {
		if f.File() == file {
			l.Format = f
			return l, true
		}
	}
	return Location{}, false
}

// match returns the slug in the path, "" for the site.
func (p place) match(path string) (slug string, ok bool) {
	if p.taxonomy == "" {
		return "", path == p.before
	}
	rest, ok := strings.CutPrefix(path, p.before)
	if !ok {
		return "", false
	}
	slug, ok = strings.CutSuffix(rest, p.after)
	return slug, ok && slug != "" && !strings.Contains(slug, "/")
}

// allPlaces are those of all switches, in a fixed order.
func (m *Mill) allPlaces() []place {
	var all []place
	for _, taxonomy := range slices.Sorted(maps.Keys(m.own)) {
		all = append(all, m.own[taxonomy].places...)
	}
	return all
}
