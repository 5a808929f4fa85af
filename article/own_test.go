package article

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestOwn sees that an article keeps what it says, and not all of the front matter that said it.
func TestOwn(t *testing.T) {
	const copies, size = 100, 50_000
	filler := strings.Repeat("x", size)
	p := New(testOptions())
	for _, line := range []string{
		"title: Word%d", "id: urn:mill:%d", "description: Text%d", "author: Ann%d", "author: Ann <ann%d@example.org>", "author: {name: Ann%d}",
		"tags: [wheel%d]", "tags: wheel%d", "lang: en-US-x-a%d", "url: /mill%d/", "image: /mill%d.jpg", "canonical: https://example.net/mill%d",
		"enclosure: /mill%d.mp3", "audio: mill%d.mp3\nepisodeType: bonus\ntranscript: a.vtt\nduration: 14:02",
	} {
		kept := make([]*Article, copies)
		before := heap()
		for i := range kept {
			src := fmt.Appendf(nil, "---\nother: %s\n"+line+"\n---\n", filler, i)
			if kept[i], _ = p.Parse("a.md", src); kept[i] == nil {
				t.Fatalf("%s: no article", line)
			}
		}
		if each := (heap() - before) / copies; each > size/5 {
			t.Errorf("%s: an article with %d bytes of front matter keeps %d", line, size, each)
		}
		runtime.KeepAlive(kept)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
