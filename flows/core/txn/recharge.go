package txn

import (
	"context"
	"time"

	"onetrans/flows/message/onetrans"
)

// maxResends is how often one call sends an order again, because it did not
// arrive or to get the code of one whose first answer was lost.
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
	order.MustBook = c.options.MustBook
	despite := in.Extra.Value.Despite.String()
	l, turn, err := c.begin(order, sent{at: time.Now()}, func(o *Order) error { return c.asksFirst(*o, despite) })
	if err != nil {
		return Status{}, err
	}
	defer c.watchOver(l)
	defer l.interrupt()()
	// From here on something may have been sent: no fault is an error any more.
	wantsCode := in.DepositType.Empty() && in.Extra.Value.PrintMode.String() == "1"
	if turn == nil && order.Secrets.AuthCode != "" {
		err = c.charge(ctx, l, in.DepositType.String(), order.Secrets.AuthCode)
	}
	if err == nil {
		err = c.rechargeThrough(ctx, l, turn, wantsCode)
	}
	if err != nil && ctx.Err() == nil {
		c.log.Error("after sending", "no", order.No, "error", err)
	}
	return l.status(), nil
}

// asksFirst is the error when a like charge is in doubt that the caller has not named.
func (c *Core) asksFirst(order Order, despite string) error {
	doubt, found, err := c.likeInDoubt(order)
	if err == nil && found && doubt.No != despite {
		err = &InDoubtError{No: doubt.No, Amount: doubt.Amount}
	}
	return err
}

// likeInDoubt finds the latest charge of the same card, account and amount that
// is not decided, or that the platform has unsaid and no person has seen to.
// Whoever names it has seen those before it.
func (c *Core) likeInDoubt(order Order) (latest Order, found bool, err error) {
	unsaid, err := c.related(theUnsaid)
	if err != nil {
		return latest, false, err
	}
	doubts := make([]Order, 0, len(unsaid))
	for _, t := range unsaid {
		doubts = append(doubts, t.Order)
	}
	for _, l := range c.all(onetrans.TransRecharge) {
		doubts = append(doubts, l.order)
	}
	for _, o := range doubts {
		if o.No != order.No && o.isLike(order) && (!found || o.CreatedAt.After(latest.CreatedAt)) {
			latest, found = o, true
		}
	}
	return latest, found, nil
}

// isLike says whether two charges may be one that was made twice.
func (o Order) isLike(other Order) bool {
	return o.CardType == other.CardType && o.CardNo == other.CardNo && o.AccountType == other.AccountType && o.Amount == other.Amount
}

// rechargeThrough sends an order whose turn it is given, and goes on until the
// trade is final, or open with what the caller needs, or ctx ends. It asks
// before it sends again.
func (c *Core) rechargeThrough(ctx context.Context, l *live, turn func(), wantsCode bool) error {
	if turn != nil {
		if err := c.send(ctx, l, turn); err != nil || l.now().serves(wantsCode) {
			return err
		}
	}
	pause := newBackoff()
	for resends := 0; ; {
		spoke, err := c.ask(ctx, l, 0)
		if err != nil || l.now().serves(wantsCode) {
			return err
		}
		if spoke && resends < maxResends && l.now().mayBeResent() {
			resends++
			if err := c.resend(ctx, l); err != nil || l.now().serves(wantsCode) {
				return err
			}
		}
		if err := pause.wait(ctx); err != nil {
			return err
		}
	}
}

// serves says whether a caller need not wait any longer.
func (t Trade) serves(wantsCode bool) bool {
	return t.Final() || t.At() == Pending && (!wantsCode || t.Progress.QRCode != "" || moneyMoves(t))
}

// mayBeResent: the platform does not have the order, or has it and did not
// give its code: the same number again is the same order, and brings it.
func (t Trade) mayBeResent() bool {
	return !t.Progress.CloseAsked && !t.inHand() && (t.At() == Pending || t.Progress.Result == onetrans.ResultNotFound)
}

// moneyMoves: a payment is under way, so that no code is wanted any more.
func moneyMoves(t Trade) bool {
	return t.Progress.Result == onetrans.ResultIng || t.Progress.Result == onetrans.ResultExp
}

// resend journals another send of the same number, and sends.
func (c *Core) resend(ctx context.Context, l *live) error {
	turn, err := l.lock(ctx)
	if err != nil {
		return err
	}
	defer turn()
	if err := c.catchUp(l); err != nil {
		return err
	}
	// While the turn was waited for, the trade may have ended.
	if !l.now().mayBeResent() || l.now().Final() {
		return nil
	}
	return c.sendAgain(ctx, l)
}
