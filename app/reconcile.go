package main

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"onetrans/app/command"
	"onetrans/app/compare"
	"onetrans/app/journal"
	"onetrans/flows/core/reconcile"
)

// reconcileFlags are what the command may be given.
type reconcileFlags struct {
	date, statement, config string
	journals                []string
	asJSON, asCSV           bool
}

func declareReconcile(f *command.Flags) command.Run {
	var said reconcileFlags
	f.Text(&said.date, "date", "")
	f.Text(&said.statement, "statement", "")
	f.Texts(&said.journals, "journal")
	f.Yes(&said.asJSON, "json")
	f.Yes(&said.asCSV, "csv")
	f.Text(&said.config, "config", "")
	return func(ctx context.Context, s command.Streams) error { return runReconcile(ctx, said, s) }
}

// runReconcile holds a day's trades against what the platform has.
func runReconcile(ctx context.Context, said reconcileFlags, s command.Streams) error {
	c, err := said.read(s)
	if err != nil {
		return err
	}
	// Beside whoever serves patients, memory is dearer than time.
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(softLimit))
	words, err := language(c.Config)
	if err != nil {
		return err
	}
	found, err := compare.Run(ctx, c)
	if err != nil {
		return journal.Tell(words, err)
	}
	found.Words = words
	write := compare.WriteText
	switch {
	case said.asJSON:
		write = compare.WriteJSON
	case said.asCSV:
		write = compare.WriteCSV
	}
	if err := write(s.Out, found); err != nil {
		return err
	}
	if !found.Balanced() {
		return ended{status: exitDiffers}
	}
	return nil
}

// gcPercent is by how much the heap may grow before it is swept, and softLimit
// from how many bytes on what is free goes back to the system at once.
const (
	gcPercent = 25
	softLimit = 128 << 20
)

// read is what is to be compared.
func (said reconcileFlags) read(s command.Streams) (c compare.Options, err error) {
	switch {
	case said.asJSON && said.asCSV:
		return c, command.Wrong("json_and_csv")
	case len(said.journals) > 0 && said.statement == "":
		return c, command.Wrong("no_asking")
	}
	c.Statement, c.Journals = said.statement, said.journals
	c.Day = reconcile.DayOf(time.Now()).Before()
	if said.date != "" {
		if c.Day, err = reconcile.ParseDay(said.date); err != nil {
			return c, command.Wrong("date").Because(err)
		}
	}
	c.Now = time.Now()
	if c.Day.Begin().After(c.Now) {
		return c, command.Wrong("future", "day", c.Day.String())
	}
	c.Brief = !said.asJSON && !said.asCSV
	c.Log = slog.New(slog.NewTextHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c.Config, err = load(said.config)
	return c, err
}
