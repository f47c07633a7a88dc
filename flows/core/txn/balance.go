package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// KindBalance is the kind of a refund of a balance. It is made of refunds
// (hop.trade.refund), and no message of its own is ever sent.
const KindBalance = "onetrans.refund.balance"

// Part is a part of a refunded balance: one refund of one original order.
type Part struct {
	// No is the part's outRefundNo.
	No string
	// ChargeNo is the outChargeNo of the order that it gives back of.
	ChargeNo string
	Amount   onetrans.Fen
}

// Line is how a part stands.
type Line struct {
	// State is the part's refund's; empty while it is not made.
	State flow.State
	// RefusedWith is the code of the last refusal.
	RefusedWith onetrans.Code
	// RefusedWords are the platform's words for it.
	RefusedWords string
	// Desk says why the part waits for a person; empty when it does not.
	Desk Reason
}

// BalanceStatus is how the refund of a balance stands.
type BalanceStatus struct {
	No string
	// State: Refunding while a part is open; and for good Succ, all was given
	// back; Partly; Fail, nothing was.
	State flow.State
	// Amount = Given + Open + Kept.
	Amount onetrans.Fen
	Given  onetrans.Fen // proven
	Open   onetrans.Fen // under way, in doubt, or not made yet
	Kept   onetrans.Fen // a person ended it without giving it back
	Lines  []BalanceLine
	Desk   Reason // why it waits for a person; empty when it does not
}

// BalanceLine is one part, for people.
type BalanceLine struct {
	Part
	Line
}

// Final says whether nothing is to be asked or sent any more.
func (s BalanceStatus) Final() bool {
	return isFinal(s.State)
}

// RefundBalance gives an amount back that a card has left, over the orders in
// this journal that paid it in, the newest first, each part a refund under its
// own outRefundNo. The parts are journaled before the first of them is sent, go
// on after a restart, and each is told by itself: some may be given back and
// others not.
//
// The request is a refund's (hop.trade.refund) without an original; its
// outRefundNo, or a new one, is the whole's number: the same again is the same.
// It returns how the parts stand once each is decided, under way at the
// platform or a person's, or ctx has ended. An error means that nothing was
// sent for this call: [ErrInvalid], [ErrNumberReused], [ErrJournal], or
// [ErrExceeds] when the orders known here don't hold so much any more.
//
// Nothing calls it yet: it is for the kiosk's page that refunds a balance.
func (c *Core) RefundBalance(ctx context.Context, asked onetrans.Asked[onetrans.RefundIn]) (BalanceStatus, error) {
	order, err := c.newBalance(asked, time.Now())
	if err != nil {
		return BalanceStatus{}, err
	}
	s, err := c.carryOut(ctx, errand{order: order, first: sent{at: time.Now()}, guard: c.plan, served: Trade.balanceServes})
	return balanceStatus(s), err
}

// WatchBalance delivers the status of a balance's refund now and whenever it
// changes, as [Core.Watch] does.
func (c *Core) WatchBalance(no string) (statuses <-chan BalanceStatus, end func(), err error) {
	return watch(c, KindBalance, no, balanceStatus)
}

// balanceServes says whether a caller need not wait any longer.
func (t Trade) balanceServes() bool {
	for _, line := range t.Progress.Lines {
		if line.State != Pending && line.Desk == "" && !line.over() {
			return false
		}
	}
	return true
}

func (l Line) over() bool { return isFinal(l.State) }

func balanceStatus(s Status) BalanceStatus {
	p, o := s.Trade.Progress, s.Trade.Order
	status := BalanceStatus{No: o.No, State: p.State, Amount: o.Amount, Desk: p.Desk}
	for i, part := range o.Parts {
		line := p.Lines[i]
		status.Lines = append(status.Lines, BalanceLine{part, line})
		switch {
		case line.State == Succ:
			status.Given += part.Amount
		case line.over() || s.Trade.Final():
			status.Kept += part.Amount
		default:
			status.Open += part.Amount
		}
	}
	return status
}

// newBalance makes the trade that the refund of a balance is.
func (c *Core) newBalance(asked onetrans.Asked[onetrans.RefundIn], now time.Time) (Order, error) {
	in := &asked.In
	if in.CardNo.Empty() {
		return Order{}, fmt.Errorf("%w: cardNo is missing", ErrInvalid)
	}
	if in.OutRefundNo.Empty() {
		no, err := NewNo(now, c.options.Random)
		if err != nil {
			return Order{}, err
		}
		in.OutRefundNo = onetrans.T(no)
	}
	in.TraceNo, in.OutChargeNo = onetrans.Text{}, onetrans.Text{} // each part has its own
	o, err := givingBack(asked, KindBalance, now)
	o.Content = contentOf(KindBalance, o.No, o.AccountType, o.Amount, o.CardType, o.CardNo)
	return o, err
}

// part is the refund that a part of the balance is.
func (o Order) part(i int, now time.Time) (Order, error) {
	in, err := requested[onetrans.RefundIn](o)
	if err != nil {
		return Order{}, err
	}
	in.PayAppID, in.PayAppSecret = present(o.Secrets.PayAppID), present(o.Secrets.PayAppSecret)
	in.OutRefundNo, in.OutChargeNo = onetrans.T(o.Parts[i].No), onetrans.T(o.Parts[i].ChargeNo)
	in.Amount = onetrans.Yuan(o.Parts[i].Amount)
	made, err := newRefund(onetrans.Asked[onetrans.RefundIn]{Request: o.today(), In: in}, now)
	made.Own = true
	return made, err
}
