package simulate

import (
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// witness sees every entry as it becomes durable: what is final stays as it
// is, and the refunds of an order never pass what was paid for it.
func (t *terminal) witness(e txn.Entry, now txn.Trade) {
	t.seenMu.Lock()
	defer t.seenMu.Unlock()
	k := key{now.Order.Kind(), now.Order.No}
	before, known := t.seen[k]
	t.seen[k] = now
	switch {
	case !known:
		t.day.trades.Add(1)
		t.day.count.trades.Add(1)
	case before.Order.Amount != now.Order.Amount || before.Order.Content != now.Order.Content:
		t.day.wrong("%s %s was changed: %s", k.kind, k.no, e.Event)
	case before.Final() && before.At() != now.At() && !mayBegin(before, e.Event) && !isUndone(before, now):
		t.day.wrong("%s %s was %s, which is final, and became %s by %q", k.kind, k.no, before.At(), now.At(), e.Event)
	}
	if k.kind == onetrans.TransRefund && e.Event == "sent" {
		t.checkRefunds(now)
	}
}

// mayBegin: what was told as refused, not sent or failed may be sent again by
// a caller, and a refund of our own that a person gave up by a person.
func mayBegin(before txn.Trade, event string) bool {
	final := before.At()
	switch event {
	case "sent":
		return final == txn.Refused || final == txn.NotSent || final == txn.Fail
	case "reopened":
		return final == txn.Fail
	case "retry asked":
		return final == txn.Fail && before.Order.Own && before.Progress.Hand != nil
	}
	return false
}

// isUndone: what was settled has been cancelled.
func isUndone(before, now txn.Trade) bool {
	return before.Order.Kind() == onetrans.TransSettle && before.At() == txn.Succ && now.At() == txn.Cancelled
}

// journals says whether the journal has a trade as open.
func (t *terminal) journals(k key) bool {
	t.seenMu.Lock()
	defer t.seenMu.Unlock()
	trade, known := t.seen[k]
	return known && !trade.Final()
}

// checkRefunds adds up the refunds of the order that r gives back. t.seenMu is held.
func (t *terminal) checkRefunds(r txn.Trade) {
	charge, known := t.chargeOf(r)
	if !known {
		return // another terminal's: there the platform is the bound
	}
	sum := onetrans.Fen(0)
	for k, other := range t.seen {
		if k.kind != onetrans.TransRefund || !takes(other) {
			continue
		}
		if c, ok := t.chargeOf(other); ok && c.Order.No == charge.Order.No && c.Order.Kind() == charge.Order.Kind() {
			sum += other.Order.Amount
		}
	}
	if paid := amountOf(charge); sum > paid {
		t.day.wrong("refunds of %s come to %s of %s", charge.Order.No, sum, paid)
	}
}

// takes says whether a refund takes, or may yet take, of what was paid.
func takes(t txn.Trade) bool {
	return t.At() != txn.Fail && t.At() != txn.Refused && t.At() != txn.NotSent
}

func amountOf(charge txn.Trade) onetrans.Fen {
	if s := charge.Progress.Settle; s != nil {
		return s.Cash
	}
	return charge.Order.Amount
}

// chargeOf finds the payment that a refund gives back. t.seenMu is held.
func (t *terminal) chargeOf(r txn.Trade) (txn.Trade, bool) {
	for k, c := range t.seen {
		if k.kind != onetrans.TransRecharge && k.kind != onetrans.TransSettle {
			continue
		}
		if r.Order.Original == "no:"+c.Order.No && k.kind == onetrans.TransRecharge ||
			c.Progress.TraceNo != "" && r.Order.Original == "trace:"+c.Progress.TraceNo {
			return c, true
		}
	}
	return txn.Trade{}, false
}
