package reconcile

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// ErrLine means that a line of an exported journal is not a trade.
var ErrLine = errors.New("not a trade of a journal")

func noLine(text string) error { return fmt.Errorf("%w: %s", ErrLine, text) }

// Members of the family [ErrLine]. None of their texts holds content.
var (
	ErrManyLines  = noLine("there are too many")
	ErrLongLine   = noLine("it is too long")
	ErrObject     = noLine("no such JSON object")
	ErrHidden     = noLine("a number holds what can't be seen")
	ErrLineKind   = noLine("its kind is unknown")
	ErrNoNumber   = noLine("its number is missing")
	ErrLineAmount = noLine(`its amount must be yuan in quotes, such as "0.01"`)
	ErrLineState  = noLine("its state is unknown")
	ErrLineTime   = noLine("its time must be as 2026-11-25 10:00:00")
)

// Line is a trade in an exported journal, one JSON object per line, as 'onetrans
// journal export --json' writes them. There may be more members. Those not marked
// 'may be empty' are required.
type Line struct {
	Kind   string `json:"kind"`   // recharge, refund, settlement, cancellation, or its trans_type
	Number string `json:"number"` // outChargeNo, outRefundNo, outSettleNo or setl_id
	// Original is what a refund refunds: "trace:" and the platform's number, or
	// "no:" and the outChargeNo.
	Original string `json:"original,omitzero"`
	// Amount is yuan, as text with at most two decimals; for a settlement, the
	// person's own share.
	Amount string `json:"amount"`
	State  string `json:"state"` // the state in the journal's words
	// Result is the platform's last result of the payment. It matters only for a
	// settlement: "succ" when the share was paid through this terminal.
	Result    string `json:"result,omitzero"`
	Created   string `json:"created"`             // yyyy-MM-dd HH:mm:ss, UTC+8
	Sent      string `json:"sent,omitzero"`       // likewise, of the last send; may be empty
	TraceNo   string `json:"trace_no,omitzero"`   // may be empty
	TraceTime string `json:"trace_time,omitzero"` // yyyyMMddHHmmss, the platform's; may be empty
	ChargeNo  string `json:"charge_no,omitzero"`  // may be empty
	TermNo    string `json:"term_no,omitzero"`    // the terminal number that was sent; may be empty
	Card      string `json:"card,omitzero"`       // may be empty, or masked
	DecidedBy string `json:"decided_by,omitzero"` // the person who decided its outcome; may be empty
}

// LineOf is the line of a trade.
func LineOf(t txn.Trade) Line {
	l := Line{
		Kind: t.Order.Kind(), Number: t.Order.No, Original: t.Order.Original,
		Amount: t.Order.Amount.String(), State: string(t.At()), Result: string(t.Progress.Result),
		Created: clock(t.Order.CreatedAt), Sent: clock(t.Progress.SentAt),
		TraceNo: t.Progress.TraceNo, TraceTime: t.Progress.TraceTime, ChargeNo: t.Progress.ChargeNo,
		TermNo: termNo(t), Card: t.Order.CardNo,
	}
	if hand := t.Progress.Hand; hand != nil && hand.Verdict != txn.VerdictSeen {
		l.DecidedBy = hand.By
	}
	if s := t.Progress.Settle; s != nil {
		l.Amount, l.Result = s.Cash.String(), ""
		if s.Paid {
			l.Result = string(onetrans.ResultSucc)
		}
	}
	return l
}

// clock is a time in a line's format; empty if there is none.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(onetrans.Zone()).Format(time.DateTime)
}

// termNo is the terminal number in a trade's request; empty if it has none.
func termNo(t txn.Trade) string {
	var sent struct {
		TermNo onetrans.Text `json:"termNo,omitzero"`

		Rest jsontext.Value `json:",embed"`
	}
	if onetrans.UnmarshalData(t.Order.Request.Data, &sent) != nil {
		return ""
	}
	return sent.TermNo.String()
}

// Trade is the trade of a line; ok is false for a kind that moves no money itself:
// what a cancellation or a refunded balance returns are refunds of their own. The
// error is [ErrLine].
func (l Line) Trade() (t Trade, ok bool, err error) {
	t = Trade{
		No: l.Number, Original: l.Original, JournalState: l.State,
		TraceNo: l.TraceNo, ChargeNo: l.ChargeNo, Terminal: l.TermNo, CardNo: l.Card, DecidedBy: l.DecidedBy,
	}
	state := flow.State(l.State)
	switch l.Kind {
	case onetrans.TransRecharge, "recharge":
		t.Kind, t.State = Charge, chargeState(state)
	case onetrans.TransRefund, "refund":
		t.Kind, t.State = Refund, refundState(state)
	case onetrans.TransSettle, "settlement":
		paid := l.Result == string(onetrans.ResultSucc)
		t.Kind, t.State = Charge, shareState(state, paid)
		if (state == txn.Succ || state == txn.Cancelled) && !paid { // what it names is another's payment
			t.TraceNo, t.ChargeNo = "", ""
		}
	case onetrans.TransSettleCancel, "cancellation", txn.KindBalance, "balance":
		return t, false, nil
	default:
		return t, false, ErrLineKind
	}
	if l.Number == "" {
		return t, false, ErrNoNumber
	}
	if t.Amount, err = onetrans.ParseFen(l.Amount); err != nil {
		return t, false, ErrLineAmount
	}
	if t.State == "" {
		return t, false, ErrLineState
	}
	t.At, t.Told, err = l.at()
	return t, err == nil, err
}

// at is when the money moved, and whether the platform says so. A platform's time
// that cannot be parsed is ignored.
func (l Line) at() (at time.Time, told bool, err error) {
	if t, err := onetrans.ParseTime(l.TraceTime); err == nil {
		return t, true, nil
	}
	said := l.Sent
	if said == "" {
		said = l.Created
	}
	if at, err = onetrans.ParseTime(said); err != nil {
		return at, false, ErrLineTime
	}
	return at, false, nil
}

func chargeState(s flow.State) State {
	switch s {
	case txn.Succ:
		return Moved
	case txn.Fail, txn.Closed, txn.NotFound, txn.Refused, txn.NotSent:
		return NotMoved
	case txn.Created, txn.Unknown, txn.Pending:
		return Doubt
	}
	return ""
}

// refundState is the state of a refund: one that the platform is working on is not
// in doubt, and may take days.
func refundState(s flow.State) State {
	if s == txn.Pending {
		return Open
	}
	return chargeState(s)
}

// shareState is the state of a settlement's own payment. Once that is proven, the
// rest of the settlement does not matter for it.
func shareState(s flow.State, paid bool) State {
	switch s {
	case txn.Paying:
		return Doubt
	case txn.Confirming, txn.Succ, txn.Refunding, txn.Refunded, txn.Cancelled:
		if paid {
			return Moved
		}
		return NotMoved // there was no share, or it was paid elsewhere
	case txn.Created, txn.Unknown, txn.PreSettled, txn.Abandoning, txn.Abandoned, txn.Refused, txn.NotSent:
		return NotMoved
	}
	return ""
}
