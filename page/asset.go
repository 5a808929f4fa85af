package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
)

// assetPath is where the files that pages load have their addresses, below the base URL.
const assetPath = "-/"

//go:embed assets
var assetFiles embed.FS

// Asset is a file that pages load. Its address holds a digest of it, so it never changes.
type Asset struct {
	Name      string
	MediaType string // without parameters
	Body      []byte
}

// assets are the addresses of the files, without a slash at their start.
var assets = struct{ style, script, owner, icon string }{
	asset("style.css", "text/css"),
	asset("catalogue.js", "text/javascript"),
	asset("owner.js", "text/javascript"),
	asset("icon.svg", "image/svg+xml"),
}

var assetsByPath = map[string]Asset{}

func asset(name, mediaType string) string {
	body, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // can't be: it is part of the program
	}
	sum := sha256.Sum256(body)
	ending := path.Ext(name)
	address := assetPath + name[:len(name)-len(ending)] + "-" + hex.EncodeToString(sum[:6]) + ending
	assetsByPath["/"+address] = Asset{address, mediaType, body}
	return address
}

// FindAsset returns the file at a path below the base URL, if there is one.
func FindAsset(path string) (Asset, bool) {
	a, ok := assetsByPath[path]
	return a, ok
}
