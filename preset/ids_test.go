package preset

import (
	"cmp"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestIDs runs the archives in testdata/ids, which are like those of [TestSites] but for the lines of
// "want": the path of an article, and what the generator's own feed knows it by.
func TestIDs(t *testing.T) {
	eachFixture(t, "ids", func(t *testing.T, s fixture, found *Preset) {
		var got []string
		for _, line := range s.want {
			name := line[:strings.LastIndex(line, " ")]
			a := s.parse(t, found, name)
			got = append(got, name+" "+cmp.Or(a.ID, a.URL))
		}
		if diff := gocmp.Diff(s.want, got); diff != "" {
			t.Errorf("ids (-want +got):\n%s", diff)
		}
	})
}
