package catalog_test

import (
	"strings"
	"testing"

	"feedmill/catalog"
)

func TestSlug(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"Go", "go"},
		{"c++", "c++"}, {"C#", "c#"}, {".NET", ".net"}, {"c", "c"},
		{"算力", "算力"},
		{"Ｇｏ", "go"},                // full width
		{"Cafe\u0301", "caf\u00e9"}, // decomposed
		{"हिन्दी", "हिन्दी"},        // combining marks stay
		{"Foo & Bar", "foo-bar"},
		{"  a \t b  ", "a-b"},
		{"a/b", "a-b"}, {"a - b", "a-b"}, {"a--b", "a--b"},
		{"what?!", "what"},
		{"../../etc", "..-..-etc"},
		{".", "cdb4ee2a"}, {"..", "5ec1f7e7"},
		{"!!!", "e84c538e"},
		{"a\x00b", "ab"},
	} {
		if have := catalog.Slug(test.name); have != test.want {
			t.Errorf("Slug(%q) = %q, want %q", test.name, have, test.want)
		}
	}
	long := catalog.Slug(strings.Repeat("长", 4000))
	if len(long) > 150 || !strings.HasPrefix(long, "长长") {
		t.Errorf("Slug of a long name = %q (%d bytes)", long, len(long))
	}
	if other := catalog.Slug(strings.Repeat("长", 4001)); other == long {
		t.Errorf("long names share the slug %q", long)
	}
}
