package txn

import (
	"context"
	"slices"
	"time"

	"onetrans/flows/flow"
)

// partStands: this is how a part of a balance stands.
type partStands struct {
	no int
	Line
}

func (partStands) Name() string { return "part stands" }

func balanceKind() kind {
	return kind{
		table:    balanceTable(),
		verdicts: balanceVerdicts,
		decide:   func(t Trade, _ Verdict) (flow.State, bool) { return t.givenState(), t.stuck() },
		ask:      askForBalance,
		same: func(_ *Core, before Trade, repeat Order) error {
			if before.Order.anotherWay(repeat) {
				return before.Order.wayStands()
			}
			return nil
		},
		refs: func(t Trade) (refs []string) {
			for _, part := range t.unmade() {
				refs = append(refs, refundsOf(byNo(part.ChargeNo)))
			}
			return refs
		},
	}
}

// Each part that was made has a word of its own.
var balanceVerdicts = verdicts{Refunding: {VerdictFailed: {Fail, Partly}}}

// balanceTable decides every event in every state of a balance's refund.
func balanceTable() flow.Table[Trade] {
	return withHands(balanceVerdicts, flow.Table[Trade]{
		draft: {flow.On(sent{}, onPlanned, Refunding)},
		Refunding: {
			flow.On(partStands{}, onPartStands, Refunding, Succ, Partly, Fail),
		},
		Succ:   {},
		Partly: {},
		Fail:   {},
	})
}

// onPlanned: from now on the parts are owed.
func onPlanned(t Trade, e sent) (Trade, []flow.Effect) {
	t.Progress.State, t.Progress.SentAt = Refunding, e.at
	t.Progress.Lines = make([]Line, len(t.Order.Parts))
	return t, nil
}

func onPartStands(t Trade, e partStands) (Trade, []flow.Effect) {
	if e.no >= len(t.Progress.Lines) {
		return t, nil
	}
	t.Progress.Lines = slices.Clone(t.Progress.Lines)
	t.Progress.Lines[e.no] = e.Line
	t.Progress.Desk = ""
	over := true
	for _, line := range t.Progress.Lines {
		over = over && line.over()
		if t.Progress.Desk == "" {
			t.Progress.Desk = line.Desk
		}
	}
	if over {
		t = t.at(t.givenState())
	}
	return t, nil
}

// givenState says how much of a balance was given back, now that no more is.
func (t Trade) givenState() flow.State {
	given := 0
	for _, line := range t.Progress.Lines {
		if line.State == Succ {
			given++
		}
	}
	switch given {
	case 0:
		return Fail
	case len(t.Progress.Lines):
		return Succ
	}
	return Partly
}

// stuck: all parts that were made are over, and one can't even be made. Only then
// is a balance given up as a whole; each part that was made has its own word.
func (t Trade) stuck() bool {
	stuck := false
	for _, line := range t.Progress.Lines {
		switch {
		case line.State == "" && line.Desk != "":
			stuck = true
		case !line.over():
			return false
		}
	}
	return stuck
}

// askForBalance makes the parts that are not made yet, one after the other, and
// looks how the others stand; each is polled by itself.
func askForBalance(c *Core, ctx context.Context, l *live, _ time.Duration) (spoke bool, err error) {
	for i := range l.order.Parts {
		if l.now().Progress.Lines[i].over() {
			continue
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if err := c.partStep(ctx, l, i); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *Core) partStep(ctx context.Context, l *live, i int) error {
	order, err := l.now().Order.part(i, time.Now())
	if err != nil {
		return err
	}
	e := partStands{no: i}
	made, err := c.refundOnce(ctx, order)
	switch why := whyNotMade(err); {
	case why != "":
		e.Desk = why
	case err != nil:
		return err
	default:
		e.Line = Line{State: made.At(), RefusedWith: made.Progress.RefusedWith, RefusedWords: made.Progress.RefusedWords, Desk: made.Progress.Desk}
	}
	_, err = c.happen(l, e, order.No)
	return err
}
