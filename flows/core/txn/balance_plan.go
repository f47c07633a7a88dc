package txn

import (
	"cmp"
	"fmt"
	"slices"

	"onetrans/flows/message/onetrans"
)

// plan splits a balance over the orders that paid it in, the newest first. It is
// one step with the journaling of the whole, so that no two refunds count on
// the same money.
func (c *Core) plan(order *Order) error {
	paid, err := c.paidWith(order.CardType, order.CardNo)
	if err != nil {
		return err
	}
	paid = slices.DeleteFunc(paid, func(t Trade) bool {
		return t.Order.Kind() != onetrans.TransRecharge || t.Order.AccountType != order.AccountType ||
			t.At() != Succ || t.Progress.Disputed()
	})
	slices.SortFunc(paid, func(a, b Trade) int {
		return cmp.Or(b.Order.CreatedAt.Compare(a.Order.CreatedAt), cmp.Compare(a.Order.No, b.Order.No))
	})
	open := order.Amount
	for _, charge := range paid {
		if open == 0 {
			break
		}
		part, err := c.partOf(charge, open, order)
		if err != nil {
			return err
		}
		if part.Amount > 0 {
			order.Parts = append(order.Parts, part)
			open -= part.Amount
		}
	}
	if open > 0 {
		return fmt.Errorf("%w: %s by %s", ErrExceeds, order.No, open)
	}
	return nil
}

// partOf is the most of a balance that one order can give back; zero or less where
// nothing remains of it.
func (c *Core) partOf(charge Trade, most onetrans.Fen, order *Order) (Part, error) {
	original := byNo(charge.Order.No)
	if err := c.wayFits(*order, []Trade{charge}); err != nil {
		return Part{}, err
	}
	refunds, err := c.refundsOf(original, []Trade{charge})
	if err != nil {
		return Part{}, err
	}
	remaining := charge.paid() - claimed(refunds, namesOf(original, []Trade{charge}), "")
	no, err := NewNo(order.CreatedAt, c.options.Random)
	return Part{No: no, ChargeNo: charge.Order.No, Amount: min(remaining, most)}, err
}

// inParts: it is a balance, which refunds of its parts give back.
func (t Trade) inParts() bool { return len(t.Order.Parts) > 0 }

// unmade are the parts of an open balance that are no refunds of their own yet.
func (t Trade) unmade() (parts []Part) {
	if t.Final() {
		return nil
	}
	for i, part := range t.Order.Parts {
		if i >= len(t.Progress.Lines) || t.Progress.Lines[i].State == "" {
			parts = append(parts, part)
		}
	}
	return parts
}
