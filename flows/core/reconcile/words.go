package reconcile

import (
	"strings"

	"onetrans/flows/message/onetrans"
)

// book are the trades here, with what belongs together.
type book struct {
	trades  []Trade
	byNo    map[key]*Trade
	charges map[string]string // the platform's number of a charge to ours
	refunds map[string]sides  // by charge
}

// sides are a charge's refunds, as far as they are known here. What a person has
// decided is told by itself: the platform's sum may have it or not.
type sides struct{ moved, undecided, said onetrans.Fen }

func newBook(trades []Trade) book {
	b := book{trades, make(map[key]*Trade), make(map[string]string), make(map[string]sides)}
	for n := range trades {
		t := &trades[n]
		b.byNo[key{t.Kind, t.No}] = t
		if t.Kind == Charge && t.TraceNo != "" {
			b.charges[t.TraceNo] = t.No
		}
	}
	for _, t := range trades {
		if t.Kind == Refund {
			b.refunds[b.original(t)] = b.refunds[b.original(t)].with(t)
		}
	}
	return b
}

func (s sides) with(t Trade) sides {
	switch t.State {
	case Moved:
		s.moved += t.Amount
		if t.DecidedBy != "" {
			s.said += t.Amount
		}
	case NotMoved:
		if t.DecidedBy != "" {
			s.undecided += t.Amount
		}
	case Open, Doubt:
		s.undecided += t.Amount
	}
	return s
}

// original is a refund's charge: our number where it is known.
func (b book) original(t Trade) string {
	if no, ok := strings.CutPrefix(t.Original, "no:"); ok {
		return no
	}
	if no, known := b.charges[strings.TrimPrefix(t.Original, "trace:")]; known {
		return no
	}
	return t.Original
}

// judgeWords compares with the words, then the sums of each charge's refunds.
// Elsewhere than where all refunds are made here, no sum proves one of them.
func judgeWords(day Day, trades []Trade, words []word, refundsOnlyHere bool) Report {
	b := newBook(trades)
	rows := make([]Row, len(words))
	for n, w := range words {
		rows[n] = w.row
		if !w.echoed && !(refundsOnlyHere && w.proves(b)) {
			rows[n].State = Silent
		}
	}
	c := &Comparison{report: Compare(day, trades, rows, Scope{})}
	for _, w := range words {
		if w.row.Kind == Charge && w.row.State == Moved && w.summed {
			c.judgeRefunds(b.byNo[key{Charge, w.row.No}], w, b.refunds[w.row.No])
		}
	}
	return c.sorted()
}

// proves: an answer that does not name its refund may be about another. That the
// platform's sum has all of ours proves each, where nobody else adds to it.
func (w word) proves(b book) bool {
	t := b.byNo[key{Refund, w.row.No}]
	return t != nil && w.row.State == Moved && w.summed && w.refunded >= b.refunds[b.original(*t)].moved
}

// judgeRefunds: what the platform gave back beyond ours was given back
// elsewhere, or lost here. What is undecided here may be either.
func (c *Comparison) judgeRefunds(t *Trade, w word, s sides) {
	row := &Row{Kind: Refund, State: Moved, Original: t.No}
	switch {
	case w.refunded < s.moved-s.said:
		row.Amount = w.refunded
		c.add(Item{Class: Differs, Kind: Charge, Here: t, There: row, Differences: []Difference{InRefunds}})
	case w.refunded > s.moved+s.undecided:
		row.Amount = w.refunded - s.moved - s.undecided
		c.report.There[Refund].add(row.Amount)
		c.add(Item{Class: MissingHere, Kind: Refund, There: row})
	}
}
