package readers

import (
	"path/filepath"
	"testing"
)

// TestPodcast shows a podcast to those who read nothing else.
func TestPodcast(t *testing.T) {
	needReaders(t)
	need(t, "node", "npm/node_modules/podparse")
	out := t.TempDir()
	command(t, build(t), "build", "--config", "testdata/podcast/config.yaml", "--out", out)
	if missed := command(t, "node", "npm/podcast.mjs", "testdata/podcast", filepath.Join(out, "rss.xml")); len(missed) > 0 {
		t.Errorf("%s", missed)
	}
}
