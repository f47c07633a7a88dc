package txn

import (
	"context"
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
