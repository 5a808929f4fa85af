package preset

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feedmill/article"
)

// TestTranslations runs the archives in testdata/translations, which are like those of [TestSites] but
// for the lines of "want": the path of an article, that of what it translates, and the address at which a
// picture beside it is, or "-" where that is not of interest.
func TestTranslations(t *testing.T) {
	eachFixture(t, "translations", func(t *testing.T, s fixture, found *Preset) {
		p := article.New(article.Options{Site: s.site, Layout: found.Layout})
		var got []string
		for _, line := range s.want {
			words := strings.Fields(line)
			name, picture := words[0], words[2]
			if picture != "-" {
				src := "---\ntitle: Tide\ndate: 2024-01-02\nslug: ebb-and-flow\nimage: pic.png\n---\n"
				a, _ := p.Parse(name, []byte(src))
				picture = a.Image
			}
			got = append(got, name+" "+p.Original(name)+" "+picture)
		}
		if diff := cmp.Diff(s.want, got); diff != "" {
			t.Errorf("originals (-want +got):\n%s", diff)
		}
	})
}
