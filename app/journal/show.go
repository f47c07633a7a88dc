package journal

import (
	"context"
	"io"
	"strings"

	"onetrans/flows/core/txn"
	"onetrans/store"
)

// one is the trade with this number.
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
		return store.Record{}, ErrAmbiguous
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
	return s.write(out, t.words(), record.Trade)
}

// write writes a trade for people.
func (s shown) write(out io.Writer, w words, t txn.Trade) error {
	s.Trade.Amount, s.Trade.Kind, s.Trade.State = grouped(s.Trade.Amount), w.kind(t.Order.Kind()), w.state(t.At())
	s.Trade.Waits, s.Trade.Desk = w.waits(t), "" // which says that as well
	s.Trade.WithdrawMode, s.Trade.RefundType = w.way(s.Trade.WithdrawMode), w.name("refund_type", s.Trade.RefundType)
	s.Trade.Result, s.Trade.Decided = w.name("result", s.Trade.Result), w.name("verdict", s.Trade.Decided)
	var lines []string
	names, values := s.Trade.columns()
	for i, name := range names {
		if values[i] != "" {
			lines = append(lines, column(w.say("column."+name), 14)+values[i])
		}
	}
	for _, p := range s.Parts {
		lines = append(lines, column(w.say("column.part"), 14)+p.say(w))
	}
	lines = append(lines, "")
	for _, e := range s.Entries {
		by := ""
		if e.By != "" {
			by = "(" + e.By + ")"
		}
		lines = append(lines, strings.Join([]string{
			column(e.Seq, -8), e.At, column(w.event(e.Event), 22), column(w.name("state", e.State), 12), e.Note, by,
		}, "  "))
	}
	return writeLines(out, lines)
}
