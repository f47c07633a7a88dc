package txn

import (
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// wish is something that somebody wants of a settlement.
type wish interface {
	flow.Event
	// fits says whether it can be wanted, or was granted already.
	fits(Trade) bool
}

// payAsked: the order for the share is about to be asked for.
type payAsked struct{ at time.Time }

// confirmAsked: the settlement is about to be confirmed, without a payment.
type confirmAsked struct{ at time.Time }

// abandoning: abandon is about to be sent.
type abandoning struct{ at time.Time }

// priced: pre-settlement was answered.
type priced struct {
	amounts
	mdtrtID string
	bills   []Bill
	steps   []Step
}

// amounts are what a settlement comes to: total = fund + account + cash.
type amounts struct{ total, fund, account, cash onetrans.Fen }

// ordered: pay was answered with an order whose result it does not say.
type ordered struct {
	details
	steps []Step
}

// repriced: pay was answered over other amounts than the person saw.
type repriced struct{ details }

// settled: confirm was answered.
type settled struct {
	details
	// otherPrice: over other amounts than the person saw.
	otherPrice bool
	steps      []Step
	orderList  []string
	setlID     string
}

// cancelledSince: it was settled, and that was cancelled.
type cancelledSince struct {
	details
	setlID string
}

// abandoned: abandon was answered.
type abandoned struct{}

func (payAsked) Name() string       { return "pay asked" }
func (confirmAsked) Name() string   { return "confirm asked" }
func (abandoning) Name() string     { return "abandoning" }
func (priced) Name() string         { return "priced" }
func (repriced) Name() string       { return "repriced" }
func (ordered) Name() string        { return "ordered" }
func (settled) Name() string        { return "settled" }
func (cancelledSince) Name() string { return "cancelled since" }
func (abandoned) Name() string      { return "abandoned" }

func (payAsked) fits(t Trade) bool {
	return t.At() != Created && t.At() != Unknown &&
		(t.At() != PreSettled || !t.Progress.CloseAsked && t.collects())
}

func (confirmAsked) fits(t Trade) bool {
	return t.At() != Created && t.At() != Unknown &&
		(t.At() != PreSettled || !t.Progress.CloseAsked && !t.collects())
}

func (closeAsked) fits(Trade) bool { return true }

// collects says whether there is a share, and this program takes it: without
// payment credentials it is paid elsewhere.
func (t Trade) collects() bool {
	return t.settlement().Cash > 0 && t.Order.Secrets.PayAppID != ""
}

// settleTable decides every event in every state of a settlement.
func settleTable() flow.Table[Trade] {
	beginning := func(state flow.State, rules ...rule) []rule {
		return append([]rule{
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(priced{}, onPriced, PreSettled),
			flow.On(closeAsked{}, onCloseAsked, state),
			flow.On(abandoning{}, onAbandoning, Abandoning),
			flow.On(sent{}, onChosen(Unknown), Unknown),
			flow.On(cancelledSince{}, onCancelledSince, Cancelled),
			flow.On(settled{}, onSettled, Succ), // where it was sent whole
		}, rules...)
	}
	return withHands(settleVerdicts, flow.Table[Trade]{
		draft: {flow.On(sent{}, onChosen(Created), Created)},
		Created: beginning(Created,
			flow.On(neverSent{}, onNeverSent, NotSent),
			flow.On(refused{}, onRefused, Refused)),
		Unknown: beginning(Unknown,
			flow.On(refused{}, onPreRefused, Unknown, Refused, Abandoning)),
		PreSettled: {
			flow.On(sent{}, onChosen(Unknown), Unknown),
			flow.On(payAsked{}, onPayAsked, Paying),
			flow.On(confirmAsked{}, onConfirmAsked, Confirming),
			flow.On(closeAsked{}, onCloseAsked, PreSettled),
			flow.On(abandoning{}, onAbandoning, Abandoning),
		},
		Paying: {
			flow.On(sent{}, onPayAgain, Paying),
			flow.On(ordered{}, onOrdered, Paying),
			flow.On(repriced{}, onRepriced, Paying),
			flow.On(neverSent{}, onNoOrder[neverSent], Paying, PreSettled),
			flow.On(refused{}, onPayRefused, Paying, PreSettled, Abandoning),
			flow.On(closeAsked{}, onCloseAsked, Paying),
			flow.On(told{result: onetrans.ResultSucc}, onPaid, Confirming),
			flow.On(told{result: onetrans.ResultFail}, onTold(Abandoning), Abandoning),
			flow.On(told{result: onetrans.ResultClosed}, onTold(Abandoning), Abandoning),
			flow.On(told{result: onetrans.ResultInit}, onTold(Paying), Paying),
			flow.On(told{result: onetrans.ResultIng}, onTold(Paying), Paying),
			flow.On(told{result: onetrans.ResultExp}, onTold(Paying), Paying),
			flow.On(told{result: onetrans.ResultNotFound}, onTold(Paying), Paying),
			flow.On(cancelledSince{}, onCancelledSince, Cancelled),
		},
		// Once confirm was sent there is no way back but the platform's own refusal.
		Confirming: {
			flow.On(settled{}, onSettled, Succ),
			flow.On(refused{}, onConfirmRefused, Confirming, Refunding, Refused),
			flow.On(cancelledSince{}, onCancelledSince, Cancelled),
		},
		Abandoning: {
			flow.On(abandoned{}, to[abandoned](Abandoned), Abandoned),
			flow.On(refused{}, onStillRefused, Abandoning),
			flow.On(cancelledSince{}, onCancelledSince, Cancelled),
		},
		Refunding: undoing(Refunded),
		Succ: append(paymentWords(Succ),
			flow.On(cancelledSince{}, onCancelledSince, Cancelled),
			flow.On(settled{}, onSettledTold, Succ),
			flow.On(refused{}, onDenied, Succ)),
		Cancelled: paymentWords(Cancelled),
		Abandoned: paymentWords(Abandoned),
		Refunded:  paymentWords(Refunded),
		Refused:   append(paymentWords(Refused), flow.On(sent{}, onChosen(Created), Created)),
		NotSent:   append(paymentWords(NotSent), flow.On(sent{}, onChosen(Created), Created)),
	})
}

// onChosen: pre-settlement is about to be sent, for these bills.
func onChosen(next flow.State) func(Trade, sent) (Trade, []flow.Effect) {
	return func(t Trade, e sent) (Trade, []flow.Effect) {
		t.Progress.State = next
		t = t.settling(func(s *Settlement) { s.BillNos = e.billNos })
		return onSent(t, e)
	}
}

func onPriced(t Trade, e priced) (Trade, []flow.Effect) {
	t.Progress.State = PreSettled
	return t.settling(func(s *Settlement) {
		s.MdtrtID, s.Bills, s.Steps = e.mdtrtID, e.bills, e.steps
		s.Total, s.Fund, s.Account, s.Cash = e.total, e.fund, e.account, e.cash
		s.NoBills = len(e.bills) == 0 && e.total == 0
	}), nil
}

// onPreRefused: a refusal for good ends it, and what an earlier answer made is
// undone; another says nothing of the sends before.
func onPreRefused(t Trade, e refused) (Trade, []flow.Effect) {
	t = t.refusedBy(e)
	if e.code != onetrans.CodePlatformNoSettle {
		return t, nil
	}
	if t.settlement().MdtrtID != "" {
		return t.at(Abandoning), nil
	}
	return t.at(Refused), nil
}

func onAbandoning(t Trade, e abandoning) (Trade, []flow.Effect) {
	t = t.at(Abandoning)
	t.Progress.SentAt = e.at
	return t, nil
}

func onPayAsked(t Trade, e payAsked) (Trade, []flow.Effect) {
	t = t.at(Paying)
	t = t.unrefused()
	t.Progress.SentAt = e.at
	return t.settling(func(s *Settlement) { s.PaySends = 0 }), nil
}

func onPayAgain(t Trade, e sent) (Trade, []flow.Effect) {
	t.Progress.SentAt = e.at
	return t.settling(func(s *Settlement) { s.PaySends++ }), nil
}

func onConfirmAsked(t Trade, e confirmAsked) (Trade, []flow.Effect) {
	t = t.at(Confirming)
	t = t.unrefused()
	t.Progress.SentAt = e.at
	return t, nil
}

func onOrdered(t Trade, e ordered) (Trade, []flow.Effect) {
	return t.with(e.details).stepping(e.steps), nil
}

// onRepriced: nobody is asked to pay what they did not see. The order is closed.
func onRepriced(t Trade, e repriced) (Trade, []flow.Effect) {
	t.Progress.CloseAsked = true
	e.qrcode = ""
	return t.with(e.details), nil
}

// onNoOrder: no order was made, if the only send did not make one.
func onNoOrder[E flow.Event](t Trade, _ E) (Trade, []flow.Effect) {
	if t.settlement().PaySends == 1 && t.Progress.TraceNo == "" {
		t = t.at(PreSettled)
		return t.settling(func(s *Settlement) { s.PaySends = 0 }), nil
	}
	return t, nil
}

// onPayRefused: what is refused for good has no order either.
func onPayRefused(t Trade, e refused) (Trade, []flow.Effect) {
	t = t.refusedBy(e)
	if e.code == onetrans.CodePlatformNoSettle && t.Progress.TraceNo == "" {
		t = t.at(Abandoning)
		return t, nil
	}
	return onNoOrder(t, e)
}

func onPaid(t Trade, e told) (Trade, []flow.Effect) {
	t, _ = onTold(Confirming)(t, e)
	return t.settling(func(s *Settlement) { s.Paid, s.PaidBy = true, "" }), nil
}

func onSettled(t Trade, e settled) (Trade, []flow.Effect) {
	t = t.at(Succ).unrefused()
	t = t.with(e.details).stepping(e.steps)
	t = t.settling(func(s *Settlement) { s.OrderList, s.SetlID = e.orderList, e.setlID }).booked()
	if e.otherPrice {
		t.Progress.Desk = ReasonOtherPrice
	}
	return t, nil
}

// onCancelledSince: whoever cancelled it gives the share back, and that it was
// settled is no news any more. Where that was before the payment's end was known
// here, a person makes sure.
func onCancelledSince(t Trade, e cancelledSince) (Trade, []flow.Effect) {
	paying := t.At() == Paying || t.At() == Confirming && t.settlement().Paid
	t = t.at(Cancelled).with(e.details)
	t.Progress.News = false
	if paying {
		t.Progress.Desk = ReasonCancelledElsewhere
	}
	return t.settling(func(s *Settlement) { setIf(&s.SetlID, e.setlID) }), nil
}

// settledByHand says whether it is a person's word alone that it stands: what
// the platform has settled has a number.
func (t Trade) settledByHand() bool {
	s := t.settlement()
	return t.byHand() && s.SetlID == "" && len(s.OrderList) == 0
}

// onSettledTold: the platform bears a person out, and gives the numbers.
func onSettledTold(t Trade, e settled) (Trade, []flow.Effect) {
	if !t.settledByHand() {
		return t, nil
	}
	t.Progress.Said, t.Progress.Desk = "", ""
	return onSettled(t, e)
}

// onDenied: the platform repeats its answers, so that a refusal for good
// contradicts the one before, or a person.
func onDenied(t Trade, e refused) (Trade, []flow.Effect) {
	word := onetrans.Result(e.code)
	switch {
	case e.code != onetrans.CodePlatformNoSettle:
		return t, nil
	case !t.settledByHand():
		return t.contradicted(word), nil
	case t.Progress.Said != word:
		t.Progress.Said, t.Progress.Desk = word, ReasonDisputed
	}
	return t, nil
}

// refusedForGood says whether a refusal ends a settlement that is being confirmed.
func (t Trade) refusedForGood(e refused) bool {
	return t.At() == Confirming && e.code == onetrans.CodePlatformNoSettle
}

// onConfirmRefused: only a refusal for good undoes the payment. With any other
// the settlement is still possible, and confirm is repeated.
func onConfirmRefused(t Trade, e refused) (Trade, []flow.Effect) {
	switch {
	case !t.refusedForGood(e):
		return onStillRefused(t, e)
	case t.settlement().Paid:
		t = t.at(Refunding)
		t.Progress.RefundNo = e.refundNo
	default:
		t = t.at(Refused)
	}
	t = t.refusedBy(e)
	t.Progress.Desk = ""
	return t, nil
}

func (t Trade) stepping(steps []Step) Trade {
	if steps == nil {
		return t
	}
	return t.settling(func(s *Settlement) { s.Steps = steps })
}
