package preset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNames runs the archives in testdata/names, which are like those of [TestSites] but for the
// lines of "want": the path of an article, its authors and their pages, and its tags.
func TestNames(t *testing.T) {
	eachFixture(t, "names", func(t *testing.T, s fixture, found *Preset) {
		var got []string
		for _, line := range s.want {
			name, _, _ := strings.Cut(line, " ")
			a := s.parse(t, found, name)
			got = append(got, fmt.Sprint(name, " ", a.Authors, " ", a.Terms.Of("tags")))
		}
		if diff := cmp.Diff(s.want, got); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
	})
}
