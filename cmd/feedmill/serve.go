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

	"feedmill/config"
	"feedmill/server"
	"feedmill/store"
)

func newServe() *cobra.Command {
	var recover bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Watch the articles and serve their feeds",
		Example: `  feedmill serve
  feedmill serve --content ~/blog/content --base-url https://feeds.example.org
  feedmill serve --config /etc/feedmill/config.yaml --log-format json`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src := sourceOf(cmd)
			conf := &reloader{file: src.File, used: printsOf([]string{src.File}, nil)}
			conf.load = loadAgain(src)
			cfg, err := conf.load(false)
			if err != nil {
				return err
			}
			err = serve(cmd, cfg, conf, recover)
			if _, ok := interruption(cmd.Context(), err); ok {
				return nil // a daemon is done when it is told so, also while it starts
			}
			return err
		},
	}
	addFlags(cmd, true)
	addRecover(cmd, &recover)
	return cmd
}

// loadAgain returns what loads the configuration whenever it may have changed. As long as there is no
// file, the folder that was assumed at first stays: when it is missing later, another one is no
// answer.
func loadAgain(src config.Source) func(required bool) (*config.Config, error) {
	assumed := ""
	return func(required bool) (*config.Config, error) {
		src.Required = src.Required || required
		cfg, err := loadFrom(src)
		if err != nil || cfg.File != "" {
			return cfg, err
		}
		same := *cfg
		if assumed == "" {
			assumed = cfg.Content.Dir
		}
		same.Content.Dir = assumed
		return &same, nil
	}
}

// patience is how long the end of the program waits for a disk that does not answer. One that is still
// written to does, however long that takes.
const patience = 5 * time.Second

// serve runs the daemon until the command's context is done.
func serve(cmd *cobra.Command, cfg *config.Config, conf *reloader, recover bool) (err error) {
	lines := newLossy(cmd.ErrOrStderr(), newLogger(cmd, cmd.ErrOrStderr(), slog.LevelInfo))
	defer lines.close()
	log := newLogger(cmd, lines, slog.LevelInfo)
	if cfg.File == "" {
		log.Info("no configuration", "file", conf.file, "hint", "feedmill init writes one")
	}
	limitMemory(log)
	signal.Ignore(syscall.SIGPIPE) // a reader of the log that goes away is no reason to end
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	from, err := bring(cmd.Context(), cfg, false, log, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	progress, endProgress := newProgress(cmd.ErrOrStderr(), "reading articles")
	defer endProgress()
	if err := checkContent(cfg.Content.Dir); err != nil {
		return err
	}
	public, admin, err := listen(cfg)
	if err != nil {
		return err
	}
	defer public.Close() // again, unless it comes to nothing before they serve
	if admin != nil {
		defer admin.Close()
	}
	kept, err := ownState(cfg, stay(cmd.Context(), log), log, recover)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.close()) }()
	site, err := newSite(cfg, kept, log, logProblems(log), progress)
	if err != nil {
		return err
	}
	conf.state, conf.log, conf.used = kept, log, printsOf(conf.files(site), conf.used)
	d, err := newDaemon(site, conf, log)
	defer d.subscriptions.close(log)
	if err != nil {
		return err
	}
	d.from = from
	if kept.written != nil {
		d.written = kept.written
	}
	srv, err := server.New(serverOptions(cfg, d))
	if err != nil {
		return err
	}
	d.looked = func() {
		endProgress() // only the first look is worth a bar
		srv.Renew()
	}
	announce(log, public, admin)
	if err := serveUntil(cmd.Context(), d, srv, public, admin, hup); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}

// stay opens a state folder for good, as soon as a build that has it gives it back.
func stay(ctx context.Context, log *slog.Logger) opener {
	return func(dir, site string) (*store.Store, error) {
		return store.Stay(ctx, dir, site, func() { log.Info("state: waiting for a build to give it back") })
	}
}

// announce says where the program listens, of which admin may be nil.
func announce(log *slog.Logger, public, admin net.Listener) {
	attrs := []any{"addr", public.Addr().String()}
	if admin != nil {
		attrs = append(attrs, "admin", admin.Addr().String())
	}
	log.Info("serving", attrs...)
}

// serverOptions says where the server finds what it shows.
func serverOptions(cfg *config.Config, d *daemon) server.Options {
	o := server.Options{
		Origin:     d.origin,
		Current:    d.view,
		CacheBytes: newBudget(cfg.Server.Cache).documents,
		MaxConns:   maxConns(),
		Version:    programVersion(),
		Rebuild:    d.rebuild,
		Demand:     d.demand,
		Changed:    d.hint,
		Health:     d.health,
		Token:      d.token,
		Past:       d.past.generations,
		Content:    d.content,
		Attached:   d.attached,
		Hub:        d.ownHub,
		Targets:    d.targets,
		Profiles:   d.profiles,
		AccessLog:  d.accessLog,
		Logger:     d.log,
	}
	if d.from != nil {
		o.Hook = d.from.Hook()
	}
	return o
}

// serveUntil runs the server and the daemon's loop until ctx is done, or one of them fails.
func serveUntil(ctx context.Context, d *daemon, srv *server.Server, public, admin net.Listener, hup <-chan os.Signal) error {
	// What is asked of the loop while requests come to their end is still done.
	looping, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	serving, stopServing := context.WithCancel(ctx)
	defer stopServing()
	ended := make(chan error, 1)
	go func() {
		err := d.run(looping, hup)
		stopServing()
		ended <- err
	}()
	context.AfterFunc(serving, func() { d.boss.tell("STOPPING=1") })
	var reporting sync.WaitGroup
	reporting.Go(func() { d.boss.report(looping, d.standing) })
	defer reporting.Wait()
	err := srv.Serve(serving, public, admin)
	stop()
	return errors.Join(err, d.outlast(ended))
}

// outlast waits for the end of the loop, and returns its error, as long as there is hope for one.
func (d *daemon) outlast(ended <-chan error) error {
	for {
		written := d.written()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience):
		}
		if d.written() == written {
			d.log.Warn("the disk does not answer; going without waiting for it")
			return nil
		}
		d.log.Info("what is known of the articles is still being written; without it the next start reads all of them")
	}
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
