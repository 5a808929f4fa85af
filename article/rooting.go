package article

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Rooting says before which paths from a host's root the generator writes the folder that the site has
// there. The zero Rooting is before none.
type Rooting struct {
	Links    bool // of Markdown and of components
	Images   bool // of Markdown
	Relative bool // images of Markdown that are relative are below that folder, too
	Image    bool // those that front matter names
	HTML     bool // all in a body, however they are written
	Again    bool // also before those that begin with the folder
}

// rooted gives an address as the generator writes it that roots those of its kind, if it does. One that
// means an article by its file stays, and so does that of the folder itself.
func (o Options) rooted(does bool, ref string) string {
	if !does || !strings.HasPrefix(ref, "/") || strings.HasPrefix(ref, "//") {
		return ref
	}
	folder := o.folder()
	name, _, _ := strings.Cut(ref, "#")
	if isArticleFile(name) || ref == folder+"/" || !o.Layout.Rooted.Again && strings.HasPrefix(ref+"/", folder+"/") {
		return ref
	}
	return folder + ref
}

func (o Options) rootedLink(ref string) string {
	return o.rooted(o.Layout.Rooted.Links, strings.TrimPrefix(ref, "pathname://")) // see [renderer.linkURL]
}

func (o Options) rootedImage(ref string) string {
	isRelative := ref != "" && strings.IndexByte("/#", ref[0]) < 0 && !strings.Contains(ref, ":")
	if isRelative && o.Layout.Rooted.Relative {
		return o.folder() + "/" + ref
	}
	return o.rooted(o.Layout.Rooted.Images, ref)
}

func (o Options) rootedHTML(ref string) string { return o.rooted(o.Layout.Rooted.HTML, ref) }

// rootedMarkdown does so with what is written as Markdown, before it is HTML like other.
type rootedMarkdown struct{ o Options }

func (t rootedMarkdown) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = []byte(t.o.rootedLink(string(n.Destination)))
		case *ast.Image:
			n.Destination = []byte(t.o.rootedImage(string(n.Destination)))
		}
		return ast.WalkContinue, nil
	})
}
