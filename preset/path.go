package preset

import (
	"path"
	"strings"
)

// Paths are separated by slashes, relative and clean; "" stands for the root.

// join joins paths, of which any may be empty.
func join(parts ...string) string {
	return strings.TrimPrefix(path.Join(parts...), "/")
}

// clean gives a folder as it stands in a configuration, "./content/" or "/posts", as a path.
func clean(folder string) string {
	return strings.Trim(path.Clean("/"+folder), "/")
}

// cutFolder gives what is left of a path below a folder.
func cutFolder(name, folder string) (rest string, ok bool) {
	if folder == "" || folder == "." {
		return name, true
	}
	rest, ok = strings.CutPrefix(name, folder)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return strings.TrimPrefix(rest, "/"), true
}

// cutLast parts a path into its folder and the last name.
func cutLast(name string) (folder, last string) {
	folder, last = path.Split(name)
	return strings.TrimSuffix(folder, "/"), last
}

// cutName parts a path into its folder and the last name without the ending.
func cutName(name string) (folder, stem string) {
	folder, last := cutLast(name)
	return folder, strings.TrimSuffix(last, path.Ext(last))
}

// elements are the parts of a path.
func elements(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
}

// first is the first part of a path.
func first(name string) string {
	name, _, _ = strings.Cut(name, "/")
	return name
}

// literal gives a path, of which percent signs are text, in the form that addresses have.
func literal(name string) string { return strings.ReplaceAll(name, "%", "%25") }
