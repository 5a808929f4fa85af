package article

import (
	"sync"
	"testing"
)

// TestRenderConcurrent is for the race detector, and for what one body could leave behind in another.
func TestRenderConcurrent(t *testing.T) {
	p := New(testOptions())
	a := &Article{Path: "posts/x.md", URL: "https://example.org/posts/x/", bodyLine: 1}
	b := &Article{Path: "posts/y.mdx", URL: "https://example.org/posts/y/", bodyLine: 1}
	src := []byte("# Wheel\n\n{{< figure src=\"a.png\" caption=\"A\" >}}\n\nIt turns[^1]. <Tag/>\n\n[^1]: Again.\n")
	wantA, _ := p.Render(a, src, nil)
	wantB, _ := p.Render(b, src, nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				gotA, _ := p.Render(a, src, nil)
				gotB, _ := p.Render(b, src, nil)
				if gotA != wantA || gotB != wantB {
					t.Errorf("got %v and %v, want %v and %v", gotA, gotB, wantA, wantB)
				}
			}
		})
	}
	wg.Wait()
}
