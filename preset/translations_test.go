package preset

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feedmill/article"
)

// TestTranslations runs the archives in testdata/translations, which are like those of [TestSites] but
// for the lines of "want": the path of an article, and that of what it translates.
func TestTranslations(t *testing.T) {
	eachFixture(t, "translations", func(t *testing.T, s fixture, found *Preset) {
		p := article.New(article.Options{Site: s.site, Layout: found.Layout})
		var got []string
		for _, line := range s.want {
			name, _, _ := strings.Cut(line, " ")
			got = append(got, name+" "+p.Original(name))
		}
		if diff := cmp.Diff(s.want, got); diff != "" {
			t.Errorf("originals (-want +got):\n%s", diff)
		}
	})
}
