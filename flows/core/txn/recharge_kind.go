package txn

import (
	"context"
	"time"

	"onetrans/flows/message/onetrans"
)

func rechargeKind() kind {
	return kind{
		table:     rechargeTable(),
		request:   Trade.recharge,
		answered:  sendEvent,
		ask:       askForRecharge,
		holds:     isPending,
		repeats:   neverLeft,
		leftAlone: nothing,
	}
}

// askForRecharge asks how an order stands, or to close it where that is wanted.
func askForRecharge(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	t := l.now()
	if c.givesUpArrival(t, time.Now()) {
		if t, err = c.happen(l, closeAsked{}, "never arrived"); err != nil {
			return false, err
		}
	}
	if c.neverArrives(t, time.Now()) {
		if t, err = c.happen(l, atDesk{ReasonNeverArrived}, ""); err != nil {
			return false, err
		}
	}
	// A platform that can't close may yet know that the order is paid.
	if c.shallClose(t) {
		hold = 0
		request, err := t.Order.close()
		if err != nil {
			return false, err
		}
		if spoke, err := c.put(ctx, l, message{request: request, read: closeEvent, aside: true}, 0); spoke || err != nil {
			return spoke, err
		}
	}
	request, err := t.Order.query(hold)
	if err != nil {
		return false, err
	}
	return c.put(ctx, l, message{request: request, read: queryEvent}, hold)
}

// givesUpArrival says whether an order that the platform does not know, long
// after it was sent, shall be closed, so that it can never arrive.
func (c *Core) givesUpArrival(t Trade, now time.Time) bool {
	return t.longUnknown(now) && !t.Progress.CloseAsked && c.platform.Capabilities().Close
}

// neverArrives is givesUpArrival where nobody can close the number.
func (c *Core) neverArrives(t Trade, now time.Time) bool {
	return t.longUnknown(now) && t.Progress.Desk == "" && !c.platform.Capabilities().Close
}

// longUnknown: the platform still does not know the order, long after it was sent.
func (t Trade) longUnknown(now time.Time) bool {
	p := t.Progress
	return t.At() == Unknown && p.Result == onetrans.ResultNotFound && now.After(p.SentAt.Add(ArrivalMargin))
}

// shallClose says whether the platform is to be asked to close an order. A
// payment that was faster may still fail, and leave the order to be closed.
func (c *Core) shallClose(t Trade) bool {
	p := t.Progress
	return p.CloseAsked && c.platform.Capabilities().Close && !(p.CloseAnswered && moneyMoves(t))
}
