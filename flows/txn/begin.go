package txn

import (
	"context"
	"errors"
	"fmt"
)

// begin journals a new trade, or finds the one that this request repeats. The
// turn to speak about it comes along when it is to be sent now; without one it
// must be asked for first. first is journaled before it is sent; guard says what stands against a new send; it and
// the journaling are one step for all trades.
func (c *Core) begin(order Order, first sent, guard func(*Order) error) (l *live, turn func(), err error) {
	c.beginning.Lock()
	defer c.beginning.Unlock()

	before, known, err := c.journal.Trade(order.Kind(), order.No)
	switch {
	case errors.Is(err, ErrArchived):
		return nil, nil, fmt.Errorf("%w: %w", ErrNumberReused, err)
	case err != nil:
		return nil, nil, fmt.Errorf("%w: looking for %s: %w", ErrJournal, order.No, err)
	case known && before.Order.Content != order.Content:
		return nil, nil, fmt.Errorf("%w: %s", ErrNumberReused, order.No)
	case known && !c.kinds[order.Kind()].repeats(before):
		return c.repeated(before, order), nil, nil
	}
	if err := guard(&order); err != nil {
		return nil, nil, err
	}
	if known && !neverLeft(before) {
		l, err = c.reopen(before, order)
		return l, nil, err
	}
	note := "repeated by the caller"
	if !known {
		before, note = Trade{Progress: Progress{State: draft}}, ""
	}
	before.Order = order
	l = newLive(before)
	if turn, err = l.take(context.Background()); err == nil { // nobody else knows it yet
		_, err = c.happen(l, first, note)
	}
	return l, turn, err
}

// repeated is the trade that a call repeats. One that is not final goes on
// with the caller's credentials of today.
func (c *Core) repeated(before Trade, order Order) *live {
	if before.Final() {
		return newLive(before)
	}
	l := c.adopt(before)
	l.renew(order.Secrets)
	return l
}

// reopen takes a trade that the platform had up again; it is asked for before
// it is sent.
func (c *Core) reopen(before Trade, order Order) (*live, error) {
	before.Order.Secrets = order.Secrets
	l := newLive(before)
	_, err := c.happen(l, reopened{}, "repeated by the caller")
	return l, err
}
