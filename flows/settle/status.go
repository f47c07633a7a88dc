package settle

import (
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Stage is how far a settlement has come.
type Stage int

// The stages.
const (
	// Unknown: pre-settlement was sent, and nothing is known of it.
	Unknown Stage = iota
	// Priced: pre-settled. Nothing was ordered or settled.
	Priced
	// Unpaid: the order is made, or being made, and not final.
	Unpaid
	// Paid: the money came. The settlement is to be confirmed.
	Paid
	// Unconfirmed: the confirmation was sent, and nothing is known of it.
	Unconfirmed
	// Done: settled.
	Done
	// Undoing: it is being abandoned.
	Undoing
	// Undone: abandoned. Nothing was taken, nothing stays behind.
	Undone
	// PaymentFailed: the order is closed or failed. Nothing was taken.
	PaymentFailed
	// Refused: the platform refused it for good. Nothing was taken.
	Refused
	// RefusedPaid: refused for good after the payment, which is being refunded.
	RefusedPaid
	// Refunded: refused, and the payment is refunded.
	Refunded
	// NotSent: nothing reached the platform.
	NotSent
	// Unsealed: nothing was sent, by a fault of our own.
	Unsealed
	// Cancelled: settled, and cancelled since, elsewhere.
	Cancelled
)

// Status is how a settlement stands.
type Status struct {
	No    string
	Stage Stage
	Bills []Bill
	// NoBills: there is nothing to pay. Without it, bills that are missing are not told.
	NoBills bool
	// Steps are the steps that the platform reported on.
	Steps []view.SettleStep

	Total, Fund, Account, Cash onetrans.Fen

	QRCode   string
	ExpireAt time.Time
	// Moving: the wallet is working on the payment.
	Moving bool
	// CloseAsked: the order shall be closed.
	CloseAsked bool

	// TraceNo is the payment platform's number, CallSN the hospital's.
	TraceNo, CallSN string
	TraceTime       string
	// RefundNo is the number of the payment's refund; empty where there is none.
	RefundNo string
	// AtDesk: it waits for a person.
	AtDesk bool
	// SilentSince is when the platform stopped answering; zero while it speaks.
	SilentSince time.Time
}

// news is an event that brings a status.
type news interface {
	flow.Event
	news() Status
}

func (e PreSettled) news() Status { return e.Status }
func (e Ordered) news() Status    { return e.Status }
func (e Confirmed) news() Status  { return e.Status }
func (e Abandoned) news() Status  { return e.Status }
func (e Changed) news() Status    { return e.Status }
func (e Checked) news() Status    { return e.Status }
