package preset

import (
	"os"
	"path/filepath"
	"testing"
)

func TestObsidianAttached(t *testing.T) {
	for _, test := range []struct{ settings, want string }{
		{`{}`, ""},
		{`{"attachmentFolderPath": "/"}`, ""},
		{`{"attachmentFolderPath": "Pasted"}`, "Pasted"},
		{`{"attachmentFolderPath": "Deep/Pasted/", "newLinkFormat": "shortest"}`, "Deep/Pasted"},
		{`{"attachmentFolderPath": "./"}`, "Notes"},
		{`{"attachmentFolderPath": "./Pasted"}`, "Notes/Pasted"},
		{`{"attachmentFolderPath": "Pasted", "newLinkFormat": "relative"}`, "Notes"},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, ".obsidian"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, ".obsidian", "app.json"), []byte(test.settings), 0o644); err != nil {
			t.Fatal(err)
		}
		found, err := Find(Options{Dir: dir, Name: Auto})
		if err != nil {
			t.Fatal(err)
		}
		if got := found.Layout.Attached("Notes/Tide.md"); got != test.want {
			t.Errorf("attached with %s = %q, want %q", test.settings, got, test.want)
		}
	}
}
