package simulate

import (
	"context"
	"time"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// giveBack is a cashier who gives a payment back, or a part of it: once, twice
// under one number, or with a colleague who does the same elsewhere.
func (v visitor) giveBack() {
	r, ok := v.aReceipt()
	if !ok {
		return
	}
	amount := r.amount
	if v.hit(0.5) {
		amount = 1 + onetrans.Fen(v.Int64N(int64(r.amount)))
	}
	mode := oneOf(v.dice, onetrans.WithdrawOriginal, onetrans.WithdrawOriginal, onetrans.WithdrawCash, onetrans.WithdrawTransfer, onetrans.WithdrawUnit)
	twins := []func(){func() { v.insist(r.terminal, r, "f", amount, mode) }}
	colleague := visitor{v.day, diceOf(v.seed, v.name+"'s colleague"), v.name + "b"}
	switch v.IntN(4) {
	case 0: // the same amount, from another place
		twins = append(twins, func() { colleague.insist(colleague.somewhere(), r, "f", amount, mode) })
	case 1: // at the same terminal, at once
		twins = append(twins, func() { colleague.insist(r.terminal, r, "f", amount, mode) })
	case 2: // the very same refund, at once
		no := v.number("f", onetrans.TransRefund)
		twins = []func(){
			func() { v.refund(r.terminal, r, no, amount, mode) },
			func() { colleague.refund(r.terminal, r, no, amount, mode) },
		}
	}
	hurry := diceOf(v.seed, v.name+"'s hurry") // the twins throw their own dice meanwhile
	for _, twin := range twins {
		late := hurry.between(0, oneOf(hurry, time.Microsecond, 100*time.Millisecond, 10*time.Second, 10*time.Minute))
		v.people.Go(func() { time.Sleep(late); twin() })
	}
}

// aReceipt is one of those that anybody has.
func (v visitor) aReceipt() (receipt, bool) {
	for range 20 {
		v.shop.mu.Lock()
		n := len(v.shop.receipts)
		if n > 0 {
			r := v.shop.receipts[v.IntN(n)]
			v.shop.mu.Unlock()
			return r, true
		}
		v.shop.mu.Unlock()
		if v.healed() {
			break
		}
		time.Sleep(v.between(time.Minute, 10*time.Minute))
	}
	return receipt{}, false
}

// insist gives an amount back once: under the same number while it is unknown,
// under a new one only after a proven no.
func (v visitor) insist(t *terminal, r receipt, wish string, amount onetrans.Fen, mode string) {
	no := v.number(wish, onetrans.TransRefund)
	for range 1 + v.IntN(4) {
		switch v.refund(t, r, no, amount, mode) {
		case taken:
			return
		case notTaken:
			if v.hit(0.5) {
				no = v.number(wish, onetrans.TransRefund)
			}
		}
		time.Sleep(v.between(time.Second, 15*time.Minute))
		if v.hit(0.3) {
			asked := r
			asked.no = no
			if v.ask(t, onetrans.TransRefund, asked) == taken {
				return
			}
		}
	}
}

// refund asks for a refund once, and stays a while for its end.
func (v visitor) refund(t *terminal, r receipt, no string, amount onetrans.Fen, mode string) (said word) {
	call := v.told.begin(key{onetrans.TransRefund, no}, t.name, false)
	how, request := "", v.refundOf(r, no, amount, mode)
	patience := v.between(time.Second, 30*time.Second)
	lived := t.ask(time.Minute, func(ctx context.Context, core *txn.Core) {
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		status, err := core.Refund(limited, request)
		if err != nil {
			said, how = call.failed(err), err.Error()
			return
		}
		if !status.Trade.Final() {
			if later, err := await(ctx, patience, core.WatchRefund, no, func(s txn.Status) bool { return s.Trade.Final() }); err == nil {
				status = later
			}
		}
		said, how = ofRecharge(status), string(status.Trade.At())
	})
	if !lived {
		said, how = unsaid, "the process died"
	}
	v.told.ended(call, said, how)
	v.trace("%s       is told %q of %s (%s)", v.name, said, no, how)
	v.carryOut(no, mode)
	return said
}

// carryOut is the bank's part of a refund that takes days: here it takes
// minutes, or until the day is over.
func (v visitor) carryOut(no, mode string) {
	bank := diceOf(v.seed, "bank's part of "+no)
	if mode != onetrans.WithdrawTransfer && mode != onetrans.WithdrawUnit || bank.hit(0.02) {
		return
	}
	result := oneOf(bank, onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultFail)
	takes := bank.between(time.Second, oneOf(bank, time.Minute, time.Minute, 20*time.Minute))
	v.people.Go(func() { time.Sleep(takes); v.bank.endRefund(no, result) })
}
