package txn

import (
	"errors"
	"slices"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// refundAnswered says what the answer to a refund proves.
func refundAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	late := t.allArrived(time.Now())
	switch {
	case errors.Is(err, platform.ErrNotSent):
		return neverLeftBy(err)
	case err != nil || codeOf(answer) == "":
		return unanswered{}
	case codeOf(answer) != onetrans.CodeOK:
		return refused{code: codeOf(answer), words: answer.Words(), late: late}
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
		answer:    answer.Data,
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
// was none. The refund's own number in it does; without it, the sums of its
// original's refunds must. What proves nothing is for a person to find out.
func (c *Core) refundWord(t Trade, answer onetrans.Answer, err error) flow.Event {
	var out onetrans.QueryOut
	if !spoke(answer, err, &out) {
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
			answer:   answer.Data,
		},
	}
	if out.OutRefundNo.String() == t.Order.No {
		if !known(out.Result) {
			return nil
		}
		return word
	}
	// The sums and what goes with them are the order's, not this refund's.
	word.details = details{sums: word.sums}
	if word.result = c.bySums(t, out, word.sums); word.result == "" {
		return atDesk{ReasonNoEcho}
	}
	return word
}

// bySums is what the sums of all refunds of its original prove of one; empty
// when nothing. That it is done they prove only where nobody else refunds.
func (c *Core) bySums(t Trade, out onetrans.QueryOut, now *Sums) onetrans.Result {
	if now == nil || !c.ofItsOriginal(t, out) {
		return ""
	}
	others, err := c.otherRefunds(t)
	if err != nil {
		return ""
	}
	amount, before := t.Order.Amount, t.Order.Before
	switch {
	case now.Refunded+now.Refunding < max(doneOf(others), before.refunded())+amount:
		return onetrans.ResultNotFound // they can't hold it
	case !c.options.RefundsOnlyHere || before == nil || !alone(t, others):
		return ""
	case *now == *before:
		return onetrans.ResultNotFound
	case *now == Sums{before.Refunded + amount, before.Refunding}:
		return onetrans.ResultSucc
	case *now == Sums{before.Refunded, before.Refunding + amount}:
		return onetrans.ResultIng
	}
	return ""
}

func (s *Sums) refunded() onetrans.Fen {
	if s == nil {
		return 0
	}
	return s.Refunded
}

// otherRefunds are the other refunds in this journal of the same order.
func (c *Core) otherRefunds(t Trade) ([]Trade, error) {
	charges, err := c.originals(t.Order.Original)
	if err != nil {
		return nil, err
	}
	refunds, err := c.refundsOf(t.Order.Original, charges)
	return slices.DeleteFunc(refunds, func(r Trade) bool { return r.Order.No == t.Order.No }), err
}

// doneOf is what refunds have given back for certain, by the platform's word.
func doneOf(refunds []Trade) (sum onetrans.Fen) {
	for _, r := range refunds {
		if r.At() == Succ && r.Order.Kind() == onetrans.TransRefund && !r.byHand() && !r.Progress.Contradicted() {
			sum += r.Order.Amount
		}
	}
	return sum
}

// alone says whether none of the others was made since.
func alone(t Trade, others []Trade) bool {
	return !slices.ContainsFunc(others, func(r Trade) bool { return r.Progress.SentAt.After(t.Order.CreatedAt) })
}

// ofItsOriginal says whether an answer proves to be about the order that the
// refund gives back.
func (c *Core) ofItsOriginal(t Trade, out onetrans.QueryOut) bool {
	said := firstOf(out.OrigTraceNo, out.TraceNo)
	for _, name := range []string{t.Order.Original, t.Progress.OtherName} {
		if traceNo, ok := cutTrace(name); ok {
			return said == traceNo
		}
	}
	charges, err := c.originals(t.Order.Original)
	return err == nil && len(charges) == 1 && said != "" && said == charges[0].Progress.TraceNo
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
