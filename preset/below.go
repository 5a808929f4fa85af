package preset

import (
	"os"
	"path/filepath"
)

// maxBelow bounds how many folders [Below] looks into.
const maxBelow = 200

// Below gives the names of the folders in dir that are the root of a site, by the configuration of its
// generator, in order: a repository may have its site in one of them. Hidden folders, node_modules and
// links are none. A folder that can't be read has none.
func Below(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var sites []string
	for _, e := range entries[:min(maxBelow, len(entries))] {
		if name := e.Name(); e.IsDir() && name[0] != '.' && name != "node_modules" && isSite(filepath.Join(dir, name)) {
			sites = append(sites, name)
		}
	}
	return sites
}

// isSite reports whether the configuration of a generator lies in dir.
func isSite(dir string) bool {
	for _, g := range generators {
		if _, ok := g.read(&reader{dir: dir, sought: map[string]bool{}}); ok && !g.weak {
			return true
		}
	}
	return false
}
