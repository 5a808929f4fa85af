package watcher

import "strings"

// ignored reports whether nobody wants to hear of a name: what is hidden, and the files that
// editors and copying programs put beside another one until that is whole. A folder is only ever
// ignored for being hidden, since its articles are wanted whatever it is called.
func ignored(name string, folder bool) bool {
	if hidden(name) {
		return true
	}
	if folder {
		return false
	}
	switch {
	case name == "4913", // Vim asks with it whether the folder can be written to
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#"), // Emacs
		strings.HasPrefix(name, "~$"),                                // Office
		strings.Contains(name, "___jb_"):                             // JetBrains
		return true
	}
	for _, suffix := range []string{"~", ".swp", ".swo", ".swx", ".tmp", ".part"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// swapped reports whether an event on a hidden name may have changed files that are not hidden:
// Kubernetes updates a mounted ConfigMap by replacing the symlink ..data, through which its files
// are reached.
func swapped(name string) bool { return strings.HasPrefix(name, "..") }
