package txn

import (
	"context"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// reopened: the caller repeats a refund that was told as failed.
type reopened struct{}

func (reopened) Name() string { return "reopened" }

func refundKind() kind {
	return kind{
		table:     refundTable(),
		request:   func(t Trade) (onetrans.Request, error) { return t.Order.refund() },
		answered:  refundAnswered,
		ask:       askForRefund,
		holds:     isPending,
		repeats:   refundRepeats,
		same:      (*Core).sameRefund,
		leftAlone: nothing,
	}
}

// refundRepeats: what was told as refused, not sent or failed is the caller's
// to repeat, but not what a person has decided.
func refundRepeats(t Trade) bool {
	return neverLeft(t) || t.At() == Fail && !t.Order.Own && t.Progress.Hand == nil
}

// askForRefund asks how a refund stands, and sends it again, under the same
// number, once the answer proves that the platform does not have it or failed to
// carry it out.
func askForRefund(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	spoke, err = hearOfRefund(c, ctx, l, hold)
	if err != nil || !spoke || !l.now().refundMayBeResent(time.Now()) {
		return spoke, err
	}
	return true, c.sendAgain(ctx, l)
}

func hearOfRefund(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	request, err := l.now().Order.refundQuery(hold)
	if err != nil {
		return false, err
	}
	return c.put(ctx, l, message{request: request, read: c.refundWord}, hold)
}

// refundTable decides every event in every state of a refund.
func refundTable() flow.Table[Trade] {
	table := withHands(onetrans.TransRefund, flow.Table[Trade]{
		draft: {flow.On(sent{}, onFirstSent, Created)},
		Created: append(refundWords(),
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(neverSent{}, onRefundNeverSent, NotSent, Unknown),
			flow.On(refused{}, onRefundRefused, Refused, Unknown),
			flow.On(accepted{}, onAccepted, Pending),
		),
		// A connection that does not open says nothing of the sends before.
		Unknown: append(refundWords(),
			flow.On(sent{}, onSent, Unknown),
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(refused{}, onRefundRefused, Refused, Unknown),
			flow.On(accepted{}, onAccepted, Pending),
			flow.On(atDesk{}, onAtDesk, Unknown),
		),
		Pending: append(refundWords(), flow.On(atDesk{}, onAtDesk, Pending)),
		Succ:    contradictions(Succ),
		// The same way it is asked for before it is sent; another way goes out anew.
		Fail: append(contradictions(Fail),
			flow.On(reopened{}, to[reopened](Unknown), Unknown),
			flow.On(retryAsked{}, onTakenUpAgain, Fail, Unknown),
			flow.On(sent{}, onSentAnotherWay, Created)),
		Refused: append(contradictions(Refused), flow.On(sent{}, onFirstSent, Created)),
		NotSent: append(contradictions(NotSent), flow.On(sent{}, onFirstSent, Created)),
	})
	for state := range table {
		if state != draft {
			table[state] = append(table[state], flow.On(otherName{}, onOtherName, state))
		}
	}
	return table
}

// onSentAnotherWay: what the platform said of the way before is not true of this one.
func onSentAnotherWay(t Trade, e sent) (Trade, []flow.Effect) {
	p := &t.Progress
	p.Result, p.ChargeNo, p.TraceNo, p.TraceTime, p.Channel, p.Answer = "", "", "", "", "", ""
	return onFirstSent(t, e)
}

// givenUp: a refund of our own ends without the money only by a person's word.
func (t Trade) givenUp() bool { return t.Order.Own && t.At() == Fail && t.byHand() }

// onTakenUpAgain: who wants it tried again takes back that it was given up.
func onTakenUpAgain(t Trade, _ retryAsked) (Trade, []flow.Effect) {
	if !t.givenUp() {
		return t, nil
	}
	t.Progress.Hand, t.Progress.Said, t.Progress.Desk = nil, "", ""
	return t.at(Unknown), nil
}

// refundWords are the rules for the platform's word on a refund that is not final.
func refundWords() []rule {
	return []rule{
		flow.On(told{result: onetrans.ResultSucc}, onTold(Succ), Succ),
		flow.On(told{result: onetrans.ResultInit}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultIng}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultExp}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultFail}, onRefundFailed, Fail, Unknown),
		flow.On(told{result: onetrans.ResultNotFound}, onTold(Unknown), Unknown),
		// No refund is ever closed: what it means is for a person to find out.
		flow.On(told{result: onetrans.ResultClosed}, func(t Trade, e told) (Trade, []flow.Effect) {
			t.Progress.Desk = ReasonClosed
			return onTold(Unknown)(t, e)
		}, Unknown),
	}
}

// onRefundFailed: a failed refund is told to the caller, and left to the caller,
// unless another send may still arrive and succeed, or nobody is told because
// the refund is our own.
func onRefundFailed(t Trade, e told) (Trade, []flow.Effect) {
	if t.Order.Own || !e.late || t.At() == Unknown && !e.answersSend {
		return onTold(Unknown)(t, e)
	}
	return onTold(Fail)(t, e)
}

func onRefundNeverSent(t Trade, e neverSent) (Trade, []flow.Effect) {
	if t.Order.Own {
		return t.at(Unknown), nil
	}
	return onNeverSent(t, e)
}

func onRefundRefused(t Trade, e refused) (Trade, []flow.Effect) {
	t = t.refusedBy(e)
	if e.late && !t.Order.Own {
		return t.at(Refused), nil
	}
	t.Progress.State = Unknown
	if !curable(e.code) {
		t.Progress.Desk = ReasonRefused
	}
	return t, nil
}
