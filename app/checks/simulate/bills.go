package simulate

import (
	"context"
	"slices"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/app/sandbox"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// settle is a patient with bills, who looks at them, pays, leaves, or is made to
// wait.
func (v visitor) settle() {
	p, t := v.person(), v.somewhere()
	no := v.number("s", onetrans.TransSettle)
	request := v.settlement(p, v.identified(p, t), no)
	for range 1 + v.IntN(3) {
		said := v.settleOnce(t, p, no, request)
		if said != judge.Unsaid && !(said == judge.Taken && v.hit(0.2)) { // HIS may ask for what it knows
			return
		}
		time.Sleep(v.between(time.Second, 15*time.Minute))
	}
}

// settleOnce is one call for a settlement, with somebody at its page.
func (v visitor) settleOnce(t *terminal, p sandbox.Person, no string, request onetrans.Request) judge.Word {
	call := v.begin(t, &judge.Call{Key: judge.Key{Kind: onetrans.TransSettle, No: no}})
	v.remember(call.Key, request)
	a, said, how := v.hears(call, t, 12*time.Minute, request, v.atPage())
	if said == judge.Taken {
		v.shop.mu.Lock()
		if !slices.ContainsFunc(v.shop.settled, func(s settledBill) bool { return s.no == no }) {
			v.shop.settled = append(v.shop.settled, settledBill{p, no, a.data.SetlID.String(), a.data.MdtrtID.String(), t, request, false})
		}
		v.shop.mu.Unlock()
	}
	v.ended(call, said, how, a.code)
	v.trace("%s       is told %q of %s (%s)", v.name, said, no, how)
	return said
}

// sit goes through the page: bills, payment, result.
func (v visitor) sit(ctx context.Context, core *txn.Core, asked onetrans.Asked[onetrans.SettleIn], no string) (txn.SettleStatus, error) {
	status, err := core.PreSettle(within(ctx, 40*time.Second), asked, nil)
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
	return v.payShare(ctx, core, no)
}

// payShare pays what the person owes, or leaves.
func (v visitor) payShare(ctx context.Context, core *txn.Core, no string) (txn.SettleStatus, error) {
	status, err := core.PaySettlement(within(ctx, 40*time.Second), no)
	if err != nil {
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

// within is ctx limited to this time; its timer ends with ctx.
func within(ctx context.Context, d time.Duration) context.Context {
	limited, cancel := context.WithTimeout(ctx, d)
	context.AfterFunc(ctx, cancel)
	return limited
}

// cancel is a cashier who cancels a settlement made here or elsewhere, and HIS that
// still asks about it.
func (v visitor) cancel() {
	s, ok := v.aSettlement()
	if !ok {
		return
	}
	at := s.terminal
	for range 1 + v.IntN(4) {
		if v.cancelOnce(at, s) != judge.Unsaid && v.hit(0.5) {
			break
		}
		if v.hit(0.3) {
			v.settleOnce(s.terminal, s.person, s.no, s.request)
		}
		time.Sleep(v.between(time.Second, 10*time.Minute))
		at = v.somewhere()
	}
	if v.hit(0.5) {
		v.settleOnce(s.terminal, s.person, s.no, s.request)
	}
}

func (v visitor) cancelOnce(t *terminal, s settledBill) judge.Word {
	request := v.cancellation(s)
	call := v.begin(t, &judge.Call{Key: judge.Key{Kind: onetrans.TransSettleCancel, No: s.setlID}})
	v.remember(call.Key, request)
	a, said, how := v.hears(call, t, 2*time.Minute, request, attached{})
	v.ended(call, said, how, a.code)
	v.trace("%s       is told %q of %s (%s)", v.name, said, s.setlID, how)
	return said
}

// aSettlement is a random settlement that nobody has cancelled.
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
