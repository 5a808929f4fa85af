package main

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
)

// manager is systemd, or nobody: where NOTIFY_SOCKET is not set it is told nothing. See
// sd_notify(3). It is safe for concurrent use.
type manager struct {
	log   *slog.Logger
	ready sync.Once
	beats atomic.Int64 // when the loop went round last, in nanoseconds since begun
	begun time.Time
}

func newManager(log *slog.Logger) *manager { return &manager{log: log, begun: time.Now()} }

func (m *manager) tell(state string) {
	if _, err := systemd.SdNotify(false, state); err != nil {
		m.log.Warn("systemd", "error", err)
	}
}

// isReady tells, once, that feeds are served.
func (m *manager) isReady() { m.ready.Do(func() { m.tell(systemd.SdNotifyReady) }) }

// report tells in a line how things stand, whenever that has changed, until ctx is done: for
// "systemctl status".
func (m *manager) report(ctx context.Context, standing func() string) {
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for told := ""; ; {
		if now := standing(); now != told {
			m.tell("STATUS=" + now)
			told = now
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// reloads tells that a reload begins, and returns what tells its end. Type=notify-reload wants the
// time too (sd_notify(3), "RELOADING=1").
func (m *manager) reloads() (end func()) {
	m.tell(systemd.SdNotifyReloading + "\n" + systemd.SdNotifyMonotonicUsec())
	return func() { m.tell(systemd.SdNotifyReady) }
}

// beat tells that the loop goes round.
func (m *manager) beat() { m.beats.Store(int64(time.Since(m.begun))) }

// watch feeds the watchdog, where there is one, until ctx is done: as long as the loop goes round,
// or waits for a disk, which a restart would not mend while feeds are served from memory.
func (m *manager) watch(ctx context.Context, waits func() bool) {
	limit, err := systemd.SdWatchdogEnabled(false)
	if err != nil || limit == 0 {
		return
	}
	ticker := time.NewTicker(limit / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if still := time.Since(m.begun) - time.Duration(m.beats.Load()); still < limit || waits() {
			m.tell(systemd.SdNotifyWatchdog)
		}
	}
}
