package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
)

// Status is how a trade stands, for those who watch it.
type Status struct {
	Trade Trade
	// SilentSince is when the platform stopped speaking of the trade: it does
	// not answer, refuses to, or answers nonsense. Zero while it speaks.
	SilentSince time.Time
}

// Watch delivers the status of a trade now and whenever it changes, until end
// is called. The channel holds the latest status only, and is never closed: a
// final status is the last. Its errors are ErrUnknownTrade and ErrJournal.
func (c *Core) Watch(no string) (statuses <-chan Status, end func(), err error) {
	w := make(chan Status, 1)
	l, ok := c.find(no)
	if !ok {
		final, err := c.last(no)
		if err != nil {
			return nil, nil, err
		}
		w <- final
		return w, func() {}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers[w] = struct{}{}
	w <- Status{Trade: l.trade, SilentSince: l.silentSince}
	return w, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, w)
	}, nil
}

// Check asks the platform now how a trade stands. An error is ErrJournal,
// ErrUnknownTrade or ctx's; that the platform is silent is in the status.
func (c *Core) Check(ctx context.Context, no string) (Status, error) {
	return c.now(ctx, no, nil)
}

// CloseOrder asks the platform to close an unpaid order for good. The status
// says what came of it: closed, paid after all, or, when the platform does not
// answer, still open; then it is asked again in the background until it is.
// Its errors are those of Check.
func (c *Core) CloseOrder(ctx context.Context, no string) (Status, error) {
	return c.now(ctx, no, closeAsked{})
}

// now lets first happen, if anything, and asks at once.
func (c *Core) now(ctx context.Context, no string, first flow.Event) (Status, error) {
	l, ok := c.find(no)
	if !ok {
		return c.last(no)
	}
	defer l.interrupt()()
	if first != nil {
		if _, err := c.happen(l, first, ""); err != nil {
			return l.status(), err
		}
	}
	_, err := c.ask(ctx, l, 0)
	return l.status(), err
}

// last is the status of a trade that is final.
func (c *Core) last(no string) (Status, error) {
	t, known, err := c.journal.Trade(onetrans.TransRecharge, no)
	if err != nil {
		return Status{}, fmt.Errorf("%w: looking for %s: %w", ErrJournal, no, err)
	}
	if !known {
		return Status{}, fmt.Errorf("%w: %s", ErrUnknownTrade, no)
	}
	return Status{Trade: t}, nil
}
