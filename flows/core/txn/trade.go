package txn

import (
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// Trade is one trade as the journal knows it. It is a value: a step makes a
// new one with another Progress.
type Trade struct {
	Order    Order
	Progress Progress
}

// Order is what a trade is for. It never changes.
type Order struct {
	// No is the trade's own number, by which alone it is known (recharge:
	// outChargeNo, refund: outRefundNo, settlement: outSettleNo, cancellation: setl_id).
	No string
	// Request is what is sent, without the credentials. Its trans_type is the trade's kind.
	Request onetrans.Request
	// Content is the hash of what the number stands for: the same number with another is refused.
	Content string

	Amount      onetrans.Fen
	CardType    string
	CardNo      string
	AccountType string

	// Original is what a refund gives back: "trace:" and the platform's number,
	// or "no:" and the outChargeNo. These are two names of one order.
	Original string
	// Own says that this program made the refund, to undo something: nobody
	// else repeats it, so it is sent until it is done.
	Own bool
	// Before is what the platform had said of the original's refunds before this one was made.
	Before *Sums

	// Parts are what a balance is refunded in.
	Parts []Part

	CreatedAt time.Time
	// MustBook: what is paid and has no number of the hospital's (callsn) waits for a person.
	MustBook bool

	// Merchant stands for who collects (payAppId), and for the application (app_id)
	// where that is not the configuration's; it tells nobody who they are.
	Merchant string

	// Secrets are needed to finish the trade; the journal keeps them apart and
	// forgets them when the trade is final.
	Secrets Secrets
}

// Secrets are a call's credentials, and the tokens that pay by themselves.
type Secrets struct {
	AppID        string
	AppKey       string
	PayAppID     string
	PayAppSecret string
	AuthCode     string // the code that the patient showed
	EcToken      string
}

// String keeps secrets out of whatever prints a trade.
func (Secrets) String() string { return "(secrets)" }

// Progress is how far a trade has come.
type Progress struct {
	// State is where the trade stands; see its kind's table.
	State flow.State
	// SentAt is when the last send was journaled, Sends how many there were.
	SentAt time.Time
	Sends  int
	// UnansweredAt is when the last send began that was not answered normally;
	// zero when all were. It may arrive long after.
	UnansweredAt time.Time
	// Unsealed: of a trade that was not sent, its message could not be sealed.
	Unsealed bool
	// Whole: the platform carries it out in one call, and can't be asked about it.
	Whole bool
	// RetryAt is when a refund may be sent again, should the platform prove that
	// it did not carry it out; zero: at once.
	RetryAt time.Time

	// Result is the platform's last word on the trade; the rest came with it.
	Result    onetrans.Result
	ChargeNo  string
	TraceNo   string
	TraceTime string
	QRCode    string
	CallSN    string
	Channel   string
	Balance   string
	// Answer is what else the platform's answers said of the trade, an object;
	// empty while there is none.
	Answer string
	// ExpireAt is when the platform closes the unpaid order, by this machine's
	// clock; zero while the platform has not said.
	ExpireAt time.Time
	// RefusedWith is the code with which the platform refused the last send.
	RefusedWith onetrans.Code
	// RefusedWords are the platform's own words for it, for people alone: nothing
	// is decided by them, and they may name a person.
	RefusedWords string

	// PayWith is the depositType of the code with which an order that was there
	// before is being paid; empty while none was shown.
	PayWith string

	// CloseAsked: the order shall be closed. CloseAnswered: the platform has
	// answered to that, so the order can never arrive any more.
	CloseAsked    bool
	CloseAnswered bool

	// Alarm is set when the platform contradicts its own final answer: a person must look.
	Alarm string
	// Desk says why the trade waits for a person; empty when it does not.
	Desk Reason
	// Hand is the last word of a person on the trade; nil while there is none.
	Hand *Hand
	// Said is what the platform says of a trade that a person has decided
	// otherwise; empty while it says nothing else.
	Said onetrans.Result
	// InHandAt is since when a person decides it; zero while nobody does.
	InHandAt time.Time
	// News: it ended well, and nobody was there to hear of it; see [Core.News].
	News bool
	// Lines are how a balance's parts stand, in their order.
	Lines []Line

	// OtherName is what else a refund's original is called, as the platform has told.
	OtherName string
	// Sums are what the platform said last of all refunds of a refund's original.
	Sums *Sums
	// Settle is what only a settlement has.
	Settle *Settlement
	// Cancel is what only a cancellation has.
	Cancel *Cancellation
	// RefundNo is the outRefundNo of the refund that gives the payment back,
	// and RefundState how that stands; empty where there is none.
	RefundNo    string
	RefundState flow.State
	// RefundRefused is why the platform refuses that refund; nil where it does not.
	RefundRefused *Refusal
}

// Refusal is a platform's refusing code, and its own words for it, for people.
type Refusal struct {
	With  onetrans.Code
	Words string
}

// Sums are the refunds of one order, as the platform counts them.
type Sums struct {
	Refunded  onetrans.Fen // done
	Refunding onetrans.Fen // under way
}

// The states of a trade.
const (
	draft   flow.State = "draft"   // in memory alone: nothing is journaled, nothing was sent
	Created flow.State = "created" // journaled; it may have been sent
	Unknown flow.State = "unknown" // a send was not answered normally
	Pending flow.State = "pending" // the platform has it, and it is not final

	Succ     flow.State = "succ"     // final: the money came
	Fail     flow.State = "fail"     // final: the payment failed
	Closed   flow.State = "closed"   // final: closed unpaid
	NotFound flow.State = "notfound" // final: the platform never had it, and never can
	Refused  flow.State = "refused"  // the platform refused the only send; the caller may repeat it
	NotSent  flow.State = "notsent"  // the connection never opened; the caller may repeat it
)

// The states that only settlements and cancellations have, and Partly, a balance.
const (
	PreSettled flow.State = "presettled" // the amounts are known; nothing is paid
	Paying     flow.State = "paying"     // pay was asked for: the order is open or unknown
	Confirming flow.State = "confirming" // confirm was sent; it is repeated until answered
	Abandoning flow.State = "abandoning" // abandon was sent; it is repeated until answered
	Refunding  flow.State = "refunding"  // what was paid is being given back

	Abandoned flow.State = "abandoned" // final: undone, nothing was paid
	Refunded  flow.State = "refunded"  // final: refused for good, what was paid was given back
	Cancelled flow.State = "cancelled" // final: it was settled, and that was cancelled

	Partly flow.State = "partly" // final: some of a balance was given back, and the rest will not be

	// Cancelling is told of a settlement whose cancellation is not complete, or
	// not known to be. No trade is in it: the cancellation is a trade of its own.
	Cancelling flow.State = "cancelling"
)

// Kind is the trade's trans_type.
func (o Order) Kind() string { return o.Request.TransType.String() }

// key is what a trade is known by: numbers of different kinds may be alike.
type key struct{ kind, no string }

func (o Order) key() key { return key{o.Kind(), o.No} }

// At is the trade's state.
func (t Trade) At() flow.State { return t.Progress.State }

// Final says whether nothing is to be asked or sent any more.
func (t Trade) Final() bool { return isFinal(t.At()) }

// isFinal says so of a state.
func isFinal(s flow.State) bool {
	switch s {
	case Succ, Fail, Closed, NotFound, Refused, NotSent, Abandoned, Refunded, Cancelled, Partly:
		return true
	}
	return false
}

// AtDesk says whether the trade waits for a person: there is something to be
// done about it, or an alarm that nobody has seen to.
func (t Trade) AtDesk() bool { return t.Progress.Desk != "" || t.alarms() }

// alarms says whether there is an alarm that nobody has seen to.
func (t Trade) alarms() bool {
	p := t.Progress
	return p.Alarm != "" && (p.Hand == nil || p.Hand.Alarm != p.Alarm)
}

// Refusal is why a trade was refused last: where it waits for a person because
// the refund that undoes it is, why that was. It is zero where nothing was.
func (t Trade) Refusal() Refusal {
	p := t.Progress
	if p.Desk == ReasonRefused && p.RefundRefused != nil {
		return *p.RefundRefused
	}
	return Refusal{p.RefusedWith, p.RefusedWords}
}
