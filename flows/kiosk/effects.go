package kiosk

import (
	"context"
	"errors"
	"time"

	"onetrans/devices"
	"onetrans/flows/identify"
	"onetrans/flows/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/txn"
	"onetrans/flows/view"
)

// How long the platform may take before a person hears that it does not answer.
const (
	lookUpTime = 15 * time.Second
	orderTime  = 20 * time.Second
	checkTime  = 8 * time.Second
	closeTime  = 12 * time.Second
)

// readerPause is how long to wait before a reader that failed is tried again.
const readerPause = 2 * time.Second

// listen waits for a card and a code, whichever comes first; it goes on where
// it was when it is asked again.
func (r *Runner) listen(s *session, l identify.Listen) {
	s.stopListening()
	ctx, cancel := context.WithCancel(s.ctx)
	s.unlisten = cancel
	if r.out.Cards != nil {
		go r.readCard(ctx, s, l.AfterRemoval)
	}
	if r.out.Codes != nil {
		go r.readCode(ctx, s)
	}
}

func (s *session) stopListening() {
	if s.unlisten != nil {
		s.unlisten()
		s.unlisten = nil
	}
}

// readCard reports a card, or why there is none; a reader that is away is
// tried again, so that it serves as soon as it is back.
func (r *Runner) readCard(ctx context.Context, s *session, afterRemoval bool) {
	if afterRemoval && r.out.Cards.WaitRemoved(ctx) != nil && ctx.Err() != nil {
		return
	}
	for {
		card, err := r.out.Cards.Read(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			r.report(ctx, s, identify.CardRead{Card: card})
			return
		}
		r.out.Log.Warn("reading a card", "error", err)
		r.report(ctx, s, identify.CardFailed{Err: err})
		if !errors.Is(err, devices.ErrNoReader) {
			return
		}
		select {
		case <-time.After(readerPause):
		case <-ctx.Done():
			return
		}
	}
}

func (r *Runner) readCode(ctx context.Context, s *session) {
	code, err := r.out.Codes.Scan(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.out.Log.Warn("scanning a code", "error", err)
		}
		return
	}
	r.report(ctx, s, identify.CodeScanned{Code: code})
}

// watchCard reports when the card is pulled. A reader that is gone took it along.
func (r *Runner) watchCard(s *session) {
	if err := r.out.Cards.WaitRemoved(s.ctx); err != nil && s.ctx.Err() != nil {
		return
	}
	r.report(s.ctx, s, identify.CardPulled{})
}

// lookUp asks the platform who it is.
func (r *Runner) lookUp(s *session, l identify.LookUp) {
	ctx, cancel := context.WithTimeout(s.ctx, lookUpTime)
	defer cancel()
	request, err := r.out.Messages.lookUp(l)
	if err != nil {
		r.out.Log.Error("making a read-card message", "error", err)
		r.report(s.ctx, s, identify.NotFound{Why: view.TroubleUnreadable})
		return
	}
	answer, err := r.out.Core.Call(ctx, request)
	if err != nil {
		r.out.Log.Warn("looking up a person", "error", err)
		r.report(s.ctx, s, identify.NotFound{Why: view.TroubleOffline})
		return
	}
	if !answeredRead(answer) {
		r.out.Log.Warn("looking up a person", "code", answer.Code.String())
		r.report(s.ctx, s, identify.NotFound{Why: view.TroubleNoPerson})
		return
	}
	var out onetrans.UserGetOut
	if err := onetrans.UnmarshalData(answer.Data, &out); err != nil {
		r.out.Log.Warn("looking up a person", "error", err)
		r.report(s.ctx, s, identify.NotFound{Why: view.TroubleOffline})
		return
	}
	r.report(s.ctx, s, identify.Found{Person: identify.PersonOf(out, r.out.Insurances)})
}

// answeredRead says whether a read succeeded. For reading alone, 'success' may
// stand in for a code that is missing: the specification's sample has none.
func answeredRead(a onetrans.Answer) bool {
	return a.Code.String() == string(onetrans.CodeOK) || a.Code.Empty() && a.ErrMsg.String() == "success"
}

// place makes the order, and watches what becomes of it.
func (r *Runner) place(s *session, charge recharge.Charge) {
	no, err := txn.NewNo(time.Now(), r.out.Random)
	if err != nil {
		r.report(s.ctx, s, recharge.NotPlaced{Err: err})
		return
	}
	request, err := r.out.Messages.recharge(no, charge)
	if err != nil {
		r.report(s.ctx, s, recharge.NotPlaced{Err: err})
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, orderTime)
	defer cancel()
	status, err := r.out.Core.Recharge(ctx, request)
	if err != nil {
		r.out.Log.Warn("making an order", "error", err)
		r.report(s.ctx, s, recharge.NotPlaced{Err: err})
		return
	}
	r.report(s.ctx, s, recharge.Placed{Status: status})
	r.watch(s, no)
}

// watch reports every change of a trade until it is final or the session ends.
func (r *Runner) watch(s *session, no string) {
	statuses, end, err := r.out.Core.Watch(no)
	if err != nil {
		r.out.Log.Error("watching a trade", "no", no, "error", err)
		return
	}
	defer end()
	for {
		select {
		case status := <-statuses:
			r.report(s.ctx, s, recharge.Changed{Status: status})
			if status.Trade.Final() {
				return
			}
		case <-s.ctx.Done():
			return
		}
	}
}

func (r *Runner) check(s *session, no string) {
	ctx, cancel := context.WithTimeout(s.ctx, checkTime)
	defer cancel()
	status, err := r.out.Core.Check(ctx, no)
	if err != nil {
		r.out.Log.Warn("asking for a trade", "no", no, "error", err)
	}
	r.report(s.ctx, s, recharge.Checked{Status: silent(status, err)})
}

func (r *Runner) closeOrder(s *session, no string) {
	ctx, cancel := context.WithTimeout(s.ctx, closeTime)
	defer cancel()
	status, err := r.out.Core.CloseOrder(ctx, no)
	if err != nil {
		r.out.Log.Warn("closing an order", "no", no, "error", err)
	}
	r.report(s.ctx, s, recharge.CloseDone{Status: silent(status, err)})
}

// silent is a status that nobody answered for, where asking failed.
func silent(status txn.Status, err error) txn.Status {
	if err != nil && status.SilentSince.IsZero() {
		status.SilentSince = time.Now()
	}
	return status
}
