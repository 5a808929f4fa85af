package main

import (
	"path/filepath"

	"feedmill/config"
	"feedmill/preset"
)

// usualTitle is what a site is called whose configuration does not say, and where that is from.
func usualTitle(cfg *config.Config, found *preset.Preset) (title, from string) {
	name := folderName(cfg.Content.Dir)
	switch {
	case found.Title != "":
		return found.Title, "as " + signs(found) + " has it"
	case cfg.Public || cfg.Content.Elsewhere() || name == "": // a copy from elsewhere lies wherever it does
		return cfg.BaseURL.Host, "the host in base_url"
	}
	return name, "the name of the folder"
}

// folderName is what a folder is called, or the one above it where every folder of articles is called
// like that; "" for the root of the disk.
func folderName(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	if filepath.Base(abs) == "content" {
		abs = filepath.Dir(abs)
	}
	if filepath.Dir(abs) == abs {
		return ""
	}
	return filepath.Base(abs)
}
