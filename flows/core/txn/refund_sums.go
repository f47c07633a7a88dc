package txn

import (
	"slices"

	"onetrans/flows/message/onetrans"
)

// sumsOf reads both sums; nil unless both are there.
func sumsOf(refunded, refunding onetrans.Amount) *Sums {
	done, err := refunded.Fen()
	if err != nil {
		return nil
	}
	underWay, err := refunding.Fen()
	if err != nil {
		return nil
	}
	return &Sums{done, underWay}
}

// bySums is what the sums of all refunds of its original prove of one; empty
// when nothing. That it is done they prove only where nobody else refunds.
func (c *Core) bySums(t Trade, out onetrans.QueryOut, now *Sums) onetrans.Result {
	if now == nil || !c.ofItsOriginal(t, out) {
		return ""
	}
	others, err := c.otherRefunds(t)
	if err != nil {
		return ""
	}
	amount, before := t.Order.Amount, t.Order.Before
	switch {
	case now.Refunded+now.Refunding < max(doneOf(others), before.refunded())+amount:
		return onetrans.ResultNotFound // they can't hold it
	case !c.options.RefundsOnlyHere || before == nil || !alone(t, others):
		return ""
	case *now == *before:
		return onetrans.ResultNotFound
	case *now == Sums{before.Refunded + amount, before.Refunding}:
		return onetrans.ResultSucc
	case *now == Sums{before.Refunded, before.Refunding + amount}:
		return onetrans.ResultIng
	}
	return ""
}

func (s *Sums) refunded() onetrans.Fen {
	if s == nil {
		return 0
	}
	return s.Refunded
}

// otherRefunds are the other refunds in this journal of the same order.
func (c *Core) otherRefunds(t Trade) ([]Trade, error) {
	charges, err := c.originals(t.Order.Original)
	if err != nil {
		return nil, err
	}
	refunds, err := c.refundsOf(t.Order.Original, charges)
	return slices.DeleteFunc(refunds, func(r Trade) bool { return r.Order.No == t.Order.No }), err
}

// doneOf is what refunds have given back for certain, by the platform's word.
func doneOf(refunds []Trade) (sum onetrans.Fen) {
	for _, r := range refunds {
		if r.At() == Succ && !r.inParts() && !r.byHand() && !r.Progress.Contradicted() {
			sum += r.Order.Amount
		}
	}
	return sum
}

// alone says whether none of the others was made since.
func alone(t Trade, others []Trade) bool {
	return !slices.ContainsFunc(others, func(r Trade) bool { return r.Progress.SentAt.After(t.Order.CreatedAt) })
}

// ofItsOriginal says whether an answer proves to be about the order that the
// refund gives back.
func (c *Core) ofItsOriginal(t Trade, out onetrans.QueryOut) bool {
	said := firstOf(out.OrigTraceNo, out.TraceNo)
	for _, name := range []string{t.Order.Original, t.Progress.OtherName} {
		if traceNo, ok := cutTrace(name); ok {
			return said == traceNo
		}
	}
	charges, err := c.originals(t.Order.Original)
	return err == nil && len(charges) == 1 && said != "" && said == charges[0].Progress.TraceNo
}

// sumsBefore are what the platform certainly counted before another refund is made:
// the sums of the latest one where all are final, and nothing where nobody else
// refunds and an order of ours has none yet; else nil.
func (c *Core) sumsBefore(refunds, charges []Trade, no string) *Sums {
	if c.options.RefundsOnlyHere && len(charges) == 1 && len(refunds) == 0 {
		return &Sums{}
	}
	var latest *Trade
	for _, r := range refunds {
		if r.inParts() {
			continue // a part that will say so itself when it is made
		}
		if r.Order.No == no || !r.Final() {
			return nil
		}
		if latest == nil || r.Progress.SentAt.After(latest.Progress.SentAt) {
			latest = &r
		}
	}
	if latest == nil {
		return nil
	}
	return latest.Progress.Sums
}
