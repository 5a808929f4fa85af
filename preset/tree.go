package preset

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxTree bounds how many files a guess takes in, maxHeads how many of them it reads.
const maxTree, maxHeads = 20_000, 50

// tree is what the content folder looks like.
type tree struct {
	site  *site
	files []string // in order
	paths []string // the same behind the last names of the content folder's own path, which stand alone first
}

// tree looks at the content folder, once.
func (s *site) tree() *tree {
	if s.looked != nil {
		return s.looked
	}
	names := elements(s.dir)
	above := "/" + path.Join(names[max(0, len(names)-4):]...) + "/"
	t := &tree{site: s, paths: []string{above}}
	for name := range s.files() {
		if len(t.files) == maxTree {
			break
		}
		t.files = append(t.files, name)
		t.paths = append(t.paths, above+name)
	}
	s.looked = t
	return t
}

// has reports whether the path of any file, or of the content folder, has that text in it.
func (t *tree) has(text string) bool {
	return slices.ContainsFunc(t.paths, func(p string) bool { return strings.Contains(p, text) })
}

// frontMatter reports whether one of the first Markdown files that begin with a fence, the pages of
// sections before others, matches a pattern.
func (t *tree) frontMatter(fence string, pattern *regexp.Regexp) bool {
	var sections, pages []string
	for _, f := range t.files {
		switch {
		case isSection(f):
			sections = append(sections, f)
		case isMarkdown(f):
			pages = append(pages, f)
		}
	}
	all := append(sections, pages...)
	return slices.ContainsFunc(all[:min(maxHeads, len(all))], func(f string) bool {
		src, fenced := strings.CutPrefix(t.site.head(f, maxFrontMatter), fence)
		front, _, _ := strings.Cut(src, "\n"+fence)
		return fenced && pattern.MatchString(front)
	})
}

// place tells where articles lie that the generator keeps in a folder of its site's root: either the
// content folder's path below that root, or the roots that lie in the content folder, the deepest
// first.
func (t *tree) place(folder string) (prefix string, roots []string) {
	if folder == "" {
		return "", nil
	}
	in := "/" + folder + "/"
	for _, f := range t.files {
		if i := strings.Index("/"+f, in); i >= 0 && isMarkdown(f) {
			root := clean(f[:i])
			if root == "" {
				return "", nil
			}
			if !slices.Contains(roots, root) {
				roots = append(roots, root)
			}
		}
	}
	if i := strings.LastIndex(t.paths[0], in); i >= 0 {
		return clean(t.paths[0][i:]), nil
	}
	if roots == nil {
		return folder, nil
	}
	slices.SortStableFunc(roots, func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") })
	return "", roots
}

func isMarkdown(name string) bool {
	return slices.Contains([]string{".md", ".mdx", ".markdown"}, path.Ext(name))
}
