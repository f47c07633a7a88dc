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
	"onetrans/app/owner"
	"onetrans/assets/texts"
	"onetrans/flows/onetrans"
	"onetrans/flows/reconcile"
	"onetrans/store"
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
	errInService = errors.New("the terminal is in service: the running kiosk, agent or call has its journal. " +
		"End that for as long as this takes, or export the journal ('onetrans journal export --json') and name the file with --journal")
)

// findOutTime bounds how long trades that are open are asked for before they
// are compared.
const findOutTime = 10 * time.Second

// comparing is a run of the command.
type comparing struct {
	day       reconcile.Day
	statement string
	journals  []string
	write     func(io.Writer, findings) error

	config config.Config
	log    *slog.Logger
}

// findings are what the command has to say.
type findings struct {
	reconcile.Report
	file  string // the statement's; empty: the platform itself was asked
	read  reconcile.Statement
	words texts.Language
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
	book, err := texts.Load()
	if err != nil {
		return err
	}
	found.words = book.In(string(c.config.UI.Language))
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

func (c comparing) compare(ctx context.Context) (findings, error) {
	if c.statement == "" {
		return c.askPlatform(ctx)
	}
	statement, err := readFile(c.statement, func(r io.Reader) (reconcile.Statement, error) {
		return reconcile.ReadStatement(r, c.config.Reconcile.Format)
	})
	if err != nil {
		return findings{}, err
	}
	here, err := c.here(ctx, statement.Rows)
	if err != nil {
		return findings{}, err
	}
	report := reconcile.Compare(c.day, here, statement.Rows, c.scope(here))
	return findings{Report: report, file: filepath.Base(c.statement), read: statement}, nil
}

// scope is what of the statement is compared: of several journals all, of one
// what is its terminal's.
func (c comparing) scope(here []reconcile.Trade) reconcile.Scope {
	if len(c.journals) > 1 {
		return reconcile.Scope{}
	}
	scope := c.config.Reconcile.Scope
	if len(scope.Terminals) == 0 {
		scope.Terminals = []string{c.config.Terminal.TermNo}
		for _, t := range here { // HIS says its own
			scope.Terminals = append(scope.Terminals, t.Terminal)
		}
	}
	return scope
}

// here are the trades on this side that the rows may be about.
func (c comparing) here(ctx context.Context, rows []reconcile.Row) ([]reconcile.Trade, error) {
	if len(c.journals) == 0 {
		return c.own(ctx, rows)
	}
	var journals [][]reconcile.Trade
	for _, path := range c.journals {
		trades, err := readFile(path, reconcile.ReadExport)
		if err != nil {
			return nil, err
		}
		journals = append(journals, trades)
	}
	return reconcile.Merge(journals...)
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

// own are this terminal's trades since the day before, and those of any time
// that a row names: a refund may be done days after it was asked for.
func (c comparing) own(ctx context.Context, rows []reconcile.Row) (here []reconcile.Trade, err error) {
	terminal, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, terminal.Close()) }()
	trades, err := terminal.Trades(c.day.Before().Begin())
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		for _, kind := range []string{onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettle} {
			t, found, err := terminal.Trade(kind, r.No)
			if err != nil {
				return nil, err
			}
			if found {
				trades = append(trades, t)
			}
		}
	}
	for _, t := range trades {
		trade, ok, err := reconcile.LineOf(t).Trade()
		if err != nil {
			return nil, fmt.Errorf("trade %s: %w", t.Order.No, err)
		}
		if ok {
			here = append(here, trade)
		}
	}
	return reconcile.Merge(here)
}

// open takes the terminal, and asks once for what is open. Calls meanwhile hear
// that it is busy.
func (c comparing) open(ctx context.Context) (*owner.Owner, error) {
	// Opening would make an empty one, which balances with everything.
	if _, err := os.Stat(c.config.Store.Path); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoJournal, err)
	}
	options := ownerOptions(c.config, c.log)
	options.Listen = sayBusy(c.config, newDoor(c.config, c.log), c.log)
	terminal, err := owner.Open(options)
	if errors.Is(err, store.ErrInUse) {
		return nil, errInService
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, findOutTime)
	defer cancel()
	_ = terminal.AskOpen(ctx) // what stays open is told as such
	return terminal, nil
}

// askPlatform asks for each trade of the day.
func (c comparing) askPlatform(ctx context.Context) (found findings, err error) {
	if c.config.Platform.AppID == "" || c.config.Platform.AppKey.Empty() {
		return found, errNoKey
	}
	terminal, err := c.open(ctx)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, terminal.Close()) }()
	trades, err := terminal.Trades(c.day.Before().Begin())
	if err != nil {
		return found, err
	}
	found.Report, err = reconcile.AskPlatform(ctx, terminal.Core, c.day, trades, c.merchants())
	return found, err
}

// merchants are who collects, by account type. A settlement may not say its
// own: it is outpatient.
func (c comparing) merchants() map[string]reconcile.Merchant {
	merchants := make(map[string]reconcile.Merchant)
	for _, a := range c.config.Pay.Accounts {
		if a.PayAppID != "" {
			merchants[a.Type] = reconcile.Merchant{AppID: a.PayAppID, AppSecret: a.PayAppSecret.Reveal()}
		}
	}
	merchants[""] = merchants[onetrans.AccountOutpatient]
	return merchants
}
