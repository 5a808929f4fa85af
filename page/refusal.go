package page

import "strconv"

type refusal struct {
	frame
	Heading, Why string
}

// Refusals are the statuses for which there is a [Site.Refusal].
var Refusals = []int{404, 405, 410, 500, 503}

// Refusal is the page that stands where there is no other, with this status of HTTP, which must be one
// of [Refusals]. It needs no snapshot.
func (s Site) Refusal(status int) ([]byte, error) {
	key := "refusal." + strconv.Itoa(status)
	d := refusal{frame: frame{
		words: wordsFor(s.Language), Style: s.BasePath + assets.style, Icon: s.BasePath + assets.icon,
		Home: link{Name: s.Mill.SiteTitle(), URL: s.Mill.At("/")},
	}}
	d.Heading, d.Why = d.T(key), d.T(key+".why")
	d.Title = d.Heading + " – " + d.Home.Name
	return render("refusal.html", d)
}
