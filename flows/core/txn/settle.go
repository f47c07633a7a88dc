package txn

import (
	"context"
	"fmt"
	"slices"
	"time"

	"onetrans/flows/message/onetrans"
)

// othersTime bounds how long a settlement waits for the end of another of the same person.
const othersTime = 15 * time.Second

// PreSettle asks what there is to pay for these bills, all when there are none
// (fsi.outpatient.charge, phase pre). The settlement's number is the request's
// extra.outSettleNo, else its msgid, else a new one. The same number again is
// the same settlement, with other bills while nothing is ordered. Another open
// settlement of the card is finished or abandoned before.
//
// It returns how the settlement stands once the platform has answered, or ctx
// has ended. An error means that nothing was sent for this settlement:
// [ErrInvalid], [ErrNumberReused], [ErrJournal] or an [*InDoubtError], which
// names the settlement that is not finished.
func (c *Core) PreSettle(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn], billNos []string) (SettleStatus, error) {
	if !c.platform.Capabilities().Phases {
		return SettleStatus{}, fmt.Errorf("%w: the platform settles in one call", ErrInvalid)
	}
	order, err := c.newSettlement(asked, time.Now())
	if err != nil {
		return SettleStatus{}, err
	}
	if err := c.finishOthers(ctx, order); err != nil {
		return SettleStatus{}, err
	}
	first := sent{at: time.Now(), billNos: slices.Clone(billNos)}
	s, err := c.carryOut(ctx, errand{
		order: order, first: first,
		guard: func(o *Order) error { return c.onlyOne(*o) },
		again: func(ctx context.Context, l *live) error { return c.choose(ctx, l, first) },
		served: func(t Trade) bool {
			switch t.At() {
			case Created, Unknown, Confirming, Abandoning:
				return t.Progress.Desk != ""
			}
			return true
		},
	})
	return settleStatus(s), err
}

// Settle settles all bills of a person in one call of a platform that has no phases
// (fsi.outpatient.charge), and shows its own page meanwhile. It returns how the
// settlement stands once the platform has answered, or ctx has ended: then it waits for
// a person, because nobody can be asked what became of it. Its errors are those of
// [Core.PreSettle].
func (c *Core) Settle(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn]) (SettleStatus, error) {
	order, err := c.newSettlement(asked, time.Now())
	if err != nil {
		return SettleStatus{}, err
	}
	s, err := c.carryOut(ctx, errand{
		order: order, first: sent{at: time.Now(), whole: true}, served: settleEnds,
		guard: func(o *Order) error { return c.onlyOne(*o) },
	})
	return settleStatus(s), err
}

// otherBills says whether a repeat chooses other bills, and still may.
func otherBills(t Trade, billNos []string) bool {
	return !t.Progress.CloseAsked && !slices.Equal(t.settlement().BillNos, billNos) &&
		(t.At() == PreSettled || t.At() == Unknown || t.At() == Created)
}

// choose sends pre-settlement for other bills, where a repeat has other ones.
func (c *Core) choose(ctx context.Context, l *live, chosen sent) error {
	if !otherBills(l.now(), chosen.billNos) {
		return nil
	}
	turn, err := l.lock(ctx)
	if err != nil {
		return err
	}
	defer turn()
	if !otherBills(l.now(), chosen.billNos) { // meanwhile
		return nil
	}
	if _, err := c.happen(l, chosen, "other bills"); err != nil {
		return err
	}
	return c.sendNow(ctx, l)
}

// PaySettlement makes the order for the person's own share (phase pay) and
// returns how the settlement stands once there is a code to pay with, or ctx
// has ended. Paid, it is confirmed by itself; closed or failed, it is abandoned.
// Its errors are [ErrUnknownTrade], [ErrJournal], and [ErrNotNow] when there is
// nothing to pay; nothing was sent then.
func (c *Core) PaySettlement(ctx context.Context, no string) (SettleStatus, error) {
	return c.goOn(ctx, no, payAsked{at: time.Now()}, func(t Trade) bool {
		return t.Final() || t.Progress.Desk != "" || t.At() != Paying && t.At() != Abandoning ||
			t.At() == Paying && (t.Progress.QRCode != "" || moneyMoves(t))
	})
}

// ConfirmSettlement settles for good (phase confirm): at once where there is
// nothing to pay, else when the payment is proven. It returns how the
// settlement stands once that is decided, or ctx has ended: an unknown confirm
// is repeated in the background until it is answered. Errors as of PaySettlement.
func (c *Core) ConfirmSettlement(ctx context.Context, no string) (SettleStatus, error) {
	return c.goOn(ctx, no, confirmAsked{at: time.Now()}, settleEnds)
}

// AbandonSettlement leaves a settlement that is not confirmed: its order is
// closed, then what pre-settlement made is undone (phase abandon). Should the
// order prove paid it is confirmed instead. It returns once that is decided, or
// ctx has ended: then it goes on in the background, also after a restart. Its
// errors are [ErrUnknownTrade] and [ErrJournal].
func (c *Core) AbandonSettlement(ctx context.Context, no string) (SettleStatus, error) {
	return c.goOn(ctx, no, closeAsked{}, settleEnds)
}

// CheckSettlement asks the platform now. Errors as of AbandonSettlement.
func (c *Core) CheckSettlement(ctx context.Context, no string) (SettleStatus, error) {
	s, err := c.now(ctx, onetrans.TransSettle, no, nil)
	return settleStatus(s), err
}

// WatchSettlement delivers a settlement's status now and whenever it changes,
// as [Core.Watch] does.
func (c *Core) WatchSettlement(no string) (statuses <-chan SettleStatus, end func(), err error) {
	return watch(c, onetrans.TransSettle, no, settleStatus)
}

// settleEnds: there is nothing that a caller could wait for.
func settleEnds(t Trade) bool {
	return t.Final() || t.At() == Refunding || t.Progress.Desk != ""
}

// goOn lets e happen to a settlement, where its table allows it, and goes on until served.
func (c *Core) goOn(ctx context.Context, no string, e wish, served func(Trade) bool) (SettleStatus, error) {
	l, ok := c.find(onetrans.TransSettle, no)
	if !ok {
		s, err := c.last(onetrans.TransSettle, no)
		return settleStatus(s), err
	}
	defer c.startPolling(l)
	defer l.interrupt()()
	if err := c.wishes(ctx, l, e); err != nil {
		return settleStatus(l.status()), err
	}
	if err := c.askUntil(ctx, l, served); err != nil && ctx.Err() == nil {
		c.log.Error("after sending", "no", no, "error", err)
	}
	return settleStatus(l.status()), nil
}

// wishes journals what somebody wants of a settlement. Only leaving does not wait for
// an answer that is under way: a person who goes is not kept.
func (c *Core) wishes(ctx context.Context, l *live, e wish) error {
	if _, leaving := e.(closeAsked); !leaving {
		turn, err := l.lock(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNotNow, err)
		}
		defer turn()
	}
	if !e.fits(l.now()) {
		return fmt.Errorf("%w: it is %s", ErrNotNow, l.now().At())
	}
	_, err := c.happen(l, e, "")
	return err
}

// finishOthers abandons, or where that is too late finishes, what else is open
// of the same person.
func (c *Core) finishOthers(ctx context.Context, order Order) error {
	ctx, cancel := context.WithTimeout(ctx, othersTime)
	defer cancel()
	for _, l := range c.othersOf(order) {
		if _, err := c.AbandonSettlement(ctx, l.order.No); err != nil {
			return err
		}
	}
	return c.onlyOne(order)
}

// onlyOne is the error when another settlement of the same person is open.
func (c *Core) onlyOne(order Order) error {
	for _, l := range c.othersOf(order) {
		return &InDoubtError{No: l.order.No, Amount: l.now().settlement().Cash}
	}
	return nil
}

// othersOf are the other open settlements of a person. One that the platform has
// refused for good does not count, though its payment is still being given back.
func (c *Core) othersOf(order Order) (others []*live) {
	for _, l := range c.openOf(onetrans.TransSettle) {
		if l.order.No != order.No && l.now().At() != Refunding && l.order.ofOnePerson(order) {
			others = append(others, l)
		}
	}
	return others
}

// ofOnePerson says whether two settlements are one person's, whose cardno differs with
// the way of identifying. A number that a caller makes up, such as one of zeros, must
// not make two people one, so that the name counts, too.
func (o Order) ofOnePerson(other Order) bool {
	if o.CardNo == other.CardNo {
		return true
	}
	a, errA := requested[onetrans.SettleIn](o)
	b, errB := requested[onetrans.SettleIn](other)
	if errA != nil || errB != nil {
		return false
	}
	return alike(a.HisCustID, b.HisCustID) ||
		alike(a.PsnName, b.PsnName) && (alike(a.CertNo, b.CertNo) || alike(a.PsnNo, b.PsnNo))
}

// alike: both are said, and the same.
func alike(a, b onetrans.Text) bool { return !a.Empty() && a.String() == b.String() }

// RecallSettlement is [Core.RecallRecharge] for a settlement, and tells what became of
// it since. This journal may have its cancellation. One that stands here may have been
// cancelled elsewhere: where the platform settles in phases, it is asked once, for a
// few seconds, to repeat its confirmation. What a silent platform leaves open is told
// as it was proven.
func (c *Core) RecallSettlement(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn]) (status SettleStatus, known bool, err error) {
	order, err := c.newSettlement(asked, time.Now())
	if err != nil {
		return SettleStatus{}, false, err
	}
	s, known, err := c.recall(order)
	if err != nil || !known || s.Trade.At() != Succ && s.Trade.At() != Cancelled {
		return settleStatus(s), known, err
	}
	cancellation, has, err := c.cancellationOf(s.Trade.settlement().SetlID)
	switch {
	case err != nil:
		return SettleStatus{}, known, err
	case has && !neverBegan(cancellation):
		return settleStatus(s).cancelledBy(cancellation), known, nil
	case s.Trade.At() == Succ && c.platform.Capabilities().Phases:
		s.Trade.Order.Secrets = order.Secrets // its own are forgotten
		s, err = c.settledStill(ctx, s.Trade)
	}
	return settleStatus(s), known, err
}

// cancelledBy is a settlement as its cancellation has it.
func (s SettleStatus) cancelledBy(cancellation Trade) SettleStatus {
	s.State = Cancelling
	if cancellation.At() == Succ {
		s.State = Cancelled
	}
	p := cancellation.Progress
	s.RefundNo, s.RefundState, s.Desk = p.RefundNo, p.RefundState, p.Desk
	s.RefusedWith, s.RefusedWords = cancellation.Refusal().With, cancellation.Refusal().Words
	return s
}

// settledStill asks the platform whether a settlement still stands that it has
// confirmed, and journals when it does not. The error is the journal's.
func (c *Core) settledStill(ctx context.Context, t Trade) (Status, error) {
	request, err := t.phase(onetrans.PhaseConfirm)
	if err != nil {
		return Status{Trade: t}, err
	}
	asking, done := context.WithTimeout(ctx, queryTimeout)
	defer done()
	answer, err := c.call(asking, request)
	e, said := confirmAnswered(t, answer, err), outcomeNote(answer, err)
	if e == nil {
		return Status{Trade: t}, nil
	}
	c.beginning.Lock()
	defer c.beginning.Unlock()
	s, err := c.last(onetrans.TransSettle, t.Order.No)
	if err != nil || s.Trade.At() != Succ {
		return s, err
	}
	now, err := c.happen(newLive(s.Trade), e, said)
	return Status{Trade: now}, err
}
