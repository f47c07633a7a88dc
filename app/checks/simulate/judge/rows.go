package judge

import (
	"strings"

	"onetrans/flows/message/onetrans"
)

// Key is what a trade is known by: its trans_type, and its own number (outChargeNo,
// outRefundNo, outSettleNo, setl_id).
type Key struct{ Kind, No string }

// Row is a trade as a terminal's journal has it on disk.
type Row struct {
	Key
	// State is the word on disk.
	State string

	// Content is the hash of what the number stands for.
	Content             string
	Amount              onetrans.Fen
	CardNo, AccountType string
	// Original is what a refund gives back: "trace:" and the platform's number, or
	// "no:" and the outChargeNo.
	Original string
	// Own: the program made the refund by itself, to undo something.
	Own bool

	// TraceNo is the platform's number of the payment, SetlID of the settlement.
	TraceNo, SetlID string
	// Paid: the person's share of a settlement, Cash, is paid.
	Paid bool
	Cash onetrans.Fen

	// Alarm is set where the platform was seen to contradict itself.
	Alarm string
	// Desk is why it waits for a person; empty when it does not.
	Desk string
	// ByHand: a person has decided it.
	ByHand bool
}

// Kept is a row as it is found on disk when the day is over.
type Kept struct {
	Row
	// Logged is the state in the trade's last entry of the log.
	Logged string
	// Open: the journal lists it among what is open.
	Open bool
}

// payment is how much was paid in under a row's number.
func (r Row) payment() onetrans.Fen {
	if r.Kind == onetrans.TransSettle {
		return r.Cash
	}
	return r.Amount
}

// isOriginalOf says whether a refund names a payment, by either of its names.
func (r Row) isOriginalOf(refund Row) bool {
	switch r.Kind {
	case onetrans.TransRecharge:
		return refund.Original == "no:"+r.No || r.TraceNo != "" && refund.Original == "trace:"+r.TraceNo
	case onetrans.TransSettle:
		return r.TraceNo != "" && refund.Original == "trace:"+r.TraceNo
	}
	return false
}

// order is what a trade is for, which never changes; an original may go by its other
// name.
func (r Row) order() Row {
	return Row{Key: r.Key, Content: r.Content, Amount: r.Amount, CardNo: r.CardNo, AccountType: r.AccountType, Own: r.Own}
}

// Message is what a terminal says to the platform, as far as it concerns a trade.
type Message struct {
	Kind string // trans_type
	Of   string // of a query: the trans_type asked about; of a settlement: the phase
	No   string // the number of the trade that it is about
}

func (m Message) String() string {
	return strings.TrimSuffix(m.Kind[strings.LastIndexByte(m.Kind, '.')+1:]+" "+m.Of, " ") + " " + m.No
}

// IsSend says whether the message makes the trade that it is about.
func (m Message) IsSend() bool {
	switch m.Kind {
	case onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettleCancel:
		return true
	}
	return m.Kind == onetrans.TransSettle && m.Of == string(onetrans.PhasePre)
}

// Key is the trade that a message speaks of, as far as it goes by its own number.
func (m Message) Key() Key {
	if m.Kind == onetrans.TransQuery {
		return Key{m.Of, m.No}
	}
	return Key{m.Kind, m.No}
}
