package terminal

import (
	"context"
	"errors"
	"time"

	"onetrans/app/terminal/call"
	"onetrans/flows/core/txn"
	"onetrans/flows/kiosk"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// screenPages are the pages of calls on a screen.
type screenPages struct {
	core *txn.Core
	// serve gives the screen to a call: [kiosk.Runner.Serve] or its like.
	serve func(context.Context, kiosk.PageCall) (kiosk.Outcome, error)
	// lend takes the screen for a page of the platform's own, until back is called:
	// [kiosk.Runner.Lend] or its like.
	lend func(context.Context) (back func(), err error)
	// patience is how long money in doubt stays on the screen.
	patience time.Duration
}

func (p screenPages) Lend(ctx context.Context) (back func(), err error) { return p.lend(ctx) }

func (p screenPages) Identify(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	outcome, err := p.within(ctx, kiosk.PageCall{Kind: kiosk.PageIdentify, Request: request})
	err = pageError(outcome, err)
	return outcome.Answer, err
}

func (p screenPages) Scan(ctx context.Context, request onetrans.Request) (string, error) {
	outcome, err := p.within(ctx, kiosk.PageCall{Kind: kiosk.PageScan, Request: request})
	err = pageError(outcome, err)
	return outcome.Code, err
}

func (p screenPages) Cashier(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	outcome, err := p.within(ctx, kiosk.PageCall{Kind: kiosk.PageCashier, Request: asked.Request, Order: asked.In, Patience: p.patience})
	err = pageError(outcome, err)
	return outcome.Trade, err // zero where nothing was sent
}

func (p screenPages) Settle(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn], outSettleNo string) (txn.SettleStatus, error) {
	outcome, err := p.within(ctx, kiosk.PageCall{Kind: kiosk.PageSettle, Request: asked.Request, Bills: asked.In, No: outSettleNo, Patience: p.patience})
	if err != nil || outcome.Settlement.No == "" {
		return txn.SettleStatus{}, pageError(outcome, err)
	}
	statuses, end, err := p.core.WatchSettlement(outcome.Settlement.No)
	if err != nil {
		// It is journaled: that it can't be read now says nothing of it.
		return txn.SettleStatus{No: outcome.Settlement.No}, err
	}
	defer end()
	return <-statuses, endError(outcome.End)
}

// errLeaves ends a page whose caller does not wait much longer.
var errLeaves = errors.New("the caller does not wait much longer")

// within has the page end before ctx does, where that has an end, so that what it began
// can still be undone; what is not known by then is not waited for.
func (p screenPages) within(ctx context.Context, c kiosk.PageCall) (kiosk.Outcome, error) {
	until, limited := ctx.Deadline()
	if !limited {
		return p.serve(ctx, c)
	}
	undoing := min(view.ClosePatience, time.Until(until)/2)
	page, leave := context.WithDeadlineCause(ctx, until.Add(-undoing), errLeaves)
	over := make(chan ended, 1)
	go func() {
		defer leave()
		outcome, err := p.serve(page, c)
		if context.Cause(page) == errLeaves {
			if outcome.End == kiosk.Cancelled {
				outcome.End = kiosk.TimedOut
			}
			if errors.Is(err, call.ErrCancelled) {
				err = call.ErrTimedOut
			}
		}
		over <- ended{outcome, err}
	}()
	expired, stop := context.WithDeadline(context.WithoutCancel(ctx), until)
	defer stop()
	select {
	case end := <-over:
		return end.outcome, end.err
	case <-expired.Done():
		return kiosk.Outcome{}, call.ErrLate
	}
}

// pageError is why a page brought nothing, in the words of package call.
func pageError(outcome kiosk.Outcome, err error) error {
	switch {
	case errors.Is(err, kiosk.ErrNoScanner):
		return call.ErrNoScanner
	case err != nil:
		return err
	}
	return endError(outcome.End)
}

// endError is the error for a page that ended without being answered.
func endError(end kiosk.End) error {
	switch end {
	case kiosk.Cancelled:
		return call.ErrCancelled
	case kiosk.TimedOut:
		return call.ErrTimedOut
	}
	return nil
}
