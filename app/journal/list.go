package journal

import (
	"context"
	"errors"
	"fmt"
	"io"

	"onetrans/app/sheet"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

func (r Request) filter() store.Filter {
	return store.Filter{No: r.No, CardNo: r.Card, States: r.States, From: r.From, To: r.To, Open: r.Open, Desk: r.Desk}
}

// each calls do with the trades that were asked for.
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
	w := newWriter(r.Format, t.words(), out)
	err := t.each(ctx, r, func(record store.Record) error { return w.trade(record.Trade, rowOf(record, r.Identity)) })
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
	if err == nil {
		err = t.own(r, func(e store.Event) error { return write(entryOf(e)) })
	}
	return errors.Join(err, end())
}

// own calls do with the entries about the journal itself, unless a trade was asked
// for: adoptions, prunings, readings with identities.
func (t Terminal) own(r Request, do func(store.Event) error) (err error) {
	if r.Kind != "" || r.No != "" || r.Card != "" || len(r.States) > 0 || r.Open || r.Desk {
		return nil
	}
	failed := t.Store.Entries(func(seq uint64, e txn.Entry) bool {
		on := e.At.In(onetrans.Zone()).Format(compactDay)
		if e.Kind == "" && (r.From == "" || on >= r.From) && (r.To == "" || on <= r.To) {
			err = do(store.Event{Entry: e, Seq: seq})
		}
		return err == nil
	})
	return errors.Join(failed, err)
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
