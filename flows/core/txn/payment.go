package txn

import (
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// onPaidOrder: the money came, and the hospital may have to book it yet.
func onPaidOrder(t Trade, e told) (Trade, []flow.Effect) {
	t, _ = onTold(Succ)(t, e)
	return t.unrefused().booked(), nil
}

// booked is a trade that ended well, at the desk while the hospital's number is
// missing, and off it once that has come.
func (t Trade) booked() Trade {
	if t.At() != Succ || !t.Order.MustBook {
		return t
	}
	switch {
	case t.Progress.CallSN == "" && t.tookMoney():
		t.Progress.Desk = ReasonNotBooked
	case t.Progress.Desk == ReasonNotBooked:
		t.Progress.Desk = ""
	}
	return t
}

// tookMoney: it was this trade that the person paid with.
func (t Trade) tookMoney() bool {
	switch t.Order.Kind() {
	case onetrans.TransRecharge:
		return true
	case onetrans.TransSettle:
		return t.settlement().Paid
	}
	return false
}
