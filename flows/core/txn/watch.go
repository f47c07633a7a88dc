package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// Status is how a trade stands, for those who watch it.
type Status struct {
	Trade Trade
	// SilentSince is when the platform stopped speaking of the trade: it does
	// not answer, refuses to, or answers nonsense. Zero while it speaks.
	SilentSince time.Time
}

// watcher is somebody who watches a trade.
type watcher struct{ tell func(Status) }

// Watch delivers the status of a recharge now and whenever it changes, until
// end is called. The channel holds the latest status only, and is never closed:
// a final status is the last. Its errors are ErrUnknownTrade and ErrJournal.
func (c *Core) Watch(no string) (statuses <-chan Status, end func(), err error) {
	return watch(c, onetrans.TransRecharge, no, statusItself)
}

// WatchRefund is Watch for a refund.
func (c *Core) WatchRefund(no string) (statuses <-chan Status, end func(), err error) {
	return watch(c, onetrans.TransRefund, no, statusItself)
}

func statusItself(s Status) Status { return s }

// watch delivers what show makes of a trade's status.
func watch[S any](c *Core, kind, no string, show func(Status) S) (_ <-chan S, end func(), err error) {
	statuses := make(chan S, 1)
	w := &watcher{tell: func(s Status) {
		select { // one that is slow sees the latest only
		case <-statuses:
		default:
		}
		statuses <- show(s)
	}}
	l, ok := c.find(kind, no)
	if !ok {
		final, err := c.last(kind, no)
		if err != nil {
			return nil, nil, err
		}
		w.tell(final)
		return statuses, func() {}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers[w] = struct{}{}
	w.tell(Status{Trade: l.trade, SilentSince: l.silentSince})
	return statuses, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, w)
	}, nil
}

// Check asks the platform now how a recharge stands. An error is ErrJournal,
// ErrUnknownTrade or ctx's; that the platform is silent is in the status.
func (c *Core) Check(ctx context.Context, no string) (Status, error) {
	return c.now(ctx, onetrans.TransRecharge, no, nil)
}

// CheckRefund is Check for a refund. It may send one again that the platform
// proves not to have, or not to have carried out. It is for the kiosk's page about a
// refund, which is not there yet.
func (c *Core) CheckRefund(ctx context.Context, no string) (Status, error) {
	return c.now(ctx, onetrans.TransRefund, no, nil)
}

// CloseOrder asks the platform to close an unpaid order for good. The status
// says what came of it: closed, paid after all, or, when the platform does not
// answer, still open; then it is asked again in the background until it is.
// Its errors are those of Check.
func (c *Core) CloseOrder(ctx context.Context, no string) (Status, error) {
	return c.now(ctx, onetrans.TransRecharge, no, closeAsked{})
}

// CheckAny is Check for a trade of any kind. It goes on with what is open as
// the background does: what can't be asked for is said again, and refunds that
// a balance is made of are made.
func (c *Core) CheckAny(ctx context.Context, kind, no string) (Status, error) {
	return c.now(ctx, kind, no, nil)
}

// now lets first happen, if anything, and asks at once.
func (c *Core) now(ctx context.Context, kind, no string, first flow.Event) (Status, error) {
	l, ok := c.find(kind, no)
	if !ok {
		return c.last(kind, no)
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

// last is the status of a trade that is not in memory, because it is final.
func (c *Core) last(kind, no string) (Status, error) {
	t, known, err := c.journal.Trade(kind, no)
	if err != nil {
		return Status{}, fmt.Errorf("%w: looking for %s: %w", ErrJournal, no, err)
	}
	if !known {
		return Status{}, fmt.Errorf("%w: %s", ErrUnknownTrade, no)
	}
	return Status{Trade: t}, nil
}

// recall is how the trade stands that an order repeats, see [Core.RecallRecharge].
func (c *Core) recall(order Order) (Status, bool, error) {
	if l, ok := c.find(order.Kind(), order.No); ok {
		return l.status(), true, sameContent(l.order, order)
	}
	t, known, err := c.usedFor(order)
	if err != nil || !known {
		return Status{}, false, err
	}
	return Status{Trade: t}, !neverBegan(t), sameContent(t.Order, order)
}
