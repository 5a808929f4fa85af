package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"feedmill/catalog"
	"feedmill/config"
	"feedmill/hub"
	"feedmill/server"
	"feedmill/watcher"
)

func newServe() *cobra.Command {
	var recover bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Watch the articles and serve their feeds",
		Example: `  feedmill serve
  feedmill serve --content ~/blog/content --base-url https://feeds.example.org`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			return serve(cmd, cfg, recover)
		},
	}
	addFlags(cmd, true)
	addRecover(cmd, &recover)
	return cmd
}

// patience is how long the end of the program waits for a disk that does not answer.
const patience = 5 * time.Second

// serve runs the daemon until the command's context is done.
func serve(cmd *cobra.Command, cfg *config.Config, recover bool) (err error) {
	log := newLogger(cmd, slog.LevelInfo)
	limitMemory(log)
	signal.Ignore(syscall.SIGPIPE) // a reader of the log that goes away is no reason to end
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	progress, endProgress := newProgress(cmd.ErrOrStderr(), "reading articles")
	defer endProgress()
	if err := checkContent(cfg.Content.Dir); err != nil {
		return err
	}
	public, admin, err := listen(cfg)
	if err != nil {
		return err
	}
	kept, err := ownState(cfg, log, recover)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.close()) }()
	site, err := newSite(cfg, kept, log, logProblems(log), progress)
	if err != nil {
		return err
	}
	watch := watcher.New(watcher.Options{
		Root:      cfg.Content.Dir,
		Mode:      watcher.Mode(cfg.Watch.Mode),
		Settle:    cfg.Watch.Settle,
		Reconcile: cfg.Watch.Reconcile,
		Logger:    log,
	})
	d := newDaemon(site.catalog, watch, log, endProgress) // only the first look is worth a bar
	hubs := hub.NewPublisher(hub.PublisherOptions{Hubs: cfg.Feeds.Hubs, Logger: log})
	if len(cfg.Feeds.Hubs) > 0 {
		d.changed = func(was, is *catalog.Snapshot) { hubs.Publish(site.urls(is.Changed(was))) }
	}
	srv, err := server.New(server.Options{
		Current:    site.catalog.Current,
		Mill:       site.mill,
		Language:   site.language,
		BasePath:   cfg.BaseURL.Path,
		CacheBytes: cacheBytes(cfg.Server.Cache),
		MaxConns:   maxConns(),
		Version:    programVersion(),
		Rebuild:    d.rebuild,
		Demand:     d.demand,
		Health:     d.health,
		Token:      cfg.Server.AdminToken,
		Logger:     log,
	})
	if err != nil {
		return err
	}
	attrs := []any{"addr", public.Addr().String()}
	if admin != nil {
		attrs = append(attrs, "admin", admin.Addr().String())
	}
	log.Info("serving", attrs...)

	// What is asked of the loop while requests come to their end is still done.
	ctx, stop := context.WithCancel(context.WithoutCancel(cmd.Context()))
	defer stop()
	serving, stopServing := context.WithCancel(cmd.Context())
	defer stopServing()
	ended := make(chan error, 1)
	go func() {
		var wg sync.WaitGroup
		wg.Go(func() { d.run(ctx, hup) })
		wg.Go(func() { hubs.Run(ctx) })
		err := watch.Run(ctx)
		stopServing() // it ends early only for options that make no sense
		wg.Wait()
		ended <- err
	}()
	err = srv.Serve(serving, public, admin)
	stop()
	select {
	case watchErr := <-ended:
		err = errors.Join(err, watchErr)
	case <-time.After(patience):
		log.Warn("the content folder does not answer; going without waiting for it")
	}
	if err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}

// listen opens the listeners, of which the second is nil where none is wanted.
func listen(cfg *config.Config) (public, admin net.Listener, err error) {
	open := func(key, flag, addr string) (net.Listener, error) {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, hinted{fmt.Errorf("%s: %w", key, err), "choose a free address with " + flag + ", or end the program that uses this one"}
		}
		return l, nil
	}
	public, err = open("server.listen", "--listen", cfg.Server.Listen)
	if err != nil || cfg.Server.Admin == "" {
		return public, nil, err
	}
	admin, err = open("server.admin", "--admin", cfg.Server.Admin)
	if err != nil {
		public.Close()
		return nil, nil, err
	}
	return public, admin, nil
}
