package txn

import (
	"time"

	"onetrans/flows/message/onetrans"
)

// WaitsFor is what an open trade waits for.
type WaitsFor string

// What there is to wait for.
const (
	ForNothing  WaitsFor = ""         // it is final
	ForAnswer   WaitsFor = "answer"   // that the platform says what became of it
	ForPayment  WaitsFor = "payment"  // that a person pays
	ForPlatform WaitsFor = "platform" // that the platform carries it out
	ForTransfer WaitsFor = "transfer" // a bank's transfer, for days
	ForCashier  WaitsFor = "cashier"  // that the cashier says that the cash was handed out
	ForResend   WaitsFor = "resend"   // that it is sent again
	ForRefund   WaitsFor = "refund"   // the refund that undoes it
	ForPerson   WaitsFor = "person"   // a person's word
)

// Waiting is what an open trade waits for, and until when; a zero Until says
// that nobody knows.
type Waiting struct {
	For   WaitsFor
	Until time.Time
}

// Waits says what a trade waits for: a person, where it is at the desk,
// and else what its state and the way of its money need.
func (t Trade) Waits() Waiting {
	switch {
	case t.AtDesk():
		return Waiting{For: ForPerson}
	case t.Final():
		return Waiting{}
	case t.At() == Refunding:
		return Waiting{For: ForRefund}
	case t.kind().waits != nil:
		return t.kind().waits(t)
	}
	return Waiting{For: ForAnswer}
}

// refundWaitsFor is what an open refund waits for, by the way of its money.
func (t Trade) refundWaitsFor() Waiting {
	switch {
	case t.refundWaits():
		return Waiting{ForResend, t.Progress.RetryAt}
	case t.At() != Pending:
		return Waiting{For: ForAnswer}
	}
	switch t.Order.way() {
	case onetrans.WithdrawCash:
		return Waiting{For: ForCashier}
	case onetrans.WithdrawTransfer, onetrans.WithdrawUnit:
		return Waiting{For: ForTransfer}
	}
	return Waiting{For: ForPlatform}
}

// rechargeWaitsFor is what an open recharge waits for.
func (t Trade) rechargeWaitsFor() Waiting {
	switch {
	case t.At() != Pending:
		return Waiting{For: ForAnswer}
	case moneyMoves(t):
		return Waiting{For: ForPlatform}
	}
	return Waiting{ForPayment, t.Progress.ExpireAt}
}

// settleWaitsFor is what an open settlement waits for.
func (t Trade) settleWaitsFor() Waiting {
	if t.At() == PreSettled || t.At() == Paying {
		return Waiting{ForPayment, t.Progress.ExpireAt}
	}
	return Waiting{For: ForAnswer}
}
