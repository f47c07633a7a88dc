package txn

import (
	"fmt"
	"slices"

	"onetrans/flows/message/onetrans"
)

// wayFits is the error when a refund's withdrawMode can't be the way back of its
// original, as far as this journal knows that: 3 follows a settlement that was
// cancelled, 4 and 7 a payment at a POS. The platform judges the others.
func (c *Core) wayFits(order Order, charges []Trade) error {
	way := order.way()
	for _, charge := range charges {
		switch way {
		case onetrans.WithdrawInsurance:
			cancelled, err := c.wasCancelled(charge)
			if err != nil {
				return err
			}
			if !cancelled {
				return wrongWay(order)
			}
		case onetrans.WithdrawOffline, onetrans.WithdrawMisPOS:
			if charge.paidByCode() {
				return wrongWay(order)
			}
		}
	}
	return nil
}

func wrongWay(o Order) error {
	return fmt.Errorf("%w: %s of %s: %w", ErrInvalid, o.No, o.Original,
		&onetrans.FieldError{Code: "withdrawMode", Name: "退款方式", Fault: onetrans.Malformed})
}

// wasCancelled says whether a payment belongs to a settlement that was
// cancelled: its own, or one that it paid for otherwise and whose cancellation
// names it. One by 医保一码付 is a settlement's that HIS made itself.
func (c *Core) wasCancelled(charge Trade) (bool, error) {
	if charge.Order.Kind() == onetrans.TransSettle {
		t, known, err := c.cancellationOf(charge.settlement().SetlID)
		return known && t.unsettled() || charge.At() == Cancelled, err
	}
	in, err := charge.Order.in()
	if err == nil && in.DepositType.String() == onetrans.DepositChsOne {
		return true, nil
	}
	if charge.Progress.TraceNo == "" {
		return false, nil
	}
	naming, err := c.related(unsettles(byTrace(charge.Progress.TraceNo)))
	return slices.ContainsFunc(naming, Trade.unsettled), err
}

// paidByCode says whether it was paid with a code, shown here or by the person.
func (t Trade) paidByCode() bool {
	if t.Order.Kind() == onetrans.TransSettle {
		return t.settlement().Paid
	}
	in, err := t.Order.in()
	if err != nil {
		return false
	}
	switch in.DepositType.String() {
	case onetrans.DepositWeChat, onetrans.DepositAlipay, onetrans.DepositUnionPay, onetrans.DepositChsOne:
		return true
	}
	return t.Progress.QRCode != ""
}
