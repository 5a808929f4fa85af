// Package server answers HTTP: the public listener serves feeds and pages from one snapshot a
// request, the admin listener tells about the daemon and takes orders.
//
// Nothing of a request but its path and its conditions has a part in an answer, and URLs in
// answers come from the configuration alone.
package server

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"feedmill/catalog"
	"feedmill/feed"
	"feedmill/page"
)

// Options is what a [Server] needs. What may be nil or zero says so. All functions are safe for
// concurrent use.
type Options struct {
	Current    func() View // what is served now
	CacheBytes uint64      // bound of the memory for documents
	MaxConns   int         // connections at a time; 0: as many as usual
	Version    string      // of the program, for people; may be ""

	Rebuild func(context.Context) (Rebuilt, error) // looks at everything again, returns when that is served
	Demand  func()                                 // the same, without waiting
	Changed func()                                 // told that a file is not what it was in the snapshot; must not wait; nil: nobody is
	Health  func() Health
	Token   func() string            // that admin requests must bear; "" asks for none
	Past    func() []page.Generation // the last ones, the newest first; nil: unknown
	Content func() (fs.FS, error)    // opens the content folder, as [catalog.Dir] does; nil: unknown
	// Attached gives the folder of the content from which the article at path embeds pictures, as in
	// [article.Layout]; nil: there is none.
	Attached func(path string) string

	Origin  func() *Origin  // of the content, a repository or bucket; nil, or nil from it: there is none
	Hook    http.Handler    // of webhooks; nil: they have no address
	Targets func() []Target // that documents are published to; nil: none
	Hub     func() *Hub     // the site's own; nil, or nil from it: there is none
	Logger  *slog.Logger    // nil: discard

	// Nil stands for no.
	Profiles  func() bool // whether the admin listener shows profiles of the program
	AccessLog func() bool // whether public requests are logged
}

// View is what one answer is made from, and nothing else is. It is never changed.
type View struct {
	*catalog.Snapshot // nil while there is none
	Mill              *feed.Mill
	Language          string // of the pages
	BasePath          string // the path of the base URL: "/" or "/feeds/"; requests may come with it or without
}

// Rebuilt is the outcome of a rebuild, as the admin listener tells it.
type Rebuilt struct {
	Scanned      int    `json:"scanned"`
	Parsed       int    `json:"parsed"`
	Changed      int    `json:"changed"`
	Removed      int    `json:"removed"`
	Problems     int    `json:"problems"`
	FeedsChanged int    `json:"feeds_changed"`
	TookMS       int64  `json:"took_ms"`
	Doubt        string `json:"doubt,omitempty"` // why articles without a file were kept
}

// Health is how the watching of the content folder goes.
type Health struct {
	State     string // "watching", "degraded" or "polling"
	Reason    string // why it is not watching; "" where it is
	Watches   int    // folders whose changes the system tells
	Missing   int    // articles served though their files are gone, until that is certain
	Scans     uint64 // looks at the whole folder so far
	Overflows uint64 // of the kernel's event queue so far

	Unverified bool // what is served is what the last run left: the disk has not been looked at yet

	StateProblem string // why changes are served but not safe in the state folder, or wait for the database; "": all is kept

	Reloads       uint64 // of the configuration so far
	ReloadsFailed uint64 // attempts at one that were in vain, each mistake counted once
	ConfigError   string // why the last attempt was; "" where it was not
}

// Server answers requests. Its methods are safe for concurrent use.
type Server struct {
	o         Options
	documents *otter.Cache[variant, body]
	shelf     *shelf
	changed   chan struct{} // holds a value when Renew has been called
	metrics   *metrics
	audience  *audience
	listeners atomic.Int32 // owner's pages that wait for events
	sending   *sending
	farewell  chan struct{}             // closed when the server goes down
	addresses atomic.Pointer[addresses] // of the articles last asked for
	draining  atomic.Bool
}

// New returns a server that is not listening yet.
func New(o Options) (*Server, error) {
	documents, err := otter.New(&otter.Options[variant, body]{MaximumWeight: o.CacheBytes, Weigher: weigh})
	if err != nil {
		return nil, err
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Past == nil {
		o.Past = func() []page.Generation { return nil }
	}
	if o.Content == nil {
		o.Content = func() (fs.FS, error) { return nil, fs.ErrNotExist }
	}
	if o.Origin == nil {
		o.Origin = func() *Origin { return nil }
	}
	if o.Targets == nil {
		o.Targets = func() []Target { return nil }
	}
	if o.Hub == nil {
		o.Hub = func() *Hub { return nil }
	}
	o.MaxConns = cmp.Or(o.MaxConns, defaultConns)
	s := &Server{
		o: o, documents: documents, shelf: newShelf(o.CacheBytes), changed: make(chan struct{}, 1), audience: newAudience(), farewell: make(chan struct{}),
		sending: newSending(o.MaxConns / fileShare),
	}
	s.metrics = newMetrics(s)
	return s, nil
}

const (
	// farewell is how long after its end has been asked for the server goes on as before, but for
	// saying so: long enough for who asks whether it is ready, and for clients to leave by themselves.
	farewell = 500 * time.Millisecond

	// fileShare is the part of the connections that gives way to files: one for so many.
	fileShare = 16

	// grace is how long requests under way may take to end after that.
	grace = 10 * time.Second

	headerTimeout = 5 * time.Second // for the header of a request, or the first byte of a connection
	idleTimeout   = 2 * time.Minute // between two requests
)

// Serve answers on the listeners, of which admin may be nil, until ctx is done; then it lets
// requests under way come to their end. It closes the listeners.
func (s *Server) Serve(ctx context.Context, public, admin net.Listener) error {
	most := s.o.MaxConns - s.o.MaxConns/fileShare // an open file takes a descriptor, too
	ofAdmin := 0
	if admin != nil {
		ofAdmin = most / 4
	}
	express := newExpress(newLobby(public, most-ofAdmin), s)
	servers := []*http.Server{s.httpServer(s.logged(s.Public()))}
	lobbies, listeners := []*lobby{express.lobby}, []net.Listener{express}
	if admin != nil {
		l := newLobby(admin, ofAdmin)
		servers, lobbies, listeners = append(servers, s.httpServer(s.Admin())), append(lobbies, l), append(listeners, l)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(servers))
	var wg sync.WaitGroup
	wg.Go(func() { s.renewing(ctx) })
	express.start()
	for i, h := range servers {
		wg.Go(func() {
			defer stop()
			if err := h.Serve(listeners[i]); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
				errs[i] = err
			}
		})
	}
	<-ctx.Done()
	s.draining.Store(true)
	close(s.farewell)
	time.Sleep(farewell)
	for _, l := range lobbies {
		l.drain()
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	express.leave(end)
	// The second time is for connections that were let in while the listeners closed.
	for range 2 {
		for _, h := range servers {
			wg.Go(func() {
				if h.Shutdown(end) != nil {
					h.Close()
				}
			})
		}
		wg.Wait()
	}
	return errors.Join(errs...)
}

func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           s.attend(h),
		ConnContext:       withConn,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.o.Logger.Handler(), slog.LevelDebug),
	}
}
