package reconcile

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// ErrLine means that a line of an exported journal is no trade.
var ErrLine = errors.New("not a trade of a journal")

// Line is a trade in an exported journal, one JSON object a line. More members
// than these may be there. What is not marked 'may be empty' must be said.
type Line struct {
	Kind string `json:"kind"` // its trans_type
	No   string `json:"no"`   // outChargeNo, outRefundNo, outSettleNo or setl_id
	// Original is what a refund gives back: "trace:" and the platform's number,
	// or "no:" and the outChargeNo.
	Original string `json:"original,omitzero"`
	// Amount is yuan, as text with at most two decimals; of a settlement the
	// person's own share.
	Amount string `json:"amount"`
	State  string `json:"state"` // as the journal has it
	// Paid: a settlement's share was paid through this terminal.
	Paid      bool      `json:"paid,omitzero"`
	CreatedAt time.Time `json:"created_at"`
	SentAt    time.Time `json:"sent_at,omitzero"`    // may be empty
	TraceNo   string    `json:"trace_no,omitzero"`   // may be empty
	TraceTime string    `json:"trace_time,omitzero"` // yyyyMMddHHmmss, the platform's; may be empty
	ChargeNo  string    `json:"charge_no,omitzero"`  // may be empty
	TermNo    string    `json:"term_no,omitzero"`    // with which it was sent; may be empty
	CardNo    string    `json:"card_no,omitzero"`    // may be empty, or masked
}

// LineOf is the line of a trade.
func LineOf(t txn.Trade) Line {
	l := Line{
		Kind: t.Order.Kind(), No: t.Order.No, Original: t.Order.Original,
		Amount: t.Order.Amount.String(), State: string(t.At()),
		CreatedAt: t.Order.CreatedAt, SentAt: t.Progress.SentAt,
		TraceNo: t.Progress.TraceNo, TraceTime: t.Progress.TraceTime, ChargeNo: t.Progress.ChargeNo,
		TermNo: termNo(t), CardNo: t.Order.CardNo,
	}
	if s := t.Progress.Settle; s != nil {
		l.Amount, l.Paid = s.Cash.String(), s.Paid
	}
	return l
}

// termNo is the terminal number that a trade's request has; empty where it has none.
func termNo(t txn.Trade) string {
	var sent struct {
		TermNo onetrans.Text `json:"termNo,omitzero"`

		Rest jsontext.Value `json:",unknown"`
	}
	if onetrans.UnmarshalData(t.Order.Request.Data, &sent) != nil {
		return ""
	}
	return sent.TermNo.String()
}

// Trade is what a line says; ok is false when it is of a kind that moves no
// money: what a cancellation gives back is a refund of its own. The error is [ErrLine].
func (l Line) Trade() (t Trade, ok bool, err error) {
	t = Trade{No: l.No, Original: l.Original, Word: l.State, TraceNo: l.TraceNo, ChargeNo: l.ChargeNo, Terminal: l.TermNo, CardNo: l.CardNo}
	state := flow.State(l.State)
	switch l.Kind {
	case onetrans.TransRecharge:
		t.Kind, t.State = Charge, chargeState(state)
	case onetrans.TransRefund:
		t.Kind, t.State = Refund, refundState(state)
	case onetrans.TransSettle:
		t.Kind, t.State = Charge, shareState(state, l.Paid)
	case onetrans.TransSettleCancel:
		return t, false, nil
	default:
		return t, false, fmt.Errorf("%w: its kind is unknown", ErrLine)
	}
	if l.No == "" {
		return t, false, fmt.Errorf("%w: its number is missing", ErrLine)
	}
	if t.Amount, err = onetrans.ParseFen(l.Amount); err != nil {
		return t, false, fmt.Errorf(`%w: its amount must be yuan in quotes, such as "0.01"`, ErrLine)
	}
	if t.State == "" {
		return t, false, fmt.Errorf("%w: its state is unknown", ErrLine)
	}
	if l.CreatedAt.IsZero() {
		return t, false, fmt.Errorf("%w: created_at is missing", ErrLine)
	}
	t.At, t.Told = l.at()
	return t, true, nil
}

// at is when the money moved, and whether the platform says so.
func (l Line) at() (at time.Time, told bool) {
	if t, err := onetrans.ParseTime(l.TraceTime); err == nil {
		return t, true
	}
	if !l.SentAt.IsZero() {
		return l.SentAt, false
	}
	return l.CreatedAt, false
}

func chargeState(s flow.State) State {
	switch s {
	case txn.Succ:
		return Moved
	case txn.Fail, txn.Closed, txn.NotFound, txn.Refused, txn.NotSent:
		return Still
	case txn.Created, txn.Unknown, txn.Pending:
		return Doubt
	}
	return ""
}

// refundState: what the platform has and works on is no doubt, and may take days.
func refundState(s flow.State) State {
	if s == txn.Pending {
		return Open
	}
	return chargeState(s)
}

// shareState is the state of a settlement's own payment. Once that is proven
// the settlement's further way is not about it.
func shareState(s flow.State, paid bool) State {
	switch s {
	case txn.Paying:
		return Doubt
	case txn.Confirming, txn.Succ, txn.Refunding, txn.Refunded:
		if paid {
			return Moved
		}
		return Still // there was no share, or it was paid elsewhere
	case txn.Created, txn.Unknown, txn.PreSettled, txn.Abandoning, txn.Abandoned, txn.Refused, txn.NotSent:
		return Still
	}
	return ""
}
