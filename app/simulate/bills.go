package simulate

import (
	"context"
	"time"

	"onetrans/flows/onetrans"
	"onetrans/flows/sandbox"
	"onetrans/flows/txn"
)

// settle is a patient with bills: looks at them, pays, leaves, or is made to wait.
func (v visitor) settle() {
	p, t := v.person(), v.somewhere()
	no := v.number("s", onetrans.TransSettle)
	for range 1 + v.IntN(3) {
		if v.settleOnce(p, t, no) != unsaid {
			return
		}
		time.Sleep(v.between(time.Second, 15*time.Minute))
	}
}

// settleOnce is one sitting at the page of a settlement.
func (v visitor) settleOnce(p sandbox.Person, t *terminal, no string) (said word) {
	call := v.told.begin(key{onetrans.TransSettle, no}, t.name, false)
	how := ""
	lived := t.ask(12*time.Minute, func(ctx context.Context, core *txn.Core) {
		status, err := v.sit(ctx, core, p, no)
		if err != nil {
			how = err.Error()
			if status.No == "" { // nothing was begun
				said = call.failed(err)
			}
			return
		}
		said, how = ofSettlement(status), string(status.State)
		if said == taken {
			v.shop.mu.Lock()
			defer v.shop.mu.Unlock()
			v.shop.settled = append(v.shop.settled, settledBill{p, status.SetlID, status.MdtrtID, t, false})
		}
	})
	if !lived {
		said, how = unsaid, "the process died"
	}
	v.told.ended(call, said, how)
	v.trace("%s       is told %q of %s (%s)", v.name, said, no, how)
	return said
}

// sit goes through the page: bills, payment, result.
func (v visitor) sit(ctx context.Context, core *txn.Core, p sandbox.Person, no string) (txn.SettleStatus, error) {
	status, err := core.PreSettle(within(ctx, 40*time.Second), v.settlement(p, no), nil)
	if err != nil || status.Final() {
		return status, err
	}
	if pause(ctx, v.between(100*time.Millisecond, 20*time.Second)) != nil { // the bills are being read
		return status, nil
	}
	if len(status.Bills) == 0 || v.hit(0.15) { // nothing to pay, or who sees the bills and goes
		if v.hit(0.5) {
			return core.AbandonSettlement(within(ctx, v.between(time.Second, 40*time.Second)), no)
		}
		return status, nil
	}
	if status.State == txn.PreSettled && status.Cash == 0 {
		return core.ConfirmSettlement(within(ctx, time.Minute), no)
	}
	if status, err = core.PaySettlement(within(ctx, 40*time.Second), no); err != nil {
		return status, err
	}
	if status.QRCode != "" {
		v.phone(no)
	}
	patience := v.between(10*time.Second, 6*time.Minute)
	later, err := await(ctx, patience, core.WatchSettlement, no, func(s txn.SettleStatus) bool { return s.Final() || s.Desk != "" })
	if err != nil || later.Final() || v.hit(0.3) {
		return later, err
	}
	return core.AbandonSettlement(within(ctx, v.between(time.Second, time.Minute)), no)
}

// within is ctx for at most so long; its timer ends with ctx.
func within(ctx context.Context, d time.Duration) context.Context {
	limited, cancel := context.WithTimeout(ctx, d)
	context.AfterFunc(ctx, cancel)
	return limited
}

// ofSettlement is what a caller hears of a settlement.
func ofSettlement(s txn.SettleStatus) word {
	switch s.State {
	case txn.Succ:
		return taken
	case txn.Refunded:
		return undone
	}
	if s.Final() {
		return notTaken
	}
	return unsaid
}

// cancel is a cashier who cancels a settlement that was done.
func (v visitor) cancel() {
	s, ok := v.aSettlement()
	if !ok {
		return
	}
	for range 1 + v.IntN(3) {
		if v.cancelOnce(s) != unsaid {
			return
		}
		time.Sleep(v.between(time.Second, 10*time.Minute))
	}
}

func (v visitor) cancelOnce(s settledBill) (said word) {
	call := v.told.begin(key{onetrans.TransSettleCancel, s.setlID}, s.terminal.name, false)
	how := ""
	lived := s.terminal.ask(v.between(time.Second, time.Minute), func(ctx context.Context, core *txn.Core) {
		status, err := core.CancelSettlement(ctx, v.cancellation(s))
		switch {
		case err != nil:
			said, how = call.failed(err), err.Error()
			return
		case status.State == txn.Succ:
			said = taken
		case status.Final():
			said = notTaken
		}
		how = string(status.State)
	})
	if !lived {
		said, how = unsaid, "the process died"
	}
	v.told.ended(call, said, how)
	v.trace("%s       is told %q of %s (%s)", v.name, said, s.setlID, how)
	return said
}

// aSettlement is one that nobody has cancelled.
func (v visitor) aSettlement() (settledBill, bool) {
	for range 20 {
		v.shop.mu.Lock()
		for i, s := range v.shop.settled {
			if !s.cancelled {
				v.shop.settled[i].cancelled = true
				v.shop.mu.Unlock()
				return s, true
			}
		}
		v.shop.mu.Unlock()
		if v.healed() {
			break
		}
		time.Sleep(v.between(time.Minute, 10*time.Minute))
	}
	return settledBill{}, false
}
