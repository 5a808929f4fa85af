package article

import (
	"bytes"
	"regexp"
)

var (
	// lists is where a template goes through pages, or asks a generator for a list of them.
	lists = regexp.MustCompile(`\{\{-?\s*range\b|\{%-?\s*for\b|\{[{%][^{}]*(?:\bcollections\.|\bsite\.(?:posts|pages|documents|tags|categories)\b|eleventyNavigation)`)
	// templates are loops with what they hold, and other tags.
	templates = regexp.MustCompile(`(?s)\{\{-?\s*range\b.*?\{\{-?\s*end\s*-?\}\}|\{%-?\s*for\b.*?\{%-?\s*endfor\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}`)
	// frame is what such a page has around that: headings, links that lead on, tags, comments.
	frame = regexp.MustCompile(`(?s)<!--.*?-->|<style\b.*?</style>|<(?:a|script|h[1-6])\b[^<>]*>[^<>]*</(?:a|script|h[1-6])>|</?[a-zA-Z][^<>]*>|(?m:^#{1,6} [^\n]*$)|!?\[[^\[\]]*\]\([^()\s]*\)`)
	words = regexp.MustCompile(`[\pL\pN]+`)
)

// maxListing is how long the body of such a page may be, in bytes.
const maxListing = 64 << 10

// maxFrameWords is how much a page may say of the articles that it lists.
const maxFrameWords = 8

// isListing reports whether body is of a page that lists others: what a template makes of them is all
// that it shows.
func isListing(body []byte) bool {
	if len(body) > maxListing {
		return false
	}
	hasTemplate := bytes.Contains(body, []byte("{{")) || bytes.Contains(body, []byte("{%"))
	if !hasTemplate || !lists.Match(body) || bytes.Contains(body, []byte("```")) {
		return false
	}
	own := frame.ReplaceAll(templates.ReplaceAll(body, nil), nil)
	return len(words.FindAll(own, maxFrameWords+1)) <= maxFrameWords
}
