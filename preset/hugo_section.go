package preset

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// hugoCascade is front matter that a section, or the configuration, hands down to pages.
type hugoCascade struct {
	folder string         // of the section
	path   *regexp.Regexp // of the pages
	front  map[string][]string
}

// readSections reads the section pages, and what is handed down by them and by the configuration.
func (h *hugoSite) readSections() {
	h.sections = map[string]values{}
	h.addCascades("", h.values.at("cascade"))
	pages := h.sectionPages()
	slices.SortStableFunc(pages, func(a, b sectionPage) int { return strings.Count(a.folder, "/") - strings.Count(b.folder, "/") })
	for _, page := range pages {
		p, ok := h.find(page.file)
		if !ok {
			continue
		}
		if _, known := h.sections[p.folder]; !known || p.prefix == "" {
			h.sections[p.folder] = page.front
		}
		h.addCascades(p.folder, page.front.at("cascade"))
	}
}

// addCascades reads one set of values, or a list of them with their targets.
func (h *hugoSite) addCascades(folder string, setting any) {
	for _, item := range asList(setting) {
		v := asMap(item)
		target := v.sub("target")
		if target == nil {
			target = v.sub("_target")
		}
		if kind := target.text("kind"); v == nil || kind != "" && kind != "page" {
			continue
		}
		c := hugoCascade{folder: folder, path: hugoPath(target.text("path")), front: map[string][]string{}}
		flatten(v, "", c.front)
		h.cascades = append(h.cascades, c)
	}
}

// flatten puts the values into front with the path of their keys.
func flatten(v values, prefix string, front map[string][]string) {
	for key := range v {
		if inner := asMap(v[key]); inner != nil {
			flatten(inner, prefix+key+".", front)
		} else if texts := v.texts(key); texts != nil {
			front[prefix+key] = texts
		}
	}
}

// handedDown gives the front matter that a page has from the sections above it.
func (h *hugoSite) handedDown(p hugoPage) map[string][]string {
	if h.cascades == nil {
		return nil
	}
	front := map[string][]string{}
	name := "/" + strings.ToLower(join(p.folder, p.stem))
	for _, c := range h.cascades {
		if _, ok := cutFolder(p.folder, c.folder); !ok || !c.path.MatchString(name) {
			continue
		}
		maps.Copy(front, c.front)
	}
	return front
}

// sectionsOf gives the path of the section that a folder belongs to, and the same in slugs. The top
// folder is a section, a deeper one only if it has a section page.
func (h *hugoSite) sectionsOf(folder string) (sections, slugs string) {
	for at, i := "", 0; i < len(elements(folder)); i++ {
		at = join(at, elements(folder)[i])
		page, ok := h.sections[at]
		if !ok && i > 0 {
			continue
		}
		sections = at
		slugs = join(slugs, hugoSlug(cmp.Or(page.text("slug"), page.text("title"), path.Base(at))))
	}
	return sections, slugs
}
