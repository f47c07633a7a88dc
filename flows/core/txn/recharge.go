package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/message/onetrans"
)

// maxResends is how often one call sends an order again, because it did not
// arrive or to get the code of one whose first answer was lost.
const maxResends = 3

// Recharge makes the order asked for (hop.trade.recharge) and
// returns how it stands once the platform has answered, or ctx has ended: then
// its outcome is unknown and goes on being asked for in the background.
//
// An error means that nothing was sent for this call: [ErrInvalid],
// [ErrNumberReused], [ErrJournal] or an [*InDoubtError]. Everything that came
// after the first send is in the status, failures too.
func (c *Core) Recharge(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) (Status, error) {
	order, err := newRecharge(asked, time.Now())
	if err != nil {
		return Status{}, err
	}
	order.MustBook = c.options.MustBook
	in := asked.In
	despite := in.Extra.Value.Despite.String()
	wantsCode := in.DepositType.Empty() && in.Extra.Value.PrintMode.String() == "1"
	// When a page of the platform's own is over, who had it before them waits no longer:
	// what it did not say is asked for in the background.
	theirs := c.platform.Capabilities().OwnCashier && !wantsCode
	served := func(t Trade) bool { return theirs || t.serves(wantsCode) }
	e := errand{
		order: order, first: sent{at: time.Now()}, served: served,
		guard: func(o *Order) error { return c.asksFirst(*o, despite) },
		goOn:  func(ctx context.Context, l *live) error { return c.askAndResend(ctx, l, served) },
	}
	if code := order.Secrets.AuthCode; code != "" {
		e.again = func(ctx context.Context, l *live) error { return c.charge(ctx, l, in.DepositType.String(), code) }
	}
	return c.carryOut(ctx, e)
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
// is not decided, or whose end the platform has taken back and no person has seen to.
// Whoever names it has seen those before it.
func (c *Core) likeInDoubt(order Order) (latest Order, found bool, err error) {
	denied, err := c.related(retracted)
	if err != nil {
		return latest, false, err
	}
	doubts := make([]Order, 0, len(denied))
	for _, t := range denied {
		doubts = append(doubts, t.Order)
	}
	for _, l := range c.openOf(onetrans.TransRecharge) {
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

// charge pays an order that is there already with the code that the person
// shows. An attempt of which nothing is known is asked for before another is
// made, and only what the platform says is unpaid is paid.
func (c *Core) charge(ctx context.Context, l *live, depositType, authCode string) error {
	if l.now().Final() {
		return nil
	}
	if _, err := c.ask(ctx, l, 0); err != nil {
		return err
	}
	turn, err := l.lock(ctx)
	if err != nil {
		return err
	}
	defer turn()
	if !l.now().Unpaid() || !l.status().SilentSince.IsZero() || !c.platform.Capabilities().Repeats {
		return nil
	}
	l.show(authCode)
	if _, err := c.happen(l, sent{at: time.Now(), payWith: depositType}, "with a payment code"); err != nil {
		return err
	}
	return c.sendNow(ctx, l)
}

// askAndResend goes on with an order until it is served, or ctx ends: it asks, and
// sends again what the platform proves not to have.
func (c *Core) askAndResend(ctx context.Context, l *live, served func(Trade) bool) error {
	pause := newBackoff()
	for resends := 0; ; {
		spoke, err := c.ask(ctx, l, 0)
		if err != nil || served(l.now()) {
			return err
		}
		if spoke && resends < maxResends && c.mayBeResent(l.now()) {
			resends++
			if err := c.resend(ctx, l); err != nil || served(l.now()) {
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
func (c *Core) mayBeResent(t Trade) bool {
	return c.platform.Capabilities().Repeats && !t.Progress.CloseAsked && !t.inHand() && (t.At() == Pending || t.Progress.Result == onetrans.ResultNotFound)
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
	if !c.mayBeResent(l.now()) || l.now().Final() {
		return nil
	}
	return c.sendAgain(ctx, l)
}

// RecallRecharge is how the recharge stands that this request repeats; known is
// false where it would be a new one, or one that never reached the platform.
// Nothing is sent. Its errors are [ErrInvalid], [ErrNumberReused] and [ErrJournal].
func (c *Core) RecallRecharge(asked onetrans.Asked[onetrans.RechargeIn]) (status Status, known bool, err error) {
	order, err := newRecharge(asked, time.Now())
	if err != nil {
		return Status{}, false, err
	}
	return c.recall(order)
}

// newRecharge makes the order that a recharge asks for and takes the credentials
// out of its request.
func newRecharge(asked onetrans.Asked[onetrans.RechargeIn], now time.Time) (Order, error) {
	in := asked.In
	amount, err := in.Amount.Payable()
	if err != nil {
		return Order{}, fmt.Errorf("%w: amount: %w", ErrInvalid, err)
	}
	if in.OutChargeNo.Empty() {
		return Order{}, fmt.Errorf("%w: outChargeNo is missing", ErrInvalid)
	}
	o := newOrder(in.OutChargeNo.String(), now, asked.Request, rechargeParty(in), in.PayAppID, in.PayAppSecret)
	o.Amount = amount
	o.Secrets.AuthCode, o.Secrets.EcToken = in.Extra.Value.AuthCode.String(), in.Extra.Value.EcToken.String()
	in.PayAppID, in.PayAppSecret = onetrans.Text{}, onetrans.Text{}
	in.Extra.Value.AuthCode, in.Extra.Value.EcToken = onetrans.Text{}, onetrans.Text{}
	o.Request, err = withoutSecrets(asked.Request, onetrans.TransRecharge, in)
	o.Content = o.content()
	return o, err
}

func rechargeParty(in onetrans.RechargeIn) party {
	return party{in.TermNo, in.CardType, in.CardNo, in.AccountType}
}

// recharge is the message that makes the order, or pays it with the code that was
// shown since; repeated, it is the same order.
func (t Trade) recharge() (onetrans.Request, error) {
	o := t.Order
	in, err := requested[onetrans.RechargeIn](o)
	if err != nil {
		return onetrans.Request{}, err
	}
	if t.Progress.PayWith != "" {
		in.DepositType, in.Extra.Value.PrintMode = onetrans.T(t.Progress.PayWith), onetrans.Text{}
	}
	in.PayAppID, in.PayAppSecret = present(o.Secrets.PayAppID), present(o.Secrets.PayAppSecret)
	in.Extra.Value.AuthCode, in.Extra.Value.EcToken = present(o.Secrets.AuthCode), present(o.Secrets.EcToken)
	return o.message(onetrans.TransRecharge, in)
}

// rechargeQuery is the message that asks for the order's state.
func (t Trade) rechargeQuery(wait time.Duration) (onetrans.Request, error) {
	in, err := requested[onetrans.RechargeIn](t.Order)
	if err != nil {
		return onetrans.Request{}, err
	}
	q := t.Order.query(rechargeParty(in), wait)
	// No traceNo: it would win over the number by which the order is known.
	q.TradeType, q.OutTradeNo, q.IDNo = onetrans.T(onetrans.TransRecharge), onetrans.T(t.Order.No), in.IDNo
	if !in.IDNo.Empty() {
		q.IsBalance = onetrans.T("1")
	}
	return t.Order.message(onetrans.TransQuery, q)
}

// rechargeClose is the message that closes the unpaid order for good.
func (t Trade) rechargeClose() (onetrans.Request, error) {
	in, err := requested[onetrans.RechargeIn](t.Order)
	if err != nil {
		return onetrans.Request{}, err
	}
	m := t.Order.close(rechargeParty(in))
	m.OutTradeNo = onetrans.T(t.Order.No)
	return t.Order.message(onetrans.TransClose, m)
}
