package feed_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"feedmill/feed"
)

// TestHostile puts what breaks XML into every field of an article: whatever comes out must parse,
// and hold only characters that XML 1.0 knows.
func TestHostile(t *testing.T) {
	texts := hostileTexts()
	fsys := fstest.MapFS{}
	for i, text := range texts {
		for j, key := range []string{"title", "summary", "tags", "author", "id", "url", "image", "lang", ""} {
			src := fmt.Sprintf("---\ntitle: T\ndate: 2024-01-%02d\n", i%28+1)
			body := "Text."
			switch key {
			case "":
				body = text + "\n\n`" + text + "`\n\n    " + text
			case "title":
				src = "---\ndate: 2024-01-01\n"
				fallthrough
			default:
				quoted, _ := json.Marshal(text)
				src += key + ": " + string(quoted) + "\n"
			}
			fsys[fmt.Sprintf("a%03d-%d.md", i, j)] = &fstest.MapFile{Data: []byte(src + "---\n" + body + "\n")}
		}
	}
	s := newSite(t, fsys, nil)
	if s.Articles < len(texts) {
		t.Errorf("%d articles of %d files", s.Articles, len(fsys))
	}
	agree(t, s)
}

func hostileTexts() []string {
	texts := []string{"]]>", "<![CDATA[", "<!-- --", "<?xml ?>", "&#0;", "&amp;amp;", "&bogus;", "</item></channel>", "\u2028\u202e\u200b", "\"'`", "a\xffb", "\ufffe\uffff", "\U0010ffff", "{{ x }}", "<b>bold</b>"}
	for c := range 0x20 {
		texts = append(texts, fmt.Sprintf("a%cb", c))
	}
	return texts
}

func wellFormed(f feed.Format, body []byte) error {
	if !utf8.Valid(body) {
		return errors.New("not UTF-8")
	}
	for i, r := range string(body) {
		// XML 1.0 §2.2: Char.
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return fmt.Errorf("%U at %d", r, i)
		}
	}
	if f == feed.JSON {
		if !json.Valid(body) {
			return errors.New("not JSON")
		}
		return nil
	}
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
