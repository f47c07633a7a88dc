package txn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"onetrans/flows/message/onetrans"
)

// Refund gives money back (hop.trade.refund) and returns how it stands once the
// platform has answered, or ctx has ended: then its outcome is unknown and goes
// on being asked for in the background. A refund whose outcome was unknown is
// asked for before it is sent again, always under its own outRefundNo.
//
// An error means that nothing was sent for this call: [ErrInvalid],
// [ErrNumberReused], which may be a [*WayError], [ErrUntold], [ErrExceeds] or
// [ErrJournal]. Everything that came after the first send is in the status,
// refusals too.
func (c *Core) Refund(ctx context.Context, request onetrans.Request) (Status, error) {
	order, err := newRefund(request, time.Now())
	if err != nil {
		return Status{}, err
	}
	return c.refund(ctx, order)
}

func (c *Core) refund(ctx context.Context, order Order) (Status, error) {
	if err := c.clearUp(ctx, order); err != nil {
		return Status{}, err
	}
	l, turn, err := c.begin(order, sent{at: time.Now()}, c.withinBounds)
	if err != nil {
		return Status{}, err
	}
	defer c.watchOver(l)
	defer l.interrupt()()
	// From here on something may have been sent: no fault is an error any more.
	if err := c.refundThrough(ctx, l, turn); err != nil && ctx.Err() == nil {
		c.log.Error("after sending", "no", order.No, "error", err)
	}
	return l.status(), nil
}

// refundThrough sends a refund whose turn it is given, and goes on until it is
// decided, under way at the platform, or a person's, or until ctx ends.
func (c *Core) refundThrough(ctx context.Context, l *live, turn func()) error {
	if turn != nil {
		if err := c.send(ctx, l, turn); err != nil || l.now().refundServes() {
			return err
		}
	}
	return c.askUntil(ctx, l, Trade.refundServes)
}

// refundServes says whether a caller need not wait any longer.
func (t Trade) refundServes() bool {
	return t.Final() || t.At() == Pending || t.Progress.Desk != ""
}

// withinBounds is the error when an order's refunds would pass what was paid,
// as far as this journal knows the order; the platform bounds the others. It
// also notes what the platform has said of them so far.
func (c *Core) withinBounds(order *Order) error {
	charges, err := c.originals(order.Original)
	if err != nil {
		return err
	}
	refunds, err := c.refundsOf(order.Original, charges)
	if err != nil {
		return err
	}
	if err := c.wayFits(*order, charges); err != nil {
		return err
	}
	order.Before = c.sumsBefore(refunds, charges, order.No)
	for _, charge := range charges {
		if order.Amount > charge.paid()-taken(refunds, namesOf(order.Original, charges), order.No) {
			return fmt.Errorf("%w: %s of %s", ErrExceeds, order.No, order.Original)
		}
	}
	return nil
}

// originals are the trades in this journal that a refund's original names:
// one, or none when it was made elsewhere.
func (c *Core) originals(original string) ([]Trade, error) {
	if no, ok := cutNo(original); ok {
		t, known, err := c.journal.Trade(onetrans.TransRecharge, no)
		switch {
		case errors.Is(err, ErrArchived):
			return nil, nil // the platform bounds its refunds
		case err != nil:
			return nil, fmt.Errorf("%w: looking for %s: %w", ErrJournal, no, err)
		case known:
			return []Trade{t}, nil
		}
		return nil, nil
	}
	named, err := c.related(original)
	return slices.DeleteFunc(named, Trade.PaidElsewhere), err
}

// refundsOf are the refunds in this journal of one order, by whichever of its
// numbers they name it, each once though it name both.
func (c *Core) refundsOf(original string, charges []Trade) ([]Trade, error) {
	var refunds []Trade
	listed := map[key]bool{}
	for _, name := range slices.Sorted(maps.Keys(namesOf(original, charges))) {
		found, err := c.related(refundsOf(name))
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			if !listed[t.Order.key()] {
				listed[t.Order.key()] = true
				refunds = append(refunds, t)
			}
		}
	}
	return refunds, nil
}

// namesOf are the names by which refunds may name one order.
func namesOf(original string, charges []Trade) map[string]bool {
	names := map[string]bool{original: true}
	for _, t := range charges {
		if t.Order.Kind() == onetrans.TransRecharge {
			names[byNo(t.Order.No)] = true
		}
		if t.Progress.TraceNo != "" {
			names[byTrace(t.Progress.TraceNo)] = true
		}
	}
	return names
}

// related are the journal's trades that have ref now.
func (c *Core) related(ref string) ([]Trade, error) {
	found, err := c.journal.Related(ref)
	if err != nil {
		return nil, fmt.Errorf("%w: looking for what belongs together: %w", ErrJournal, err)
	}
	var trades []Trade
	for _, t := range found {
		for _, r := range t.Refs() {
			if r == ref {
				trades = append(trades, t)
				break
			}
		}
	}
	return trades, nil
}

// paid is what was paid for an order, at most: of one that is not decided, or
// that the platform has otherwise, all that it is over.
func (t Trade) paid() onetrans.Fen {
	over, paid := t.Order.Amount, false
	if s := t.Progress.Settle; s != nil {
		over, paid = s.Cash, s.Paid
	}
	if t.Final() && t.At() != Succ && !paid && !t.Progress.Disputed() {
		return 0
	}
	return over
}

// takes says whether a refund takes, or may yet take, of what was paid.
func (t Trade) takes() bool {
	switch t.At() {
	case Fail, Refused, NotSent:
		return t.Progress.Disputed()
	}
	return true
}

// sumsBefore are the sums of which it is certain that they were the platform's
// before another refund is made: those of the latest of refunds that are all
// final. Where nobody else refunds, and there is none of an order of ours, they are nought.
func (c *Core) sumsBefore(refunds, charges []Trade, no string) *Sums {
	if c.options.RefundsOnlyHere && len(charges) == 1 && len(refunds) == 0 {
		return &Sums{}
	}
	var latest *Trade
	for _, r := range refunds {
		if r.Order.Kind() == KindBalance {
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
