package kiosk

import (
	"context"
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
)

// orders are one flow's orders in the core: the top-ups, or the settlements.
type orders[S any] struct {
	*Runner
	watch func(no string) (statuses <-chan S, end func(), err error)
	// undo closes or abandons an order.
	undo func(ctx context.Context, no string) (S, error)
	// silence is where a status says since when nobody answers.
	silence func(*S) *time.Time
}

func (r *Runner) charges() orders[txn.Status] {
	return orders[txn.Status]{
		r, r.out.Core.Watch, r.out.Core.CloseOrder, func(s *txn.Status) *time.Time { return &s.SilentSince },
	}
}

func (r *Runner) settlements() orders[txn.SettleStatus] {
	return orders[txn.SettleStatus]{
		r, r.out.Bills.WatchSettlement, r.out.Bills.AbandonSettlement, func(s *txn.SettleStatus) *time.Time { return &s.SilentSince },
	}
}

// try lets the core do something about an order, and reports what came of it.
func (o orders[S]) try(ctx context.Context, s *session, what cashier.Occasion, no string,
	limit time.Duration, do func(context.Context, string) (S, error),
) {
	o.work.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		status, err := do(ctx, no)
		if err != nil {
			o.out.Log.Warn("trying something about an order", "for", what, "no", no, "error", err)
			status = o.unanswered(status)
		}
		o.report(s, cashier.Update[S]{What: what, Status: status, Err: err})
	})
}

// unanswered is a status that nobody answered for.
func (o orders[S]) unanswered(status S) S {
	if since := o.silence(&status); since.IsZero() {
		*since = time.Now()
	}
	return status
}

// follow reports every change of an order until it is over or the session ends.
func (o orders[S]) follow(s *session, no string, over func(S) bool) {
	statuses, end, err := o.watch(no)
	if err != nil {
		o.out.Log.Error("watching an order", "no", no, "error", err)
		return
	}
	defer end()
	for {
		select {
		case status := <-statuses:
			o.report(s, cashier.Update[S]{What: cashier.Changed, Status: status})
			if over(status) {
				return
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// last is an order as it stands, undone if it is to be.
func (o orders[S]) last(ctx context.Context, no string, undo bool) (status S) {
	if undo {
		status, err := o.undo(ctx, no)
		if err == nil {
			return status
		}
		o.out.Log.Warn("undoing an order", "no", no, "error", err)
	}
	statuses, end, err := o.watch(no)
	if err != nil {
		o.out.Log.Error("reading an order", "no", no, "error", err)
		return o.unanswered(status)
	}
	defer end()
	return <-statuses
}
