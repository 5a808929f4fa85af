package server

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"feedmill/article"
	"feedmill/page"
)

// open opens a regular file of the content folder.
func (s *Server) open(name string) (fs.File, fs.FileInfo, error) {
	fsys, err := s.o.Content()
	if err != nil {
		return nil, nil, err
	}
	if c, ok := fsys.(io.Closer); ok {
		defer c.Close()
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, nil, err
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w", name, fs.ErrInvalid)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, fi, nil
}

// line is a line of a content file as it is now, or "" where it can't be told.
func (s *Server) line(name string, line int) string {
	const most, longest = 4 << 20, 400 // bytes of a file that are looked at, and characters that are shown
	f, _, err := s.open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, most))
	for n := 1; lines.Scan(); n++ {
		if n == line {
			text := []rune(strings.ToValidUTF8(lines.Text(), "\ufffd"))
			return string(text[:min(len(text), longest)])
		}
	}
	return ""
}

// media answers with the picture, recording or document that an article shows from beside it, where the
// site has no other place for it, and reports whether there is one at the path.
func (s *Server) media(w http.ResponseWriter, r *http.Request, v View, book *addresses, urlPath string) bool {
	kind := article.MediaType(urlPath)
	name, ok := book.file(v, urlPath)
	if kind == "" || !ok {
		return false
	}
	end, ok := s.sending.begin(r.Context(), clientOf(r.RemoteAddr))
	if !ok {
		w.Header().Set("Retry-After", "5")
		s.refuse(w, r, http.StatusServiceUnavailable, "too many files are being sent")
		return true
	}
	defer end()
	f, fi, err := s.open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	content, ok := f.(io.ReadSeeker)
	if !ok {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", page.MediaPolicy)
	h.Set("Access-Control-Allow-Origin", "*") // readers that are web pages show it, too
	h.Set("Cache-Control", "max-age=300")
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, fi.ModTime().UnixNano(), fi.Size()))
	modified := fi.ModTime()
	if modified.After(time.Now()) {
		modified = time.Time{} // RFC 9110 §8.8.2.1 wants none that is yet to come
	}
	if !strings.HasPrefix(r.Header.Get("Range"), "bytes=") {
		r.Header.Del("Range") // RFC 9110 §14.2: other units do not count, while net/http refuses them
	}
	http.ServeContent(w, r, "", modified, content)
	return true
}

// file is the content file that a path means: it lies in a folder with articles, or below one that is an
// article by itself. What else is in the content folder is nobody's business.
func (a *addresses) file(v View, urlPath string) (name string, ok bool) {
	if strings.HasSuffix(urlPath, "/") || strings.Contains(urlPath, "/.") || !fs.ValidPath(urlPath[1:]) {
		return "", false
	}
	const deepest = 3
	folder, rest := path.Split(urlPath)
	for range deepest {
		if e := a.find(v, folder); e != nil {
			isFolder := strings.HasPrefix(path.Base(e.Path), "index.")
			if strings.Contains(rest, "/") && !isFolder {
				break
			}
			return path.Join(path.Dir(e.Path), rest), true
		}
		parent, last := path.Split(strings.TrimSuffix(folder, "/"))
		if last == "" {
			break
		}
		folder, rest = parent, last+"/"+rest
	}
	return urlPath[1:], a.folders[path.Dir(urlPath[1:])]
}
