// Package txn is the transaction core: every trade is written to the journal
// before it is sent, an outcome that is not proven is unknown and is asked for
// until it is, and nothing else in the program speaks to the platform about money.
package txn

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// Trade is one trade as the journal knows it. It is a value: a step makes a
// new one with another Progress.
type Trade struct {
	Order    Order    `json:"order"`
	Progress Progress `json:"progress"`
}

// Order is what a trade is for. It never changes.
type Order struct {
	// No is the trade's own number, by which alone it is known (recharge:
	// outChargeNo, refund: outRefundNo, settlement: outSettleNo, cancellation: setl_id).
	No string `json:"no"`
	// Request is what is sent, without the credentials. Its trans_type is the trade's kind.
	Request onetrans.Request `json:"request"`
	// Content is the hash of what the number stands for: the same number with another is refused.
	Content string `json:"content"`

	Amount      onetrans.Fen `json:"amount"`
	CardType    string       `json:"card_type"`
	CardNo      string       `json:"card_no"`
	AccountType string       `json:"account_type"`

	// Original is what a refund gives back: "trace:" and the platform's number,
	// or "no:" and the outChargeNo. These are two names of one order.
	Original string `json:"original,omitzero"`
	// Own says that this program made the refund, to undo something: nobody
	// else repeats it, so it is sent until it is done.
	Own bool `json:"own,omitzero"`
	// Before is what the platform had said of the original's refunds before this one was made.
	Before *Sums `json:"before,omitzero"`

	// Parts are what a balance is refunded in.
	Parts []Part `json:"parts,omitzero"`

	CreatedAt time.Time `json:"created_at"`
	// MustBook: what is paid and has no number of the hospital's (callsn) waits for a person.
	MustBook bool `json:"must_book,omitzero"`

	// Merchant stands for who collects (payAppId), and for the application (app_id)
	// where that is not the configuration's; it tells nobody who they are.
	Merchant string `json:"merchant,omitzero"`

	// Secrets are needed to finish the trade; the journal keeps them apart and
	// forgets them when the trade is final.
	Secrets Secrets `json:"-"`
}

// Secrets are a call's credentials, and the tokens that pay by themselves.
type Secrets struct {
	AppID        string `json:"app_id,omitzero"`
	AppKey       string `json:"app_key,omitzero"`
	PayAppID     string `json:"pay_app_id,omitzero"`
	PayAppSecret string `json:"pay_app_secret,omitzero"`
	AuthCode     string `json:"auth_code,omitzero"` // the code that the patient showed
	EcToken      string `json:"ec_token,omitzero"`
}

// String keeps secrets out of whatever prints a trade.
func (Secrets) String() string { return "(secrets)" }

// Progress is how far a trade has come.
type Progress struct {
	// State is where the trade stands; see its kind's table.
	State flow.State `json:"state"`
	// SentAt is when the last send was journaled, Sends how many there were.
	SentAt time.Time `json:"sent_at"`
	Sends  int       `json:"sends"`
	// UnansweredAt is when the last send left that was not answered normally;
	// zero when all were. It may arrive long after.
	UnansweredAt time.Time `json:"unanswered_at,omitzero"`
	// Unsealed: of a trade that was not sent, its message could not be sealed.
	Unsealed bool `json:"unsealed,omitzero"`
	// RetryAt is when a refund may be sent again, should the platform prove that
	// it did not carry it out; zero: at once.
	RetryAt time.Time `json:"retry_at,omitzero"`

	// Result is the platform's last word on the trade; the rest came with it.
	Result    onetrans.Result `json:"result,omitzero"`
	ChargeNo  string          `json:"charge_no,omitzero"`
	TraceNo   string          `json:"trace_no,omitzero"`
	TraceTime string          `json:"trace_time,omitzero"`
	QRCode    string          `json:"qrcode,omitzero"`
	CallSN    string          `json:"callsn,omitzero"`
	Channel   string          `json:"channel,omitzero"`
	Balance   string          `json:"balance,omitzero"`
	// Answer is what else the platform's answers said of the trade, an object;
	// empty while there is none.
	Answer string `json:"answer,omitzero"`
	// ExpireAt is when the platform closes the unpaid order, by this machine's
	// clock; zero while the platform has not said.
	ExpireAt time.Time `json:"expire_at,omitzero"`
	// RefusedWith is the code with which the platform refused the last send.
	RefusedWith onetrans.Code `json:"refused_with,omitzero"`
	// RefusedWords are the platform's own words for it, for people alone: nothing
	// is decided by them, and they may name a person.
	RefusedWords string `json:"refused_words,omitzero"`

	// PayWith is the depositType of the code with which an order that was there
	// before is being paid; empty while none was shown.
	PayWith string `json:"pay_with,omitzero"`

	// CloseAsked: the order shall be closed. CloseAnswered: the platform has
	// answered to that, so the order can never arrive any more.
	CloseAsked    bool `json:"close_asked,omitzero"`
	CloseAnswered bool `json:"close_answered,omitzero"`

	// Alarm is set when the platform contradicts its own final answer: a person must look.
	Alarm string `json:"alarm,omitzero"`
	// Desk says why the trade waits for a person; empty when it does not.
	Desk Reason `json:"desk,omitzero"`
	// Hand is the last word of a person on the trade; nil while there is none.
	Hand *Hand `json:"hand,omitzero"`
	// Said is what the platform says of a trade that a person has decided
	// otherwise; empty while it says nothing else.
	Said onetrans.Result `json:"said,omitzero"`
	// InHandAt is since when a person decides it; zero while nobody does.
	InHandAt time.Time `json:"in_hand_at,omitzero"`
	// Untold: it ended well, and nobody was there to hear of it.
	Untold bool `json:"untold,omitzero"`
	// Lines are how a balance's parts stand, in their order.
	Lines []Line `json:"lines,omitzero"`

	// OtherName is what else a refund's original is called, as the platform has told.
	OtherName string `json:"other_name,omitzero"`
	// Sums are what the platform said last of all refunds of a refund's original.
	Sums *Sums `json:"sums,omitzero"`
	// Settle is what only a settlement has.
	Settle *Settlement `json:"settle,omitzero"`
	// Cancel is what only a cancellation has.
	Cancel *Cancellation `json:"cancel,omitzero"`
	// RefundNo is the outRefundNo of the refund that gives the payment back,
	// and RefundState how that stands; empty where there is none.
	RefundNo    string     `json:"refund_no,omitzero"`
	RefundState flow.State `json:"refund_state,omitzero"`
	// RefundRefused is why the platform refuses that refund; nil where it does not.
	RefundRefused *Refusal `json:"refund_refused,omitzero"`
}

// Refusal is a platform's refusing code, and its own words for it, for people.
type Refusal struct {
	With  onetrans.Code `json:"with"`
	Words string        `json:"words,omitzero"`
}

// Sums are the refunds of one order, as the platform counts them.
type Sums struct {
	Refunded  onetrans.Fen `json:"refunded"`  // done
	Refunding onetrans.Fen `json:"refunding"` // under way
}

// Kind is the trade's trans_type.
func (o Order) Kind() string { return o.Request.TransType.String() }

// key is what a trade is known by: numbers of different kinds may be alike.
type key struct{ kind, no string }

func (o Order) key() key { return key{o.Kind(), o.No} }

// At is the trade's state.
func (t Trade) At() flow.State { return t.Progress.State }

// Unpaid says whether the platform waits for an order to be paid: nothing moves,
// and nobody asked to close it.
func (t Trade) Unpaid() bool {
	return t.At() == Pending && t.Progress.Result == onetrans.ResultInit && !t.Progress.CloseAsked
}

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

// Refs are what else a trade can be found by in the journal: the platform's
// number of a payment, the original that a refund gives back, the payment whose
// settlement a cancellation undoes, and the lists that it is on: its card's
// drawer, the desk.
func (t Trade) Refs() []string {
	var refs []string
	switch t.Order.Kind() {
	case onetrans.TransRefund:
		refs = append(refs, refundsOf(t.Order.Original))
		if t.Progress.OtherName != "" {
			refs = append(refs, refundsOf(t.Progress.OtherName))
		}
	case onetrans.TransRecharge, onetrans.TransSettle:
		if t.Progress.TraceNo != "" {
			refs = append(refs, byTrace(t.Progress.TraceNo))
		}
	case onetrans.TransSettleCancel:
		if t.Progress.TraceNo != "" {
			refs = append(refs, unsettles(byTrace(t.Progress.TraceNo)))
		}
	}
	if s := t.Progress.Settle; s != nil && s.SetlID != "" {
		refs = append(refs, bySettlement(s.SetlID))
	}
	for _, part := range t.unmade() {
		refs = append(refs, refundsOf(byNo(part.ChargeNo)))
	}
	if t.Final() && t.AtDesk() {
		refs = append(refs, atTheDesk)
	}
	if t.Order.Kind() == onetrans.TransRecharge && (t.alarms() || t.Progress.Desk == ReasonDisputed) {
		refs = append(refs, theUnsaid)
	}
	if t.inDrawer() {
		refs = append(refs, drawer(t.Order.CardNo))
	}
	return refs
}

// Ties are the names by which a trade with these Refs belongs with others: an
// order with its refunds, a settlement with its cancellation. Trades that have
// a name in common belong together. To be on one list makes no such tie.
func Ties(kind, no string, refs []string) []string {
	var ties []string
	switch kind {
	case onetrans.TransRecharge:
		ties = append(ties, byNo(no))
	case onetrans.TransSettleCancel:
		ties = append(ties, bySettlement(no))
	}
	for _, ref := range refs {
		if isList(ref) {
			continue
		}
		ties = append(ties, strings.TrimPrefix(strings.TrimPrefix(ref, refundsOf("")), unsettles("")))
	}
	return ties
}

func byTrace(traceNo string) string     { return "trace:" + traceNo }
func byNo(outChargeNo string) string    { return "no:" + outChargeNo }
func bySettlement(setlID string) string { return "setl:" + setlID }
func refundsOf(original string) string  { return "refund of " + original }
func unsettles(payment string) string   { return "unsettles " + payment }

// contentOf hashes what a trade's number stands for. Message id, time,
// operator and credentials are no part of it.
func contentOf(transType, no, original string, amount onetrans.Fen, card ...string) string {
	h := sha256.New()
	for _, part := range append([]string{transType, no, original, strconv.FormatInt(int64(amount), 10)}, card...) {
		// The length makes the parts unmistakable: "1"+"23" is not "12"+"3".
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(h.Sum(nil))
}
