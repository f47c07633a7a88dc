package simulate

import (
	"context"
	"strconv"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// clerk is somebody who sees to what waits for a person, and tells the truth: what
// the platform's books say at that moment, where it can't change any more.
func (v visitor) clerk() {
	t := v.somewhere()
	for range 1 + v.IntN(6) {
		v.seeTo(t)
		time.Sleep(v.between(time.Minute, 25*time.Minute))
	}
}

// clerks see to all that is left when nothing else happens any more.
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
	b := books{}
	var err error
	if b.orders, err = v.bank.orders(); err == nil {
		b.settlements, err = v.bank.settlements()
	}
	if err != nil {
		v.wrong("the platform's books: %v", err)
		return
	}
	kind, no := t.Order.Kind(), t.Order.No
	verdict, known := b.verdict(t)
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

// verdict is what the platform's books say of a trade, if that is the end of it.
func (b books) verdict(t txn.Trade) (v txn.Verdict, known bool) {
	k := key{t.Order.Kind(), t.Order.No}
	if t.Final() {
		return txn.VerdictSeen, true
	}
	switch k.kind {
	case onetrans.TransRecharge:
		return said(b.orders[k.no].paid(), b.orders[k.no].over())
	case onetrans.TransRefund:
		r := b.refund(k.no).Result
		return said(r == onetrans.ResultSucc, r != onetrans.ResultIng)
	case onetrans.TransSettle:
		return b.ofSettlement(k, t.At())
	case onetrans.TransSettleCancel:
		if t.At() == txn.Refunding {
			return said(b.has(k), false)
		}
		return said(b.has(k), !b.cancelled(k.no))
	}
	return "", false
}

// ofSettlement is verdict of a settlement, by what its state has to be decided.
func (b books) ofSettlement(k key, at flow.State) (v txn.Verdict, known bool) {
	o, settled := b.orders[k.no], b.settlements[k.no].State
	switch at {
	case txn.Paying:
		return said(o.paid(), o.over())
	case txn.Confirming:
		return said(b.has(k), settled != "open")
	case txn.Refunding:
		return said(o.givenBack() == o.Amount, false)
	case txn.Abandoning:
		return txn.VerdictFailed, settled != "open"
	}
	return txn.VerdictFailed, true
}

// said is done where it was done, and failed where it was not and is over.
func said(done, over bool) (txn.Verdict, bool) {
	if done {
		return txn.VerdictDone, true
	}
	return txn.VerdictFailed, over
}

// over: the order can't be paid any more, or is not there.
func (o order) over() bool {
	return o.Result != onetrans.ResultInit && o.Result != onetrans.ResultIng
}

func (b books) refund(no string) refund {
	for _, o := range b.orders {
		for _, r := range o.Refunds {
			if r.OutRefundNo == no {
				return r
			}
		}
	}
	return refund{}
}

func (b books) cancelled(setlID string) bool {
	for _, s := range b.settlements {
		if s.SetlID == setlID && s.State == "cancelled" {
			return true
		}
	}
	return false
}
