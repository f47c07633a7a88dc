package txn

import (
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

// ArrivalMargin is how long after an order's time a lost request may still
// arrive at the platform, before 'not found' is trusted.
const ArrivalMargin = 2 * time.Minute

// RequestArrival is how long after it was sent any lost request may still arrive: a
// platform that has not carried it out by then never will by itself, and nobody's
// word counts against it before.
const RequestArrival = 20 * time.Minute

// sent: the trade is about to be sent. It is journaled before.
type sent struct {
	at time.Time
	// retryAt is when it may be sent again; zero: as soon as that is proven right.
	retryAt time.Time
	// billNos are what a settlement is for.
	billNos []string
	// payWith is the depositType of a code for an order that is there already.
	payWith string
	// whole: it is one call of the platform's, see [Progress.Whole].
	whole bool
}

// unanswered: a send, or a close, was not answered normally.
type unanswered struct {
	// code and words are what was said without proving anything; may be empty.
	code  onetrans.Code
	words string
}

// neverSent: not a byte was sent.
type neverSent struct {
	// ours: it could not be sealed, so that neither the network nor the platform
	// had a part in it.
	ours bool
}

// neverSentBy is the event for a send of which not a byte was sent.
func neverSentBy(err error) neverSent { return neverSent{ours: errors.Is(err, wire.ErrContent)} }

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

// details are what an answer says besides the result; empty fields say nothing.
type details struct {
	chargeNo, traceNo, traceTime, qrcode, callsn, channel, balance string
	expireAt                                                       time.Time

	sums *Sums
	// answer is all that was said, an object.
	answer jsontext.Value
}

// atDesk: a person must see to it.
type atDesk struct{ why Reason }

func (sent) Name() string       { return "sent" }
func (unanswered) Name() string { return "no normal answer" }
func (neverSent) Name() string  { return "never sent" }
func (refused) Name() string    { return "refused" }
func (accepted) Name() string   { return "accepted" }
func (t told) Name() string     { return "told " + string(t.result) }
func (closeAsked) Name() string { return "close asked" }
func (atDesk) Name() string     { return "at the desk" }

type rule = flow.Rule[Trade]

func onSent(t Trade, e sent) (Trade, []flow.Effect) {
	t.Progress.Sends++
	t.Progress.SentAt, t.Progress.RetryAt, t.Progress.Unsealed, t.Progress.Whole = e.at, e.retryAt, false, e.whole
	t = t.unrefused()
	setIf(&t.Progress.PayWith, e.payWith)
	return t, nil
}

// onFirstSent: nothing that was sent before may still arrive.
func onFirstSent(t Trade, e sent) (Trade, []flow.Effect) {
	t.Progress.State = Created
	return onSent(t, e)
}

// onNeverSent keeps whose fault it was that not a byte was sent.
func onNeverSent(t Trade, e neverSent) (Trade, []flow.Effect) {
	t.Progress.Unsealed = e.ours
	return t.at(NotSent), nil
}

// onUnanswered: what can be asked of nobody waits for a person at once.
func onUnanswered(t Trade, e unanswered) (Trade, []flow.Effect) {
	t.Progress.State = Unknown
	t.Progress.UnansweredAt = t.Progress.SentAt
	if t.Progress.Whole {
		t.Progress.Desk = ReasonNoAnswer
	}
	if e.code != "" {
		t = t.refusedBy(refused{code: e.code, words: e.words})
	}
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

// onStillRefused: it is repeated, and where that will not help a person is told.
func onStillRefused(t Trade, e refused) (Trade, []flow.Effect) {
	t = t.refusedBy(e)
	if !curable(e.code) {
		t.Progress.Desk = ReasonRefused
	}
	return t, nil
}

// curable says whether sending again may do better after a refusal.
func curable(code onetrans.Code) bool {
	switch code {
	case onetrans.CodePlatformOtherTrade, onetrans.CodePlatformNoPerson, onetrans.CodePlatformExceeds,
		onetrans.CodePlatformNoRefund, onetrans.CodePlatformNoSettle, onetrans.CodePlatformTransType, onetrans.CodePlatformField:
		return false
	}
	return true
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

// onAtDesk: a person must see to it.
func onAtDesk(t Trade, e atDesk) (Trade, []flow.Effect) {
	t.Progress.Desk = e.why
	return t, nil
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
