package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/terminal"
	"onetrans/flows/core/reconcile"
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
	now       time.Time
	statement string
	journals  []string
	write     func(io.Writer, findings) error
	brief     bool // it does not write what is the same on both sides

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
	// Beside whoever serves patients, memory is dearer than time.
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(softLimit))
	words, err := language(c.config)
	if err != nil {
		return err
	}
	found, err := c.compare(ctx)
	if err != nil {
		return journal.Tell(words, err)
	}
	found.words = words
	if err := c.write(s.Out, found); err != nil {
		return err
	}
	if !found.agrees() {
		return ended{status: exitUnbalanced}
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
	c.now = time.Now()
	if c.day.Begin().After(c.now) {
		return c, command.Wrong("future", "day", c.day.String())
	}
	c.write, c.brief = writeText, !said.asJSON && !said.asCSV
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

// compare lets whoever has the journal tell of its trades. The statement is read
// here: whoever serves patients has other things to do.
func (c comparing) compare(ctx context.Context) (found findings, err error) {
	if len(c.journals) > 0 {
		found, err = c.exports(ctx)
	} else {
		err = byOwner(
			func() error { found, err = c.with(ctx, served{ctx, terminal.Address(c.config)}); return err },
			func() error { found, err = c.alone(ctx); return err })
	}
	found.unfinished = c.now.Before(c.day.After().Begin())
	return found, err
}

// exports compares exported journals with a statement.
func (c comparing) exports(ctx context.Context) (findings, error) {
	var journals [][]reconcile.Trade
	for _, path := range c.journals {
		trades, err := readFile(ctx, path, func(file *os.File) ([]reconcile.Trade, error) { return reconcile.ReadExport(file) })
		if err != nil {
			return findings{}, sayExport(filepath.Base(path), err)
		}
		journals = append(journals, trades)
	}
	here, err := reconcile.Merge(journals...)
	if err != nil {
		return findings{}, err
	}
	scope := reconcile.Scope{} // of several journals all is compared
	if len(c.journals) == 1 {
		scope = scopeOf(c.config, here)
	}
	return c.against(ctx, reconcile.NewComparison(c.day, here, scope, nil))
}

// with compares with a terminal's journal: what the platform says of each trade,
// or its statement.
func (c comparing) with(ctx context.Context, from ledger) (findings, error) {
	if c.statement == "" {
		if c.config.Platform.AppID == "" || c.config.Platform.AppKey.Empty() {
			return findings{}, errNoKey
		}
		report, err := from.ask(c.day)
		return findings{Report: report}, err
	}
	here, err := from.trades(wanted{Day: c.day})
	if err != nil {
		return findings{}, err
	}
	find := func(numbers []string) ([]reconcile.Trade, error) {
		return from.trades(wanted{Day: c.day, Numbers: numbers})
	}
	return c.against(ctx, reconcile.NewComparison(c.day, here, scopeOf(c.config, here), find))
}

// against holds the statement's rows against a comparison's trades.
func (c comparing) against(ctx context.Context, books *reconcile.Comparison) (findings, error) {
	books.Brief = c.brief
	statement, err := readFile(ctx, c.statement, func(file *os.File) (reconcile.Statement, error) {
		in, err := seekable(file)
		if err != nil {
			return reconcile.Statement{}, err
		}
		return reconcile.ReadStatement(in, reconcile.Layouts(c.config.Reconcile.Layout.Statement()), books.Add)
	})
	if err != nil {
		return findings{}, sayStatement(filepath.Base(c.statement), err)
	}
	report, err := books.Report()
	return findings{
		Report: report, File: filepath.Base(c.statement), statement: statement,
		scoped: len(c.config.Reconcile.Terminals) > 0 || c.config.Reconcile.Prefix != "",
	}, err
}

// readFile reads a file; what is wrong with it is told with its name.
func readFile[T any](ctx context.Context, path string, read func(*os.File) (T, error)) (content T, err error) {
	file, letGo, err := command.Open(ctx, path)
	if err != nil {
		return content, err
	}
	defer letGo()
	if content, err = read(file); err != nil {
		return content, fmt.Errorf("%s: %w", path, err)
	}
	return content, nil
}

// seekable is a file that may be read twice. A pipe is held whole, within bounds.
func seekable(file *os.File) (io.ReadSeeker, error) {
	if _, err := file.Seek(0, io.SeekStart); err == nil {
		return file, nil
	}
	data, err := io.ReadAll(io.LimitReader(file, maxPiped+1))
	if len(data) > maxPiped {
		err = &reconcile.FileError{Err: reconcile.ErrTooLarge, Detail: "64 MiB"}
	}
	return bytes.NewReader(data), err
}

// maxPiped is how much is read of a pipe, in bytes.
const maxPiped = 64 << 20

// sayExport is what is wrong with an exported journal.
func sayExport(file string, err error) error {
	if fault, ok := errors.AsType[*reconcile.FileError](err); ok {
		return command.Wrong("export_line", "file", file, "line", strconv.Itoa(fault.Line)).Because(fault.Err)
	}
	return command.Wrong("export").Because(err)
}

// sayStatement is what is wrong with a statement, and what to do about it.
func sayStatement(file string, err error) error {
	fault, ok := errors.AsType[*reconcile.FileError](err)
	if !ok {
		return err
	}
	for _, known := range []struct {
		is  error
		key string
	}{
		{reconcile.ErrEncoding, "encoding"},
		{reconcile.ErrTooLarge, "too_large"},
		{reconcile.ErrHeader, "header"},
		{reconcile.ErrColumnTwice, "column_twice"},
		{reconcile.ErrCSV, "quotes"},
		{reconcile.ErrLong, "long"},
		{reconcile.ErrZip, "zip"},
		{reconcile.ErrPacked, "packed"},
		{reconcile.ErrOldExcel, "old_excel"},
		{reconcile.ErrWorkbook, "workbook"},
		{reconcile.ErrMarkup, "markup"},
		{reconcile.ErrWidth, "width"},
		{reconcile.ErrCellLength, "cell_length"},
		{reconcile.ErrNumber, "number"},
		{reconcile.ErrRounded, "rounded"},
		{reconcile.ErrAmount, "amount"},
		{reconcile.ErrTime, "time"},
		{reconcile.ErrTypeWord, "type_word"},
		{reconcile.ErrStateWord, "state_word"},
	} {
		if errors.Is(fault.Err, known.is) {
			why := command.Wrong("statement."+known.key, "column", fault.Column, "detail", fault.Detail)
			if fault.Line == 0 {
				return command.Wrong("statement", "file", file).Because(why)
			}
			return command.Wrong("statement_line", "file", file, "line", strconv.Itoa(fault.Line)).Because(why)
		}
	}
	return err
}
