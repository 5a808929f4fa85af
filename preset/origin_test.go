package preset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOrigins runs the archives in testdata/origins, which are like those of [TestSites] but for the
// lines of "want": what the configuration says of the site, KEY VALUE, and "feed TAXONOMY FORMAT PATH"
// for each address, with "-" for the site.
func TestOrigins(t *testing.T) {
	eachFixture(t, "origins", func(t *testing.T, s fixture, found *Preset) {
		if found.Name != s.generator {
			t.Errorf("Find(%q) = %s, want %s", s.content, found.Name, s.generator)
		}
		o := found.Origin
		var got []string
		for _, said := range [][2]string{
			{"title", found.Title}, {"url", found.BaseURL}, {"language", found.Language}, {"content", o.Content},
			{"description", o.Description}, {"author", o.Author.Name}, {"email", o.Author.Email}, {"taxonomies", strings.Join(o.Taxonomies, " ")},
		} {
			if said[1] != "" {
				got = append(got, said[0]+" "+said[1])
			}
		}
		if o.IDs {
			got = append(got, "ids generator")
		}
		for _, f := range o.Feeds {
			taxonomy := f.Taxonomy
			if taxonomy == "" {
				taxonomy = "-"
			}
			got = append(got, fmt.Sprintf("feed %s %s %s", taxonomy, f.Format, f.Path))
		}
		if diff := cmp.Diff(s.want, got); diff != "" {
			t.Errorf("origin (-want +got):\n%s", diff)
		}
	})
}
