package txn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// refundNamed: the refund that undoes the trade has its number.
type refundNamed struct{ no string }

// refundStands: this is how the refund that undoes the trade stands.
type refundStands struct {
	state   flow.State
	desk    Reason
	refused *Refusal
}

func (refundNamed) Name() string  { return "refund named" }
func (refundStands) Name() string { return "refund stands" }

// undoing are the rules of a trade whose payment is being refunded; done is
// where it is when that is done.
func undoing(done flow.State) []rule {
	return []rule{
		flow.On(refundNamed{}, func(t Trade, e refundNamed) (Trade, []flow.Effect) {
			t.Progress.RefundNo, t.Progress.Desk = e.no, ""
			return t, nil
		}, Refunding),
		flow.On(refundStands{}, func(t Trade, e refundStands) (Trade, []flow.Effect) {
			t.Progress.RefundState, t.Progress.Desk, t.Progress.RefundRefused = e.state, e.desk, e.refused
			if e.state == Fail { // only a person gives a refund of our own up
				t.Progress.Desk = ReasonGivenUp
			}
			if e.state == Succ {
				return t.at(done), nil
			}
			return t, nil
		}, Refunding, done),
		flow.On(atDesk{}, onAtDesk, Refunding),
	}
}

// nameRefund adds to a refusal for good of a settlement that is paid the number of the
// refund that follows, so that both are journaled in one step.
func (c *Core) nameRefund(t Trade, e flow.Event) (flow.Event, error) {
	word, ok := e.(refused)
	if !ok || !t.refusedForGood(word) || !t.settlement().Paid {
		return e, nil
	}
	var err error
	word.refundNo, err = c.newNo()
	return word, err
}

// newNo makes a number for a refund that nobody but this journal can know of.
func (c *Core) newNo() (string, error) { return NewNo(time.Now(), c.options.Random) }

// undo sees to the refund of a trade's payment: it has a number in the journal
// before it is made, and is made once.
func (c *Core) undo(ctx context.Context, l *live, number func() (string, error)) error {
	if l.now().Progress.RefundNo == "" {
		no, err := number()
		if err != nil {
			return err
		}
		if _, err := c.happen(l, refundNamed{no}, ""); err != nil {
			return err
		}
	}
	order, err := l.order.kind().undo(c, l.now(), time.Now())
	if err != nil {
		return err
	}
	made, err := c.refundOnce(ctx, order)
	switch why := whyNotMade(err); {
	case why != "":
		_, err = c.happen(l, atDesk{why}, err.Error())
		return err
	case err != nil:
		return err
	}
	_, err = c.happen(l, standing(made), made.Order.No)
	return err
}

// standing is how the refund that undoes a trade stands.
func standing(refund Trade) refundStands {
	stands := refundStands{state: refund.At(), desk: refund.Progress.Desk}
	if refusal := refund.Refusal(); refusal.With != "" {
		stands.refused = &refusal
	}
	return stands
}

// lookAtRefund notes how the refund that undoes a trade stands, if it was made.
func (c *Core) lookAtRefund(l *live) error {
	no := l.now().Progress.RefundNo
	if no == "" {
		return nil
	}
	made, known, err := c.lookUp(onetrans.TransRefund, no)
	if err != nil || !known {
		return err
	}
	_, err = c.happen(l, standing(made), no)
	return err
}

// resumeRefund goes on with the refund that undoes a trade, where a person had given
// it up and a person wants it tried again. It is asked for before it is sent, and held
// to what was paid, of which others may have given back meanwhile.
func (c *Core) resumeRefund(l *live, by string) error {
	t := l.now()
	if t.Progress.RefundNo == "" {
		return nil
	}
	c.beginning.Lock()
	defer c.beginning.Unlock()
	before, known, err := c.lookUp(onetrans.TransRefund, t.Progress.RefundNo)
	if err != nil || !known || !before.givenUp() {
		return err
	}
	order, err := l.order.kind().undo(c, t, time.Now())
	if err == nil {
		err = c.withinBounds(&order)
	}
	if err != nil {
		return fmt.Errorf("refund %s: %w", before.Order.No, err)
	}
	_, err = c.reopen(before, order, retryAsked{by}, "")
	return err
}

// refundOnce makes a refund of our own where it is not made yet, and says how
// it stands; it is polled by itself.
func (c *Core) refundOnce(ctx context.Context, order Order) (Trade, error) {
	l, turn, err := c.begin(errand{order: order, first: sent{at: time.Now()}, guard: c.withinBounds})
	if err != nil {
		return Trade{}, fmt.Errorf("refund %s: %w", order.No, err)
	}
	defer c.startPolling(l)
	if turn != nil {
		err = c.send(ctx, l, turn)
	}
	return l.now(), err
}

// whyNotMade is why a refund of our own was refused before it was begun; empty
// when err says nothing against the refund itself.
func whyNotMade(err error) Reason {
	switch {
	case errors.Is(err, ErrExceeds):
		return ReasonExceeds
	case errors.Is(err, ErrNumberReused):
		return ReasonReused
	case errors.Is(err, ErrInvalid):
		return ReasonInvalid
	}
	return ""
}

// ownRefund is a refund that this program makes to undo t: of the payment
// under t's trace number, known by t's RefundNo. HIS has booked nothing that it
// would have to give back first.
func (t Trade) ownRefund(in onetrans.RefundIn, now time.Time) (Order, error) {
	in.RefundType = onetrans.T(onetrans.RefundHisDecide)
	in.TraceNo = onetrans.T(t.Progress.TraceNo)
	in.OutRefundNo = onetrans.T(t.Progress.RefundNo)
	o, err := newRefund(onetrans.Asked[onetrans.RefundIn]{Request: t.Order.today(), In: in}, now)
	o.Own = true
	return o, err
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
