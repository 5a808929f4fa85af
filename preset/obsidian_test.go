package preset

import "testing"

func TestObsidianAttached(t *testing.T) {
	for _, test := range []struct{ setting, want string }{
		{"", ""},
		{"/", ""},
		{"Pasted", "Pasted"},
		{"Deep/Pasted/", "Deep/Pasted"},
		{"./", "Notes"},
		{"./Pasted", "Notes/Pasted"},
	} {
		if got := obsidianAttached(test.setting, "Notes/Tide.md"); got != test.want {
			t.Errorf("obsidianAttached(%q) = %q, want %q", test.setting, got, test.want)
		}
	}
}
