package txn

import (
	"errors"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
	"onetrans/flows/platform"
)

// refundAnswered says what the answer to a refund proves.
func refundAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	late := t.allArrived(time.Now())
	switch {
	case errors.Is(err, platform.ErrNotSent):
		return neverSent{}
	case err != nil || codeOf(answer) == "":
		return unanswered{}
	case codeOf(answer) != onetrans.CodeOK:
		return refused{code: codeOf(answer), late: late}
	}
	var out onetrans.RefundOut
	if onetrans.UnmarshalData(answer.Data, &out) != nil || !echoes(t, out.OutRefundNo) {
		return unanswered{}
	}
	d := details{
		chargeNo:  out.ChargeNo.String(),
		traceNo:   out.TraceNo.String(),
		traceTime: out.TraceTime.String(),
		channel:   firstOf(out.TradeMode, out.Channel),
		sums:      sumsOf(out.RefundedAmt, out.RefundingAmt),
	}
	if !known(out.Result) {
		return accepted{d}
	}
	return told{result: onetrans.Result(out.Result.String()), details: d, late: late, answersSend: true}
}

func echoes(t Trade, outRefundNo onetrans.Text) bool {
	return outRefundNo.Empty() || outRefundNo.String() == t.Order.No
}

// refundWord says what the answer to a query proves of a refund; nil when it
// proves nothing. The refund's own number in it does; without it, the sums of
// its original's refunds must.
func (c *Core) refundWord(t Trade, answer onetrans.Answer, err error) flow.Event {
	var out onetrans.QueryOut
	if !spoke(answer, err, &out) || !echoes(t, out.OutRefundNo) {
		return nil
	}
	word := told{
		result:   onetrans.Result(out.Result.String()),
		late:     t.allArrived(time.Now()),
		original: firstOf(out.OrigTraceNo, out.TraceNo),
		details: details{
			chargeNo: out.ChargeNo.String(),
			traceNo:  out.TraceNo.String(),
			channel:  firstOf(out.TradeMode, out.Channel),
			sums:     sumsOf(out.RefundedAmt, out.RefundingAmt),
		},
	}
	if !out.OutRefundNo.Empty() {
		if !known(out.Result) {
			return nil
		}
		return word
	}
	if word.sums == nil || !c.ofItsOriginal(t, out) {
		return nil
	}
	if word.result = t.bySums(*word.sums); word.result == "" || word.result != onetrans.ResultNotFound && !c.alone(t) {
		return nil
	}
	// The sums and what goes with them are the order's, not this refund's.
	word.details = details{sums: word.sums}
	return word
}

// bySums is what the sums of all refunds say of one; empty when nothing.
func (t Trade) bySums(now Sums) onetrans.Result {
	amount, before := t.Order.Amount, t.Order.Before
	switch {
	case now.Refunded+now.Refunding < amount:
		return onetrans.ResultNotFound // they can't hold it
	case before == nil:
		return ""
	case now == *before:
		return onetrans.ResultNotFound
	case now == Sums{before.Refunded + amount, before.Refunding}:
		return onetrans.ResultSucc
	case now == Sums{before.Refunded, before.Refunding + amount}:
		return onetrans.ResultIng
	}
	return ""
}

// ofItsOriginal says whether an answer proves to be about the order that the
// refund gives back.
func (c *Core) ofItsOriginal(t Trade, out onetrans.QueryOut) bool {
	said := firstOf(out.OrigTraceNo, out.TraceNo)
	if traceNo, ok := cutTrace(t.Order.Original); ok {
		return said == traceNo
	}
	charges, err := c.originals(t.Order.Original)
	return err == nil && len(charges) == 1 && said != "" && said == charges[0].Progress.TraceNo
}

// alone says whether no other refund of the same order was made here since.
func (c *Core) alone(t Trade) bool {
	charges, err := c.originals(t.Order.Original)
	if err != nil {
		return false
	}
	refunds, err := c.refundsOf(t.Order.Original, charges)
	for _, r := range refunds {
		if r.Order.No != t.Order.No && r.Progress.SentAt.After(t.Order.CreatedAt) {
			return false
		}
	}
	return err == nil
}

// allArrived says whether no send of the refund can still arrive.
func (t Trade) allArrived(now time.Time) bool {
	p := t.Progress
	return p.UnansweredAt.IsZero() || now.After(p.UnansweredAt.Add(RequestArrival))
}

// sumsOf reads both sums; nil unless both are there.
func sumsOf(refunded, refunding onetrans.Amount) *Sums {
	done, err := refunded.Fen()
	if err != nil {
		return nil
	}
	underWay, err := refunding.Fen()
	if err != nil {
		return nil
	}
	return &Sums{done, underWay}
}
