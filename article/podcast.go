package article

import (
	"net/url"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Podcast is what the front matter of an article with a recording says of it as an episode. Like the
// article it is immutable.
type Podcast struct {
	Episode     int           // from 1; 0: not told
	Season      int           // from 1; 0: not told
	Type        string        // "full", "trailer", "bonus", or "": not told
	Duration    time.Duration // whole seconds; 0: not told
	Explicit    string        // "true", "false", or "": not told
	Image       string        // absolute URL of the episode's own cover, or ""
	Transcripts []Resource
	Chapters    Resource // zero: none
}

// Resource is a file that goes with a recording.
type Resource struct {
	URL      string // absolute
	Type     string // MIME type, never empty
	Language string // BCP 47, or "" for that of the article
}

const maxTranscripts = 50

// IsRecording reports whether an enclosure is something to listen to or to watch.
func (e Enclosure) IsRecording() bool {
	return strings.HasPrefix(e.Type, "audio/") || strings.HasPrefix(e.Type, "video/")
}

// Recording is the first enclosure to listen to or to watch, or nil. An article that has one is an
// episode.
func (a *Article) Recording() *Enclosure {
	if i := slices.IndexFunc(a.Enclosures, Enclosure.IsRecording); i >= 0 {
		return &a.Enclosures[i]
	}
	return nil
}

// podcast is what the author says of the article as an episode, or nil for nothing.
func (d *draft) podcast(page *url.URL) *Podcast {
	p := Podcast{
		Episode:     d.count("episode"),
		Season:      d.count("season"),
		Type:        d.episodeType(),
		Duration:    d.duration(),
		Explicit:    d.explicit(),
		Image:       d.episodeImage(page),
		Transcripts: d.transcripts(page),
		Chapters:    d.chapters(page),
	}
	if reflect.ValueOf(p).IsZero() {
		return nil
	}
	return &p
}

// count is a number from 1. Podcasting 2.0 lets an episode be 2.5, Apple does not.
func (d *draft) count(name string) int {
	for s, f := range d.facts.texts(name) {
		n, err := strconv.ParseInt(s, 10, 32)
		if err == nil && n > 0 {
			return int(n)
		}
		if err != nil || n < 0 { // 0 is how some number what comes before the first
			d.r.warnf(f.line, "%s: want a number such as 12, have %s; left out", f.key, quote(s))
		}
	}
	return 0
}

func (d *draft) episodeType() string {
	types := []string{"full", "trailer", "bonus"}
	for s, f := range d.facts.texts("episodeType") {
		if t := strings.ToLower(s); slices.Contains(types, t) {
			return t
		}
		d.r.warnf(f.line, "%s: want full, trailer or bonus, have %s; left out", f.key, quote(s))
	}
	return ""
}

func (d *draft) duration() time.Duration {
	for s, f := range d.facts.texts("duration") {
		if t, ok := parseDuration(s); ok {
			return t
		}
		d.r.warnf(f.line, "%s: want seconds, 14:02, 1:14:02 or 1h14m2s, have %s; left out", f.key, quote(s))
	}
	return 0
}

// parseDuration reads seconds, mm:ss, hh:mm:ss, or what Go writes. A fraction of a second is dropped.
func parseDuration(s string) (time.Duration, bool) {
	const longest = 1000 * time.Hour
	t, err := time.ParseDuration(s)
	if err != nil {
		seconds, unit := 0.0, 1.0
		parts := strings.Split(s, ":")
		for i, part := range slices.Backward(parts) {
			part = strings.TrimSpace(part)
			if i < len(parts)-1 && strings.Contains(part, ".") || strings.Trim(part, "0123456789.") != "" {
				return 0, false
			}
			n, err := strconv.ParseFloat(part, 64)
			if err != nil || i > 0 && n >= 60 || len(parts) > 3 {
				return 0, false
			}
			seconds += n * unit
			unit *= 60
		}
		if seconds > longest.Seconds() {
			return 0, false
		}
		t = time.Duration(seconds) * time.Second
	}
	return t.Truncate(time.Second), t >= 0 && t <= longest
}

func (d *draft) explicit() string {
	for _, f := range d.facts["explicit"] {
		switch {
		case f.is("true", "yes", "on", "1", "explicit"):
			return "true"
		case f.is("false", "no", "off", "0", "clean"):
			return "false"
		}
		d.r.warnf(f.line, "%s: want true or false; left out", f.key)
	}
	return ""
}

func (d *draft) episodeImage(page *url.URL) string {
	for _, f := range d.facts["episodeImage"] {
		for _, v := range f.each() {
			if u, ok := mediaURL(v, page); ok {
				return u
			}
		}
		d.r.warnf(f.line, "%s: want the address of a picture; left out", f.key)
	}
	return ""
}

// transcriptTypes are those of Podcasting 2.0, "transcript", by the endings of files.
var transcriptTypes = map[string]string{
	".vtt": "text/vtt", ".srt": "application/x-subrip", ".json": "application/json", ".txt": "text/plain",
	".html": "text/html", ".htm": "text/html",
}

// transcripts are those of the strongest key that names any, each with the type by which players
// tell what they can show.
func (d *draft) transcripts(page *url.URL) []Resource {
	for _, f := range d.facts["transcript"] {
		var all []Resource
		for _, v := range f.each() {
			t, ok := d.resource(v, page, transcriptTypes)
			switch {
			case !ok && v.kind != boolKind:
				d.r.warnf(max(v.line, f.line), "%s: want the address of a .vtt, .srt, .json, .txt or .html file; left out", f.key)
			case ok && len(all) < maxTranscripts && !slices.Contains(all, t):
				all = append(all, t)
			}
		}
		if all != nil {
			return all
		}
	}
	return nil
}

// chapters is a file in the JSON of Podcasting 2.0, "chapters". Chapters that are written out in the
// front matter itself are the page's.
func (d *draft) chapters(page *url.URL) Resource {
	for _, f := range d.facts["chapters"] {
		if f.kind == listKind || f.kind == boolKind {
			continue
		}
		c, ok := d.resource(f.value, page, map[string]string{".json": "application/json+chapters"})
		if ok {
			c.Language = ""
			return c
		}
		d.r.warnf(f.line, "%s: want the address of a .json file; left out", f.key)
	}
	return Resource{}
}

// resource reads a URL, or a map with url, type and language. The type is that of the file's ending
// where none is given; without either there is no resource.
func (d *draft) resource(v *value, page *url.URL, types map[string]string) (Resource, bool) {
	u, ok := mediaURL(v, page)
	if !ok {
		return Resource{}, false
	}
	r := Resource{URL: u, Type: strings.ToLower(v.childText("type", "mimeType", "mime"))}
	if file, err := url.Parse(u); err == nil && !mediaType.MatchString(r.Type) {
		r.Type = types[strings.ToLower(path.Ext(file.Path))]
	}
	r.Language = languageTag(v.childText("language", "lang"))
	return r, r.Type != ""
}
