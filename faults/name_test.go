//go:build linux

package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestW27DeepAndLong(t *testing.T) {
	for _, mode := range []string{"auto", "poll"} {
		t.Run(mode, func(t *testing.T) {
			s := newSite(t, "watch: {reconcile: 1h, delete_grace: 2s, mode: "+mode+"}\nfeeds: {limit: 1000}", "python3")
			s.start("", "")
			// 200 levels of long names make a path that no call takes at once.
			s.sh(`python3 - <<'END'
import os
os.chdir("content")
text = open("first.md").read()
for name in ["n" * 252 + ".md", "é" * 126 + ".md"]:
    open(name, "w").write(text.replace("First", "Long"))
for i in range(200):
    os.mkdir("d" * 40)
    os.chdir("d" * 40)
    open("a.md", "w").write(text.replace("First", f"At depth {i + 1}."))
END`)
			s.write("second.md", article("Second", "Beside them."))
			s.untilFeed("At depth 1.")
			s.untilFeed("Beside them.")
			s.untilLog("deeper than")
			if n := strings.Count(s.log(), "deeper than"); n != 1 {
				t.Errorf("the depth is told %d times, want once", n)
			}
			s.sh("sed -i s/Beside/Still/ content/second.md")
			s.untilFeed("Still them.")
			s.untilRight(1 << 20)
			if n := s.metric("feedmill_articles"); n != 4+64 {
				t.Errorf("%v articles, want 68", n)
			}
			s.sh("rm -r content/dddd*")
			s.untilFeed("!At depth")
			s.untilRight(0)
		})
	}
}

func TestW28OddNames(t *testing.T) {
	odd := []string{
		"a b.md", "new\nline.md", "tab\t.md", "\u202egnol.md", "שלום.md", "%2e%2e.md", "a%2fb.md", "q?x=1#f.md", "<b>&\"'.md", "back\\slash.md",
		"-rf.md", "$HOME.md", "*.md", "caf\u00e9.md", "cafe\u0301.md", "UPPER.md", "upper.md", "ﬁ.md", "💩.md", "..two.md", "\u00a0.md",
	}
	s := newSite(t, "watch: {reconcile: 1h, delete_grace: 2s}\nfeeds: {limit: 1000}", "python3")
	s.start("", "")
	for i, name := range odd {
		s.write(name, article(fmt.Sprint("Odd ", i), "Text."))
	}
	for _, name := range []string{"\xff.md", "\xc3\x28.md", "folder\xff/inside.md"} {
		s.write(name, article("Not UTF-8", "Text."))
	}
	s.untilRight(1)
	body := s.feed()
	for i, name := range odd {
		want := 1
		if strings.HasPrefix(name, ".") {
			want = 0 // it is hidden
		}
		if n := strings.Count(body, fmt.Sprintf("<title>Odd %d</title>", i)); n != want {
			t.Errorf("%q is in the feed %d times, want %d", name, n, want)
		}
	}
	if strings.Contains(body, "Not UTF-8") {
		t.Error("a name that is not valid UTF-8 is served")
	}
	if n := strings.Count(s.log(), "not valid UTF-8"); n != 3 {
		t.Errorf("the log tells of %d names that are not valid UTF-8, want 3", n)
	}
	s.sh(`python3 - out <<'END'
import json, pathlib, sys, urllib.parse, xml.etree.ElementTree as tree
items = json.loads(pathlib.Path(sys.argv[1], "feed.json").read_bytes())["items"]
ids, urls = {i["id"] for i in items}, {i["url"] for i in items}
assert len(ids) == len(urls) == len(items) > 15, (len(ids), len(urls), len(items))
for url in urls:
    url.encode("ascii")
    assert not set(url) & set(' <>"\\^{}|') and "\n" not in url, url
    parts = urllib.parse.urlsplit(url)
    assert parts.netloc == "example.org" and not parts.query and not parts.fragment, url
    assert ".." not in urllib.parse.unquote(parts.path).split("/"), url
for f in pathlib.Path(sys.argv[1]).rglob("*.xml"):
    tree.parse(f)
END`)
	for _, name := range odd {
		if err := os.Remove(filepath.Join(s.content, name)); err != nil {
			t.Error(err)
		}
	}
	if err := syscall.Unlink(filepath.Join(s.content, "\xff.md")); err != nil {
		t.Error(err)
	}
	s.untilFeed("!Odd")
	s.untilRight(1)
}
