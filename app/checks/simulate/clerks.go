package simulate

import (
	"context"
	"strconv"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// clerk is somebody who decides the trades at the desk, and tells the truth: what
// the platform's books say at that moment, if it cannot change any more.
func (v visitor) clerk() {
	t := v.somewhere()
	for range 1 + v.IntN(6) {
		v.seeTo(t)
		time.Sleep(v.between(time.Minute, 25*time.Minute))
	}
}

// clerks decide everything that is left when nothing else happens any more.
func (d *day) clerks() {
	for round := range 3 { // what was taken in hand is decided in the next
		for _, t := range d.terminals {
			visitor{d, diceOf(d.seed, "clerk "+t.name+strconv.Itoa(round)), "clerk"}.seeTo(t)
		}
		time.Sleep(txn.RequestArrival + time.Minute)
	}
}

func (v visitor) seeTo(t *terminal) {
	t.ask(10*time.Minute, func(ctx context.Context, core *txn.Core) {
		waiting, err := core.Desk()
		if err != nil {
			return // the disk, today
		}
		for _, s := range waiting {
			v.decide(ctx, core, s.Trade)
		}
	})
}

func (v visitor) decide(ctx context.Context, core *txn.Core, t txn.Trade) {
	b, err := v.bank.book()
	if err != nil {
		v.wrong("%v", err)
		return
	}
	kind, no := t.Order.Kind(), t.Order.No
	verdict, known := verdictOf(b, t)
	if !known {
		_, err = core.Retry(ctx, kind, no, v.name)
		v.trace("%s       has %s %s tried again: %v", v.name, kind, no, err)
		return
	}
	status, err := core.Decide(ctx, kind, no, txn.Word{Verdict: verdict, By: v.name, Why: "the platform's books"})
	if err == nil {
		v.count.desk.Add(1)
	}
	v.trace("%s       says %s of %s %s: %s, %v", v.name, verdict, kind, no, status.Trade.At(), err)
}

// verdictOf is what the platform's books say of a trade, if that is the end of it.
func verdictOf(b judge.Book, t txn.Trade) (v txn.Verdict, known bool) {
	k := rowOf(t).Key
	if t.Final() {
		return txn.VerdictSeen, true
	}
	switch k.Kind {
	case onetrans.TransRecharge:
		return said(b.Orders[k.No].Paid(), over(b.Orders[k.No]))
	case onetrans.TransRefund:
		r := b.Refund(k.No).Result
		return said(r == onetrans.ResultSucc, r != onetrans.ResultIng)
	case onetrans.TransSettle:
		return verdictOfSettlement(b, k, t.At())
	case onetrans.TransSettleCancel:
		if t.At() == txn.Refunding {
			return said(b.Has(k), false)
		}
		return said(b.Has(k), b.Settled(k.No).State != "cancelled")
	}
	return "", false
}

// verdictOfSettlement is that of a settlement, by what its state has to be decided.
func verdictOfSettlement(b judge.Book, k judge.Key, at flow.State) (v txn.Verdict, known bool) {
	o, settled := b.Orders[k.No], b.Settlements[k.No].State
	switch at {
	case txn.Paying:
		return said(o.Paid(), over(o))
	case txn.Confirming:
		return said(b.Has(k), settled != "open")
	case txn.Refunding:
		return said(o.GivenBack() == o.Amount, false)
	case txn.Abandoning:
		return txn.VerdictFailed, settled != "open"
	}
	return txn.VerdictFailed, true
}

// said is done if it was done, and failed if it was not and is over.
func said(done, over bool) (txn.Verdict, bool) {
	if done {
		return txn.VerdictDone, true
	}
	return txn.VerdictFailed, over
}

// over: the order can't be paid any more, or is not there.
func over(o judge.Order) bool {
	return o.Result != onetrans.ResultInit && o.Result != onetrans.ResultIng
}
