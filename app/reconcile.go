package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"onetrans/app/config"
	"onetrans/flows/reconcile"
)

// Errors of the command.
var (
	// errUnbalanced: everything was said on standard output.
	errUnbalanced = errors.New("the books do not balance")

	errOutputs   = errors.New("--json and --csv exclude each other")
	errStray     = errors.New("it takes no arguments beside its flags")
	errNoAsking  = errors.New("--journal needs --statement: the platform is asked for this terminal's own trades alone")
	errNoKey     = errors.New("the platform cannot be asked without platform.app_id and platform.app_key: configure them, or name its statement with --statement")
	errNoJournal = errors.New("no journal is where the configuration says: run this as the terminal's user, with its configuration")
	errArchived  = errors.New("in an archive: export that ('onetrans journal export --json --file ARCHIVE') and name what comes of it, " +
		"and an export of the journal, with --journal, and the platform's statement with --statement")
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

// runReconcile holds a day's trades against what the platform has.
func runReconcile(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := readReconcile(args, stderr)
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
	if err := c.write(stdout, found); err != nil {
		return err
	}
	if !found.Balanced() {
		return errUnbalanced
	}
	return nil
}

func readReconcile(args []string, stderr io.Writer) (c comparing, err error) {
	f := flags("reconcile", stderr)
	date := f.String("date", "", "the business day, as 2026-11-25 (empty: yesterday)")
	f.StringVar(&c.statement, "statement", "", "the platform's statement, CSV (empty: the platform is asked)")
	f.Func("journal", "an exported journal instead of this terminal's own; may be given several times", func(path string) error {
		c.journals = append(c.journals, path)
		return nil
	})
	asJSON := f.Bool("json", false, "write JSON")
	asCSV := f.Bool("csv", false, "write CSV")
	path := f.String("config", "", "configuration file")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	switch {
	case f.NArg() > 0:
		return c, errStray
	case *asJSON && *asCSV:
		return c, errOutputs
	case len(c.journals) > 0 && c.statement == "":
		return c, errNoAsking
	}
	c.day = reconcile.DayOf(time.Now()).Before()
	if *date != "" {
		if c.day, err = reconcile.ParseDay(*date); err != nil {
			return c, fmt.Errorf("--date: %w", err)
		}
	}
	c.write = writeText
	switch {
	case *asJSON:
		c.write = writeJSON
	case *asCSV:
		c.write = writeCSV
	}
	c.log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c.config, err = config.Load(config.Options{Path: *path})
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
