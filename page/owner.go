package page

import (
	"fmt"
	"time"

	"feedmill/article"
)

// Owner is what the owner's page tells.
type Owner struct {
	Speaks    string // the language of the site
	Site, URL string // its title and where its pages are; "" as long as nobody knows
	Version   string // of the program
	Token     bool   // a session can be ended

	State, Reason string // of the watching: see the status
	StateProblem  string // why changes are not safe in the state folder; "": they are
	ConfigError   string // why the last reload of the configuration was in vain; "" where it was not

	Current            int // the number of the generation
	Articles, HasFeeds int
	Problems           int       // in all
	Shown              []Problem // the first of them

	Ways          []Way   // the origin of the content, then where feeds are published
	Hub           bool    // the site has one of its own
	Subscriptions int     // to that; negative: unknown for now
	ByTopic       []Count // the feeds with the most of them
	Failing       []Count // the hosts with the most failures in a row

	Past             []Generation // the newest first
	ByFeed, ByReader []Audience   // those with the most requests
}

// Problem is something wrong with a content file, and the line that it is about.
type Problem struct {
	article.Problem
	Text string // of the line as it is now, or ""
}

// IsError reports whether the article is not in the feeds, or an older version of it is.
func (p Problem) IsError() bool { return p.Severity != article.Warning }

// Way is how it goes with a place that the content comes from, or that feeds go to.
type Way struct {
	Name        string    // of the place
	Inward      bool      // the content comes from there
	Held        string    // the commit or listing, or how many documents are there; "": unknown
	Current     bool      // that is the newest
	At          time.Time // of the last success; zero: none yet
	Error, Hint string    // of the failures that last; "": there are none
	Since       time.Time // of the first of them
}

// Count is how many there are of something.
type Count struct {
	Name  string
	Count int
}

// Generation is a change of what is served.
type Generation struct {
	Number           uint64
	At               time.Time
	Took             time.Duration
	Changed, Removed int      // articles
	Feeds            int      // that have a new version
	Names            []string // of some of those
	Configuration    bool     // it came with a new configuration
}

// Audience is what was asked for by one reader, or of one feed.
type Audience struct {
	Name                  string // "" for a reader without one
	Requests, NotModified int
	Bytes                 uint64
	Subscribers           int // as readers tell
}

// Share is how many of 100 requests had the present version already.
func (a Audience) Share() string {
	return fmt.Sprintf("%d %%", (100*a.NotModified+a.Requests/2)/max(a.Requests, 1))
}

// Size writes a number of bytes.
func (a Audience) Size() string {
	size, unit := float64(a.Bytes), "B"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, next
	}
	if size < 10 && unit != "B" {
		return fmt.Sprintf("%.1f %s", size, unit)
	}
	return fmt.Sprintf("%.0f %s", size, unit)
}

type ownerPage struct {
	frame
	Owner
	Shortened bool // there are problems that are not shown
}

// HTML is the page. Its addresses are relative to its own.
func (o Owner) HTML() ([]byte, error) {
	d := ownerPage{ownerFrame(o.Speaks), o, len(o.Shown) < o.Problems}
	if o.Site != "" {
		d.Title = o.Site + " – " + d.Title
	}
	return render("owner.html", d)
}

// Login is the page that asks for the token; wrong says that one was, but not the right one.
func Login(language string, wrong bool) ([]byte, error) {
	return render("login.html", struct {
		frame
		Wrong bool
	}{ownerFrame(language), wrong})
}

func ownerFrame(language string) frame {
	w := wordsFor(language)
	return frame{words: w, Style: assets.style, Script: assets.owner, Icon: assets.icon, Title: w.T("owner")}
}

// StateText says in words how the watching goes.
func (o ownerPage) StateText() string { return o.T("state." + o.State) }

// ReasonText says in words why, or with the reason's own name where this page has none.
func (o ownerPage) ReasonText() string {
	if text := o.T("reason." + o.Reason); text != "" {
		return text
	}
	return o.Reason
}

// When writes a moment for people; a script may put it into their own zone.
func (o ownerPage) When(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

// Duration writes how long something took.
func (o ownerPage) Duration(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return d.Round(time.Second).String()
}

// WayText says in words how it goes with a place.
func (o ownerPage) WayText(w Way) string {
	switch {
	case w.Error != "":
		return o.T("way.failing")
	case w.Current:
		return o.T("way.current")
	}
	return o.T("way.behind")
}

// counts is rows that count something.
type counts struct {
	words
	Of, In string // the keys of what the rows are about, and of what is counted
	Rows   []Count
}

// Counts puts the rows together with what they are about.
func (o ownerPage) Counts(of, in string, rows []Count) counts { return counts{o.words, of, in, rows} }

// table is the rows about readers or feeds.
type table struct {
	words
	Of   string // the key of what the rows are about
	Rows []Audience
}

// Table puts the rows together with what they are about.
func (o ownerPage) Table(of string, rows []Audience) table { return table{o.words, of, rows} }
