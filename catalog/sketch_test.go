package catalog

import (
	"strings"
	"testing"
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

func BenchmarkSketch(b *testing.B) {
	text := []byte(strings.Repeat("The wheel of the mill turns slowly in the rain of March, 水车慢慢转动。", 60))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		sketchOf(text)
	}
}
