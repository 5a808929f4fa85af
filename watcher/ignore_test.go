package watcher

import "testing"

func TestIgnored(t *testing.T) {
	tests := []struct {
		name         string
		file, folder bool
	}{
		{"a.md", false, false},
		{"文章.md", false, false},
		{"a~b.md", false, false},
		{"#hashtag.md", false, false},
		{"tmp", false, false},
		{"swp.md", false, false},
		{".git", true, true},
		{".a.md.swp", true, true},
		{"..data", true, true},
		{".#a.md", true, true},
		{".goutputstream-X1Y2Z3", true, true},
		{"a.md~", true, false},
		{"#a.md#", true, false},
		{"a.md.swx", true, false},
		{"a.md.tmp", true, false},
		{"a.md.part", true, false},
		{"4913", true, false},
		{"a.md___jb_tmp___", true, false},
		{"~$a.docx", true, false},
	}
	for _, tt := range tests {
		if got := ignored(tt.name, false); got != tt.file {
			t.Errorf("ignored(%q, file) = %v, want %v", tt.name, got, tt.file)
		}
		if got := ignored(tt.name, true); got != tt.folder {
			t.Errorf("ignored(%q, folder) = %v, want %v", tt.name, got, tt.folder)
		}
	}
}
