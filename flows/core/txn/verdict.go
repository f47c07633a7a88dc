package txn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// Verdict is a person's word on a trade.
type Verdict string

// The verdicts.
const (
	// VerdictDone: the money came, was given back, the settlement stands.
	VerdictDone Verdict = "done"
	// VerdictFailed: it did not, and will not.
	VerdictFailed Verdict = "failed"
	// VerdictSeen: an alarm about a trade that is final has been seen to.
	VerdictSeen Verdict = "seen"
)

// Word is a verdict, whose it is, and why.
type Word struct {
	Verdict Verdict
	By, Why string
}

// ErrVerdict: this can't be said of a trade that stands so.
var ErrVerdict = errors.New("this cannot be said of the trade as it stands")

// TooEarlyError: what was sent may still arrive, or be paid. The trade waits
// for the person meanwhile, and a refund is not sent again.
type TooEarlyError struct{ Until time.Time }

func (e *TooEarlyError) Error() string {
	return "what was sent may still arrive: not before " + e.Until.In(onetrans.Zone()).Format(time.DateTime)
}

// Hand is the last word of a person on a trade.
type Hand struct {
	Verdict Verdict
	By      string
	Why     string
	At      time.Time
	// Alarm is the alarm that the person knew of.
	Alarm string
}

// decided: a person says how the trade stands.
type decided struct{ hand Hand }

// inHand: a person is going to decide it.
type inHand struct{ at time.Time }

// retryAsked: a person wants it tried again.
type retryAsked struct{ by string }

func (decided) Name() string    { return "decided by hand" }
func (inHand) Name() string     { return "in hand" }
func (retryAsked) Name() string { return "retry asked" }

// byHand says whether it is a person's word, and nobody else's, that a payment
// or a refund ended as it did.
func (t Trade) byHand() bool {
	hand := t.Progress.Hand
	return hand != nil && (t.At() == Succ && hand.Verdict == VerdictDone || t.At() == Fail && hand.Verdict == VerdictFailed)
}

// inHand says whether a person is deciding the trade: what makes it is not sent
// again meanwhile.
func (t Trade) inHand() bool { return !t.Progress.InHandAt.IsZero() }

// lastAskTime bounds how long a platform is asked before a person's word counts.
const lastAskTime = 10 * time.Second

// Decide ends or moves a trade by a person's word, which is journaled. The
// platform is asked once more before, where that sends nothing anew: its word
// goes before a person's, its silence does not. Its errors are [ErrInvalid]
// without a name or a reason, [ErrVerdict], a [*TooEarlyError],
// [ErrUnknownTrade], [ErrArchived], [ErrJournal] and ctx's.
func (c *Core) Decide(ctx context.Context, kind, no string, w Word) (Status, error) {
	if w.By == "" || w.Why == "" {
		return Status{}, fmt.Errorf("%w: who says so, and why?", ErrInvalid)
	}
	l, ok := c.find(kind, no)
	if !ok {
		return c.decideFinal(kind, no, w)
	}
	defer l.interrupt()()
	release, err := l.lock(ctx)
	if err != nil {
		return l.status(), err
	}
	defer release()
	return c.decideOpen(ctx, l, w)
}

// decideOpen is Decide for an open trade, whose turn is held.
func (c *Core) decideOpen(ctx context.Context, l *live, w Word) (Status, error) {
	if err := errors.Join(c.catchUp(l), c.lookAtRefund(l)); err != nil {
		return l.status(), err
	}
	before := l.now()
	meant, ok := before.after(w.Verdict)
	if !ok && !before.Final() {
		return l.status(), ErrVerdict
	}
	if err := c.askOnceMore(ctx, l); err != nil {
		return l.status(), err
	}
	t, now := l.now(), time.Now()
	if t.Final() { // by now
		return c.decideFinal(l.order.Kind(), l.order.No, w)
	}
	// The trade may stand otherwise by now, so that the word would mean something else.
	if next, ok := t.after(w.Verdict); !ok || next != meant {
		return l.status(), ErrVerdict
	}
	if until := t.decidable(w.Verdict, now); now.Before(until) {
		_, err := c.happen(l, inHand{now}, "")
		return l.status(), errors.Join(&TooEarlyError{until}, err)
	}
	_, err := c.happen(l, t.decision(w), w.Why)
	return l.status(), err
}

// askOnceMore asks how a trade stands, whose turn is held. Only the journal's
// errors and ctx's are errors.
func (c *Core) askOnceMore(ctx context.Context, l *live) (err error) {
	asking, cancel := context.WithTimeout(ctx, lastAskTime)
	defer cancel()
	if hear := l.order.kind().hear; hear != nil && !l.now().Final() {
		_, err = hear(c, asking, l, 0)
	}
	if asking.Err() != nil {
		return ctx.Err()
	}
	return err
}

// decideFinal takes note that a person has seen to what is wrong with a trade
// that is final.
func (c *Core) decideFinal(kind, no string, w Word) (Status, error) {
	c.beginning.Lock()
	defer c.beginning.Unlock()
	status, err := c.last(kind, no)
	if err != nil {
		return status, err
	}
	if !status.Trade.Final() || w.Verdict != VerdictSeen || !status.Trade.AtDesk() {
		return status, ErrVerdict
	}
	l := newLive(status.Trade)
	_, err = c.happen(l, status.Trade.decision(w), w.Why)
	return l.status(), err
}

func (t Trade) decision(w Word) decided {
	return decided{Hand{Verdict: w.Verdict, By: w.By, Why: w.Why, At: time.Now(), Alarm: t.Progress.Alarm}}
}

// unpayable is from when on nobody can pay an order any more.
func (t Trade) unpayable() time.Time {
	p := t.Progress
	switch {
	case p.CloseAnswered:
		return time.Time{}
	case p.ExpireAt.IsZero():
		return p.SentAt.Add(RequestArrival)
	}
	return p.ExpireAt.Add(ArrivalMargin)
}

// arrivedInHand is from when on nothing can arrive any more of a message that is
// repeated until it is answered, or a person takes the trade in hand.
func (t Trade) arrivedInHand(now time.Time) time.Time {
	if t.inHand() {
		now = t.Progress.InHandAt
	}
	return now.Add(RequestArrival)
}

// after is where a verdict leads; false where it can't be given.
func (t Trade) after(v Verdict) (flow.State, bool) {
	if t.Final() {
		return t.At(), v == VerdictSeen
	}
	next := t.kind().verdicts[t.At()][v]
	switch {
	case len(next) == 0, v == VerdictFailed && t.underWay(), t.At() == Refunding && !t.refundIsOver():
		return "", false
	case t.kind().decide != nil:
		return t.kind().decide(t, v)
	}
	return next[0], true
}

// underWay: the platform is moving the money, and it is its own to say how that ends.
func (t Trade) underWay() bool {
	return (t.At() == Pending || t.At() == Paying) && t.movesMoney(t.Progress.Result)
}

// movesMoney says whether the platform moves money where it says so of the trade.
func (t Trade) movesMoney(word onetrans.Result) bool {
	moves := t.kind().moves
	return moves != nil && moves(word)
}

// refundIsOver: no refund that undoes the trade may still give the money back,
// which a person would give a second time.
func (t Trade) refundIsOver() bool {
	state := t.Progress.RefundState
	return state == "" || isFinal(state)
}

// decidable is from when on a verdict can be given.
func (t Trade) decidable(v Verdict, now time.Time) time.Time {
	if from := t.kind().decidable; from != nil {
		return from(t, v, now)
	}
	return time.Time{}
}

// endedByHand: the money came, was given back, or it was not.
var endedByHand = verdicts{
	Created: {VerdictDone: {Succ}, VerdictFailed: {Fail}},
	Unknown: {VerdictDone: {Succ}, VerdictFailed: {Fail}},
	Pending: {VerdictDone: {Succ}, VerdictFailed: {Fail}},
}

// withHands is a kind's table with what persons say.
func withHands(hands verdicts, table flow.Table[Trade]) flow.Table[Trade] {
	for state := range table {
		switch {
		case state == draft:
		case isFinal(state):
			table[state] = append(table[state], flow.On(decided{}, onDecided, state), flow.On(newsTold{}, onTellingNews, state))
		default:
			to := append([]flow.State{state}, slices.Concat(slices.Collect(maps.Values(hands[state]))...)...)
			slices.Sort(to[1:])
			table[state] = append(table[state],
				flow.On(decided{}, onDecided, to...),
				flow.On(inHand{}, onInHand, state),
				flow.On(retryAsked{}, onRetryAsked, state))
		}
	}
	return table
}

func onDecided(t Trade, e decided) (Trade, []flow.Effect) {
	next, ok := t.after(e.hand.Verdict)
	switch {
	case !ok:
		return t, nil
	case t.byHand(): // who decided it stays so
		hand := *t.Progress.Hand
		hand.Alarm = t.Progress.Alarm
		t.Progress.Hand, t.Progress.Desk = &hand, ""
		return t, nil
	}
	if t.At() == Paying {
		t = t.settling(func(s *Settlement) { s.Paid, s.PaidBy = next == Confirming, e.hand.Verdict })
	}
	t.Progress.State, t.Progress.Desk, t.Progress.Hand, t.Progress.InHandAt = next, "", &e.hand, time.Time{}
	return t, nil
}

// onInHand: what a person decides is not sent again.
func onInHand(t Trade, e inHand) (Trade, []flow.Effect) {
	if t.Progress.Desk == "" {
		t.Progress.Desk = ReasonInHand
	}
	if !t.inHand() {
		t.Progress.InHandAt = e.at
	}
	return t, nil
}

func onRetryAsked(t Trade, _ retryAsked) (Trade, []flow.Effect) {
	t.Progress.Desk, t.Progress.InHandAt = "", time.Time{}
	return t, nil
}

// Retry goes on with an open trade now, because a person asks. What waits at the desk
// is tried again. A refund that the platform proves not to have is sent again although
// its next try is not due, and so is the refund that undoes a trade, even one that was
// given up by hand. A final trade is asked for once, and what the answer brings is
// journaled: a booking, or a contradiction. Its errors are those of [Core.Check], and
// [ErrExceeds] when others have given back meanwhile what the refund would.
func (c *Core) Retry(ctx context.Context, kind, no, by string) (Status, error) {
	l, ok := c.find(kind, no)
	if !ok {
		return c.askOfDecided(ctx, kind, no)
	}
	if err := c.resumeRefund(l, by); err != nil {
		return l.status(), err
	}
	for _, of := range l.now().refundNos() {
		if _, open := c.find(onetrans.TransRefund, of); open {
			if _, err := c.Retry(ctx, onetrans.TransRefund, of, by); err != nil {
				return l.status(), err
			}
		}
	}
	defer l.interrupt()()
	turn, err := l.lock(ctx)
	if err != nil {
		return l.status(), err
	}
	defer turn()
	if err := c.catchUp(l); err != nil {
		return l.status(), err
	}
	before, err := c.happen(l, retryAsked{by}, "")
	if err != nil || before.Final() {
		return l.status(), err
	}
	spoke, err := l.order.kind().ask(c, ctx, l, 0)
	t, after := l.now(), l.order.kind().resendAfter
	// Proven just now, and not sent again yet because it was not due.
	if err == nil && spoke && after != nil && t.Progress.Sends == before.Progress.Sends &&
		t.refundMayBeResent(t.Progress.SentAt.Add(after(t.Progress.Sends))) {
		err = c.sendAgain(ctx, l)
	}
	return l.status(), err
}
