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
	if !l.now().Unpaid() || !l.status().SilentSince.IsZero() {
		return nil
	}
	l.show(authCode)
	if _, err := c.happen(l, sent{at: time.Now(), payWith: depositType}, "with a payment code"); err != nil {
		return err
	}
	return c.sendNow(ctx, l)
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

// RecallRecharge is how the recharge stands that this request repeats; known is
// false where it would be a new one, or one that never reached the platform.
// Nothing is sent. Its errors are [ErrInvalid], [ErrNumberReused] and [ErrJournal].
func (c *Core) RecallRecharge(request onetrans.Request) (status Status, known bool, err error) {
	order, _, err := newOrder(request, time.Now())
	if err != nil {
		return Status{}, false, err
	}
	return c.recall(order)
}

// newOrder makes the order that a recharge asks for and takes the credentials
// out of its request.
func newOrder(request onetrans.Request, now time.Time) (Order, onetrans.RechargeIn, error) {
	var in onetrans.RechargeIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return Order{}, in, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	amount, err := in.Amount.Payable()
	if err != nil {
		return Order{}, in, fmt.Errorf("%w: amount: %w", ErrInvalid, err)
	}
	if in.OutChargeNo.Empty() {
		return Order{}, in, fmt.Errorf("%w: outChargeNo is missing", ErrInvalid)
	}
	o := Order{
		No:          in.OutChargeNo.String(),
		Amount:      amount,
		CardType:    in.CardType.String(),
		CardNo:      in.CardNo.String(),
		AccountType: in.AccountType.String(),
		CreatedAt:   now,
		Secrets: Secrets{
			AppID:        request.AppID.String(),
			AppKey:       request.AppKey.String(),
			PayAppID:     in.PayAppID.String(),
			PayAppSecret: in.PayAppSecret.String(),
			AuthCode:     in.Extra.Value.AuthCode.String(),
			EcToken:      in.Extra.Value.EcToken.String(),
		},
	}
	in.PayAppID, in.PayAppSecret = onetrans.Text{}, onetrans.Text{}
	in.Extra.Value.AuthCode, in.Extra.Value.EcToken = onetrans.Text{}, onetrans.Text{}
	o.Request, err = withoutSecrets(request, onetrans.TransRecharge, in)
	o.Content = o.content()
	return o, in, err
}

// recharge is the message that makes the order, or pays it with the code that was
// shown since; repeated, it is the same order.
func (t Trade) recharge() (onetrans.Request, error) {
	o := t.Order
	in, err := o.in()
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

// query is the message that asks for the order's state; wait is how long the
// platform may hold its answer, in whole seconds.
func (o Order) query(wait time.Duration) (onetrans.Request, error) {
	in, err := o.in()
	if err != nil {
		return onetrans.Request{}, err
	}
	q := onetrans.QueryIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       in.TermNo,
		CardType:     in.CardType,
		CardNo:       in.CardNo,
		AccountType:  in.AccountType,
		TradeType:    onetrans.T(onetrans.TransRecharge),
		// No traceNo: it would win over the number by which the order is known.
		OutTradeNo: onetrans.T(o.No),
		IDNo:       in.IDNo,
	}
	if !in.IDNo.Empty() {
		q.IsBalance = onetrans.T("1")
	}
	return o.message(onetrans.TransQuery, waiting(q, wait))
}

// close is the message that closes the unpaid order for good.
func (o Order) close() (onetrans.Request, error) {
	in, err := o.in()
	if err != nil {
		return onetrans.Request{}, err
	}
	return o.message(onetrans.TransClose, onetrans.CloseIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       in.TermNo,
		CardType:     in.CardType,
		CardNo:       in.CardNo,
		AccountType:  in.AccountType,
		OutTradeNo:   onetrans.T(o.No),
	})
}

func (o Order) in() (onetrans.RechargeIn, error) {
	var in onetrans.RechargeIn
	err := onetrans.UnmarshalData(o.Request.Data, &in)
	return in, err
}
