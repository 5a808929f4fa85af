package article

import (
	"testing"
	"time"
)

func TestIsArticle(t *testing.T) {
	tests := []struct {
		name string
		want bool
	}{
		{"a.md", true},
		{"posts/a.markdown", true},
		{"posts/a.MDX", true},
		{"posts/a.mdown", true},
		{"posts/a.html", true},
		{"posts/index.md", true},
		{"_posts/2024-03-09-a.md", true},
		{"posts/_a.md", true},
		{"posts/a.b.md", true},
		{"_index.md", false},
		{"posts/_index.zh-CN.md", false},
		{"posts/_INDEX.html", false},
		{"posts/.a.md", false},
		{"posts/.md", false},
		{".git/a.md", false},
		{"posts/..data/a.md", false},
		{"posts/a.md~", false},
		{"posts/a.txt", false},
		{"posts/md", false},
		{"", false},
	}
	for _, test := range tests {
		if got := isArticle(test.name); got != test.want {
			t.Errorf("isArticle(%q) = %v, want %v", test.name, got, test.want)
		}
	}
}

func TestReadName(t *testing.T) {
	tests := []struct{ name, slug, language, published string }{
		{"posts/the-mill.md", "the-mill", "", ""},
		{"posts/2024-03-09-the-mill.md", "the-mill", "", "2024-03-09"},
		{"posts/2024_3_9_the-mill.md", "the-mill", "", "2024-03-09"},
		{"posts/2024-03-09 the mill.md", "the mill", "", "2024-03-09"},
		{"posts/2024-03-09.md", "2024-03-09", "", "2024-03-09"},
		{"posts/2024-03-09-mill/index.md", "mill", "", "2024-03-09"},
		{"posts/2024-03-09-mill/index.zh-CN.md", "mill", "zh-CN", "2024-03-09"},
		{"posts/2024-03-09-mill/wheel.md", "wheel", "", "2024-03-09"},
		{"posts/2024-03-09-mill/2024-03-10-wheel.md", "wheel", "", "2024-03-10"},
		{"2024/03/09/mill.md", "mill", "", "2024-03-09"},
		{"posts/2024/3/9/mill/index.md", "mill", "", "2024-03-09"},

		// these only look like dates
		{"posts/20250211A06D2N00.md", "20250211A06D2N00", "", ""},
		{"posts/2024-03-091.md", "2024-03-091", "", ""},
		{"posts/2024-13-45-mill.md", "mill", "", ""},
		{"posts/1024-03-09-mill.md", "mill", "", ""},
		{"posts/2024/03/mill.md", "mill", "", ""},
		{"posts/2024/03/10-ways.md", "10-ways", "", ""},

		{"posts/mill.de.md", "mill", "de", ""},
		{"posts/mill.zh-hans.md", "mill", "zh-Hans", ""},
		{"posts/mill.pt_BR.md", "mill", "pt-BR", ""},
		{"zh-CN/posts/mill.md", "mill", "zh-CN", ""},
		{"zh/posts/mill.en.md", "mill", "en", ""},
		{"posts/zh/mill.md", "mill", "", ""},
		{"posts/socket.io.md", "socket.io", "", ""},
		{"posts/app.min.md", "app.min", "", ""},
		{"posts/v1.2.md", "v1.2", "", ""},
	}
	for _, test := range tests {
		got := readName(test.name, time.UTC)
		published := ""
		if !got.published.IsZero() {
			published = got.published.Format(time.DateOnly)
		}
		if got.slug != test.slug || got.language != test.language || published != test.published {
			t.Errorf("readName(%q) = slug %q, language %q, published %q, want %q, %q, %q",
				test.name, got.slug, got.language, published, test.slug, test.language, test.published)
		}
	}
}
