package txn

import (
	"context"
	"errors"
	"fmt"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// WayError: a refund's number is repeated with another way than the one that
// stands (600013). Nothing was sent.
type WayError struct {
	No string
	// WithdrawMode and RefundType are the way that stands.
	WithdrawMode, RefundType string
}

func (e *WayError) Error() string {
	return fmt.Sprintf("refund %s goes by withdrawMode %s, refundType %s", e.No, e.WithdrawMode, e.RefundType)
}

// Unwrap is [ErrNumberReused].
func (e *WayError) Unwrap() error { return ErrNumberReused }

// otherName: the platform has told that the original of a refund has this name, too.
type otherName struct{ name string }

func (otherName) Name() string { return "other name" }

func onOtherName(t Trade, e otherName) (Trade, []flow.Effect) {
	t.Progress.OtherName = e.name
	return t, nil
}

// sameRefund is what stands against taking now for the refund that its number
// was used for, as far as this journal knows.
func (c *Core) sameRefund(before Trade, now Order) error {
	names, err := c.sameOriginal(before, now.Original)
	switch {
	case err != nil:
		return err
	case names == twoOrders:
		return fmt.Errorf("%w: %s gives back of another order", ErrNumberReused, now.No)
	case names == unclear:
		return fmt.Errorf("%w: %s", ErrUnclear, now.No)
	case before.Order.anotherWay(now) && !before.mayGoAnotherWay():
		return before.Order.wayStands()
	}
	return nil
}

// sameness is whether two names are one order's.
type sameness int

const (
	unclear sameness = iota // nobody here knows
	oneOrder
	twoOrders
)

// sameOriginal says whether a refund's original has this name, too.
func (c *Core) sameOriginal(t Trade, name string) (sameness, error) {
	if t.Order.Original == name || t.Progress.OtherName == name {
		return oneOrder, nil
	}
	trace, no, ok := twoNames(t.Order.Original, name)
	if !ok || t.Progress.OtherName != "" { // two of a kind are two orders
		return twoOrders, nil
	}
	charge, known, err := c.lookUp(onetrans.TransRecharge, no)
	switch {
	case err != nil:
		return unclear, err
	case known && charge.Progress.TraceNo == trace:
		return oneOrder, nil
	case known && charge.Progress.TraceNo != "":
		return twoOrders, nil
	}
	return unclear, nil
}

// twoNames are the trace number and the outChargeNo among two names; false
// when both are of one kind.
func twoNames(a, b string) (traceNo, outChargeNo string, ok bool) {
	if _, isTrace := cutTrace(b); isTrace {
		a, b = b, a
	}
	traceNo, isTrace := cutTrace(a)
	outChargeNo, isNo := cutNo(b)
	return traceNo, outChargeNo, isTrace && isNo
}

// anotherWay says whether the repeat of a refund is to go another way.
func (o Order) anotherWay(repeat Order) bool {
	is, errIs := requested[onetrans.RefundIn](o)
	wanted, errWanted := requested[onetrans.RefundIn](repeat)
	return errors.Join(errIs, errWanted) != nil || is.WithdrawMode != wanted.WithdrawMode || is.RefundType != wanted.RefundType
}

func (o Order) wayStands() error {
	in, err := requested[onetrans.RefundIn](o)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNumberReused, o.No, err)
	}
	return &WayError{No: o.No, WithdrawMode: in.WithdrawMode.String(), RefundType: in.RefundType.String()}
}

// mayGoAnotherWay: it is proven failed or refused, nothing of it can still
// arrive, and it is its caller's to repeat.
func (t Trade) mayGoAnotherWay() bool {
	return refundRepeats(t) && !t.Progress.Contradicted()
}

// askAboutRepeat asks the platform what the journal can't tell of a refund that order
// repeats: whether its original is the same order by its other name, and
// whether what failed is still failed and may go another way. Nothing is sent
// before that is told: [ErrUnclear].
func (c *Core) askAboutRepeat(ctx context.Context, before Trade, order Order) error {
	if sameContent(before.Order, order) != nil {
		return nil // begin says so
	}
	switch err := c.sameRefund(before, order); {
	case errors.Is(err, ErrUnclear):
		return c.askWhichOrder(ctx, before, order)
	case err == nil && before.At() == Fail && before.Order.anotherWay(order):
		return c.askWhetherFailed(ctx, before, order)
	}
	return nil
}

// askWhichOrder finds out whether order's original is that of the refund that it
// repeats, and journals it as its other name.
func (c *Core) askWhichOrder(ctx context.Context, before Trade, order Order) error {
	word, ok, err := c.askForRepeated(ctx, before, order.Secrets)
	if err != nil || !ok {
		return errors.Join(fmt.Errorf("%w: %s", ErrUnclear, order.No), err)
	}
	trace, no, _ := twoNames(before.Order.Original, order.Original)
	names := unclear
	if _, byTrace := cutTrace(order.Original); byTrace && word.original == trace {
		names = oneOrder
	}
	if names == unclear {
		names = c.askForCharge(ctx, order, no, trace)
	}
	switch {
	case names == twoOrders:
		return fmt.Errorf("%w: %s gives back of another order", ErrNumberReused, order.No)
	// The platform has this number for one refund alone, and here it is.
	case names == unclear && unpaid(word.result):
		return fmt.Errorf("%w: %s", ErrUnclear, order.No)
	}
	return c.noteName(before, order)
}

// noteName journals the other name of a refund's original.
func (c *Core) noteName(t Trade, repeat Order) error {
	c.beginning.Lock()
	defer c.beginning.Unlock()
	l, open := c.find(t.Order.Kind(), t.Order.No)
	if !open {
		now, err := c.last(t.Order.Kind(), t.Order.No)
		if err != nil {
			return err
		}
		l = newLive(now.Trade)
	}
	_, err := c.happen(l, otherName{repeat.Original}, "")
	return err
}

// askWhetherFailed finds out whether a refund that failed is still failed at the
// platform. Another word of it is journaled, and begin sees that.
func (c *Core) askWhetherFailed(ctx context.Context, before Trade, order Order) error {
	_, ok, err := c.askForRepeated(ctx, before, order.Secrets)
	if err == nil && !ok {
		err = fmt.Errorf("%w: %s", ErrUnclear, order.No)
	}
	return err
}

// askForRepeated asks for a refund with the credentials of its repeat, and
// journals what the platform says; ok is false when that is nothing that counts.
func (c *Core) askForRepeated(ctx context.Context, t Trade, s Secrets) (word told, ok bool, err error) {
	t.Order.Secrets = s
	request, err := t.refundQuery(0)
	if err != nil {
		return word, false, err
	}
	read := func(t Trade, answer onetrans.Answer, err error) flow.Event {
		e := c.refundWord(t, answer, err)
		word, ok = e.(told)
		return e
	}
	if l, open := c.find(t.Order.Kind(), t.Order.No); open {
		err = c.putInTurn(ctx, l, message{request: request, read: read})
		if err != nil || ok || !l.now().Final() {
			return word, ok, err
		}
	}
	asking, done := context.WithTimeout(ctx, queryTimeout)
	defer done()
	answer, err := c.call(asking, request)
	if read(t, answer, err); ok {
		c.learn(onetrans.QueryIn{TradeType: onetrans.T(onetrans.TransRefund), OutTradeNo: onetrans.T(t.Order.No)}, answer, nil)
	}
	return word, ok, ctx.Err()
}

// putInTurn puts a question about an open trade once its turn has come, unless
// it has ended meanwhile.
func (c *Core) putInTurn(ctx context.Context, l *live, m message) error {
	defer l.interrupt()()
	turn, err := l.lock(ctx)
	if err != nil {
		return err
	}
	defer turn()
	if err := c.catchUp(l); err != nil || l.now().Final() {
		return err
	}
	_, err = c.put(ctx, l, m, 0)
	return err
}

// askForCharge asks whether the charge with this outChargeNo has this trace number.
func (c *Core) askForCharge(ctx context.Context, refund Order, no, traceNo string) sameness {
	request, err := refund.chargeQuery(no)
	if err != nil {
		return unclear
	}
	asking, done := context.WithTimeout(ctx, queryTimeout)
	defer done()
	var out onetrans.QueryOut
	answer, err := c.call(asking, request)
	switch {
	case !spoke(answer, err, &out) || firstOf(out.TraceNo, out.OrigTraceNo) == "":
		return unclear
	case out.TraceNo.String() == traceNo || out.OrigTraceNo.String() == traceNo:
		return oneOrder
	}
	return twoOrders
}
