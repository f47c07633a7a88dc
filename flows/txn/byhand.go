package txn

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/onetrans"
)

// Settle takes a person's word on a trade: that it has happened or has not,
// which ends one in doubt for good; that its desk or alarm has been seen; or a
// note. Who and why stay in the journal with it.
//
// Before a word ends a trade the platform is asked once more, within ctx, and
// what it proves counts: then, as for every trade that is decided already, the
// error is ErrNotNow. It also is ErrNotNow where the word can't be right as the
// trade stands: 'fail' for what the platform has under way, for a confirm or a
// cancellation that may have been carried out, 'succ' or 'fail' for what still
// gives money back by a refund of its own, which is settled first; and as a
// [*TooEarlyError] while something that was sent may still arrive. From then on
// nothing more of the trade is sent, until [Core.Retry].
//
// Its other errors are ErrInvalid, ErrUnknownTrade, ErrJournal and ctx's.
func (c *Core) Settle(ctx context.Context, kind, no string, word PersonsWord) (Status, error) {
	word.At = time.Now()
	if err := word.check(); err != nil {
		return Status{}, err
	}
	l, ok := c.find(kind, no)
	if !ok {
		return c.settleDecided(kind, no, word)
	}
	var err error
	switch word.Outcome {
	case OutcomeSucc, OutcomeFail:
		err = c.endByHand(ctx, l, word)
	case OutcomeNote:
		_, err = c.say(l, word)
	default:
		err = fmt.Errorf("%w: it is not decided", ErrNotNow)
	}
	return l.status(), err
}

// say journals a person's word; it must be one that the trade's table takes.
func (c *Core) say(l *live, word PersonsWord) (Trade, error) {
	t, e := l.now(), said{word}
	switch {
	case len(t.Progress.Words) >= maxWords:
		return t, fmt.Errorf("%w: there are %d words on it already", ErrInvalid, maxWords)
	case !c.kindOf(l).table.Takes(t.At(), e.Name()):
		return t, fmt.Errorf("%w: it is %s", ErrNotNow, t.At())
	}
	return c.happen(l, e, "")
}

// endByHand lets a person's word end a trade, unless the platform's does.
func (c *Core) endByHand(ctx context.Context, l *live, word PersonsWord) error {
	defer l.interrupt()()
	turn, err := l.take(ctx)
	if err != nil {
		return err
	}
	defer turn()
	if err := c.hearOnce(ctx, l); err != nil {
		return err
	}
	t := l.now()
	if t.Final() {
		return fmt.Errorf("%w: it is decided: %s", ErrNotNow, t.At())
	}
	since, err := c.kindOf(l).takes(t, word.Outcome)
	if err != nil {
		return err
	}
	if now := time.Now(); now.Before(since) {
		if _, err := c.happen(l, held{at: now, by: word.By}, ""); err != nil {
			return err
		}
		return &TooEarlyError{No: l.order.No, Until: since}
	}
	_, err = c.say(l, word)
	return err
}

// hearOnce asks how an open trade stands, whose turn is held.
func (c *Core) hearOnce(ctx context.Context, l *live) (err error) {
	k := c.kindOf(l)
	switch {
	case l.now().Final():
	case k.hear != nil:
		_, err = k.hear(c, ctx, l)
	default:
		_, err = k.ask(c, ctx, l, 0)
	}
	return err
}

// settleDecided takes a person's word on a trade that is decided.
func (c *Core) settleDecided(kind, no string, word PersonsWord) (Status, error) {
	c.beginning.Lock()
	defer c.beginning.Unlock()
	s, err := c.last(kind, no)
	if err != nil {
		return s, err
	}
	if l, ok := c.find(kind, no); ok { // it was begun anew meanwhile
		return l.status(), fmt.Errorf("%w: it was taken up again", ErrNotNow)
	}
	l := newLive(s.Trade)
	_, err = c.say(l, word)
	return l.status(), err
}

// Retry goes on with a trade now, because a person wants it: what was at the
// desk, or held for a word, is asked for and where that proves it right sent
// again, and so is the refund that undoes it. One that is decided is asked for
// once, and what the answer brings is journaled: a booking, or a contradiction.
// That the platform is silent is in the status. Its errors are ErrUnknownTrade,
// ErrJournal and ctx's.
func (c *Core) Retry(ctx context.Context, kind, no string) (Status, error) {
	l, ok := c.find(kind, no)
	if !ok {
		return c.askOfDecided(ctx, kind, no)
	}
	for _, of := range l.now().refundNos() {
		if _, open := c.find(onetrans.TransRefund, of); open {
			if _, err := c.Retry(ctx, onetrans.TransRefund, of); err != nil {
				return l.status(), err
			}
		}
	}
	return c.now(ctx, kind, no, retryAsked{})
}

// refundNos are the refunds that belong to a trade.
func (t Trade) refundNos() []string {
	var nos []string
	for _, part := range t.Order.Parts {
		nos = append(nos, part.No)
	}
	if no := t.Progress.RefundNo; no != "" {
		nos = append(nos, no)
	}
	return nos
}

// askOfDecided asks the platform about a recharge or a refund that is decided.
func (c *Core) askOfDecided(ctx context.Context, kind, no string) (Status, error) {
	s, err := c.last(kind, no)
	if err != nil || kind != onetrans.TransRecharge && kind != onetrans.TransRefund {
		return s, err
	}
	request, err := c.questionOf(s.Trade)
	if err != nil {
		return s, err
	}
	asking, done := context.WithTimeout(ctx, queryTimeout)
	defer done()
	answer, err := c.call(asking, request)
	if err != nil || codeOf(answer) != onetrans.CodeOK {
		s.SilentSince = time.Now()
		return s, ctx.Err()
	}
	c.learn(onetrans.QueryIn{TradeType: onetrans.T(kind), OutTradeNo: onetrans.T(no)}, answer)
	return c.last(kind, no)
}

// questionOf asks how a trade stands whose own credentials are forgotten.
func (c *Core) questionOf(t Trade) (onetrans.Request, error) {
	o := t.Order
	merchant := c.options.Merchants[o.AccountType]
	o.Secrets = Secrets{PayAppID: merchant.PayAppID, PayAppSecret: merchant.PayAppSecret}
	if o.Kind() == onetrans.TransRefund {
		return o.refundQuery(0)
	}
	return o.query(0)
}
