package txn

import (
	"fmt"
	"maps"
	"slices"

	"onetrans/flows/message/onetrans"
)

// withinBounds is the error when an order's refunds would pass what was paid,
// as far as this journal knows the order; the platform bounds the others. It
// also notes what the platform has said of them so far.
func (c *Core) withinBounds(order *Order) error {
	charges, err := c.originals(order.Original)
	if err != nil {
		return err
	}
	refunds, err := c.refundsOf(order.Original, charges)
	if err != nil {
		return err
	}
	if err := c.wayFits(*order, charges); err != nil {
		return err
	}
	order.Before = c.sumsBefore(refunds, charges, order.No)
	for _, charge := range charges {
		if order.Amount > charge.paid()-claimed(refunds, namesOf(order.Original, charges), order.No) {
			return fmt.Errorf("%w: %s of %s", ErrExceeds, order.No, order.Original)
		}
	}
	return nil
}

// originals are the trades in this journal that a refund's original names:
// one, or none when it was made elsewhere.
func (c *Core) originals(original string) ([]Trade, error) {
	if no, ok := cutNo(original); ok {
		t, known, err := c.lookUp(onetrans.TransRecharge, no)
		if err != nil || !known {
			return nil, err
		}
		return []Trade{t}, nil
	}
	named, err := c.related(original)
	return slices.DeleteFunc(named, Trade.PaidElsewhere), err
}

// refundsOf are the refunds in this journal of one order, whichever of its numbers
// they name, each once.
func (c *Core) refundsOf(original string, charges []Trade) ([]Trade, error) {
	var refunds []Trade
	listed := map[key]bool{}
	for _, name := range slices.Sorted(maps.Keys(namesOf(original, charges))) {
		found, err := c.related(refundsOf(name))
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			if !listed[t.Order.key()] {
				listed[t.Order.key()] = true
				refunds = append(refunds, t)
			}
		}
	}
	return refunds, nil
}

// namesOf are the names by which refunds may name one order.
func namesOf(original string, charges []Trade) map[string]bool {
	names := map[string]bool{original: true}
	for _, t := range charges {
		if name := t.kind().name; name != nil {
			names[name(t.Order.No)] = true
		}
		if t.Progress.TraceNo != "" {
			names[byTrace(t.Progress.TraceNo)] = true
		}
	}
	return names
}

// paid is the most that was paid for an order: its whole amount while that is not
// decided, or is disputed.
func (t Trade) paid() onetrans.Fen {
	over, paid := t.Order.Amount, false
	if s := t.Progress.Settle; s != nil {
		over, paid = s.Cash, s.Paid
	}
	if t.Final() && t.At() != Succ && !paid && !t.Progress.Disputed() {
		return 0
	}
	return over
}

// claimed is what refunds give back, or may yet, of the order with these names,
// without the refund numbered but.
func claimed(refunds []Trade, names map[string]bool, but string) (sum onetrans.Fen) {
	for _, r := range refunds {
		if !r.inParts() {
			if r.Order.No != but && r.claims() {
				sum += r.Order.Amount
			}
			continue
		}
		for _, part := range r.unmade() {
			if part.No != but && names[byNo(part.ChargeNo)] {
				sum += part.Amount
			}
		}
	}
	return sum
}

// claims says whether a refund gives back of what was paid, or may yet.
func (t Trade) claims() bool {
	switch t.At() {
	case Fail, Refused, NotSent:
		return t.Progress.Disputed()
	}
	return true
}

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
	if charge.Progress.Settle != nil {
		t, known, err := c.cancellationOf(charge.settlement().SetlID)
		return known && t.cancellationStands() || charge.At() == Cancelled, err
	}
	in, err := requested[onetrans.RechargeIn](charge.Order)
	if err == nil && in.DepositType.String() == onetrans.DepositChsOne {
		return true, nil
	}
	if charge.Progress.TraceNo == "" {
		return false, nil
	}
	naming, err := c.related(cancelledPayment(byTrace(charge.Progress.TraceNo)))
	return slices.ContainsFunc(naming, Trade.cancellationStands), err
}

// paidByCode says whether it was paid with a code, shown here or by the person.
func (t Trade) paidByCode() bool {
	if s := t.Progress.Settle; s != nil {
		return s.Paid
	}
	in, err := requested[onetrans.RechargeIn](t.Order)
	if err != nil {
		return false
	}
	switch in.DepositType.String() {
	case onetrans.DepositWeChat, onetrans.DepositAlipay, onetrans.DepositUnionPay, onetrans.DepositChsOne:
		return true
	}
	return t.Progress.QRCode != ""
}
