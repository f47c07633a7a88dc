package journal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"onetrans/app/sheet"
	"onetrans/flows/money"
	"onetrans/flows/txn"
	"onetrans/store"
)

// Core is what some commands need of the transaction core.
type Core interface {
	Retry(ctx context.Context, kind, no, by string) (txn.Status, error)
	Decide(ctx context.Context, kind, no string, w txn.Word) (txn.Status, error)
}

// Terminal is what commands are carried out with.
type Terminal struct {
	Store *store.Store
	// Core is nil where only the journal is read.
	Core Core
}

// Errors of commands. Their texts are for persons.
var (
	ErrNotWhole = errors.New("the journal is not whole")
	ErrNoTrade  = errors.New("the journal has no such trade")
	ErrWhich    = errors.New("several trades have this number: say which with --kind")
	ErrServing  = errors.New("the terminal is being served: a journal that is served needs no adoption; stop the program first")
	ErrSilent   = errors.New("the platform did not answer; it is asked again in the background")
)

// retryTime is how long a retry may take.
const retryTime = 30 * time.Second

// Run carries out a request and writes what comes of it to out.
func Run(ctx context.Context, t Terminal, r Request, out io.Writer) error {
	run := map[Verb]func(context.Context, Request, io.Writer) error{
		List: t.list, Show: t.show, Verify: t.verify, Export: t.export,
		Retry: t.retry, Settle: t.settle, Backup: t.backup, Prune: t.prune,
		Adopt: func(context.Context, Request, io.Writer) error { return ErrServing },
	}[r.Verb]
	if run == nil {
		return fmt.Errorf("%w: %q", ErrRequest, r.Verb)
	}
	return plain(run(ctx, r, out))
}

// plain puts what the core says of a person's word into a person's words.
func plain(err error) error {
	switch {
	case errors.Is(err, txn.ErrVerdict):
		return errors.New("this cannot be said of the trade as it stands: 'onetrans journal show' says how it stands; " +
			"an open one is done or failed, one that is final and at the desk can be seen to")
	case errors.Is(err, txn.ErrUnknownTrade):
		return ErrNoTrade
	}
	return err
}

func (r Request) filter() store.Filter {
	return store.Filter{No: r.No, CardNo: r.Card, States: r.States, From: r.From, To: r.To, Open: r.Open, Desk: r.Desk}
}

// each calls do with the trades that are asked for.
func (t Terminal) each(ctx context.Context, r Request, do func(store.Record) error) error {
	var failed error
	n := 0
	err := t.Store.List(r.filter(), func(record store.Record) bool {
		if r.Kind != "" && record.Trade.Order.Kind() != r.Kind {
			return ctx.Err() == nil
		}
		failed = do(record)
		n++
		return failed == nil && ctx.Err() == nil && (r.Limit == 0 || n < r.Limit)
	})
	return errors.Join(err, failed, ctx.Err())
}

func (t Terminal) list(ctx context.Context, r Request, out io.Writer) error {
	w := newWriter(r.Format, out)
	err := t.each(ctx, r, func(record store.Record) error { return w.row(rowOf(record, r.Identity)) })
	return errors.Join(err, w.end())
}

func (t Terminal) export(ctx context.Context, r Request, out io.Writer) error {
	if !r.Entries {
		return t.list(ctx, r, out)
	}
	write, end := newEntryWriter(r.Format, out)
	err := t.each(ctx, r, func(record store.Record) error {
		events, err := t.Store.History(record.Trade.Order.Kind(), record.Trade.Order.No)
		for _, e := range events {
			err = errors.Join(err, write(entryOf(e)))
		}
		return err
	})
	return errors.Join(err, end())
}

// entry is an entry of the log as people read it.
type entry struct {
	Seq   string `json:"seq"`
	At    string `json:"at"`
	Kind  string `json:"kind"`
	No    string `json:"number"`
	Event string `json:"event"`
	State string `json:"state"`
	Note  string `json:"note"`
	By    string `json:"by"`
}

func entryOf(e store.Event) entry {
	return entry{fmt.Sprint(e.Seq), when(e.At), kindWord(e.Kind), e.No, e.Event, e.State, e.Note, e.By}
}

func newEntryWriter(f Format, out io.Writer) (write func(entry) error, end func() error) {
	if f == JSON {
		return func(e entry) error { return writeJSON(out, e) }, func() error { return nil }
	}
	w := sheet.New(out, "seq", "at", "kind", "number", "event", "state", "note", "by")
	return func(e entry) error { return w.Line(e.Seq, e.At, e.Kind, e.No, e.Event, e.State, e.Note, e.By) }, w.End
}

// one finds the trade that a number names.
func (t Terminal) one(r Request) (store.Record, error) {
	var found []store.Record
	err := t.Store.List(store.Filter{No: r.No}, func(record store.Record) bool {
		if r.Kind == "" || record.Trade.Order.Kind() == r.Kind {
			found = append(found, record)
		}
		return true
	})
	switch {
	case err != nil:
		return store.Record{}, err
	case len(found) == 0:
		return store.Record{}, ErrNoTrade
	case len(found) > 1:
		return store.Record{}, ErrWhich
	}
	return found[0], nil
}

// shown is a trade with its history.
type shown struct {
	Trade   row     `json:"trade"`
	Parts   []part  `json:"parts,omitzero"`
	Entries []entry `json:"entries"`
}

func (t Terminal) show(_ context.Context, r Request, out io.Writer) error {
	record, err := t.one(r)
	if err != nil {
		return err
	}
	events, err := t.Store.History(record.Trade.Order.Kind(), record.Trade.Order.No)
	if err != nil {
		return err
	}
	s := shown{Trade: rowOf(record, r.Identity), Parts: partsOf(record.Trade)}
	for _, e := range events {
		s.Entries = append(s.Entries, entryOf(e))
	}
	if r.Format == JSON {
		return writeJSON(out, s)
	}
	return s.write(out, money.Grouped(amount(record.Trade)))
}

func (s shown) write(out io.Writer, grouped string) error {
	s.Trade.Amount = grouped
	names, values := s.Trade.columns()
	for i, name := range names {
		if values[i] != "" {
			if _, err := fmt.Fprintf(out, "%-13s %s\n", name, clean(values[i])); err != nil {
				return err
			}
		}
	}
	for _, p := range s.Parts {
		if err := p.write(out); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(out); err != nil {
		return err
	}
	for _, e := range s.Entries {
		by := ""
		if e.By != "" {
			by = " (" + clean(e.By) + ")"
		}
		if _, err := fmt.Fprintf(out, "%8s  %s  %-20s  %-10s  %s%s\n", e.Seq, e.At, clean(e.Event), e.State, clean(e.Note), by); err != nil {
			return err
		}
	}
	return nil
}

func (t Terminal) retry(ctx context.Context, r Request, out io.Writer) error {
	record, err := t.one(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, retryTime)
	defer cancel()
	status, err := t.Core.Retry(ctx, record.Trade.Order.Kind(), record.Trade.Order.No, cmp.Or(r.By, "unnamed"))
	if err != nil {
		return err
	}
	if err := says(out, status); err != nil {
		return err
	}
	if !status.Trade.Final() && !status.SilentSince.IsZero() {
		return ErrSilent
	}
	return nil
}

func (t Terminal) settle(ctx context.Context, r Request, out io.Writer) error {
	record, err := t.one(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, retryTime)
	defer cancel()
	status, err := t.Core.Decide(ctx, record.Trade.Order.Kind(), record.Trade.Order.No, txn.Word{Verdict: r.Verdict, By: r.By, Why: r.Why})
	if err != nil && !errors.Is(err, txn.ErrVerdict) {
		return err
	}
	// Where the word was not taken, the platform may just have said why.
	return errors.Join(err, says(out, status))
}

// says says how a trade stands.
func says(out io.Writer, s txn.Status) error {
	line := fmt.Sprintf("%s %s is %s", kindWord(s.Trade.Order.Kind()), s.Trade.Order.No, s.Trade.At())
	if w := waits(s.Trade); w != "" {
		line += ", and waits for " + w
	}
	if !s.SilentSince.IsZero() {
		line += "; the platform has been silent since " + when(s.SilentSince)
	}
	_, err := fmt.Fprintln(out, clean(line))
	return err
}

func (t Terminal) verify(ctx context.Context, r Request, out io.Writer) error {
	var archives []*store.Store
	defer func() {
		for _, a := range archives {
			_ = a.Close()
		}
	}()
	for _, path := range r.Archives {
		a, err := t.Store.Archive(path)
		if err != nil {
			return err
		}
		archives = append(archives, a)
	}
	begin := time.Now()
	proof, err := t.Store.Verify(ctx, archives...)
	if err != nil {
		return err
	}
	if r.Head != "" {
		head, err := store.ParseHead(r.Head)
		if err == nil {
			err = t.known(head, archives)
		}
		if err != nil {
			proof.Faults = append(proof.Faults, store.Fault{What: "the receipt's head: " + err.Error()})
		}
	}
	return report(out, proof, time.Since(begin))
}

// known says whether the journal, or an archive that has the entry, once ended
// with head.
func (t Terminal) known(head store.Head, archives []*store.Store) error {
	err := t.Store.Knows(head)
	if !errors.Is(err, txn.ErrArchived) {
		return err
	}
	for _, a := range archives {
		if a.Knows(head) == nil {
			return nil
		}
	}
	return fmt.Errorf("%w, and none that --archive names has it so", err)
}

// report writes what came of a verification.
func report(out io.Writer, p store.Proof, took time.Duration) error {
	lines := []string{
		fmt.Sprintf("terminal  %s", p.Terminal),
		fmt.Sprintf("entries   %d, and %d in archives", p.Entries, p.Archived),
		fmt.Sprintf("trades    %d, of which %d are open", p.Trades, p.Open),
		fmt.Sprintf("head      %s", p.Head),
		fmt.Sprintf("verified  in %s", took.Round(time.Millisecond)),
	}
	for _, f := range p.Faults {
		word := "WRONG     "
		if f.Adopted {
			word = "adopted   "
		}
		lines = append(lines, word+f.What)
	}
	if p.More {
		lines = append(lines, "WRONG     and more")
	}
	if p.Whole() {
		lines = append(lines, "whole")
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, clean(line)); err != nil {
			return err
		}
	}
	if !p.Whole() {
		return ErrNotWhole
	}
	return nil
}

func (t Terminal) backup(_ context.Context, r Request, out io.Writer) error {
	head, err := t.Store.Backup(r.File)
	if err != nil {
		return exists(err)
	}
	_, err = fmt.Fprintf(out, "backup    %s\nhead      %s\nKeep the journal's key as well, in another place: without it nobody can read the backup.\n", r.File, head)
	return err
}

func (t Terminal) prune(ctx context.Context, r Request, out io.Writer) error {
	p, err := t.Store.Prune(ctx, time.Now().AddDate(0, 0, -r.Days), r.File)
	if err != nil {
		return exists(err)
	}
	if p.Archive == "" {
		_, err = fmt.Fprintln(out, "nothing is old enough")
		return err
	}
	_, err = fmt.Fprintf(out, "archived  %d trades, %d entries, in %s\nKeep the archive with the journal's key: together they prove the whole chain.\n", p.Trades, p.Entries, p.Archive)
	return err
}

// exists says that a file is not written over.
func exists(err error) error {
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("%w: nothing is written over, choose another name", err)
	}
	return err
}

// TakeOn adopts the journal at path, which nobody serves.
func TakeOn(ctx context.Context, path string, options store.Options, r Request, out io.Writer) error {
	begin := time.Now()
	proof, err := store.Adopt(ctx, path, options, r.By, r.Why)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no journal at %s", path)
	}
	if err != nil {
		return err
	}
	for i := range proof.Faults {
		proof.Faults[i].Adopted = true
	}
	if err := report(out, proof, time.Since(begin)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "adopted   by %s: money is served on it again\n", clean(r.By))
	return err
}
