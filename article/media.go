package article

import (
	"cmp"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const maxEnclosures = 50

// mediaTypes are the types of files by their ending. The machine's own table would make the same
// site different feeds elsewhere.
var mediaTypes = map[string]string{
	".aac": "audio/aac", ".flac": "audio/flac", ".m4a": "audio/mp4", ".m4b": "audio/mp4", ".mp3": "audio/mpeg",
	".oga": "audio/ogg", ".ogg": "audio/ogg", ".opus": "audio/opus", ".wav": "audio/wav", ".weba": "audio/webm",
	".avi": "video/x-msvideo", ".m4v": "video/mp4", ".mkv": "video/x-matroska", ".mov": "video/quicktime",
	".mp4": "video/mp4", ".mpeg": "video/mpeg", ".mpg": "video/mpeg", ".ogv": "video/ogg", ".webm": "video/webm",
	".avif": "image/avif", ".gif": "image/gif", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".png": "image/png",
	".svg": "image/svg+xml", ".webp": "image/webp",
	".epub": "application/epub+zip", ".pdf": "application/pdf", ".zip": "application/zip",
}

// MediaType is the type of a file of images, sound, video or documents, by its ending, or "".
func MediaType(name string) string { return mediaTypes[strings.ToLower(path.Ext(name))] }

// embeddedFile is a property that names a file as Obsidian does.
var embeddedFile = regexp.MustCompile(`^!?\[\[([^\[\]|]+)(?:\|[^\[\]]*)?\]\]$`)

// image is the first of the images that the author names.
func (d *draft) image(page *url.URL) string {
	for _, f := range d.facts["image"] {
		for _, v := range f.each() {
			ref := d.p.render.published(d.p.o.rooted(d.p.o.Layout.Rooted.Image, mediaRef(v, mediaKeys...)))
			if m := embeddedFile.FindStringSubmatch(ref); m != nil {
				ref = d.p.render.embedURL(d.r.path, m[1])
			}
			if u, ok := fileURL(page, ref); ok && !d.p.o.isBundled(ref) {
				return u
			}
		}
	}
	return ""
}

// mediaURL gives the URL of the file that a text or a map names.
func mediaURL(v *value, page *url.URL) (string, bool) {
	return fileURL(page, mediaRef(v, mediaKeys...))
}

// mediaKeys are under which a map names a file.
var mediaKeys = []string{"url", "src", "href", "path", "image", "file", "link"}

// mediaRef gives what a text says, or a map under one of the keys, or "".
func mediaRef(v *value, keys ...string) string {
	if v.kind == tableKind {
		return v.childText(keys...)
	}
	s, ok := v.scalar()
	if !ok || v.kind == boolKind {
		return ""
	}
	return s
}

// fileURL is [webURL] for what looks like a file's place: no number, no name of a theme's own, and
// no template, whose value nobody here knows.
func fileURL(page *url.URL, s string) (string, bool) {
	if !strings.ContainsAny(s, "./") || strings.Contains(s, "{") && template.MatchString(s) {
		return "", false
	}
	return webURL(page, s)
}

// webURL resolves s against the page and gives an http or https URL, or "" and false.
func webURL(page *url.URL, s string) (string, bool) {
	if u, ok := plainURL(page, s); ok {
		return u, true
	}
	return fullURL(page, s)
}

func fullURL(page *url.URL, s string) (string, bool) {
	absolute, ok := absoluteURL(page, s)
	if !ok {
		return "", false
	}
	// Without a scheme of its own a reference may have passed with a host that http does not allow.
	u, err := url.Parse(absolute)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	return absolute, true
}

// enclosures are the files that the author adds to the article, each once.
func (d *draft) enclosures(page *url.URL) []Enclosure {
	var all []Enclosure
	for _, f := range d.facts["enclosure"] {
		all = d.addEnclosures(all, f.each(), page, "application/octet-stream")
	}
	for _, f := range d.facts["media"] {
		all = d.addEnclosures(all, f.each(), page, "") // what has no type is a player's page, not a file
	}
	for s := range d.facts.texts("length") {
		length, err := strconv.ParseInt(s, 10, 64)
		if i := max(slices.IndexFunc(all, Enclosure.IsRecording), 0); err == nil && length > 0 && len(all) > 0 && all[i].Length == 0 {
			all[i].Length, all[i].Path = length, ""
		}
	}
	return all
}

// addEnclosures adds the files that are new. Those without a type get the one given, or stay away.
func (d *draft) addEnclosures(all []Enclosure, files []*value, page *url.URL, unknown string) []Enclosure {
	for _, v := range files {
		e, ok := d.enclosure(v, page)
		e.Type = cmp.Or(e.Type, unknown)
		known := slices.ContainsFunc(all, func(old Enclosure) bool { return old.URL == e.URL })
		if ok && !known && e.Type != "" && len(all) < maxEnclosures {
			all = append(all, e)
		}
	}
	return all
}

var (
	mediaType = regexp.MustCompile(`^[a-z]+/[a-z0-9][a-z0-9.+-]*$`)

	// threeLines are a URL, a length and a type, as WordPress keeps an enclosure. Exports fold them, or
	// have more behind them.
	threeLines = regexp.MustCompile(`^(\S.*?)\s+(\d+)\s+([A-Za-z]+/[\w.+-]+)(?:\s|$)`)
)

// enclosure reads a URL, a map with url, type and length, or these in lines. The type is that of the
// file's ending where none is given, or "".
func (d *draft) enclosure(v *value, page *url.URL) (Enclosure, bool) {
	ref := mediaRef(v, "url", "src", "href", "path", "file", "link")
	kind, size := v.childText("type", "mimeType", "mime"), v.childText("length", "size", "bytes")
	if m := threeLines.FindStringSubmatch(ref); m != nil {
		ref, size, kind = m[1], m[2], m[3]
	}
	u, ok := fileURL(page, ref)
	if !ok {
		return Enclosure{}, false
	}
	e := Enclosure{URL: u, Type: strings.ToLower(kind)}
	if !mediaType.MatchString(e.Type) {
		e.Type = ""
		if file, err := url.Parse(u); err == nil {
			e.Type = mediaTypes[strings.ToLower(path.Ext(file.Path))]
		}
	}
	if length, err := strconv.ParseInt(size, 10, 64); err == nil {
		e.Length = max(length, 0)
	}
	if e.Length == 0 {
		e.Path = d.localPath(ref, u)
	}
	return e, true
}

// localPath gives where the file that the author calls ref may lie below the content folder, or "":
// beside the article where ref is relative, else at the place that its URL has in the site.
func (d *draft) localPath(ref, absolute string) string {
	u, err := url.Parse(absolute)
	if err != nil {
		return ""
	}
	site := d.p.o.Site
	name, ok := strings.CutPrefix(u.Path, site.Path)
	ok = ok && u.Host == site.Host && u.Scheme == site.Scheme
	if r, err := url.Parse(escapeURL(strings.TrimSpace(ref))); err == nil && r.Scheme == "" && r.Host == "" && !strings.HasPrefix(r.Path, "/") {
		name, ok = path.Join(path.Dir(d.r.path), r.Path), true
	}
	if !ok || !fs.ValidPath(name) || cleanText(name) != name || strings.Contains("/"+name, "/.") {
		return "" // what is hidden is not part of the content
	}
	return name
}
