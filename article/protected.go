package article

import "slices"

// excerptKeys are those of summaries that may be a part of the text.
var excerptKeys = []string{"excerpt", "lead", "lede", "intro"}

// protect leaves out the text of an article that its page shows for a password only, and all that could be
// taken from it. The generators' own feeds hold as much: that there is such an article, and what its author
// says of it.
func (d *draft) protect() {
	by, ok := d.protection()
	if !ok {
		return
	}
	if !d.hidden() {
		d.r.warnf(by.line, "%s: a password protects the text, so only the author's summary is shown; hint: feed: false leaves out the article", by.key)
	}
	d.body.offset = len(d.body.src)
	d.facts["summary"] = slices.DeleteFunc(d.facts["summary"], func(f fact) bool { return slices.Contains(excerptKeys, foldKey(f.key)) })
}

// protection gives what in the front matter says that a password protects the text.
func (d *draft) protection() (fact, bool) {
	for _, f := range d.facts["protected"] {
		if f.kind != boolKind || f.is(yesWords...) {
			return f, true
		}
	}
	if own, ok := d.front.own("password"); ok && own.value.kind == textKind {
		return fact{}, false // an empty one, as hexo-blog-encrypt has it
	}
	for _, f := range d.facts["tags"] {
		for _, tag := range f.each() {
			if name, ok := tag.scalar(); ok && slices.Contains(d.p.o.Layout.Protected, name) {
				return f, true
			}
		}
	}
	return fact{}, false
}
