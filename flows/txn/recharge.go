package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/onetrans"
)

// maxResends is how often one call sends an order anew, on a refused message
// id or to get the code of an order whose first answer was lost.
const maxResends = 3

// Recharge makes the order that request asks for (hop.trade.recharge) and
// returns how it stands once the platform has answered, or ctx has ended: then
// its outcome is unknown and goes on being asked for in the background.
//
// An error means that nothing was sent for this call: [ErrInvalid],
// [ErrNumberReused], [ErrJournal] or an [*InDoubtError]. Everything that came
// after the first send is in the status, failures too.
func (c *Core) Recharge(ctx context.Context, request onetrans.Request) (Status, error) {
	order, in, err := newOrder(request, time.Now())
	if err != nil {
		return Status{}, err
	}
	l, repeated, err := c.begin(order, in.Extra.Value.Despite.String())
	if err != nil {
		return Status{}, err
	}
	defer c.watchOver(l)
	defer l.interrupt()()
	// From here on something may have been sent: no fault is an error any more.
	if repeated {
		err = c.ask(ctx, l, 0)
	} else {
		err = c.send(ctx, l)
	}
	if err == nil {
		err = c.seeThrough(ctx, l, in.DepositType.Empty())
	}
	if err != nil && ctx.Err() == nil {
		c.log.Error("after sending", "no", order.No, "error", err)
	}
	return l.status(), nil
}

// begin journals a new order, or finds the one that this request repeats.
// repeated means that it is not to be sent again before it was asked for.
func (c *Core) begin(order Order, despite string) (l *live, repeated bool, err error) {
	c.beginning.Lock()
	defer c.beginning.Unlock()

	before, known, err := c.journal.Trade(onetrans.TransRecharge, order.No)
	if err != nil {
		return nil, false, fmt.Errorf("%w: looking for %s: %w", ErrJournal, order.No, err)
	}
	if known {
		return c.repeat(before, order)
	}
	if doubt, ok := c.likeInDoubt(order); ok && doubt.No != despite {
		return nil, false, &InDoubtError{No: doubt.No, Amount: doubt.Amount}
	}
	t := Trade{Order: order, Progress: Progress{State: Created, SentAt: order.CreatedAt, Sends: 1}}
	entry := Entry{At: order.CreatedAt, No: order.No, Event: "created", State: string(Created)}
	if err := c.journal.Write(entry, t); err != nil {
		return nil, false, fmt.Errorf("%w: creating %s: %w", ErrJournal, order.No, err)
	}
	c.log.Info("trade", "no", order.No, "event", "created")
	return c.adopt(t), false, nil
}

// repeat decides what a number that was used before means now.
func (c *Core) repeat(before Trade, order Order) (*live, bool, error) {
	if before.Order.Content != order.Content {
		return nil, false, fmt.Errorf("%w: %s", ErrNumberReused, order.No)
	}
	// The caller's credentials of today count: yesterday's are forgotten.
	before.Order.Secrets = order.Secrets
	l := c.adopt(before)
	switch before.At() {
	case Refused, NotSent:
		_, err := c.happen(l, sent{at: time.Now()}, "repeated by the caller")
		return l, false, err
	}
	if before.Final() {
		c.forget(order.No)
	}
	return l, true, nil
}

// likeInDoubt finds a charge of the same card, account and amount that is not decided.
func (c *Core) likeInDoubt(order Order) (Order, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.live {
		o := l.order
		if o.CardType == order.CardType && o.CardNo == order.CardNo &&
			o.AccountType == order.AccountType && o.Amount == order.Amount {
			return o, true
		}
	}
	return Order{}, false
}

// seeThrough goes on after a send until the trade is final, or open with what
// the caller needs, or ctx ends. It asks before it sends again.
func (c *Core) seeThrough(ctx context.Context, l *live, wantsCode bool) error {
	pause := newBackoff()
	asked := false
	for resends := 0; ; {
		t := l.status().Trade
		if t.Final() || t.At() == Pending && (!wantsCode || t.Progress.QRCode != "" || moneyMoves(t)) {
			return nil
		}
		// The same number again is the same order, and brings its code.
		if asked && resends < maxResends && (t.At() == Pending || t.Progress.Result == onetrans.ResultNotFound) {
			resends, asked = resends+1, false
			if err := c.resend(ctx, l); err != nil {
				return err
			}
			continue
		}
		if err := pause.wait(ctx); err != nil {
			return err
		}
		if err := c.ask(ctx, l, 0); err != nil {
			return err
		}
		asked = l.status().SilentSince.IsZero()
	}
}

// moneyMoves: a payment is under way, so that no code is wanted any more.
func moneyMoves(t Trade) bool {
	return t.Progress.Result == onetrans.ResultIng || t.Progress.Result == onetrans.ResultExp
}

// resend journals another send of the same number, and sends.
func (c *Core) resend(ctx context.Context, l *live) error {
	if _, err := c.happen(l, sent{at: time.Now()}, "sent again"); err != nil {
		return err
	}
	return c.send(ctx, l)
}

// send sends what was journaled as sent, and journals what came of it. A
// message that the platform took for a replay was not carried out: it goes
// again with a fresh msgid, which every call of the platform has.
func (c *Core) send(ctx context.Context, l *live) error {
	release, err := l.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	t := l.status().Trade
	request, err := t.Order.recharge()
	if err != nil {
		return err
	}
	answer, err := c.platform.Call(ctx, request)
	for again := 0; again < maxResends && err == nil && answer.Code.String() == string(onetrans.CodePlatformReplay); again++ {
		answer, err = c.platform.Call(ctx, request)
	}
	_, err = c.happen(l, sendEvent(t, answer, err), fate(answer, err))
	return err
}

// fate says in a word what became of a message, without its content.
func fate(answer onetrans.Answer, err error) string {
	if err != nil {
		return err.Error()
	}
	return answer.Code.String()
}
