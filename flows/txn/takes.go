package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
)

// orderTakes: that nobody paid can be said once nobody can pay any more, and no
// money moves.
func orderTakes(t Trade, o Outcome) (since time.Time, err error) {
	p := t.Progress
	switch {
	case o == OutcomeSucc:
		return time.Time{}, nil
	case moneyMoves(t):
		return time.Time{}, fmt.Errorf("%w: the platform says %s", ErrNotNow, p.Result)
	}
	if p.ExpireAt.IsZero() { // nobody knows how long it can be paid
		return p.SentAt.Add(RefundArrival), nil
	}
	return later(p.SentAt, p.ExpireAt).Add(ArrivalMargin), nil
}

// refundTakes: what the platform has under way is its own to end badly, and
// what it does not know may still arrive.
func refundTakes(t Trade, o Outcome) (since time.Time, err error) {
	switch {
	case t.At() != Pending:
		return t.Progress.SentAt.Add(RefundArrival), nil
	case o == OutcomeFail:
		return time.Time{}, fmt.Errorf("%w: the platform has it under way", ErrNotNow)
	}
	return time.Time{}, nil
}

// settlementTakes: a settlement does not stand when the platform, which repeats
// its answers, refuses it; what is owed is given back once.
func settlementTakes(t Trade, o Outcome) (since time.Time, err error) {
	switch {
	case t.At() == Paying:
		return orderTakes(t, o)
	case t.At() == Refunding:
		return time.Time{}, t.refundIsOver()
	case t.At() == Confirming && o == OutcomeFail && t.Progress.Desk == "":
		return time.Time{}, fmt.Errorf("%w: confirm may have been carried out", ErrNotNow)
	}
	return time.Time{}, nil
}

func cancellationTakes(t Trade, _ Outcome) (since time.Time, err error) {
	switch {
	case t.At() == Refunding:
		return time.Time{}, t.refundIsOver()
	case t.Progress.Desk == "":
		return time.Time{}, fmt.Errorf("%w: it may have been carried out", ErrNotNow)
	}
	return time.Time{}, nil
}

// refundIsOver is the error while the refund that undoes a trade may still
// give the money back.
func (t Trade) refundIsOver() error {
	state := t.Progress.RefundState
	if state != "" && !(Trade{Progress: Progress{State: state}}).Final() {
		return fmt.Errorf("%w: its refund %s is not decided", ErrNotNow, t.Progress.RefundNo)
	}
	return nil
}

// hearOfSettlement asks once more, and makes no refund.
func hearOfSettlement(c *Core, ctx context.Context, l *live) (spoke bool, err error) {
	if l.now().At() == Refunding {
		return true, c.lookAtRefund(l)
	}
	return askForSettlement(c, ctx, l, 0)
}

// hearOfCancellation asks once more, and makes no refund.
func hearOfCancellation(c *Core, ctx context.Context, l *live) (spoke bool, err error) {
	if l.now().At() == Refunding {
		return true, c.lookAtRefund(l)
	}
	return askForCancellation(c, ctx, l, 0)
}

// lookAtRefund notes how the refund that undoes a trade stands, if it was made.
func (c *Core) lookAtRefund(l *live) error {
	no := l.now().Progress.RefundNo
	if no == "" {
		return nil
	}
	made, known, err := c.journal.Trade(onetrans.TransRefund, no)
	if err != nil {
		return fmt.Errorf("%w: looking for %s: %w", ErrJournal, no, err)
	}
	if known {
		_, err = c.happen(l, standing(made), no)
	}
	return err
}

// standing is how the refund that undoes a trade stands. One that a person
// ended in vain leaves the money with a person.
func standing(refund Trade) refundStands {
	s := refundStands{refund.At(), refund.Progress.Desk}
	if refund.At() == Fail {
		s.desk = deskNotGivenBack
	}
	return s
}

// onPaidByHand: a person has seen that the share was paid.
func onPaidByHand(t Trade, e said) (Trade, []flow.Effect) {
	t.Progress.Result = onetrans.ResultSucc
	t = t.settling(func(s *Settlement) { s.Paid = true })
	return onDecided(Confirming)(t, e)
}

// onNotPaidByHand: a person has seen that it was not, and never will be.
func onNotPaidByHand(t Trade, e said) (Trade, []flow.Effect) {
	t.Progress.Result = onetrans.ResultFail
	return onDecided(Abandoning)(t, e)
}

// onNoSettlement: what was paid for a settlement that does not stand is given back.
func onNoSettlement(t Trade, e said) (Trade, []flow.Effect) {
	if t.settlement().Paid {
		return onDecided(Refunding)(t, e)
	}
	return onDecided(Abandoned)(t, e)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
