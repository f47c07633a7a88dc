package txn

import (
	"context"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// cancelled: the cancellation was answered.
type cancelled struct {
	answer  string
	share   onetrans.Fen
	traceNo string
	// unclear: the share can't be read.
	unclear bool
	// paid is the share's payment, where this journal has it.
	paid *payment
}

// payment is what was paid under which of the platform's numbers.
type payment struct {
	traceNo string
	amount  onetrans.Fen
}

// completed is what a cancellation's answer leaves out, as this journal knows
// it; differs says that it names another payment.
func (e cancelled) completed() (_ cancelled, differs bool) {
	if e.paid == nil {
		return e, false
	}
	if e.unclear {
		e.share, e.unclear = e.paid.amount, false
	}
	if e.traceNo == "" {
		e.traceNo = e.paid.traceNo
	}
	return e, e.share != e.paid.amount || e.traceNo != e.paid.traceNo
}

func (cancelled) Name() string { return "cancelled" }

func cancelKind() kind {
	return kind{
		table:    cancelTable(),
		verdicts: cancelVerdicts,
		decidable: func(t Trade, v Verdict, now time.Time) time.Time {
			if v == VerdictFailed && t.At() == Unknown {
				return t.arrivedInHand(now)
			}
			return time.Time{}
		},
		request:  Trade.cancellation,
		answered: cancelAnswered,
		ask:      askForCancellation,
		repeats:  neverBegan,
		complete: (*Core).noteCancelled,
		undo:     (*Core).shareRefund,
		refs: func(t Trade) []string {
			if t.Progress.TraceNo == "" {
				return nil
			}
			return []string{cancelledPayment(byTrace(t.Progress.TraceNo))}
		},
		name: bySettlement,
	}
}

var cancelVerdicts = verdicts{
	Created:   {VerdictDone: {Succ}, VerdictFailed: {Refused}},
	Unknown:   {VerdictDone: {Succ}, VerdictFailed: {Refused}},
	Refunding: {VerdictDone: {Succ}},
}

// cancelTable decides every event in every state of a cancellation.
func cancelTable() flow.Table[Trade] {
	return withHands(cancelVerdicts, flow.Table[Trade]{
		draft: {flow.On(sent{}, onFirstSent, Created)},
		Created: {
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(neverSent{}, onNeverSent, NotSent),
			flow.On(refused{}, onRefused, Refused),
			flow.On(cancelled{}, onCancelled, Refunding, Succ),
		},
		Unknown: {
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(refused{}, onCancelRefused, Unknown, Refused),
			flow.On(cancelled{}, onCancelled, Refunding, Succ),
		},
		Refunding: undoing(Succ),
		Succ:      {},
		Refused:   {flow.On(sent{}, onFirstSent, Created)},
		NotSent:   {flow.On(sent{}, onFirstSent, Created)},
	})
}

func onCancelled(t Trade, e cancelled) (Trade, []flow.Effect) {
	e, differs := e.completed()
	t.Progress.Cancel = &Cancellation{Answer: e.answer, Share: e.share, Differs: differs}
	t = t.unrefused()
	t.Progress.Desk = ""
	setIf(&t.Progress.TraceNo, e.traceNo)
	switch {
	case t.Progress.Whole:
		return t.at(Succ), nil
	case differs:
		t = t.at(Refunding)
		t.Progress.Desk = ReasonOtherPayment
		return t, nil
	case e.unclear:
		t = t.at(Refunding)
		t.Progress.Desk = ReasonNoShare
		return t, nil
	case e.share == 0:
		return t.at(Succ), nil
	}
	return t.at(Refunding), nil
}

// onCancelRefused: a refusal for good is repeated by the platform, and so is
// true of the sends before.
func onCancelRefused(t Trade, e refused) (Trade, []flow.Effect) {
	if e.code == onetrans.CodePlatformNoSettle {
		return onRefused(t, e)
	}
	return onStillRefused(t, e)
}

// askForCancellation repeats a cancellation until it is answered, and sees to
// the refund of the share.
func askForCancellation(c *Core, ctx context.Context, l *live, _ time.Duration) (spoke bool, err error) {
	if l.now().At() == Refunding {
		return true, c.refundShare(ctx, l)
	}
	switch t := l.now(); {
	case t.Progress.Whole:
		return c.askNobody(l)
	case t.inHand():
		return false, nil
	}
	request, err := l.now().cancellation()
	if err != nil {
		return false, err
	}
	return c.put(ctx, l, message{request: request, slow: true, read: func(t Trade, a onetrans.Answer, err error) flow.Event {
		switch e := cancelAnswered(t, a, err).(type) {
		case refused, cancelled:
			return e
		}
		return nil
	}}, 0)
}

// noteCancelled notes that a settlement of this journal is cancelled, once that is
// proven, or a person says so, and what the person had paid in it.
func (c *Core) noteCancelled(t Trade, e flow.Event) (flow.Event, error) {
	word, proven := e.(cancelled)
	if said, ok := e.(decided); !proven && (!ok || t.Final() || said.hand.Verdict != VerdictDone) {
		return e, nil
	}
	c.beginning.Lock()
	defer c.beginning.Unlock()
	found, err := c.cancelledOf(t.Order.No, word.traceNo)
	switch {
	case err != nil || len(found) == 0 || !found[0].Final():
		return e, err
	case len(found) > 1: // which of them, nobody can tell
		word.paid = &payment{}
	default:
		made := found[0]
		if _, err = c.happen(newLive(made), cancelledSince{setlID: t.Order.No}, ""); err != nil {
			return e, err
		}
		if s := made.settlement(); s.Paid {
			word.paid = &payment{made.Progress.TraceNo, s.Cash}
		}
	}
	if !proven {
		return e, nil
	}
	return word, nil
}

// refundShare refunds the share, or says why it can't.
func (c *Core) refundShare(ctx context.Context, l *live) error {
	t := l.now()
	var why Reason
	switch {
	case t.Progress.RefundNo != "":
	case t.Progress.Cancel.Differs:
		why = ReasonOtherPayment
	case t.Progress.Cancel.Share == 0:
		why = ReasonNoShare // nobody knows how much
	case t.Progress.TraceNo == "":
		why = ReasonNoPayment
	case c.options.PayAppID == "" || c.options.PayAppSecret == "":
		why = ReasonNoCredentials
	}
	if why != "" {
		_, err := c.happen(l, atDesk{why}, "")
		return err
	}
	number := func() (string, error) { return shareRefundNo(t.Order.No), nil }
	return c.undo(ctx, l, number)
}

// cancelAnswered says what the answer to a cancellation proves.
func cancelAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	if e := notOK(answer, err); e != nil {
		return e
	}
	var out onetrans.SettleCancelOut
	if onetrans.UnmarshalData(answer.Data, &out) != nil {
		return unanswered{}
	}
	info := out.SetlInfo.Value
	if !info.SetlID.Empty() && info.SetlID.String() != t.Order.No {
		return unanswered{}
	}
	object, err := onetrans.DataObject(answer.Data)
	if err != nil {
		return unanswered{}
	}
	e := cancelled{answer: string(object), traceNo: out.TraceNo.String()}
	said := out.PsnCashPay
	if said.Empty() {
		said = info.PsnCashPay
	}
	if e.share, err = said.Fen(); err != nil || !info.PsnCashPay.Empty() && !is(info.PsnCashPay, e.share) {
		e.share, e.unclear = 0, true
	}
	return e
}

// is says whether an amount is so much.
func is(amount onetrans.Amount, want onetrans.Fen) bool {
	fen, err := amount.Fen()
	return err == nil && fen == want
}
