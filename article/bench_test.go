package article

import (
	"testing"

	"feedmill/internal/corpus"
)

func BenchmarkParse(b *testing.B) {
	a := corpus.New(1).Article(0)
	src := a.Append(nil)
	p := New(testOptions())
	b.ReportAllocs()
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if a, problems := p.Parse(a.Path, src); a == nil || len(problems) > 0 {
			b.Fatal(a, problems)
		}
	}
}
