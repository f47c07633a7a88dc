package txn

import (
	"context"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

func rechargeKind() kind {
	return kind{
		table:    rechargeTable(),
		verdicts: endedByHand,
		decidable: func(t Trade, v Verdict, _ time.Time) time.Time {
			if v == VerdictFailed {
				return t.unpayable()
			}
			return time.Time{}
		},
		request:  Trade.recharge,
		answered: rechargeAnswered,
		question: Trade.rechargeQuery,
		word:     (*Core).paymentWord,
		hear:     askForRecharge,
		ask:      askForRecharge,
		holds:    isPending,
		moves:    paymentMoves,
		// What never reached the platform may be unknown to it, what it refused it may
		// have as an order that came to nothing, and an unknown number that was to be
		// closed is closed.
		harmless: map[onetrans.Result][]flow.State{
			onetrans.ResultNotFound: {Refused, NotSent, Closed},
			onetrans.ResultClosed:   {Refused, NotFound},
			onetrans.ResultFail:     {Refused},
		},
		repeats: neverBegan,
		payment: true,
		waits:   Trade.rechargeWaitsFor,
		refs: func(t Trade) []string {
			refs := t.paymentRefs()
			if t.alarms() || t.Progress.Desk == ReasonDisputed {
				refs = append(refs, retracted)
			}
			return refs
		},
		name: byNo,
	}
}

// rechargeTable decides every event in every state of a recharge. An event
// that is not in a row can't happen there and changes nothing.
func rechargeTable() flow.Table[Trade] {
	return withHands(endedByHand, flow.Table[Trade]{
		draft: {flow.On(sent{}, onFirstSent, Created)},
		Created: append(proofs(Unknown),
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(neverSent{}, onNeverSent, NotSent),
			flow.On(refused{}, onRefused, Refused),
			flow.On(accepted{}, onAccepted, Pending),
			flow.On(closeAsked{}, onCloseAsked, Created),
		),
		// Once a send is unknown, neither a refusing code nor a connection that
		// does not open ends the trade.
		Unknown: append(proofs(Unknown),
			flow.On(sent{}, onSent, Unknown),
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(refused{}, onRefusedInVain, Unknown),
			flow.On(accepted{}, onAccepted, Pending),
			flow.On(closeAsked{}, onCloseAsked, Unknown),
			flow.On(atDesk{}, onAtDesk, Unknown),
		),
		Pending: append(proofs(Pending),
			flow.On(sent{}, onSent, Pending),
			flow.On(unanswered{}, onCodeUnanswered, Pending),
			flow.On(refused{}, onRefusedInVain, Pending),
			flow.On(accepted{}, onAccepted, Pending),
			flow.On(closeAsked{}, onCloseAsked, Pending),
		),
		Succ:     contradictions(Succ),
		Fail:     contradictions(Fail),
		Closed:   contradictions(Closed),
		NotFound: contradictions(NotFound),
		Refused:  append(contradictions(Refused), flow.On(sent{}, onFirstSent, Created)),
		NotSent:  append(contradictions(NotSent), flow.On(sent{}, onFirstSent, Created)),
	})
}

// proofs are the rules for the platform's word on a trade that is not final;
// stay is where a 'not found' leaves it that proves nothing yet.
func proofs(stay flow.State) []rule {
	return []rule{
		flow.On(told{result: onetrans.ResultSucc}, onPaidOrder, Succ),
		flow.On(told{result: onetrans.ResultFail}, onTold(Fail), Fail),
		flow.On(told{result: onetrans.ResultClosed}, onTold(Closed), Closed),
		flow.On(told{result: onetrans.ResultInit}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultIng}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultExp}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultNotFound}, func(t Trade, e told) (Trade, []flow.Effect) {
			if e.late {
				return onTold(NotFound)(t, e)
			}
			return onTold(stay)(t, e)
		}, stay, NotFound),
	}
}

// rechargeAnswered says what the answer to a recharge proves.
func rechargeAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	if e := notOK(answer, err); e != nil {
		return e
	}
	var out onetrans.RechargeOut
	if onetrans.UnmarshalData(answer.Data, &out) != nil || !t.matches(out.TraceNo.String(), out.OutChargeNo.String()) {
		return unanswered{}
	}
	d := details{
		chargeNo:  out.ChargeNo.String(),
		traceNo:   out.TraceNo.String(),
		traceTime: out.TraceTime.String(),
		qrcode:    out.QRCode.String(),
		callsn:    firstOf(out.Callsn, out.Extra.Value.Callsn),
		channel:   out.Extra.Value.PayType.String(),
		balance:   out.Balance.String(),
		expireAt:  expiry(out.ExpireTime, answer.RespondTime, time.Now()),
		answer:    answer.Data,
	}
	if !known(out.Result) {
		return accepted{d}
	}
	return told{result: onetrans.Result(out.Result.String()), details: d}
}

// askForRecharge asks how an order stands, or to close it where that is wanted.
func askForRecharge(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	t := l.now()
	if c.givesUpArrival(t, time.Now()) {
		if t, err = c.happen(l, closeAsked{}, "never arrived"); err != nil {
			return false, err
		}
	}
	if c.neverArrives(t, time.Now()) {
		if t, err = c.happen(l, atDesk{ReasonNeverArrived}, ""); err != nil {
			return false, err
		}
	}
	return c.askForPayment(ctx, l, hold, t.rechargeClose, t.rechargeQuery)
}

// givesUpArrival says whether an order that the platform does not know, long
// after it was sent, shall be closed, so that it can never arrive.
func (c *Core) givesUpArrival(t Trade, now time.Time) bool {
	return t.longUnknown(now) && !t.Progress.CloseAsked && c.platform.Capabilities().Close
}

// neverArrives is givesUpArrival where nobody can close the number.
func (c *Core) neverArrives(t Trade, now time.Time) bool {
	return t.longUnknown(now) && t.Progress.Desk == "" && !c.platform.Capabilities().Close
}

// longUnknown: the platform still does not know the order, long after it was sent.
func (t Trade) longUnknown(now time.Time) bool {
	p := t.Progress
	return t.At() == Unknown && p.Result == onetrans.ResultNotFound && now.After(p.SentAt.Add(ArrivalMargin))
}
