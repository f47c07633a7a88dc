package txn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// forgottenAfter is when a pre-settlement that nobody pays or leaves is left.
const forgottenAfter = 15 * time.Minute

// maxStepsAtOnce bounds how many steps follow each other without a pause.
const maxStepsAtOnce = 4

func settleKind() kind {
	return kind{
		table:    settleTable(),
		request:  func(t Trade) (onetrans.Request, error) { return t.phase(onetrans.PhasePre) },
		answered: preAnswered,
		ask:      askForSettlement,
		holds: func(t Trade) bool {
			return t.At() == Paying && t.Progress.TraceNo != "" && !t.Progress.CloseAsked
		},
		repeats: neverLeft,
		before:  (*Core).nameRefund,
		undoing: func(_ *Core, t Trade, now time.Time) (Order, error) { return t.paymentRefund(now) },
		leftAlone: func(t Trade) flow.Event {
			if t.At() == Paying && t.Progress.QRCode != "" {
				return nil // the person may be paying right now
			}
			return closeAsked{}
		},
	}
}

// askForSettlement says what has to be said next of a settlement, until
// there is no progress any more.
func askForSettlement(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	for range maxStepsAtOnce {
		before := l.now().At()
		spoke, err = c.settleStep(ctx, l, hold)
		if err != nil || !spoke || l.now().At() == before || l.now().Final() {
			return spoke, err
		}
		hold = 0
	}
	return spoke, nil
}

func (c *Core) settleStep(ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	t := l.now()
	if c.shallAbandon(t, time.Now()) {
		if t, err = c.happen(l, abandoning{at: time.Now()}, ""); err != nil {
			return false, err
		}
	}
	switch t.At() {
	case Created, Unknown:
		return c.sayPhase(ctx, l, onetrans.PhasePre, preAnswered)
	case Paying:
		return c.payStep(ctx, l, hold)
	case Confirming:
		if t.inHand() {
			return false, nil
		}
		return c.sayPhase(ctx, l, onetrans.PhaseConfirm, confirmAnswered)
	case Abandoning:
		return c.sayPhase(ctx, l, onetrans.PhaseAbandon, abandonAnswered)
	case Refunding:
		return true, c.undo(ctx, l, c.newNo)
	}
	return true, nil
}

// shallAbandon: somebody left, or nobody came back, before anything was paid.
func (c *Core) shallAbandon(t Trade, now time.Time) bool {
	switch t.At() {
	case Created, Unknown:
		return t.Progress.CloseAsked
	case PreSettled:
		return t.Progress.CloseAsked || now.After(t.Progress.SentAt.Add(forgottenAfter))
	}
	return false
}

// sayPhase sends a phase, which was journaled, and journals its answer.
func (c *Core) sayPhase(ctx context.Context, l *live, phase onetrans.Phase, read func(Trade, onetrans.Answer, error) flow.Event) (bool, error) {
	request, err := l.now().phase(phase)
	if err != nil {
		return false, err
	}
	return c.put(ctx, l, message{request: request, read: read, slow: true}, 0)
}

// payStep asks for a settlement's order: for its numbers while they are not
// known, to close it where that is wanted, and how it stands.
func (c *Core) payStep(ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	t := l.now()
	if t.Progress.TraceNo == "" {
		if t.inHand() {
			return false, nil
		}
		if _, err := c.happen(l, sent{at: time.Now()}, "pay"); err != nil {
			return false, err
		}
		return c.sayPhase(ctx, l, onetrans.PhasePay, payAnswered)
	}
	if c.shallClose(t) {
		hold = 0
		request, err := t.paymentClose()
		if err != nil {
			return false, err
		}
		if spoke, err := c.put(ctx, l, message{request: request, read: closeEvent, aside: true}, 0); spoke || err != nil {
			return spoke, err
		}
	}
	request, err := t.paymentQuery(hold)
	if err != nil {
		return false, err
	}
	return c.put(ctx, l, message{request: request, read: queryEvent}, hold)
}

// nameRefund gives a refusal that costs a settlement its payment the number of
// the refund, so that nobody hears of the one without the other.
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
	order, err := c.kindOf(l).undoing(c, l.now(), time.Now())
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
	made, known, err := c.journal.Trade(onetrans.TransRefund, no)
	switch {
	case errors.Is(err, ErrArchived):
		return nil
	case err != nil:
		return fmt.Errorf("%w: looking for %s: %w", ErrJournal, no, err)
	case !known:
		return nil
	}
	_, err = c.happen(l, standing(made), no)
	return err
}

// takeUpAgain takes up the refund that undoes a trade, where a person had given
// it up and a person wants it tried again. It is asked for before it is sent, and
// is held to what was paid, of which others may have given back meanwhile.
func (c *Core) takeUpAgain(l *live, by string) error {
	t := l.now()
	if t.Progress.RefundNo == "" {
		return nil
	}
	c.beginning.Lock()
	defer c.beginning.Unlock()
	before, known, err := c.journal.Trade(onetrans.TransRefund, t.Progress.RefundNo)
	switch {
	case errors.Is(err, ErrArchived) || err == nil && (!known || !before.givenUp()):
		return nil
	case err != nil:
		return fmt.Errorf("%w: looking for %s: %w", ErrJournal, t.Progress.RefundNo, err)
	}
	order, err := c.kindOf(l).undoing(c, t, time.Now())
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
	l, turn, err := c.begin(order, sent{at: time.Now()}, c.withinBounds)
	if err != nil {
		return Trade{}, fmt.Errorf("refund %s: %w", order.No, err)
	}
	defer c.watchOver(l)
	if turn != nil {
		err = c.send(ctx, l, turn)
	}
	return l.now(), err
}
