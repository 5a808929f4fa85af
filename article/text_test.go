package article

import (
	"strings"
	"testing"
)

func TestPlainText(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"  The\tmill \n turns　again ", "The mill turns again"},
		{"**Bold**, *italic*, _both_, ~~gone~~ and ***all***", "Bold, italic, both, gone and all"},
		{"水车**又**转了：**“春汛”**之后", "水车又转了：“春汛”之后"},
		{"snake_case_name, 2*3*4, 2 * 3 * 4, a*, *", "snake_case_name, 2*3*4, 2 * 3 * 4, a*, *"},
		{"Python's __init__ and __all of it__", "Python's __init__ and all of it"},
		{"3~5 days", "3~5 days"},
		{"[The mill](/mill) and ![a wheel](w.png)", "The mill and a wheel"},
		{"[The [old] mill](/mill_(old)) [draft] a[0]", "The [old] mill [draft] a[0]"},
		{"[**Bold** link](/x)", "Bold link"},
		{"[unclosed](/x", "[unclosed](/x"},
		{"The `<details>` element, `*x*` and ``a`b``", "The <details> element, *x* and a`b"},
		{"A ` alone", "A ` alone"},
		{"<em>HTML</em> <b class=\"x\">tags</b><br/>go<!-- and comments -->", "HTML tags go"},
		{"<script>alert(1)</script>No scripts", "No scripts"},
		{"a < b > c, Vec<T>, <3, x<y", "a < b > c, Vec<T>, <3, x<y"},
		{"The <dialog> element, <a> vs <button>, a<b and c>d, <img> and </p>", "The <dialog> element, <a> vs <button>, a<b and c>d, <img> and </p>"},
		{"<A HREF='/x'>One <b>and <b>two</b></b></a>, <script>, <b &lt;> and <a name='x'>", "One and two, <script>, <b <> and"},
		{"a <br> b<br/>c<wbr>d<img src='x'>e<i class='x'/>f", "a b cdef"},
		{"List<S>, C<I> and H<B>2</B>O", "List<S>, C<I> and H2O"},
		{"R&amp;D &lt;b&gt; &amp;lt; &#27700; AT&T &notice", "R&D <b> &lt; 水 AT&T &notice"},
		{`\*not\* \# C:\dir`, `*not* # C:\dir`},
		{"a\x00b\x1fc&#1;d", "abcd"},
	} {
		if got := plainText(test.in); got != test.want {
			t.Errorf("plainText(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

// TestPlainTextLong asks for an end: whatever is tried on long titles must not take for ever.
func TestPlainTextLong(t *testing.T) {
	for _, unit := range []string{"[a](", "<a ", "`a``b", "*a_ ", "![", "&a", "\\", "<!--", "<b>", "<script>", "<a></a><a>"} {
		in := strings.Repeat(unit, 1<<16/len(unit))
		if got := plainText(in); got == "" {
			t.Errorf("plainText of many %q is empty", unit)
		}
	}
}

func BenchmarkPlainText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		plainText("观察：多线发展助推**磨坊**“量质齐升”")
	}
}
