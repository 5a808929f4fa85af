package page

// What browsers may load for a page, as its Content-Security-Policy (CSP Level 3).
const (
	// Policy is that of pages which hold nothing but what this package has written.
	Policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " + noEscape

	// ArticlePolicy is that of an article's page: pictures and recordings come from where the author
	// has them, and nothing runs. Players are links by then, so there are no frames either.
	ArticlePolicy = "default-src 'none'; style-src 'self'; img-src http: https: data:; media-src http: https:; " + noEscape

	// OwnerPolicy is that of the owner's page, which has forms.
	OwnerPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

	// MediaPolicy is that of a picture or recording beside an article, should it be opened by itself.
	MediaPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

	noEscape = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
