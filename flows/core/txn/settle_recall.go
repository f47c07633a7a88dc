package txn

import (
	"context"
	"time"

	"onetrans/flows/message/onetrans"
)

// RecallSettlement is [Core.RecallRecharge] for a settlement, of which is told
// what became of it since: this journal may have its cancellation, and of one
// that stands here the platform, where it settles in phases, is asked once, for a
// few seconds, to repeat its confirmation, because it may have been cancelled
// elsewhere. What a silent platform leaves open is told as it was proven.
func (c *Core) RecallSettlement(ctx context.Context, request onetrans.Request) (status SettleStatus, known bool, err error) {
	order, err := c.newSettlement(request, time.Now())
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
	case has && !neverLeft(cancellation):
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
