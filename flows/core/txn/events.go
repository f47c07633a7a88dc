package txn

import (
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

// The states of a trade.
const (
	draft   flow.State = "draft"   // in memory alone: nothing is journaled, nothing was sent
	Created flow.State = "created" // journaled; a send may have left
	Unknown flow.State = "unknown" // a send was not answered normally
	Pending flow.State = "pending" // the platform has it, and it is not final

	Succ     flow.State = "succ"     // final: the money came
	Fail     flow.State = "fail"     // final: the payment failed
	Closed   flow.State = "closed"   // final: closed unpaid
	NotFound flow.State = "notfound" // final: the platform never had it, and never can
	Refused  flow.State = "refused"  // the platform refused the only send; the caller may repeat it
	NotSent  flow.State = "notsent"  // the connection never opened; the caller may repeat it
)

// ArrivalMargin is how long after an order's time a lost request may still
// arrive at the platform, before 'not found' is trusted.
const ArrivalMargin = 2 * time.Minute

// RequestArrival is how long after it left any lost request may still arrive: a
// platform that has not carried it out by then never will by itself, and nobody's
// word counts against it before.
const RequestArrival = 20 * time.Minute

// sent: a send is about to leave. It is journaled before.
type sent struct {
	at time.Time
	// retryAt is when it may be sent again; zero: as soon as that is proven right.
	retryAt time.Time
	// billNos are what a settlement is for.
	billNos []string
	// payWith is the depositType of a code for an order that is there already.
	payWith string
}

// unanswered: a send, or a close, was not answered normally.
type unanswered struct{}

// neverSent: not a byte left.
type neverSent struct {
	// ours: it could not be sealed, so that neither the network nor the platform
	// had a part in it.
	ours bool
}

// neverLeftBy is the event for a send of which nothing left.
func neverLeftBy(err error) neverSent { return neverSent{ours: errors.Is(err, wire.ErrContent)} }

// refused: the platform answered a send with a refusing code.
type refused struct {
	code onetrans.Code
	// words are the platform's, for people.
	words string
	// late: no other send of the trade can still arrive.
	late bool
	// refundNo is the number under which what was paid is given back for it.
	refundNo string
}

// accepted: the platform answered a send with success, but not with a result.
type accepted struct{ details }

// told: the platform spoke of the trade.
type told struct {
	result onetrans.Result
	details
	// late: the order can no longer arrive, so that 'not found' is final.
	late bool
	// answersClose: this is the answer to a close.
	answersClose bool
	// answersSend: this is the answer to a send.
	answersSend bool
	// original is the trace number of what a refund gives back, if that was said.
	original string
}

// closeAsked: the order shall be closed. It is journaled before the close is sent.
type closeAsked struct{}

// details are what an answer says beside the result; empty fields say nothing.
type details struct {
	chargeNo, traceNo, traceTime, qrcode, callsn, channel, balance string
	expireAt                                                       time.Time

	sums *Sums
	// answer is all that was said, an object.
	answer jsontext.Value
}

func (sent) Name() string       { return "sent" }
func (unanswered) Name() string { return "no normal answer" }
func (neverSent) Name() string  { return "never sent" }
func (refused) Name() string    { return "refused" }
func (accepted) Name() string   { return "accepted" }
func (t told) Name() string     { return "told " + string(t.result) }
func (closeAsked) Name() string { return "close asked" }

type rule = flow.Rule[Trade]

// rechargeTable decides every event in every state of a recharge. An event
// that is not in a row can't happen there and changes nothing.
func rechargeTable() flow.Table[Trade] {
	return withHands(onetrans.TransRecharge, flow.Table[Trade]{
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

// contradictions are the rules for the platform's word on a final trade: the
// state stands, and another word than before alarms a person, unless a person
// has decided the trade: then it stands beside.
func contradictions(final flow.State) []rule {
	var rules []rule
	for _, result := range results() {
		rules = append(rules, flow.On(told{result: result}, func(t Trade, e told) (Trade, []flow.Effect) {
			switch {
			case t.byHand():
				t = t.saidBeside(e.result)
			case !t.bearsOut(e.result):
				return t.contradicted(e.result), nil
			}
			// A late answer may still bring what a receipt needs.
			if flow.State(e.result) == final {
				t = t.with(e.details).booked()
			}
			return t, nil
		}, final))
	}
	return rules
}

// saidBeside notes what the platform says of a trade that a person has decided.
// That it is undecided is no news to who has; another end is for a person to look at.
func (t Trade) saidBeside(word onetrans.Result) Trade {
	before := t.Progress.Said
	if t.Progress.Said = word; t.bearsOut(word) {
		t.Progress.Said = ""
	}
	switch {
	case t.deniedBy(word) && word != before:
		t.Progress.Desk = ReasonDisputed
	case !t.deniedBy(word) && t.Progress.Desk == ReasonDisputed:
		t.Progress.Desk = ""
	}
	return t
}

// bearsOut says whether a word of the platform fits a trade that is final.
func (t Trade) bearsOut(word onetrans.Result) bool {
	if t.Order.Kind() == onetrans.TransSettle {
		return !t.paymentContradicts(word)
	}
	return flow.State(word) == t.At() || harmless(t, word)
}

// results are all words that a platform has for a trade.
func results() []onetrans.Result {
	return []onetrans.Result{
		onetrans.ResultInit, onetrans.ResultSucc, onetrans.ResultFail, onetrans.ResultExp,
		onetrans.ResultIng, onetrans.ResultClosed, onetrans.ResultNotFound,
	}
}

// harmless: what never reached the platform may be unknown to it, what it refused
// it may have as an order that came to nothing, an unknown number that was to be
// closed is closed, a refund that failed before may have
// been repeated in vain or be forgotten, and what failed by a person's word the
// platform may have in whatever way it moves no money.
func harmless(t Trade, result onetrans.Result) bool {
	final := t.At()
	if t.byHand() && final == Fail {
		return unpaid(result)
	}
	switch result {
	case onetrans.ResultNotFound:
		return final == Refused || final == NotSent || final == Closed ||
			final == Fail && t.Order.Kind() == onetrans.TransRefund
	case onetrans.ResultClosed:
		return final == NotFound || final == Refused && t.Order.Kind() == onetrans.TransRecharge
	case onetrans.ResultFail:
		return final == Refused || final == NotSent && t.Order.Kind() == onetrans.TransRefund
	}
	return false
}

func onSent(t Trade, e sent) (Trade, []flow.Effect) {
	t.Progress.Sends++
	t.Progress.SentAt, t.Progress.RetryAt, t.Progress.Unsealed = e.at, e.retryAt, false
	t = t.unrefused()
	setIf(&t.Progress.PayWith, e.payWith)
	return t, nil
}

// onNeverSent: of a send of which nothing left, whose fault that was is kept.
func onNeverSent(t Trade, e neverSent) (Trade, []flow.Effect) {
	t.Progress.Unsealed = e.ours
	return t.at(NotSent), nil
}

// onFirstSent: nothing that was sent before may still arrive.
func onFirstSent(t Trade, e sent) (Trade, []flow.Effect) {
	t.Progress.State = Created
	return onSent(t, e)
}

func onUnanswered(t Trade, _ unanswered) (Trade, []flow.Effect) {
	t.Progress.State = Unknown
	t.Progress.UnansweredAt = t.Progress.SentAt
	return t, nil
}

// onCodeUnanswered: a code that was sent may be being charged, so that the order
// is not known to be unpaid until the platform says so again.
func onCodeUnanswered(t Trade, _ unanswered) (Trade, []flow.Effect) {
	if t.Progress.PayWith != "" {
		t.Progress.Result, t.Progress.UnansweredAt = "", t.Progress.SentAt
	}
	return t, nil
}

func onRefused(t Trade, e refused) (Trade, []flow.Effect) {
	return t.at(Refused).refusedBy(e), nil
}

// onRefusedInVain: it ends nothing, and why it was is for people to know.
func onRefusedInVain(t Trade, e refused) (Trade, []flow.Effect) {
	return t.refusedBy(e), nil
}

// refusedBy is a trade that was refused. The same refusal again says nothing
// new, however a platform words it.
func (t Trade) refusedBy(e refused) Trade {
	if t.Progress.RefusedWith != e.code || t.Progress.RefusedWords == "" {
		t.Progress.RefusedWith, t.Progress.RefusedWords = e.code, e.words
	}
	return t
}

// unrefused is a trade of which no refusal counts any more.
func (t Trade) unrefused() Trade {
	t.Progress.RefusedWith, t.Progress.RefusedWords = "", ""
	return t
}

func onAccepted(t Trade, e accepted) (Trade, []flow.Effect) {
	return t.at(Pending).with(e.details).keep(e.answer), nil
}

func onCloseAsked(t Trade, _ closeAsked) (Trade, []flow.Effect) {
	t.Progress.CloseAsked = true
	return t, nil
}

func onTold(next flow.State) func(Trade, told) (Trade, []flow.Effect) {
	return func(t Trade, e told) (Trade, []flow.Effect) {
		if t.Progress.Desk == ReasonNoEcho { // it has said so now
			t.Progress.Desk = ""
		}
		// What is told a second time brings nothing new but times and counts.
		if next != t.At() || e.result != t.Progress.Result {
			t = t.keep(e.answer)
		}
		t = t.at(next)
		t.Progress.Result = e.result
		t.Progress.CloseAnswered = t.Progress.CloseAnswered || e.answersClose
		return t.with(e.details), nil
	}
}

func to[E flow.Event](next flow.State) func(Trade, E) (Trade, []flow.Effect) {
	return func(t Trade, _ E) (Trade, []flow.Effect) { return t.at(next), nil }
}

// at is the trade in its next state; of what is decided, or under way, no
// person need see to what was wrong before.
func (t Trade) at(next flow.State) Trade {
	if next != t.At() { // what a person had in hand has moved on
		t.Progress.InHandAt = time.Time{}
		if t.Progress.Desk == ReasonInHand {
			t.Progress.Desk = ""
		}
	}
	t.Progress.State = next
	if t.Final() || next == Pending {
		t.Progress.Desk = ""
	}
	return t
}

// with takes over what an answer says; what it does not say stands.
func (t Trade) with(d details) Trade {
	setIf(&t.Progress.ChargeNo, d.chargeNo)
	setIf(&t.Progress.TraceNo, d.traceNo)
	setIf(&t.Progress.TraceTime, d.traceTime)
	setIf(&t.Progress.QRCode, d.qrcode)
	setIf(&t.Progress.CallSN, d.callsn)
	setIf(&t.Progress.Channel, d.channel)
	setIf(&t.Progress.Balance, d.balance)
	// Every answer gives the time anew, from two clocks: a second more or less is the same.
	if !d.expireAt.IsZero() && d.expireAt.Sub(t.Progress.ExpireAt).Abs() > 2*time.Second {
		t.Progress.ExpireAt = d.expireAt
	}
	if d.sums != nil {
		t.Progress.Sums = d.sums
	}
	return t
}

func setIf(to *string, said string) {
	if said != "" {
		*to = said
	}
}
