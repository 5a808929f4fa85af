package catalog

import (
	"math/rand/v2"
	"strings"
	"testing"

	"feedmill/article"
)

func TestSimilar(t *testing.T) {
	long := strings.Repeat("The wheel of the mill turns slowly in the rain. ", 3) +
		"The millers mend the sluice before the water rises again, and nobody asks why. " +
		"水车在雨中慢慢转动，磨坊主在水涨之前修好了水闸。没有人问为什么，也没有人知道。"
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{long, long, true},
		{long, strings.Replace(long, "slowly", "quickly", 1), true},
		{long, strings.Replace(long, "没有人问", "谁也没问", 1), true},
		{long, "# A heading\n\n" + long + "\n\nOne more sentence at the end.", true},
		{long, strings.ReplaceAll(long, ". ", ".\r\n\r\n"), true},
		{"", "", false},
		{long, "", false},
		{"one", "one", true},
		{"one", "two", false},
		{long, "Something quite different about flour, sacks and the road to town, as told by another miller.", false},
		{"水车在雨中慢慢转动，磨坊主修好了水闸。", "城里的路很远，面粉很重，没有人愿意走。", false},
	} {
		if have := similar(sketchOf([]byte(test.a)), sketchOf([]byte(test.b))); have != test.want {
			t.Errorf("similar(%q, %q) = %v, want %v", test.a, test.b, have, test.want)
		}
	}
}

// TestContentOf: texts that differ in blanks at the ends of lines, in line ends, and before and after
// all of it, are the same content, and no others.
func TestContentOf(t *testing.T) {
	ends := []string{"", "", " ", "\t", "\r", " \r", "\u00a0", "\u3000", "\u2028"}
	words := []string{"mill", "水车", "", "  indented", "caf\u00e9", "\u3000"}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		var plain, other strings.Builder
		other.WriteString(strings.Repeat("\n", r.IntN(3)))
		for range 1 + r.IntN(8) {
			word := words[r.IntN(len(words))]
			plain.WriteString(strings.TrimRight(word, "\u3000") + "\n")
			other.WriteString(word + ends[r.IntN(len(ends))] + "\n")
		}
		text := strings.TrimSpace(plain.String())
		a, b := contentOf(&article.Article{Extras: &article.Extras{}}, []byte(text)), contentOf(&article.Article{Extras: &article.Extras{}}, []byte(other.String()))
		if a != b {
			t.Errorf("%q is another content than %q", text, other.String())
		}
		if more := contentOf(&article.Article{Extras: &article.Extras{}}, []byte("x"+text)); more == a {
			t.Errorf("%q is the same content with more", text)
		}
	}
}

func BenchmarkSketch(b *testing.B) {
	text := []byte(strings.Repeat("The wheel of the mill turns slowly in the rain of March, 水车慢慢转动。", 60))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		sketchOf(text)
	}
}
