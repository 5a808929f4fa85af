package article

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// parseJSON reads a JSON object that begins on the given line of its file.
func parseJSON(src []byte, line int, r *report) (*value, error) {
	j := jsonReader{tree: tree{r: r}, decoder: json.NewDecoder(bytes.NewReader(src)), lines: lineIndex(src, line)}
	j.decoder.UseNumber()
	return j.value(0)
}

type jsonReader struct {
	tree
	decoder *json.Decoder
	lines   lines
}

// token gives the next token and its line.
func (j *jsonReader) token() (json.Token, int, error) {
	token, err := j.decoder.Token()
	line := j.lines.at(int(j.decoder.InputOffset()) - 1)
	if err == nil {
		return token, line, nil
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		line = j.lines.at(int(e.Offset) - 1)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too early")
	}
	return nil, line, errorAt(line, "JSON: %v", err)
}

// value reads the next value, which stands that many levels deep.
func (j *jsonReader) value(depth int) (*value, error) {
	token, line, err := j.token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return j.list(line, depth)
		}
		return j.table(line, depth)
	case string:
		return j.node(textKind, t, line, depth)
	case json.Number:
		return j.node(numberKind, t.String(), line, depth)
	case bool:
		if t {
			return j.node(boolKind, "true", line, depth)
		}
		return j.node(boolKind, "false", line, depth)
	}
	return j.node(nullKind, "", line, depth)
}

func (j *jsonReader) list(line, depth int) (*value, error) {
	v, err := j.node(listKind, "", line, depth)
	if err != nil {
		return nil, err
	}
	for j.decoder.More() {
		item, err := j.value(depth + 1)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	_, _, err = j.token() // ]
	return v, err
}

func (j *jsonReader) table(line, depth int) (*value, error) {
	v, err := j.node(tableKind, "", line, depth)
	if err != nil {
		return nil, err
	}
	for j.decoder.More() {
		token, line, err := j.token()
		if err != nil {
			return nil, err
		}
		member, err := j.value(depth + 1)
		if err != nil {
			return nil, err
		}
		key, _ := token.(string) // the decoder takes nothing else here
		if err := j.add(v, key, line, member); err != nil {
			return nil, err
		}
	}
	_, _, err = j.token() // }
	return v, err
}
