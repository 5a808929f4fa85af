package config

import "strings"

// referenceLine is a line of the config.yaml that explains every key.
type referenceLine struct {
	text  string // the whole line, without its end
	key   string // dotted; "" for a comment or an empty line
	value string // behind the key, as it is written
	given bool   // the key is not commented out
}

// indent is the white space at the line's beginning.
func (r referenceLine) indent() string {
	return r.text[:len(r.text)-len(strings.TrimLeft(r.text, " "))]
}

// name is the last part of the key.
func (r referenceLine) name() string { return r.key[strings.LastIndexByte(r.key, '.')+1:] }

// readReference splits that file. A comment begins with "# ", a key that is commented out with "#".
func readReference(text []byte) []referenceLine {
	var lines []referenceLine
	var sections []string // above the line, one for each two blanks
	for text := range strings.SplitSeq(strings.TrimSuffix(string(text), "\n"), "\n") {
		l := referenceLine{text: text, given: true}
		content := text[len(l.indent()):]
		if after, ok := strings.CutPrefix(content, "#"); ok {
			content, l.given = after, false
		}
		name, value, ok := strings.Cut(content, ":")
		if ok && name != "" && !strings.ContainsAny(name, " #") {
			sections = append(sections[:min(len(sections), len(l.indent())/2)], name)
			l.key, l.value = strings.Join(sections, "."), strings.TrimSpace(value)
		}
		lines = append(lines, l)
	}
	return lines
}

// Fill makes a new configuration of the text of config.yaml: its comments, these values, which are
// YAML, and nothing else. A value that is a block begins with a new line. The head takes the place
// of the first paragraph.
func Fill(reference []byte, head string, values map[string]string) []byte {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(head)) {
		b.WriteString("# " + strings.TrimSuffix(line, "\n") + "\n")
	}
	inHead := true
	for _, l := range readReference(reference) {
		if inHead = inHead && l.text != "#"; inHead {
			continue
		}
		switch value, ok := values[l.key]; {
		case l.key == "":
			b.WriteString(l.text)
		case ok:
			b.WriteString(l.indent() + l.name() + ":")
			if !strings.HasPrefix(value, "\n") {
				b.WriteString(" ")
			}
			b.WriteString(value)
		case l.given && l.value == "": // a section
			b.WriteString(l.text)
		case l.given: // of the sample
			b.WriteString(l.indent() + "#" + l.name() + ":")
		default:
			b.WriteString(l.text)
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}
