package txn

import (
	"errors"
	"fmt"

	"onetrans/flows/onetrans"
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
// cancelled. One by 医保一码付 is a settlement's that HIS made itself.
func (c *Core) wasCancelled(charge Trade) (bool, error) {
	if charge.Order.Kind() == onetrans.TransRecharge {
		in, err := charge.Order.in()
		return err == nil && in.DepositType.String() == onetrans.DepositChsOne, nil
	}
	t, known, err := c.journal.Trade(onetrans.TransSettleCancel, charge.settlement().SetlID)
	if err != nil && !errors.Is(err, ErrArchived) {
		return false, fmt.Errorf("%w: looking for a cancellation: %w", ErrJournal, err)
	}
	return known && (t.At() == Refunding || t.At() == Succ), nil
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
