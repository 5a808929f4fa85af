package page

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestTold(t *testing.T) {
	for _, test := range []struct{ site, text, want string }{
		{"en", "The wheel turns again", "en"},
		{"en", "凌晨四点的面包", "und-Hani"}, // or a Japanese heading
		{"en", "磨坊池塘边的风车在凌晨四点又转了起来。", "zh"},
		{"en", "水車がまた回りはじめた", "ja"},
		{"en", "물레방아가 다시 돈다", "ko"},
		{"en", "دارت العجلة من جديد", "und-Arab"},
		{"en", "הגלגל מסתובב", "und-Hebr"},
		{"en", "Колесо снова крутится", "und-Cyrl"},
		{"en", "使用 Kubernetes 部署 Redis", "und-Hani"}, // a word of Latin is one sign of Chinese
		{"en", "The Tao (道德经)", "en"},                // half and half
		{"en", "What 道 means to a miller", "en"},
		{"en", "1984", "en"},
		{"en", "", "en"},
		{"zh-CN", "凌晨四点的面包", "zh-CN"},
		{"zh-TW", "磨坊池塘邊的風車在凌晨四點又轉了起來。", "zh-TW"},
		{"zh", "iPhone 评测", "zh"},
		{"zh", "The wheel turns again", "und-Latn"},
		{"zh", "水車がまた回りはじめた", "ja"},
		{"ja", "東京水車", "ja"},
		{"ja", "Über die Mühle", "und-Latn"},
		{"ko", "물레방아", "ko"},
		{"ar", "The miller's wheel", "und-Latn"},
		{"ur", "پن چکی", "ur"},
		{"fa", "آسیاب", "fa"},
		{"hi", "पनचक्की फिर चली", "hi"},
		{"sr", "Vodenica ponovo radi", "sr"}, // which is written in both
		{"sr-Cyrl", "Vodenica ponovo radi", "und-Latn"},
		{"el", "Ο νερόμυλος", "el"},
	} {
		if got := told(test.text, test.site); got != test.want {
			t.Errorf("told(%q) on a site in %s = %s, want %s", test.text, test.site, got, test.want)
		}
	}
}

// TestForeign: texts in a script that is not the site's are set by the rules of their own, unless the
// author says how.
func TestForeign(t *testing.T) {
	s := siteOf(t, "en", fstest.MapFS{
		"zh.md": {Data: []byte("---\ntitle: Mill and 磨坊\ndate: 2024-01-01\ntags: [a]\n---\n磨坊池塘边的风车在凌晨四点又转了起来。\n")},
		"ar.md": {Data: []byte("---\ntitle: دارت العجلة من جديد\ndate: 2024-01-02\ntags: [a]\n---\nThe wheel turns.\n")},
		"no.md": {Data: []byte("---\ntitle: 磨坊\ndate: 2024-01-03\nlang: ja\ntags: [a]\n---\nText.\n")},
	})
	index, err := s.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	term, err := s.Term(t.Context(), s.Snapshot.Taxonomies[0].Terms[0])
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{"the catalogue": string(index), "a term": string(term)}
	for _, e := range s.Snapshot.Site.Entries {
		html, err := s.Article(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		pages[e.Path] = string(html)
	}
	for _, test := range []struct{ page, want string }{
		{"the catalogue", `lang="und-Arab" dir="rtl">دارت`},
		{"the catalogue", `lang="ja" dir="ltr">磨坊`},
		{"the catalogue", `lang="en" dir="ltr">Mill and`},
		{"a term", `<p lang="zh" dir="ltr">磨坊池塘`},
		{"a term", `<h3 lang="und-Arab" dir="rtl">`},
		{"zh.md", `<h1 lang="en" dir="ltr">`},
		{"zh.md", `<div class="content" lang="zh" dir="ltr">`},
		{"ar.md", `<h1 lang="und-Arab" dir="rtl">`},
		{"ar.md", `<div class="content" lang="en" dir="ltr">`},
		{"no.md", `<div class="content" lang="ja" dir="ltr">`},
	} {
		if !strings.Contains(pages[test.page], test.want) {
			t.Errorf("%s lacks %s:\n%s", test.page, test.want, pages[test.page])
		}
	}
}
