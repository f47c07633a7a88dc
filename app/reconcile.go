package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/flows/reconcile"
)

// Errors of the command.
var (
	errOutputs   = command.Wrong("json_and_csv")
	errNoAsking  = command.Wrong("no_asking")
	errNoKey     = command.Wrong("no_key")
	errNoJournal = command.Wrong("no_journal")
)

// comparing is a run of the command.
type comparing struct {
	day       reconcile.Day
	statement string
	journals  []string
	write     func(io.Writer, findings) error

	config config.Config
	log    *slog.Logger
}

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
	found, err := c.compare(ctx)
	if err != nil {
		return err
	}
	if found.words, err = language(c.config); err != nil {
		return err
	}
	if err := c.write(s.Out, found); err != nil {
		return err
	}
	if !found.Balanced() {
		return ended{status: exitUnbalanced}
	}
	return nil
}

// read is what is to be compared.
func (said reconcileFlags) read(s command.Streams) (c comparing, err error) {
	switch {
	case said.asJSON && said.asCSV:
		return c, errOutputs
	case len(said.journals) > 0 && said.statement == "":
		return c, errNoAsking
	}
	c.statement, c.journals = said.statement, said.journals
	c.day = reconcile.DayOf(time.Now()).Before()
	if said.date != "" {
		if c.day, err = reconcile.ParseDay(said.date); err != nil {
			return c, command.Wrong("date").Because(err)
		}
	}
	c.write = writeText
	switch {
	case said.asJSON:
		c.write = writeJSON
	case said.asCSV:
		c.write = writeCSV
	}
	c.log = slog.New(slog.NewTextHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c.config, err = load(said.config)
	return c, err
}

// compare lets whoever has the journals compare.
func (c comparing) compare(ctx context.Context) (found findings, err error) {
	if len(c.journals) > 0 {
		return c.exports()
	}
	asked := comparison{Day: c.day, Format: c.config.Reconcile.Format, Scope: c.config.Reconcile.Scope}
	if c.statement != "" { // another process has another folder
		if asked.Statement, err = filepath.Abs(c.statement); err != nil {
			return found, err
		}
	}
	err = byOwner(
		func() error { found, err = asked.byOwner(ctx, address(c.config)); return err },
		func() error { found, err = asked.alone(ctx, c.config, c.log); return err })
	return found, err
}

// exports compares exported journals with a statement.
func (c comparing) exports() (findings, error) {
	statement, err := readStatement(c.statement, c.config.Reconcile.Format)
	if err != nil {
		return findings{}, err
	}
	var journals [][]reconcile.Trade
	for _, path := range c.journals {
		trades, err := readFile(path, reconcile.ReadExport)
		if err != nil {
			return findings{}, err
		}
		journals = append(journals, trades)
	}
	here, err := reconcile.Merge(journals...)
	if err != nil {
		return findings{}, err
	}
	scope := reconcile.Scope{} // of several journals all is compared
	if len(c.journals) == 1 {
		scope = scopeOf(c.config.Reconcile.Scope, c.config, here)
	}
	return foundIn(c.statement, statement, reconcile.Compare(c.day, here, statement.Rows, scope)), nil
}

// readFile reads a file; what is wrong with it is told with its name.
func readFile[T any](path string, read func(io.Reader) (T, error)) (content T, err error) {
	file, err := os.Open(path)
	if err != nil {
		return content, err
	}
	defer file.Close()
	if content, err = read(file); err != nil {
		return content, fmt.Errorf("%s: %w", path, err)
	}
	return content, nil
}
