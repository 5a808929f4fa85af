package preset

import "cmp"

// eleventyGlobals are the files of global data in which sites commonly keep what their templates say of
// them, as eleventy-base-blog does.
var eleventyGlobals = []string{"metadata", "site", "meta"}

// about is what the site says of itself: to its feed plugin, else in its global data, which lies in the
// folder data.
func (e *eleventySite) about(data string) values {
	plugin := scriptAbout(scriptObject(e.script, "metadata"))
	v := e.globals(data).merged(plugin)
	v["description"] = cmp.Or(plugin.text("subtitle"), v.text("description"))
	e.say(v.text("title"), cmp.Or(v.text("base"), v.text("url")), cmp.Or(v.text("language"), v.text("lang")), "")
	return v
}

func (e *eleventySite) globals(data string) values {
	if e.root == "" {
		return nil
	}
	r := &reader{dir: e.root, sought: e.sought}
	var v values
	for _, name := range eleventyGlobals {
		file := join(data, name)
		if src, ok := r.script(file+".js", file+".mjs", file+".cjs"); ok {
			v = v.merged(scriptAbout(scriptExport(src)))
		} else if said, ok := r.values(file + ".json"); ok {
			v = v.merged(said)
		}
	}
	e.preset.Files, e.preset.Problems = append(e.preset.Files, r.files...), append(e.preset.Problems, r.problems...)
	return v
}

// scriptAbout gives what an object in a script says of a site in plain values.
func scriptAbout(object string) values {
	v := scriptTexts(object, "title", "subtitle", "description", "author", "base", "url", "language", "lang")
	if author := scriptObject(object, "author"); author != "" {
		v["author"] = scriptTexts(author, "name", "email", "url")
	}
	return v
}

// scriptTexts gives what stands for these keys in an object, and not in what lies in it.
func scriptTexts(object string, keys ...string) values {
	v, top := values{}, scriptTop(object)
	for _, key := range keys {
		if s := scriptValue(top, key); s != "" {
			v[key] = s
		}
	}
	return v
}
