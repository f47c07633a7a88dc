package txn

import (
	"context"
	"errors"
	"fmt"

	"onetrans/flows/flow"
)

// begin journals a new trade, or finds the one that this request repeats. The
// turn to speak about it comes along when it is to be sent now; without one it
// must be asked for first. first is journaled before it is sent; guard says what
// stands against a new send; it and the journaling are one step for all trades.
func (c *Core) begin(order Order, first sent, guard func(*Order) error) (l *live, turn func(), err error) {
	c.beginning.Lock()
	defer c.beginning.Unlock()

	before, known, err := c.usedFor(order)
	switch {
	case err != nil:
		return nil, nil, err
	case known && !c.kinds[order.Kind()].repeats(before):
		return c.repeated(before, order), nil, nil
	}
	if err := guard(&order); err != nil {
		return nil, nil, err
	}
	if known && !neverLeft(before) && !before.Order.anotherWay(order) {
		l, err = c.reopen(before, order, reopened{}, "repeated by the caller")
		return l, nil, err
	}
	note := "repeated by the caller"
	if !known {
		before, note = Trade{Progress: Progress{State: draft}}, ""
	}
	if known && before.Order.Original != order.Original {
		before.Progress.OtherName = before.Order.Original
	}
	before.Order = order
	before.Order.Merchant = c.merchantTag(order.Secrets)
	l = newLive(before)
	if turn, err = l.lock(context.Background()); err == nil { // nobody else knows it yet
		_, err = c.happen(l, first, note)
	}
	if err != nil {
		l, err = c.mayStand(l, err)
		return l, nil, err
	}
	return l, turn, nil
}

// usedFor is the trade that an order's number was used for. The error says what
// stands against taking the order for it.
func (c *Core) usedFor(order Order) (before Trade, known bool, err error) {
	before, known, err = c.journal.Trade(order.Kind(), order.No)
	switch {
	case errors.Is(err, ErrArchived):
		return before, false, fmt.Errorf("%w: %w", ErrNumberReused, err)
	case err != nil:
		return before, false, fmt.Errorf("%w: looking for %s: %w", ErrJournal, order.No, err)
	case known:
		err = c.same(before, order)
	}
	return before, known, err
}

// same is what stands against taking an order for the trade that its number was used for.
func (c *Core) same(before Trade, repeat Order) error {
	if err := sameContent(before.Order, repeat); err != nil {
		return err
	}
	if same := c.kinds[repeat.Kind()].same; same != nil {
		return same(c, before, repeat)
	}
	return nil
}

// readings is how often the journal is read for a trade that it may hold.
const readings = 3

// mayStand is a trade whose beginning was written and not acknowledged: nobody
// is told that it was not sent, because the next run would go on with it. It
// goes on as one that was interrupted. Where the journal does not hold it, the
// error is failed.
func (c *Core) mayStand(l *live, failed error) (*live, error) {
	if l.unsure == nil {
		return nil, failed
	}
	t := *l.unsure
	for range readings {
		stands, found, err := c.journal.Trade(l.order.Kind(), l.order.No)
		if err != nil {
			continue // nobody knows: it must be written before anything is sent
		}
		if !found || stands.Final() {
			return nil, failed
		}
		t.Progress = stands.Progress
		l = c.track(t)
		if _, err := c.happen(l, unanswered{}, interrupted); err != nil {
			c.log.Error("after a beginning that was not acknowledged", "no", l.order.No, "error", err)
		}
		return l, nil
	}
	l = newLive(t)
	if _, err := c.happen(l, unanswered{}, interrupted); err != nil {
		return nil, failed
	}
	return l, nil
}

// repeated is the trade that a call repeats. One that is not final goes on
// with the caller's credentials of today.
func (c *Core) repeated(before Trade, order Order) *live {
	if before.Final() {
		l := newLive(before)
		if _, err := c.happen(l, passedOn{}, ""); err != nil {
			c.log.Error("passing on what became of a trade", "no", order.No, "error", err)
		}
		return l
	}
	l := c.track(before)
	l.renew(order.Secrets)
	return l
}

// reopen takes a trade that the platform had up again, since somebody wants
// that; it is asked for before it is sent.
func (c *Core) reopen(before Trade, order Order, wanted flow.Event, note string) (*live, error) {
	before.Order.Secrets, before.Order.Merchant = order.Secrets, c.merchantTag(order.Secrets)
	l := newLive(before)
	if _, err := c.happen(l, wanted, note); err != nil {
		return c.mayStand(l, err)
	}
	return l, nil
}
