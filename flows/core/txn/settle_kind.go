package txn

import (
	"context"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// forgottenAfter is how long after it was sent a pre-settlement that nobody pays or leaves is abandoned.
const forgottenAfter = 15 * time.Minute

// maxStepsAtOnce bounds how many steps follow each other without a pause.
const maxStepsAtOnce = 4

func settleKind() kind {
	return kind{
		table:     settleTable(),
		verdicts:  settleVerdicts,
		decide:    settleDecided,
		decidable: settleDecidable,
		request:   Trade.settlementRequest,
		answered:  settleAnswered,
		word:      (*Core).paymentWord,
		hear:      hearOfPayment,
		ask:       askForSettlement,
		holds: func(t Trade) bool {
			return t.At() == Paying && t.Progress.TraceNo != "" && !t.Progress.CloseAsked
		},
		moves:    paymentMoves,
		repeats:  neverBegan,
		complete: (*Core).nameRefund,
		undo:     func(_ *Core, t Trade, now time.Time) (Order, error) { return t.paymentRefund(now) },
		restarted: func(t Trade) flow.Event {
			if t.At() == Paying && t.Progress.QRCode != "" {
				return nil // the person may be paying right now
			}
			return closeAsked{}
		},
		payment: true,
		waits:   Trade.settleWaitsFor,
		refs: func(t Trade) []string {
			refs := t.paymentRefs()
			if id := t.settlement().SetlID; id != "" {
				refs = append(refs, bySettlement(id))
			}
			return refs
		},
	}
}

var settleVerdicts = verdicts{
	// What was sent whole ends there, see settleDecided.
	Created:    {VerdictDone: {Succ}, VerdictFailed: {Abandoning, Abandoned}},
	Unknown:    {VerdictDone: {Succ}, VerdictFailed: {Abandoning, Abandoned}},
	PreSettled: {VerdictFailed: {Abandoning}},
	Paying:     {VerdictDone: {Confirming}, VerdictFailed: {Abandoning}},
	// What was paid for nothing is given back.
	Confirming: {VerdictDone: {Succ}, VerdictFailed: {Refunding, Abandoned}},
	Abandoning: {VerdictFailed: {Abandoned}},
	Refunding:  {VerdictDone: {Refunded}},
}

func settleDecided(t Trade, v Verdict) (flow.State, bool) {
	switch beginning := t.At() == Created || t.At() == Unknown; {
	case t.At() == Confirming && v == VerdictFailed && !t.settlement().Paid,
		beginning && t.Progress.Whole && v == VerdictFailed:
		return Abandoned, true
	case beginning && !t.Progress.Whole && v == VerdictDone:
		return "", false
	}
	return settleVerdicts[t.At()][v][0], true
}

func settleDecidable(t Trade, v Verdict, now time.Time) time.Time {
	switch {
	case v == VerdictFailed && (t.At() == Confirming || t.Progress.Whole):
		return t.arrivedInHand(now)
	case v == VerdictFailed && t.At() == Paying:
		return t.unpayable()
	}
	return time.Time{}
}

// hearOfPayment asks how a settlement's order stands, where there is one.
func hearOfPayment(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	if t := l.now(); t.At() != Paying || t.Progress.TraceNo == "" {
		return false, nil
	}
	return c.payStep(ctx, l, hold)
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
	if t.Progress.Whole {
		return c.askNobody(l)
	}
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

// askNobody sees to it that a trade waits for a person of which nobody can be asked.
func (c *Core) askNobody(l *live) (spoke bool, err error) {
	if l.now().Progress.Desk != "" {
		return false, nil
	}
	_, err = c.happen(l, unanswered{}, "nobody can be asked")
	return false, err
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
	return c.askForPayment(ctx, l, hold, t.paymentClose, t.paymentQuery)
}
