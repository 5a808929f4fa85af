package main

import (
	"context"
	"errors"
	"time"

	"feedmill/store"
)

// vouch tells the log when changes begin to be unsafe, and when all are safe again. In between they
// are tried again, unless the disk can't be trusted any more.
func (d *daemon) vouch(err error) {
	is := ""
	if err != nil {
		is = err.Error()
		if !errors.Is(err, store.ErrFailed) {
			d.later = sooner(d.later, time.Now().Add(rewrite))
		}
	}
	was, _ := d.unkept.Swap(is).(string)
	switch {
	case was == "" && is != "":
		d.log.Error("state", "problem", "changes are served but not kept: after a restart they may be forgotten", "error", err)
	case was != "" && is == "":
		d.log.Info("state: all is kept again")
	}
}

// fold brings a portion of what has changed at once to its place in the state. An error loses nothing: where
// the disk is at fault, the next change that can't be kept tells.
func (d *daemon) fold() {
	fold := d.site.Load().fold
	if fold == nil {
		return
	}
	d.busy.Store(time.Now().Unix()) // the disk may not answer
	defer d.busy.Store(0)
	if _, err := fold(); err != nil {
		d.log.Debug("state", "problem", "its journal could not be brought to its place; it is tried again", "error", err)
	}
}

// apart tells the log when this replica begins to be unable to agree with others; vouch tells the end.
func (d *daemon) apart(err error) {
	if was, _ := d.unkept.Swap(err.Error()).(string); was != "" {
		return
	}
	problem := "the feeds stay as they were agreed on last, and changes wait"
	if d.site.Load().catalog.Current() == nil {
		problem = "without it nothing can be served: it is tried again and again"
	}
	d.log.Error("store", "problem", problem, "error", err)
}

// rewrite is how long after changes could not be written to the disk they are tried again.
const rewrite = 10 * time.Second

// saveEvery is how long what is known of the files may differ from what is kept of that: it makes a
// start quick, and is not needed for it to be right.
const saveEvery = 10 * time.Minute

// saveAgain is how long after a save that gave way the next one is tried.
const saveAgain = time.Minute

// save keeps what is known of the files for the next start, unless ctx is done before.
func (d *daemon) save(ctx context.Context) {
	if !d.unsaved {
		return
	}
	d.saved = time.Now()
	err := d.site.Load().keepFiles(ctx)
	switch d.unsaved = err != nil; {
	case ctx.Err() != nil: // the end of the program does it, if nothing before
		d.saved = d.saved.Add(saveAgain - saveEvery)
	case err != nil:
		d.log.Warn("state", "problem", "the next start has to read all articles", "error", err)
	}
}
