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
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/owner"
	"onetrans/app/socket"
	"onetrans/assets/texts"
	"onetrans/flows/onetrans"
	"onetrans/flows/reconcile"
	"onetrans/flows/txn"
)

// comparisonName is what a comparison is called among an owner's commands.
const comparisonName = "reconcile"

// findOutTime bounds how long trades that are open are asked for before they
// are compared.
const findOutTime = 10 * time.Second

// comparison is what is to be compared with a terminal's journal, by whoever
// has that.
type comparison struct {
	Day       reconcile.Day    `json:"day"`
	Statement string           `json:"statement"` // its file, absolute; empty: the platform is asked
	Format    reconcile.Format `json:"format"`
	Scope     reconcile.Scope  `json:"scope"`
}

// findings are what came of a comparison.
type findings struct {
	reconcile.Report
	File string // the statement's; empty: the platform itself was asked
	// Of the statement: lines that are no trades, and columns that it has not.
	Skipped int
	Without []string

	words texts.Language
}

// foundIn are the findings in a statement.
func foundIn(path string, s reconcile.Statement, r reconcile.Report) findings {
	return findings{Report: r, File: filepath.Base(path), Skipped: s.Skipped, Without: s.Without}
}

// byOwner lets the terminal's owner compare.
func (c comparison) byOwner(ctx context.Context, address string) (found findings, err error) {
	request, err := json.Marshal(c)
	if err != nil {
		return found, err
	}
	var out bytes.Buffer
	if err := socket.AskCommand(ctx, address, socket.Command{Name: comparisonName, Request: request}, &out); err != nil {
		return found, err
	}
	return found, json.Unmarshal(out.Bytes(), &found)
}

// compare is [comparison.byOwner] at the owner. It disturbs no call.
func (r *resident) compare(ctx context.Context, asked []byte, out io.Writer) error {
	var c comparison
	if err := json.Unmarshal(asked, &c, json.RejectUnknownMembers(true)); err != nil {
		return command.Wrong("other_version")
	}
	r.log.Info("reconcile", "day", c.Day)
	against, err := c.against(r.config)
	if err != nil {
		return err
	}
	found, err := c.with(ctx, r.owner, r.config, against)
	if err != nil {
		return err
	}
	return json.MarshalWrite(out, found)
}

// alone takes the terminal for as long as it takes, and asks once for what is
// open. Calls meanwhile hear that it is busy.
func (c comparison) alone(ctx context.Context, settings config.Config, log *slog.Logger) (found findings, err error) {
	against, err := c.against(settings)
	if err != nil {
		return found, err
	}
	// Opening would make an empty one, which balances with everything.
	if _, err := os.Stat(settings.Store.Path); err != nil {
		return found, errNoJournal.Because(err)
	}
	options := ownerOptions(settings, log)
	options.Listen = sayBusy(settings, newDoor(settings, log), log)
	terminal, err := owner.Open(options)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, terminal.Close()) }()
	asking, cancel := context.WithTimeout(ctx, findOutTime)
	defer cancel()
	_ = terminal.AskOpen(asking) // what stays open is told as such
	return c.with(ctx, terminal, settings, against)
}

// against is the statement; nil where the platform is to be asked, and can be.
func (c comparison) against(settings config.Config) (*reconcile.Statement, error) {
	if c.Statement != "" {
		s, err := readStatement(c.Statement, c.Format)
		return &s, err
	}
	if settings.Platform.AppID == "" || settings.Platform.AppKey.Empty() {
		return nil, errNoKey
	}
	return nil, nil
}

// ownWords has the platform say what it says, also of what is final here.
type ownWords struct{ core *txn.Core }

func (w ownWords) Query(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	return w.core.Ask(ctx, request)
}

// with compares with what a terminal's journal has.
func (c comparison) with(ctx context.Context, o *owner.Owner, settings config.Config, statement *reconcile.Statement) (findings, error) {
	since := c.Day.Before().Begin()
	pruned, err := o.PrunedBefore(since)
	if err == nil && pruned.After(since) {
		err = command.Wrong("archived", "what", c.Day.String())
	}
	if err != nil {
		return findings{}, err
	}
	trades, err := o.Trades(since)
	if err != nil {
		return findings{}, err
	}
	if statement == nil {
		report, err := reconcile.AskPlatform(ctx, ownWords{o.Core}, c.Day, trades, merchants(settings))
		return findings{Report: report}, err
	}
	named, err := namedIn(*statement, o)
	if err != nil {
		return findings{}, err
	}
	here, err := compared(append(trades, named...))
	if err != nil {
		return findings{}, err
	}
	report := reconcile.Compare(c.Day, here, statement.Rows, scopeOf(c.Scope, settings, here))
	return foundIn(c.Statement, *statement, report), nil
}

func readStatement(path string, f reconcile.Format) (reconcile.Statement, error) {
	return readFile(path, func(r io.Reader) (reconcile.Statement, error) { return reconcile.ReadStatement(r, f) })
}

// namedIn are the trades of any time that a statement names: a refund may be
// done days after it was asked for.
func namedIn(s reconcile.Statement, o *owner.Owner) (named []txn.Trade, err error) {
	for _, row := range s.Rows {
		for _, kind := range []string{onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettle} {
			t, found, err := o.Trade(kind, row.No)
			switch {
			case errors.Is(err, txn.ErrArchived):
				return nil, command.Wrong("archived", "what", row.No)
			case err != nil:
				return nil, err
			case found:
				named = append(named, t)
			}
		}
	}
	return named, nil
}

// compared are the trades that moved money or may have, as they are compared.
func compared(trades []txn.Trade) (here []reconcile.Trade, err error) {
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

// scopeOf is what of a statement is one terminal's: what is configured, else what
// names it as the configuration or its trades do.
func scopeOf(scope reconcile.Scope, settings config.Config, here []reconcile.Trade) reconcile.Scope {
	if len(scope.Terminals) == 0 {
		scope.Terminals = []string{settings.Terminal.TermNo}
		for _, t := range here { // HIS says its own
			scope.Terminals = append(scope.Terminals, t.Terminal)
		}
	}
	return scope
}

// merchants are who collects, by account type. A settlement may not say its
// own: it is outpatient.
func merchants(settings config.Config) map[string]reconcile.Merchant {
	all := make(map[string]reconcile.Merchant)
	for _, a := range settings.Pay.Accounts {
		if a.PayAppID != "" {
			all[a.Type] = reconcile.Merchant{AppID: a.PayAppID, AppSecret: a.PayAppSecret.Reveal()}
		}
	}
	all[""] = all[onetrans.AccountOutpatient]
	return all
}
