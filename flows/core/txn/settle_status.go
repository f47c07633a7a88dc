package txn

import (
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// Bill is an outpatient bill of a settlement.
type Bill struct {
	No     string
	Dept   string
	Doctor string
	Date   string // yyyy-MM-dd
	Amount onetrans.Fen
	Items  []onetrans.BillItem
}

// Step is a step of a settlement, as the platform reports it.
type Step struct {
	Code  string
	Name  string
	State string
}

// Settlement is how far a settlement has come, besides what every trade has.
type Settlement struct {
	// BillNos are the bills that were chosen; empty: all.
	BillNos []string
	MdtrtID string
	Bills   []Bill
	Steps   []Step

	// Total = Fund + Account + Cash, the person's own share.
	Total   onetrans.Fen
	Fund    onetrans.Fen
	Account onetrans.Fen
	Cash    onetrans.Fen
	// PaySends is how often pay was sent since nothing of it was unknown.
	PaySends int
	// Paid says that the order over Cash is proven paid, or paid by a person's word.
	Paid bool
	// PaidBy is a person's word on the order; empty while the platform's counts.
	PaidBy Verdict

	OrderList []string
	SetlID    string
	// NoBills: there was nothing to settle.
	NoBills bool
}

// SettleStatus is how a settlement stands.
type SettleStatus struct {
	// No is its outSettleNo.
	No string
	// State: Created and Unknown while nothing is known of the pre-settlement;
	// PreSettled; Paying; Confirming, once the money came or was not needed;
	// Abandoning, Refunding, Cancelling; and for good Succ (settled), Cancelled,
	// Abandoned (also after the order was closed unpaid or failed), Refunded,
	// Refused (nothing was paid), NotSent.
	State flow.State
	Settlement

	// QRCode is the code to pay with, ExpireAt when its order is closed, and
	// Result the platform's last word on the order.
	QRCode   string
	ExpireAt time.Time
	Result   onetrans.Result
	// Unsealed: it was not sent, because its message could not be sealed.
	Unsealed bool
	// CloseAsked: the settlement shall be left; the order is closed first.
	CloseAsked bool

	ChargeNo  string
	TraceNo   string
	TraceTime string // yyyyMMddHHmmss
	CallSN    string

	// SilentSince is when the platform stopped speaking; zero while it speaks.
	SilentSince time.Time
	// RefusedWith is the code of the last refusal, RefusedWords the platform's words.
	RefusedWith  onetrans.Code
	RefusedWords string
	// RefundNo is the outRefundNo of the payment's refund, by this settlement or
	// its cancellation, RefundState how that stands; empty where none was made.
	RefundNo    string
	RefundState flow.State
	// Desk says why it waits for a person; empty when it does not.
	Desk Reason
	// Alarm is set when the platform contradicts its own final answer, Said to
	// what it says otherwise than a person who decided.
	Alarm string
	Said  onetrans.Result
}

// Final says whether nothing is to be asked or sent any more.
func (s SettleStatus) Final() bool {
	return isFinal(s.State)
}

// Denied is [Trade.Denied] for a settlement.
func (s SettleStatus) Denied() bool { return s.Alarm != "" || isEnd(s.Said) }

func settleStatus(s Status) SettleStatus {
	p, refusal := s.Trade.Progress, s.Trade.Refusal()
	return SettleStatus{
		No: s.Trade.Order.No, State: p.State, Settlement: s.Trade.settlement(),
		QRCode: p.QRCode, ExpireAt: p.ExpireAt, Result: p.Result, CloseAsked: p.CloseAsked, Unsealed: p.Unsealed,
		ChargeNo: p.ChargeNo, TraceNo: p.TraceNo, TraceTime: p.TraceTime, CallSN: p.CallSN,
		SilentSince: s.SilentSince, RefusedWith: refusal.With, RefusedWords: refusal.Words,
		RefundNo: p.RefundNo, RefundState: p.RefundState, Desk: p.Desk, Alarm: p.Alarm, Said: p.Said,
	}
}

// settlement is what only a settlement has, to be read.
func (t Trade) settlement() Settlement {
	if t.Progress.Settle == nil {
		return Settlement{}
	}
	return *t.Progress.Settle
}

// settling is t with its settlement changed; the one before keeps its own.
func (t Trade) settling(change func(*Settlement)) Trade {
	s := t.settlement()
	change(&s)
	t.Progress.Settle = &s
	return t
}
