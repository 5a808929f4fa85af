package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// explained is keys with one explanation in config.yaml.
type explained struct {
	text string
	keys []referenceLine
}

// explanations gives all of config.yaml, and the paragraphs at its beginning.
func explanations(t *testing.T) (head string, all []explained) {
	t.Helper()
	text, err := readSmall("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var comment []string
	closed := true // the next key begins another explanation
	for _, l := range readReference(text) {
		switch {
		case l.text == "":
			if head == "" {
				head = strings.Join(comment, "\n")
			}
			comment, closed = nil, true
		case l.key == "":
			line := strings.TrimPrefix(strings.TrimSpace(l.text), "#")
			comment, closed = append(comment, strings.TrimPrefix(line, " ")), true
		case closed:
			all = append(all, explained{strings.Join(comment, "\n"), []referenceLine{l}})
			comment, closed = nil, false
		default:
			last := &all[len(all)-1]
			last.keys = append(last.keys, l)
		}
	}
	return head, all
}

// TestReferencePage holds docs/CONFIGURATION.md against config.yaml; -update writes it.
func TestReferencePage(t *testing.T) {
	head, all := explanations(t)
	_, head, _ = strings.Cut(head, "\n\n") // what is said of the sample
	var b strings.Builder
	b.WriteString("# Configuration\n\n<!-- Made of config.yaml by go test ./config -update. -->\n\n")
	b.WriteString("`feedmill init` writes a `config.yaml` for your folder; `title` and `base_url` are all that a site must set. Editors that know YAML check it with [config.schema.json](config.schema.json).\n\n")
	b.WriteString(head + "\n")
	l := newLoader(defaults(""))
	for _, e := range all {
		first := e.keys[0]
		if !strings.Contains(first.key, ".") {
			fmt.Fprintf(&b, "\n## %s\n", first.key)
		}
		if e.text != "" {
			fmt.Fprintf(&b, "\n%s\n", inMarkdown(e.text))
		}
		var rows []string
		for _, k := range e.keys {
			if l.settings[k.key] == nil {
				continue // a section
			}
			usual := ""
			if !k.given && k.value != "" {
				usual = "`" + k.value + "`"
			}
			rows = append(rows, fmt.Sprintf("| `%s` | %s | `%s` |", k.key, usual, variables(k.key)[0]))
		}
		if rows != nil {
			fmt.Fprintf(&b, "\n| key | default | variable |\n|---|---|---|\n%s\n", strings.Join(rows, "\n"))
		}
	}
	golden(t, "../docs/CONFIGURATION", ".md", b.String())
}

// inMarkdown makes an explanation a paragraph, with its examples as code.
func inMarkdown(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "  ") {
			lines = append(lines, "  "+line)
			continue
		}
		lines = append(lines, strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`).Replace(line))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// TestSchema holds docs/config.schema.json against the settings and config.yaml; -update writes it.
func TestSchema(t *testing.T) {
	_, all := explanations(t)
	root := object(nil)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Configuration of feedmill"
	l := newLoader(defaults(""))
	for _, e := range all {
		for _, k := range e.keys {
			put(root, k, schemaOf(t, l, k), strings.Join(strings.Fields(e.text), " "))
		}
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../docs/config.schema", ".json", string(text)+"\n")
}

type schema = map[string]any

func object(more schema) schema {
	s := schema{"type": []string{"object", "null"}, "additionalProperties": false, "properties": schema{}}
	for k, v := range more {
		s[k] = v
	}
	return s
}

// put puts the schema of a key where it belongs. A section that is a setting too may be either.
func put(root schema, k referenceLine, own schema, explanation string) {
	at := root
	names := strings.Split(k.key, ".")
	for _, name := range names[:len(names)-1] {
		at = at["properties"].(schema)[name].(schema)
	}
	if explanation != "" {
		own["description"] = explanation
	}
	at["properties"].(schema)[names[len(names)-1]] = own
}

// schemaOf finds out by trying what the setting of a key takes.
func schemaOf(t *testing.T, l *loader, k referenceLine) schema {
	var s schema
	isSection, isSetting := slices.Contains(l.sections, k.key), l.settings[k.key] != nil
	switch {
	case isSection && isSetting:
		s = object(schema{"type": []string{"object", "string", "null"}})
	case isSection:
		return object(nil)
	case k.key == "feeds.for":
		return schema{"type": []string{"object", "null"}, "additionalProperties": ofFeed(t, l)}
	case k.key == "publish":
		return schema{"type": []string{"array", "null"}, "items": ofTarget()}
	case takes(l, k.key, "{}"):
		s = schema{"type": []string{"object", "string", "null"}, "additionalProperties": schema{"type": []string{"string", "array", "null"}}}
	default:
		s = scalar(l, k.key, "☃x")
		if takes(l, k.key, "[]") || strings.Contains(mistakesOf(l, k.key, "[]"), "want at least one of") {
			item := scalar(l, k.key, "[☃x]")
			s = schema{"anyOf": []schema{item, {"type": "array", "items": item, "uniqueItems": true}}}
		}
	}
	var usual any
	if !k.given && yaml.Unmarshal([]byte(k.value), &usual) == nil && usual != nil {
		s["default"] = usual
	}
	return s
}

// ofFeed is the schema of what the feeds of one taxonomy have of their own: see [Feed].
func ofFeed(t *testing.T, l *loader) schema {
	address := schema{"anyOf": []schema{{"type": []string{"string", "null"}}, {"type": "array", "items": schema{"type": "string"}}}}
	own := schema{"paths": object(schema{"properties": schema{"rss": address, "atom": address, "json": address}})}
	for _, name := range []string{"limit", "content", "formats", "title", "minimum"} {
		own[name] = schemaOf(t, l, referenceLine{key: "feeds." + name, given: true})
	}
	return object(schema{"properties": own})
}

// ofTarget is the schema of a [Target].
func ofTarget() schema {
	texts := func(names ...string) schema {
		all := schema{}
		for _, name := range names {
			all[name] = schema{"type": []string{"string", "null"}}
		}
		return all
	}
	target := texts("folder", "endpoint", "bucket", "prefix", "region", "access_key", "secret_key", "secret_key_file")
	target["path_style"] = schema{"type": []string{"boolean", "null"}}
	target["encoding"] = schema{"enum": []any{nil, "identity", "gzip"}}
	target["purge"] = object(schema{"properties": texts("url", "method", "header", "header_file", "body")})
	return object(schema{"properties": target})
}

// scalar goes by the mistake that nonsense is: it names the words or the numbers wanted.
func scalar(l *loader, key, nonsense string) schema {
	said := mistakesOf(l, key, nonsense)
	_, want, _ := strings.Cut(said, "want ")
	want, _, _ = strings.Cut(want, ", have")
	var low, high int
	if n, _ := fmt.Sscanf(want, "a whole number from %d to %d", &low, &high); n == 2 {
		return schema{"type": []string{"integer", "null"}, "minimum": low, "maximum": high}
	}
	words := strings.Split(strings.Replace(want, " or ", ", ", 1), ", ")
	wrap := func(w string) string { return strings.Replace(nonsense, "☃x", w, 1) }
	switch {
	case said == "" || len(words) < 2 || slices.ContainsFunc(words, func(w string) bool { return !takes(l, key, wrap(w)) }):
		types := []string{"string"}
		if takes(l, key, wrap("1000000")) {
			types = append(types, "number")
		}
		if takes(l, key, wrap("true")) {
			types = append(types, "boolean")
		}
		text := schema{"type": append(types, "null")}
		if len(types) == 1 && takes(l, key, wrap("0")) { // which is a duration
			return schema{"anyOf": []any{text, schema{"const": 0}}}
		}
		return text
	case slices.Equal(words, []string{"true", "false"}):
		return schema{"type": []string{"boolean", "null"}}
	}
	all := []any{nil}
	for _, w := range words {
		all = append(all, w)
	}
	return schema{"enum": all}
}

func takes(l *loader, key, text string) bool { return mistakesOf(l, key, text) == "" }

// mistakesOf is what the setting of a key finds wrong with a YAML value.
func mistakesOf(l *loader, key, text string) string {
	n, err := parse([]byte(text))
	if err != nil {
		return err.Error()
	}
	l = newLoader(l.config)
	l.settings[key](value{key: key, source: "x", mistakes: &l.mistakes}.withItems(n))
	if err := l.mistakes.err(); err != nil {
		return err.Error()
	}
	return ""
}

// TestSchemaFits lets the schema judge configurations: it takes all that are good, config.yaml too,
// and refuses those in which there is a key that is not known or a number out of range.
func TestSchemaFits(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile("../docs/config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	judge := func(file string) error {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := yaml.Unmarshal(text, &v); err != nil {
			return err
		}
		inJSON, err := json.Marshal(v)
		if err != nil {
			return err
		}
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(string(inJSON)))
		if err != nil {
			t.Fatal(err)
		}
		return s.Validate(instance)
	}
	good, _ := filepath.Glob("testdata/good/*.yaml")
	for _, file := range append(good, "../config.yaml") {
		if err := judge(file); err != nil {
			t.Errorf("%s is refused: %v", file, err)
		}
	}
	bad, _ := filepath.Glob("testdata/bad/*.err")
	refused := 0
	for _, file := range bad {
		said, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(said), "unknown key") && !strings.Contains(string(said), "want a whole number") {
			continue
		}
		refused++
		if judge(strings.TrimSuffix(file, ".err")+".yaml") == nil {
			t.Errorf("%s is taken, though: %s", file, said)
		}
	}
	if refused == 0 {
		t.Error("no bad fixture names an unknown key")
	}
}
