package txn

import (
	"context"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// Unpaid says whether the platform waits for an order to be paid: nothing moves,
// and nobody asked to close it.
func (t Trade) Unpaid() bool {
	return t.At() == Pending && t.Progress.Result == onetrans.ResultInit && !t.Progress.CloseAsked
}

// moneyMoves: a payment is under way, so that no code is wanted any more.
func moneyMoves(t Trade) bool { return paymentMoves(t.Progress.Result) }

func paymentMoves(word onetrans.Result) bool {
	return word == onetrans.ResultIng || word == onetrans.ResultExp
}

// shallClose says whether the platform is to be asked to close an order. A
// payment that was faster may still fail, and leave the order to be closed.
func (c *Core) shallClose(t Trade) bool {
	p := t.Progress
	return p.CloseAsked && c.platform.Capabilities().Close && !(p.CloseAnswered && moneyMoves(t))
}

// askForPayment asks how an order stands that a person pays, or to close it where
// that is wanted. A platform that can't close may yet know that it is paid.
func (c *Core) askForPayment(
	ctx context.Context, l *live, hold time.Duration, closing func() (onetrans.Request, error), asking func(time.Duration) (onetrans.Request, error),
) (spoke bool, err error) {
	if c.shallClose(l.now()) {
		hold = 0
		request, err := closing()
		if err != nil {
			return false, err
		}
		if spoke, err := c.put(ctx, l, message{request: request, read: closeAnswered, aside: true}, 0); spoke || err != nil {
			return spoke, err
		}
	}
	request, err := asking(hold)
	if err != nil {
		return false, err
	}
	return c.put(ctx, l, message{request: request, read: c.paymentWord}, hold)
}

// paymentWord says what the answer to a query proves of an order; nil when nothing.
func (c *Core) paymentWord(t Trade, answer onetrans.Answer, err error) flow.Event {
	var out onetrans.QueryOut
	if !spoke(answer, err, &out) || !known(out.Result) || !t.matches(firstOf(out.TraceNo, out.OrigTraceNo), "") {
		return nil
	}
	return told{
		result: onetrans.Result(out.Result.String()),
		late:   t.tooLateToArrive(time.Now()),
		details: details{
			chargeNo:  out.ChargeNo.String(),
			traceNo:   firstOf(out.TraceNo, out.OrigTraceNo),
			traceTime: out.OrigTraceTime.String(),
			callsn:    out.Extra.Value.Callsn.String(),
			channel:   firstOf(out.TradeMode, out.Channel),
			balance:   out.Balance.String(),
			expireAt:  expiry(out.ExpireTime, answer.RespondTime, time.Now()),
			answer:    answer.Data,
		},
	}
}

// closeAnswered says what the answer to a close proves; nil when it proves nothing.
func closeAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	var out onetrans.CloseOut
	if !spoke(answer, err, &out) || !known(out.Result) || !t.matches(out.TraceNo.String(), "") {
		return nil
	}
	return told{
		result:       onetrans.Result(out.Result.String()),
		late:         t.tooLateToArrive(time.Now()),
		answersClose: true,
		details: details{
			chargeNo:  out.ChargeNo.String(),
			traceNo:   out.TraceNo.String(),
			traceTime: out.TraceTime.String(),
			callsn:    out.Callsn.String(),
			channel:   out.Channel.String(),
			answer:    answer.Data,
		},
	}
}

// tooLateToArrive says whether a send of the order can no longer reach the
// platform, so that 'not found' is final.
func (t Trade) tooLateToArrive(now time.Time) bool {
	p := t.Progress
	return p.CloseAnswered ||
		!p.ExpireAt.IsZero() && now.After(p.ExpireAt.Add(ArrivalMargin)) && now.After(p.SentAt.Add(ArrivalMargin))
}

// maxOrderTime bounds what an answer may say of an order's remaining time.
const maxOrderTime = 24 * time.Hour

// expiry converts the platform's closing time to this machine's clock, by the
// difference of two times of the platform's own; zero when it did not say.
func expiry(expireTime, respondTime onetrans.Text, now time.Time) time.Time {
	expire, err := onetrans.ParseTime(expireTime.String())
	if err != nil {
		return time.Time{}
	}
	respond, err := onetrans.ParseTime(respondTime.String())
	if err != nil {
		respond = now
	}
	remaining := expire.Sub(respond)
	if remaining < 0 || remaining > maxOrderTime {
		return time.Time{}
	}
	return now.Add(remaining)
}

// onPaidOrder: the money came, and the hospital may have to book it yet.
func onPaidOrder(t Trade, e told) (Trade, []flow.Effect) {
	t, _ = onTold(Succ)(t, e)
	return t.unrefused().booked(), nil
}

// booked is a trade that ended well. It waits at the desk while the hospital's number
// is missing, and no longer.
func (t Trade) booked() Trade {
	if t.At() != Succ || !t.Order.MustBook {
		return t
	}
	// It was this trade that the person paid with.
	paid := t.Progress.Settle == nil || t.Progress.Settle.Paid
	switch {
	case t.Progress.CallSN == "" && paid:
		t.Progress.Desk = ReasonNotBooked
	case t.Progress.Desk == ReasonNotBooked:
		t.Progress.Desk = ""
	}
	return t
}
