package article

import (
	"strings"
	"testing"
)

// The paragraphs hold what articles hold: emphasis, links, code, a picture, a list.
const (
	englishParagraph = "The mill by the river turned again this morning, **eleven weeks** after the flood had stopped it. " +
		"The baker, who had waited in the yard since five, says that [the old wheel](/wheel/) sounds *lower* than before; " +
		"`gear 4` has been replaced.\n\n- two sacks of rye\n- one of wheat\n\n![The wheel](wheel.jpg)\n\n"
	chineseParagraph = "今天早上，河边的**磨坊**又转了起来，距离洪水停住它已经过去了十一个星期。面包师从五点起就站在院子里等，" +
		"他说[旧水车](/wheel/)的声音比从前*低沉*一些；`四号齿轮`是新换的。\n\n  \n\n- 两袋黑麦\n- 一袋小麦\n\n![水车](wheel.jpg)\n\n"
)

func BenchmarkRender(b *testing.B) {
	for _, bench := range []struct{ name, paragraph string }{
		{"English", englishParagraph},
		{"Chinese", chineseParagraph},
		{"Templates", englishParagraph + "{{< figure src=\"mill.png\" caption=\"The mill\" >}}\n\n"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			p := New(testOptions())
			src := []byte(strings.Repeat(bench.paragraph, 5000/len(bench.paragraph)+1))
			a := &Article{Path: "posts/mill.md", URL: "https://example.org/posts/mill/", bodyLine: 1}
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if c, problems := p.Render(a, src, nil); c.HTML == "" || len(problems) > 0 {
					b.Fatal(problems)
				}
			}
		})
	}
}
