package article

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// factKeys are the front matter keys that tell a fact, the strongest first, as the generators and
// themes have them. A dot leads into a map. Case, "-", "_" and blanks make no difference, and what
// Zola keeps in [extra] and Hugo in params counts as if it stood at the top, last of all.
var factKeys = map[string][]string{
	"title": {"title", "linkTitle", "name", "headline", "articleTitle", "postTitle", "newsTitle", "pageTitle",
		"eleventyNavigation.title", "eleventyNavigation.key"},
	"id": {"id", "guid", "uuid"},
	"date": {"date", "pubDate", "publishDate", "publishedDate", "publishedAt", "datePublished",
		"pubDatetime", "created", "createdAt", "createdDate", "dateCreated", "published", "timestamp"},
	"updated": {"updated", "lastmod", "update", "lastUpdated", "updatedAt", "updatedDate", "dateUpdated",
		"modDatetime", "modified", "lastModified", "lastModifiedAt", "dateModified", "lastUpdate.date", "lastUpdate"},
	"expires":   {"expiryDate", "unpublishDate", "expires"},
	"summary":   {"summary", "description", "excerpt", "lead", "lede", "abstract", "intro"},
	"author":    {"author", "authors", "by", "authorName", "byline", "taxonomies.authors"},
	"authorURL": {"authorURL", "authorLink"},
	"language":  {"lang", "language", "languageCode", "locale"},
	"url":       {}, // its keys, and those of the slug, come from the layout alone
	"slug":      {},
	"source":    {"canonicalURL", "canonical", "originalURL", "originalLink", "externalURL", "link", "source"},
	"image": {"thumbnail", "image", "images", "bannerImage", "featureImage", "featuredImage", "cover",
		"coverImage", "heroImage", "header.image", "header.teaser", "hero", "img"},
	"enclosure": {"enclosure", "enclosures"},
	"media": {"audio", "podcast", "video", "podcastLink", "podcastURL", "audioFile", "audioURL", "mp3", "videoURL",
		"podcast.audio", "episode.audio"},
	"length":     {"enclosureLength", "podcastBytes", "podcastLength", "audioBytes", "audioSize"},
	"categories": {"categories", "category", "taxonomies.categories"},
	"tags":       {"tags", "tag", "taxonomies.tags", "keywords"},

	// Of episodes.
	"episode": {"episode", "episodeNumber", "podcastEpisode", "itunesEpisode", "podcast.episode", "podcast.number",
		"itunes.episode", "episode.number", "episode.episodeNumber"},
	"season":      ofEpisodes("season", "seasonNumber"),
	"episodeType": ofEpisodes("episodeType"),
	"duration":    ofEpisodes("duration"),
	"explicit":    ofEpisodes("explicit"),
	"episodeImage": {"episodeImage", "episodeCover", "podcastImage", "itunesImage", "podcast.image", "podcast.cover",
		"itunes.image", "episode.image", "episode.cover"},
	"transcript": ofEpisodes("transcript", "transcripts", "transcriptURL", "transcriptFile"),
	"chapters":   ofEpisodes("chapters", "chaptersURL", "chaptersFile"),

	// These keep an article out of the feeds: the first by one of yesWords, the second by one of
	// noWords, the third where there is no body.
	"hidden": {"draft", "ignore", "unlisted", "hidden", "hiddenInRSS", "private", "excludeFromFeed",
		"eleventyExcludeFromCollections", "status", "headless"},
	"shown": {"published", "publish", "feed", "includeInFeed", "includeInFeeds", "build.list",
		"build.render", "permalink"},
	"redirect": {"redirect", "redirectTo"},

	// Readers of the page are asked for a password, by a plugin or a theme.
	"protected": {"password", "passwordProtected", "protected", "encrypted", "encrypt"},
}

// ofEpisodes gives the forms in which podcast themes have keys: alone, with a word before them, or
// in a map of that name.
func ofEpisodes(keys ...string) []string {
	all := slices.Clone(keys)
	for _, word := range []string{"podcast", "itunes", "episode"} {
		for _, key := range keys {
			all = append(all, word+key, word+"."+key)
		}
	}
	return all
}

// Facts gives the names of what front matter may tell, sorted, but for taxonomies of the owner's own.
func Facts() []string {
	return slices.Sorted(maps.Keys(factKeys))
}

var (
	yesWords = []string{"true", "yes", "y", "on", "1", "draft"}           // status: draft
	noWords  = []string{"false", "no", "n", "off", "0", "never", "local"} // build.list: never
)

// flags are the keys, folded by [foldKey], that keep an article out by yes or no and have no other meaning.
var flags = []string{"draft", "ignore", "unlisted", "hidden", "hiddeninrss", "private", "excludefromfeed",
	"eleventyexcludefromcollections", "headless", "includeinfeed", "includeinfeeds", "published"}

// fileDates are what Eleventy has instead of a date: that of the file, which says nothing here.
var fileDates = []string{"Last Modified", "Created", "git Last Modified", "git Created"}

// keyIndex tells which facts a key, folded by [foldKey], stands for. A map that may hold such keys
// is in it too.
type keyIndex map[string][]claim

// claim is where a key stands among those of one fact: the lowest rank is the strongest.
type claim struct {
	fact string
	rank int
}

// newKeyIndex knows the keys of [factKeys] and, before them, those of the owner and of the layout. A
// taxonomy that is not among them is told by its own name.
func newKeyIndex(o Options) keyIndex {
	facts := maps.Clone(factKeys)
	for _, t := range o.Taxonomies {
		if facts[t] == nil {
			facts[t] = []string{t, "taxonomies." + t}
		}
	}
	ix := keyIndex{}
	for fact, keys := range facts {
		rank := 0
		for _, table := range []string{"", "extra.", "params."} {
			keys := slices.Concat(o.Fields[fact], keys)
			if table == "" {
				keys = slices.Insert(keys, len(o.Fields[fact]), o.Layout.Keys[fact]...)
			}
			for _, key := range keys {
				ix.add(foldKey(table+key), claim{fact, rank})
				rank++
			}
		}
	}
	for _, key := range o.Layout.Ignore {
		delete(ix, foldKey(key))
	}
	return ix
}

// add enters a key, and the maps that it lies in.
func (ix keyIndex) add(key string, c claim) {
	for i := range key {
		if table := key[:i]; key[i] == '.' && ix[table] == nil {
			ix[table] = []claim{}
		}
	}
	if !slices.ContainsFunc(ix[key], func(old claim) bool { return old.fact == c.fact }) {
		ix[key] = append(ix[key], c)
	}
}

// facts are the values that an article's front matter has for every fact, the strongest first.
type facts map[string][]fact

// fact is one value and the key that holds it.
type fact struct {
	key  string
	line int
	rank int
	*value
}

// find sorts the fields of front matter by the facts that they tell. Empty ones tell nothing.
func (ix keyIndex) find(front *value, room *room) facts {
	found, single := room.forFacts()
	ix.collect(found, &single, front, "")
	for _, values := range found {
		slices.SortStableFunc(values, func(a, b fact) int { return cmp.Compare(a.rank, b.rank) })
	}
	return found
}

func (ix keyIndex) collect(found facts, single *[]fact, t *value, prefix string) {
	for _, f := range t.fields {
		key := prefix + foldKey(f.key)
		claims, known := ix[key]
		if !known || f.value.empty() {
			continue
		}
		for _, c := range claims {
			told := found[c.fact]
			if told == nil && len(*single) > 0 { // most are told once, each in a slice of its own
				told, *single = (*single)[:0:1], (*single)[1:]
			}
			found[c.fact] = append(told, fact{f.key, f.line, c.rank, f.value})
		}
		if f.value.kind == tableKind {
			ix.collect(found, single, f.value, key+".")
		}
	}
}

// texts yields what the values of a fact say as text, the strongest first. Maps and plain true or
// false say nothing that way.
func (f facts) texts(name string) iter.Seq2[string, fact] {
	return func(yield func(string, fact) bool) {
		for _, v := range f[name] {
			if s, ok := v.scalar(); ok && v.kind != boolKind && !yield(s, v) {
				return
			}
		}
	}
}
