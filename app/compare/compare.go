// Package compare holds a day's trades of a terminal, or of several, against what
// the platform says of them, or against its statement.
package compare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/terminal"
	"onetrans/flows/core/reconcile"
)

// Errors of the command.
var (
	errNoKey     = command.Wrong("no_key")
	errNoJournal = command.Wrong("no_journal")
)

// Options say what is compared, and with what.
type Options struct {
	Day reconcile.Day
	Now time.Time
	// Statement is the platform's, or a bank's; empty: the platform is asked.
	Statement string
	// Journals are exported ones; none: the terminal's own.
	Journals []string
	// Brief: nobody wants to know what is the same on both sides.
	Brief bool

	Config config.Config
	Log    *slog.Logger
}

// Run compares. Whoever has the journal tells of its trades; the statement is read
// here, as whoever serves patients has other things to do. What is wrong has words
// for people.
func Run(ctx context.Context, c Options) (found Findings, err error) {
	if len(c.Journals) > 0 {
		found, err = c.exports(ctx)
	} else {
		err = terminal.ByOwner(
			func() error { found, err = c.with(ctx, served{ctx, terminal.Address(c.Config)}); return err },
			func() error { found, err = c.alone(ctx); return err })
	}
	found.unfinished = c.Now.Before(c.Day.After().Begin())
	return found, err
}

// exports compares exported journals with a statement.
func (c Options) exports(ctx context.Context) (Findings, error) {
	var journals [][]reconcile.Trade
	for _, path := range c.Journals {
		trades, err := readFile(ctx, path, func(file *os.File) ([]reconcile.Trade, error) { return reconcile.ReadExport(file) })
		if err != nil {
			return Findings{}, sayExport(filepath.Base(path), err)
		}
		journals = append(journals, trades)
	}
	here, err := reconcile.Merge(journals...)
	if err != nil {
		return Findings{}, err
	}
	scope := reconcile.Scope{} // of several journals all is compared
	if len(c.Journals) == 1 {
		scope = scopeOf(c.Config, here)
	}
	return c.against(ctx, reconcile.NewComparison(c.Day, here, scope, nil))
}

// with compares with a terminal's journal: what the platform says of each trade,
// or its statement.
func (c Options) with(ctx context.Context, from ledger) (Findings, error) {
	if c.Statement == "" {
		if c.Config.Platform.AppID == "" || c.Config.Platform.AppKey.Empty() {
			return Findings{}, errNoKey
		}
		report, err := from.ask(c.Day)
		return Findings{Report: report}, err
	}
	here, err := from.trades(wanted{Day: c.Day})
	if err != nil {
		return Findings{}, err
	}
	find := func(numbers []string) ([]reconcile.Trade, error) {
		return from.trades(wanted{Day: c.Day, Numbers: numbers})
	}
	return c.against(ctx, reconcile.NewComparison(c.Day, here, scopeOf(c.Config, here), find))
}

// against holds the statement's rows against a comparison's trades.
func (c Options) against(ctx context.Context, books *reconcile.Comparison) (Findings, error) {
	books.Brief = c.Brief
	statement, err := readFile(ctx, c.Statement, func(file *os.File) (reconcile.Statement, error) {
		in, err := seekable(file)
		if err != nil {
			return reconcile.Statement{}, err
		}
		return reconcile.ReadStatement(in, reconcile.Layouts(c.Config.Reconcile.Layout.Statement()), books.Add)
	})
	if err != nil {
		return Findings{}, sayStatement(filepath.Base(c.Statement), err)
	}
	report, err := books.Report()
	return Findings{
		Report: report, File: filepath.Base(c.Statement), statement: statement,
		scoped: len(c.Config.Reconcile.Terminals) > 0 || c.Config.Reconcile.Prefix != "",
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
