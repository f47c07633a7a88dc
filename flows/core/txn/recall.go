package txn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onetrans/flows/message/onetrans"
)

// charge pays an order that is there already with the code that the person
// shows. An attempt of which nothing is known is asked for before another is
// made, and only what the platform says is unpaid is paid.
func (c *Core) charge(ctx context.Context, l *live, depositType, authCode string) error {
	if l.now().Final() {
		return nil
	}
	if _, err := c.ask(ctx, l, 0); err != nil {
		return err
	}
	turn, err := l.lock(ctx)
	if err != nil {
		return err
	}
	defer turn()
	if !l.now().Unpaid() || !l.status().SilentSince.IsZero() {
		return nil
	}
	l.show(authCode)
	if _, err := c.happen(l, sent{at: time.Now(), payWith: depositType}, "with a payment code"); err != nil {
		return err
	}
	return c.sendNow(ctx, l)
}

// RecallRecharge is how the recharge stands that this request repeats; known is
// false where it would be a new one, or one that never reached the platform.
// Nothing is sent. Its errors are [ErrInvalid], [ErrNumberReused] and [ErrJournal].
func (c *Core) RecallRecharge(request onetrans.Request) (status Status, known bool, err error) {
	order, _, err := newOrder(request, time.Now())
	if err != nil {
		return Status{}, false, err
	}
	return c.recall(order)
}

func (c *Core) recall(order Order) (Status, bool, error) {
	if l, ok := c.find(order.Kind(), order.No); ok {
		return l.status(), true, sameContent(l.order, order)
	}
	t, known, err := c.journal.Trade(order.Kind(), order.No)
	switch {
	case errors.Is(err, ErrArchived):
		return Status{}, false, fmt.Errorf("%w: %w", ErrNumberReused, err)
	case err != nil:
		return Status{}, false, fmt.Errorf("%w: looking for %s: %w", ErrJournal, order.No, err)
	case !known:
		return Status{}, false, nil
	}
	return Status{Trade: t}, !neverLeft(t), sameContent(t.Order, order)
}
