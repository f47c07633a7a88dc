package call

import (
	"cmp"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// present is a field that is omitted if it is empty.
func present(s string) onetrans.Text {
	if s == "" {
		return onetrans.Text{}
	}
	return onetrans.T(s)
}

// refusedWith is what a caller hears of a platform's refusal: its code unchanged,
// its words after ours.
func refusedWith(code onetrans.Code, words string) saying {
	refused := sayings.refused
	refused.code = code
	return refused.with(code, words)
}

// neverSent is what a caller hears of a trade that was never sent: one that could
// not be sealed blames neither the network nor the platform.
func neverSent(unsealed bool) saying {
	if unsealed {
		return sayings.internal
	}
	return sayings.notSent
}

// standing is a trade's state as far as a caller may rely on it: an end that the
// platform denies leaves the outcome unknown, whoever told it, unless it says that
// the money moved.
func standing(state flow.State, denied bool) flow.State {
	if denied && state != txn.Succ {
		return txn.Unknown
	}
	return state
}

// kept is what the platform's answers have said about a trade. Fields that do not
// have the table's shape are left out.
func kept[T any](p txn.Progress) T {
	var out, nothing T
	if onetrans.UnmarshalData(jsontext.Value(p.Answer), &out) != nil {
		return nothing
	}
	return out
}

// fill sets a field that the tables demand, even if it is empty.
func fill(field *onetrans.Text, said string) {
	if said != "" || field.IsZero() {
		*field = onetrans.T(said)
	}
}

// result is a trade's result: its end, however that became known, or else the
// platform's last result.
func result(t txn.Trade) onetrans.Result {
	switch t.At() {
	case txn.Succ, txn.Fail, txn.Closed, txn.NotFound:
		return onetrans.Result(t.At())
	}
	return t.Progress.Result
}

// charged is the answer for a recharge in its present state. An unpaid order is an
// answer only if the caller wantsCode, to show it; to any other it is undecided.
func charged(t txn.Trade, wantsCode bool) onetrans.Answer {
	p := t.Progress
	out := kept[onetrans.RechargeOut](p)
	fill(&out.ChargeNo, p.ChargeNo)
	fill(&out.TraceNo, p.TraceNo)
	fill(&out.TraceTime, p.TraceTime)
	fill(&out.Callsn, p.CallSN)
	out.ResultDesc = described(out.ResultDesc, out.Result, result(t))
	out.OutChargeNo, out.Result = onetrans.T(t.Order.No), onetrans.T(string(result(t)))
	if p.Channel != "" && out.Extra.Value.PayType.Empty() {
		out.Extra.Value.PayType = onetrans.T(p.Channel)
	}
	if p.Balance != "" {
		out.Balance = onetrans.AmountOf(onetrans.T(p.Balance))
	}
	switch standing(t.At(), t.Denied()) {
	case txn.Succ:
		return withData(reply(sayings.ok), out)
	case txn.Fail, txn.Closed, txn.NotFound:
		return withData(reply(sayings.notTaken.with(p.RefusedWith, p.RefusedWords)), out)
	case txn.Refused:
		return withData(reply(refusedWith(p.RefusedWith, p.RefusedWords)), out)
	case txn.NotSent:
		return withData(reply(neverSent(p.Unsealed)), out)
	}
	if wantsCode && !p.CloseAsked && p.Result == onetrans.ResultInit && p.QRCode != "" {
		out.QRCode = onetrans.T(p.QRCode)
		out.ExpireTime = onetrans.T(onetrans.FormatTime(p.ExpireAt))
		return withData(reply(sayings.ok), out)
	}
	// Until it is decided a trade is under way, whatever was heard of it last.
	out.Result, out.ResultDesc = onetrans.T(string(onetrans.ResultIng)), onetrans.T(onetrans.ResultIng.Words())
	return withData(reply(sayings.unknown.with(p.RefusedWith, p.RefusedWords)), out)
}

// described is a result's description: the platform's own, if it is about this
// result.
func described(own, of onetrans.Text, result onetrans.Result) onetrans.Text {
	if !own.Empty() && of.String() == string(result) {
		return own
	}
	return onetrans.T(result.Words())
}

// givenBack is the answer for a refund in its present state. One that the platform
// is working on is not an unknown outcome.
func givenBack(t txn.Trade) onetrans.Answer {
	p := t.Progress
	out := kept[onetrans.RefundOut](p)
	out.ResultDesc = described(out.ResultDesc, out.Result, result(t))
	out.OutRefundNo, out.Result = onetrans.T(t.Order.No), onetrans.T(string(result(t)))
	fill(&out.TraceNo, p.TraceNo)
	fill(&out.TraceTime, p.TraceTime)
	fill(&out.Channel, cmp.Or(out.Channel.String(), p.Channel))
	fill(&out.ChargeNo, p.ChargeNo)
	fill(&out.OrigTraceTime, "")
	var in onetrans.RefundIn
	if onetrans.UnmarshalData(t.Order.Request.Data, &in) == nil && out.OrigTraceNo.Empty() {
		out.OrigTraceNo = in.TraceNo
	}
	fill(&out.OrigTraceNo, "")
	if s := p.Sums; s != nil {
		out.RefundedAmt, out.RefundingAmt = onetrans.Yuan(s.Refunded), onetrans.Yuan(s.Refunding)
	}
	state := standing(t.At(), t.Denied())
	switch state {
	case txn.Succ:
		return withData(reply(sayings.ok), out)
	case txn.Fail, txn.NotFound:
		return withData(reply(sayings.notRefunded), out)
	case txn.Refused:
		return withData(reply(refusedWith(p.RefusedWith, p.RefusedWords)), out)
	case txn.NotSent:
		return withData(reply(neverSent(p.Unsealed)), out)
	}
	out.Result = onetrans.T(string(onetrans.ResultIng))
	out.ResultDesc = onetrans.T(onetrans.ResultIng.Words())
	if state == txn.Pending {
		return withData(reply(sayings.refunding), out)
	}
	return withData(reply(sayings.unknown.with(p.RefusedWith, p.RefusedWords)), out)
}

// settled is the answer for a settlement in its present state.
func settled(s txn.SettleStatus) onetrans.Answer {
	out := onetrans.SettleOut{
		ChargeNo:    present(s.ChargeNo),
		TraceNo:     present(s.TraceNo),
		TraceTime:   present(s.TraceTime),
		Callsn:      present(s.CallSN),
		OutSettleNo: onetrans.T(s.No),
		MdtrtID:     present(s.MdtrtID),
		SetlID:      present(s.SetlID),
		OutRefundNo: present(s.RefundNo),
	}
	if s.State != txn.Cancelled && s.State != txn.Cancelling {
		for _, no := range s.OrderList {
			out.OrderList.Items = append(out.OrderList.Items, onetrans.T(no))
		}
	}
	switch standing(s.State, s.Denied()) {
	case txn.Succ:
		if s.Alarm != "" || s.Said != "" {
			out.Result = onetrans.T(string(onetrans.ResultSucc)) // as it was proven
			return withData(reply(sayings.unknown), out)
		}
		return withData(reply(sayings.ok), out)
	case txn.Cancelled:
		return withData(reply(sayings.unsettled), out)
	case txn.Refunded:
		return withData(reply(sayings.givenBack.with(s.RefusedWith, s.RefusedWords)), out)
	case txn.Fail, txn.Closed, txn.NotFound, txn.Abandoned:
		return withData(reply(notSettled(s).with(s.RefusedWith, s.RefusedWords)), out)
	case txn.Refused:
		return withData(reply(refusedWith(s.RefusedWith, s.RefusedWords)), out)
	case txn.NotSent:
		return withData(reply(neverSent(s.Unsealed)), out)
	}
	out.Result = onetrans.T(string(onetrans.ResultIng))
	return withData(reply(undecided(s.State, s.Desk).with(s.RefusedWith, s.RefusedWords)), out)
}

// notSettled says why nothing was settled, as far as that is known.
func notSettled(s txn.SettleStatus) saying {
	switch {
	case s.NoBills:
		return sayings.noBills
	case s.Result == onetrans.ResultClosed:
		return sayings.billsUnpaid
	case s.Result == onetrans.ResultFail:
		return sayings.billsFailed
	}
	return sayings.notSettled
}

// undecided says all that is known of a settlement without an end yet: what was
// refused or cancelled, and that money is being refunded or waits for a person.
func undecided(state flow.State, desk txn.Reason) saying {
	switch {
	case state == txn.Refunding && desk != "":
		return sayings.notGivenBack
	case state == txn.Refunding:
		return sayings.givingBack
	case state == txn.Cancelling:
		return sayings.cancelling
	}
	return sayings.unknown
}

// cancelled is the answer for a cancellation in its present state: it is done only
// when the person's own share has been refunded as well.
func cancelled(s txn.CancelStatus) onetrans.Answer {
	named := numbers{SetlID: onetrans.T(s.No), OutRefundNo: present(s.RefundNo)}
	switch s.State {
	case txn.Succ:
		answer := reply(sayings.ok)
		if object, err := onetrans.DataObject(s.Answer); err == nil {
			answer.Data = object
		}
		return answer
	case txn.Refused:
		return withData(reply(refusedWith(s.RefusedWith, s.RefusedWords)), named)
	case txn.NotSent:
		return withData(reply(neverSent(s.Unsealed)), named)
	}
	named.Result = onetrans.T(string(onetrans.ResultIng))
	says := sayings.unknown
	switch {
	case s.State == txn.Refunding && s.Desk != "":
		says = sayings.shareAtDesk
	case s.State == txn.Refunding:
		says = sayings.shareGoesBack
	}
	return withData(reply(says.with(s.RefusedWith, s.RefusedWords)), named)
}
