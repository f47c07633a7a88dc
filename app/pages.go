package main

import (
	"context"
	"time"

	"onetrans/app/call"
	"onetrans/flows/kiosk"
	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// screenPages are the pages of calls on a kiosk's screen.
type screenPages struct {
	core *txn.Core
	// serve gives the screen to a call: [kiosk.Runner.Serve] or its like.
	serve func(context.Context, kiosk.Call) (kiosk.Outcome, error)
	// patience is how long money in doubt stays on the screen.
	patience time.Duration
}

func (p screenPages) Identify(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	outcome, err := p.serve(ctx, kiosk.Call{Kind: kiosk.CallIdentify, Request: request})
	if err == nil {
		err = endError(outcome.End)
	}
	return outcome.Answer, err
}

func (p screenPages) Scan(ctx context.Context) (string, error) {
	outcome, err := p.serve(ctx, kiosk.Call{Kind: kiosk.CallScan})
	if err == nil {
		err = endError(outcome.End)
	}
	return outcome.Code, err
}

func (p screenPages) Cashier(ctx context.Context, request onetrans.Request) (txn.Status, error) {
	outcome, err := p.serve(ctx, kiosk.Call{Kind: kiosk.CallCashier, Request: request, Patience: p.patience})
	if err == nil {
		err = endError(outcome.End)
	}
	return outcome.Trade, err // zero where nothing was sent
}

func (p screenPages) Settle(ctx context.Context, request onetrans.Request, outSettleNo string) (txn.SettleStatus, error) {
	outcome, err := p.serve(ctx, kiosk.Call{Kind: kiosk.CallSettle, Request: request, No: outSettleNo, Patience: p.patience})
	if err != nil {
		return txn.SettleStatus{}, err
	}
	if outcome.Settlement.No == "" {
		return txn.SettleStatus{}, endError(outcome.End)
	}
	statuses, end, err := p.core.WatchSettlement(outcome.Settlement.No)
	if err != nil {
		// It is journaled: that it can't be read now says nothing of it.
		return txn.SettleStatus{No: outcome.Settlement.No}, err
	}
	defer end()
	return <-statuses, endError(outcome.End)
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
