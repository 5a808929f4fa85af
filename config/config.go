// Package config makes one [Config] of config.yaml, the environment and the command line.
//
// A flag beats a variable, a variable beats the file, the file beats the default, key by key; what
// is beaten is not looked at. [Load] gives a complete and checked configuration, or every mistake
// at once, each with the place where it was made:
//
//	config.yaml:7: server.listen: missing port
//	FEEDMILL_TIMEZONE: unknown time zone "Mars"
//
// It refuses unknown and repeated keys, values of the wrong kind or out of range, and whatever is
// not a single YAML document of at most 1 MiB. A key without a value counts as absent, and so does
// an empty variable or flag. No mistake ever quotes a token or the URL of a database.
package config

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"time"
)

// Config is a complete, valid configuration. Nobody changes one after [Load] returned it, so it is
// safe to share. The words of its keys are explained in config.yaml.
type Config struct {
	File    string   // the file that was read, as it was named; "" when there was none
	Assumed []string // what was made up for want of a better value, in sentences to log

	Title       string         // "": nobody says
	BaseURL     *url.URL       // where the feeds are served; http or https, path ends in "/"
	Public      bool           // it is given, and others than this machine may find it
	SiteURL     *url.URL       // where the articles are read; same form
	Description string         // may be empty
	Author      Author         // zero: none
	Language    string         // BCP 47, in canonical form; "": nobody says
	Timezone    *time.Location // nil: nobody says
	State       string         // folder; "" runs without
	StateGiven  bool           // State is another folder than the usual one
	Store       string         // "", the state folder; or URL of a PostgreSQL database, with its password: never logged
	StoreFile   string         // that Store was read from; "" where it was not

	Content Content
	Feeds   Feeds
	Podcast Podcast
	Server  Server
	Watch   Watch
	Publish []Target // no two of one place
	Hub     Hub

	given  map[string]value // by key: where each comes from
	claims []claim          // of addresses, to feeds and to what else is shown
}

// Author stands for articles that name none. An author with an address or a URL has a name.
type Author struct {
	Name  string
	Email string // or ""
	URL   string // absolute, or ""
}

// Content says where articles are and how they are read.
type Content struct {
	Dir        string              // folder; may be missing
	Preset     string              // name of a preset or "auto"
	Permalinks map[string]string   // patterns such as "/:year/:slug/" by section; "" is for all others
	IDs        string              // "permalink" or "generator"
	Fields     map[string][]string // keys of the front matter by the fact that they tell
	Taxonomies []string            // keys of the front matter, no doubles; may be empty, never nil
	Limits     Limits
	Git        Git    `json:"-"` // what the articles say does not depend on it
	Bucket     Bucket `json:"-"` // nor on this
}

// Limits bounds what one article may cost. All are more than 0.
type Limits struct {
	FileSize    int64         // bytes
	FrontMatter int64         // bytes
	Keys        int           // of the front matter
	Depth       int           // levels of the front matter
	Terms       int           // names of one taxonomy
	Render      time.Duration // to make HTML of the body, as estimated
}

// Server says where to listen and for whom.
type Server struct {
	Listen     string // host:port with a numeric port; 0 lets the system choose
	Admin      string // same form; "" means no admin listener
	AdminToken string // visible ASCII; "" only where Admin is "" or loopback
	TokenFile  string // that AdminToken was read from; "" where it was not
	Cache      int64  // bytes of rendered documents to keep, more than 0
	AccessLog  bool   // public requests are logged
	Pprof      bool   // the admin listener shows profiles
}

// Watch says how changes are noticed.
type Watch struct {
	Mode        string        // "auto", "events" or "poll"
	Settle      time.Duration // 1ms to 1s
	Reconcile   time.Duration // at least 1s
	DeleteGrace time.Duration // 0 or more
}

// Source says where a configuration comes from.
type Source struct {
	File     string                                    // path of the YAML file; "" for none
	Required bool                                      // a missing File is an error, not a reason to do without
	Env      func(name string) (value string, ok bool) // such as [os.LookupEnv]; nil for no environment
	Flags    []Override
}

// Override is a value from the command line.
type Override struct {
	Key   string // dotted, as in "content.dir"
	Name  string // what mistakes call it, as in "--content"
	Value string // lists separated by commas
}

// Load reads the configuration. Its error joins one error per mistake, those outside of the file
// first, those in the file by line. A relative path is relative to the folder of the file when it
// is written there or left to its default, else to the working directory.
func Load(s Source) (*Config, error) {
	l := newLoader(defaults(filepath.Dir(s.File)))
	usual := l.config.State
	if err := l.read(s); err != nil {
		return nil, err
	}
	l.apply()
	l.config.StateGiven = l.config.State != "" && l.config.State != usual
	l.complete()
	l.check()
	if err := l.mistakes.err(); err != nil {
		return nil, err
	}
	l.config.given = l.values
	return l.config, nil
}

// Listen gives the address to listen on as [Load] does, but whatever else is wrong with the sources, also
// where there is no file. Its error is of that address alone; the usual one is given beside it.
func Listen(s Source) (string, error) {
	l := newLoader(defaults(""))
	usual := l.config.Server.Listen
	_ = l.read(s) // a daemon may go on with what the file was before
	l.mistakes = nil
	if v, ok := l.values["server.listen"]; ok {
		l.settings[v.key](v)
	}
	return cmp.Or(l.config.Server.Listen, usual), l.mistakes.err()
}

// Mistake returns what is wrong with the value of a key in the eyes of who uses it, told as [Load]
// tells mistakes: with the place at which the value was given.
func (c *Config) Mistake(key, text string) error {
	v, ok := c.given[key]
	if !ok {
		return fmt.Errorf("%s: %s", key, text)
	}
	return fmt.Errorf("%s: %s", v.place(), text)
}

func defaults(dir string) *Config {
	return &Config{
		State: filepath.Join(dir, ".feedmill"),
		Content: Content{
			Preset:     "auto",
			IDs:        "permalink",
			Dir:        filepath.Join(dir, "content"),
			Taxonomies: []string{"categories", "tags"},
			Limits: Limits{
				FileSize: 4 << 20, FrontMatter: 64 << 10, Keys: 1000, Depth: 32, Terms: 500, Render: 500 * time.Millisecond,
			},
			Git:    Git{Interval: time.Minute, Size: 1 << 30},
			Bucket: Bucket{Interval: time.Minute, Size: 1 << 30},
		},
		Feeds: Feeds{
			Limit:   20,
			Content: "full",
			Formats: []string{"rss", "atom", "json"},
			Title:   ":term – :site",
			Minimum: 1,
			Archive: true,

			Tombstones: 30 * 24 * time.Hour,
		},
		Server: Server{
			Listen: ":8080",
			Admin:  "127.0.0.1:8081",
			Cache:  64 << 20,
		},
		Watch: Watch{
			Mode:        "auto",
			Settle:      100 * time.Millisecond,
			Reconcile:   time.Minute,
			DeleteGrace: 30 * time.Second,
		},
	}
}
