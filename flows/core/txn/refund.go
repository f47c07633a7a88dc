package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/message/onetrans"
)

// Refund gives money back (hop.trade.refund) and returns how it stands once the
// platform has answered, or ctx has ended: then its outcome is unknown and goes
// on being asked for in the background. A refund whose outcome was unknown is
// asked for before it is sent again, always under its own outRefundNo.
//
// An error means that nothing was sent for this call: [ErrInvalid],
// [ErrNumberReused], which may be a [*WayError], [ErrUnclear], [ErrExceeds] or
// [ErrJournal]. Everything that came after the first send is in the status,
// refusals too.
func (c *Core) Refund(ctx context.Context, asked onetrans.Asked[onetrans.RefundIn]) (Status, error) {
	order, err := newRefund(asked, time.Now())
	if err != nil {
		return Status{}, err
	}
	// The first send needs no query.
	if before, known, err := c.journal.Trade(order.Kind(), order.No); err == nil && known {
		if err := c.askAboutRepeat(ctx, before, order); err != nil {
			return Status{}, err
		}
	}
	return c.carryOut(ctx, errand{order: order, first: sent{at: time.Now()}, guard: c.withinBounds, served: Trade.refundServes})
}

// refundServes says whether a caller need not wait any longer.
func (t Trade) refundServes() bool {
	return t.Final() || t.At() == Pending || t.Progress.Desk != ""
}

// newRefund makes the trade that a refund asks for and takes the credentials
// out of its request.
func newRefund(asked onetrans.Asked[onetrans.RefundIn], now time.Time) (Order, error) {
	original := originalOf(asked.In)
	if original == "" {
		return Order{}, fmt.Errorf("%w: traceNo and outChargeNo are missing", ErrInvalid)
	}
	o, err := givingBack(asked, onetrans.TransRefund, now)
	o.Original = original
	o.Content = o.content()
	return o, err
}

// givingBack is an order to give money back, without saying of what.
func givingBack(asked onetrans.Asked[onetrans.RefundIn], kind string, now time.Time) (Order, error) {
	in := asked.In
	amount, err := in.Amount.Payable()
	if err != nil {
		return Order{}, fmt.Errorf("%w: amount: %w", ErrInvalid, err)
	}
	if in.OutRefundNo.Empty() {
		return Order{}, fmt.Errorf("%w: outRefundNo is missing", ErrInvalid)
	}
	o := newOrder(in.OutRefundNo.String(), now, asked.Request, refundParty(in), in.PayAppID, in.PayAppSecret)
	o.Amount = amount
	in.PayAppID, in.PayAppSecret = onetrans.Text{}, onetrans.Text{}
	in.Amount = onetrans.Yuan(amount) // always with two decimals
	o.Request, err = withoutSecrets(asked.Request, kind, in)
	return o, err
}

// originalOf is what a refund gives back; traceNo wins over outChargeNo.
func originalOf(in onetrans.RefundIn) string {
	switch {
	case !in.TraceNo.Empty():
		return byTrace(in.TraceNo.String())
	case !in.OutChargeNo.Empty():
		return byNo(in.OutChargeNo.String())
	}
	return ""
}

func refundParty(in onetrans.RefundIn) party {
	return party{in.TermNo, in.CardType, in.CardNo, in.AccountType}
}

// refund is the message that makes the refund; repeated, it is the same refund.
func (t Trade) refund() (onetrans.Request, error) {
	in, err := requested[onetrans.RefundIn](t.Order)
	if err != nil {
		return onetrans.Request{}, err
	}
	in.PayAppID, in.PayAppSecret = present(t.Order.Secrets.PayAppID), present(t.Order.Secrets.PayAppSecret)
	return t.Order.message(onetrans.TransRefund, in)
}

// refundQuery is the message that asks for the refund's state.
func (t Trade) refundQuery(wait time.Duration) (onetrans.Request, error) {
	in, err := requested[onetrans.RefundIn](t.Order)
	if err != nil {
		return onetrans.Request{}, err
	}
	q := t.Order.query(refundParty(in), wait)
	q.TradeType, q.IsRefund = onetrans.T(onetrans.TransRefund), onetrans.T("1")
	// No traceNo: the charge's is the same for all its refunds, and would win.
	q.OutTradeNo = onetrans.T(t.Order.No)
	return t.Order.message(onetrans.TransQuery, q)
}

// chargeQuery is the message that asks for the charge with this outChargeNo.
func (o Order) chargeQuery(outChargeNo string) (onetrans.Request, error) {
	in, err := requested[onetrans.RefundIn](o)
	if err != nil {
		return onetrans.Request{}, err
	}
	q := o.query(refundParty(in), 0)
	q.TradeType, q.OutTradeNo = onetrans.T(onetrans.TransRecharge), onetrans.T(outChargeNo)
	return o.message(onetrans.TransQuery, q)
}

// way is a refund's withdrawMode; empty when its request can't be read.
func (o Order) way() string {
	in, err := requested[onetrans.RefundIn](o)
	if err != nil {
		return ""
	}
	return in.WithdrawMode.String()
}
