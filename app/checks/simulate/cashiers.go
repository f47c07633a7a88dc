package simulate

import (
	"context"
	"errors"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// giveBack is a cashier who refunds a payment, or part of it: once, twice under one
// number, or at the same time as a colleague elsewhere.
func (v visitor) giveBack() {
	r, ok := v.aReceipt()
	if !ok {
		return
	}
	amount := r.amount
	if v.hit(0.5) {
		amount = 1 + onetrans.Fen(v.Int64N(int64(r.amount)))
	}
	w := v.aWay()
	twins := []func(){func() { v.insist(r.terminal, r, "f", amount, w) }}
	colleague := visitor{v.day, diceOf(v.seed, v.name+"'s colleague"), v.name + "b"}
	elsewhere := r.terminal
	if v.hit(0.5) {
		elsewhere = v.somewhere()
	}
	switch v.IntN(4) {
	case 0: // the same amount, from another place
		twins = append(twins, func() { colleague.insist(colleague.somewhere(), r, "f", amount, w) })
	case 1: // at the same terminal, at once
		twins = append(twins, func() { colleague.insist(r.terminal, r, "f", amount, w) })
	case 2: // the very same refund, at once
		no := v.number("f", onetrans.TransRefund)
		twins = []func(){
			func() { v.refund(r.terminal, r, no, amount, w) },
			func() { colleague.refund(elsewhere, r, no, amount, w) },
		}
	}
	hurry := diceOf(v.seed, v.name+"'s hurry") // the twins throw their own dice meanwhile
	for _, twin := range twins {
		late := hurry.between(0, oneOf(hurry, time.Microsecond, 100*time.Millisecond, 10*time.Second, 10*time.Minute))
		v.people.Go(func() { time.Sleep(late); twin() })
	}
}

// aReceipt is a random receipt of anybody's.
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

// aWay is a random way to refund that needs no POS.
func (v visitor) aWay() judge.Way {
	return judge.Way{
		Mode:    oneOf(v.dice, onetrans.WithdrawOriginal, onetrans.WithdrawOriginal, onetrans.WithdrawCash, onetrans.WithdrawTransfer, onetrans.WithdrawUnit),
		Process: oneOf(v.dice, onetrans.RefundDirect, onetrans.RefundDirect, onetrans.RefundHisDecide),
	}
}

// insist refunds an amount once: under the same number while the outcome is
// unknown, under a new one only after a proven failure. A number goes another way,
// or to another terminal, but never both: no terminal knows how another sent it.
func (v visitor) insist(t *terminal, r receipt, wish string, amount onetrans.Fen, w judge.Way) {
	no, at, moves := v.number(wish, onetrans.TransRefund), t, v.hit(0.3)
	standing := w
	for range 1 + v.IntN(5) {
		said, code := v.refund(at, r, no, amount, w)
		switch {
		case said == judge.Taken:
			v.regret(at, r, no, moves)
			return
		case code == onetrans.CodeOtherTrade:
			w = standing
		case said == judge.NotTaken && !moves && v.hit(0.2): // elsewhere it may be under way
			no = v.number(wish, onetrans.TransRefund)
		case !moves && v.hit(map[judge.Word]float64{judge.NotTaken: 0.9, judge.Unsaid: 0.1}[said]):
			standing, w = w, v.aWay()
		default:
			standing = w
		}
		time.Sleep(v.between(time.Second, 15*time.Minute))
		if moves && v.hit(0.5) {
			at = v.somewhere()
		}
		if v.hit(0.3) && v.ask(at, onetrans.TransRefund, r.refund(no)) == judge.Taken {
			return
		}
	}
}

// refund is the receipt as one asks for a refund of it.
func (r receipt) refund(no string) receipt {
	r.no = no
	return r
}

// regret is a platform that denies a refund it had confirmed, and HIS that asks
// about it.
func (v visitor) regret(t *terminal, r receipt, no string, moves bool) {
	if moves || !v.hit(0.1) {
		return
	}
	v.unsay(no, oneOf(v.dice, onetrans.ResultNotFound, onetrans.ResultFail))
	time.Sleep(v.between(time.Second, 5*time.Minute))
	v.ask(t, onetrans.TransRefund, r.refund(no))
}

// refund asks for a refund once: through HIS, or at the counter.
func (v visitor) refund(t *terminal, r receipt, no string, amount onetrans.Fen, w judge.Way) (said judge.Word, code onetrans.Code) {
	call := v.begin(t, &judge.Call{
		Key: judge.Key{Kind: onetrans.TransRefund, No: no}, Way: w, Content: judge.Content(r.person.CardNo, r.account, amount, r.no),
	})
	v.remember(call.Key, v.query(onetrans.TransRefund, r.refund(no)))
	asked := v.refundOf(r, no, amount, w)
	var how string
	if v.hit(0.3) {
		said, how = v.atCounter(call, t, asked)
	} else {
		var a answer
		a, said, how = v.hears(call, t, 2*time.Minute, asked.Request, attached{})
		code = a.code
	}
	v.ended(call, said, how, code)
	v.trace("%s       is told %q of %s (%s)", v.name, said, no, how)
	v.carryOut(no, w.Mode)
	return said, code
}

// atCounter refunds without HIS, and waits a while for the outcome.
func (v visitor) atCounter(call *judge.Call, t *terminal, asked onetrans.Asked[onetrans.RefundIn]) (said judge.Word, how string) {
	patience := v.between(time.Second, 30*time.Second)
	lived := t.ask(time.Minute, func(ctx context.Context, core *txn.Core) {
		status, err := core.Refund(within(ctx, patience), asked)
		if err != nil {
			said, how = failed(call, err), err.Error()
			return
		}
		if !status.Trade.Final() {
			if later, err := await(ctx, patience, core.WatchRefund, call.No, func(s txn.Status) bool { return s.Trade.Final() }); err == nil {
				status = later
			}
		}
		said, how = stands(status)
	})
	if !lived {
		return judge.Unsaid, died
	}
	return said, how
}

// failed is what a caller makes of an error. That nothing was sent for this call
// says nothing of one under the same number.
func failed(c *judge.Call, err error) judge.Word {
	if errors.Is(err, txn.ErrNumberReused) || errors.Is(err, txn.ErrNotNow) {
		return judge.Unsaid
	}
	return c.Nothing()
}

// carryOut is the bank's part of a refund that takes days: here it takes minutes,
// or until the day is over.
func (v visitor) carryOut(no, mode string) {
	bank := diceOf(v.seed, "bank's part of "+no)
	if mode != onetrans.WithdrawTransfer && mode != onetrans.WithdrawUnit || bank.hit(0.02) {
		return
	}
	result := oneOf(bank, onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultSucc, onetrans.ResultFail)
	takes := bank.between(time.Second, oneOf(bank, time.Minute, time.Minute, 20*time.Minute))
	v.people.Go(func() { time.Sleep(takes); v.bank.endRefund(no, result) })
}
