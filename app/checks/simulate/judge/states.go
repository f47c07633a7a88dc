package judge

import (
	"slices"

	"onetrans/flows/message/onetrans"
)

// promise is what a state on disk promises, whoever wrote it there.
type promise struct {
	// of are the kinds of trades that may stand so.
	of []string
	// final: nothing is asked or sent any more.
	final bool
	// done: the platform did it, even if that was undone since.
	done bool
	// nothing: it came to nothing, and left no number behind at the platform.
	nothing bool
	// leaves are the events by which a final state may be left all the same: by
	// the caller who repeats the number, by the platform's own word on what a person
	// decided. What else there is, is in [Row.mayBecome].
	leaves []string
}

var (
	all     = []string{onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettle, onetrans.TransSettleCancel}
	orders  = []string{onetrans.TransRecharge, onetrans.TransRefund}
	charges = []string{onetrans.TransRecharge}
	settles = []string{onetrans.TransSettle}
)

// promises are those of all states, by the words on disk. What the platform's words
// promise is in .github/docs/wire.md ('What speaks of a trade'), what ours do in
// .github/docs/design.md ('A refund keeps its number', 'What is final stays so').
var promises = map[string]promise{
	"created":    {of: all},
	"unknown":    {of: all},
	"pending":    {of: orders},
	"presettled": {of: settles},
	"paying":     {of: settles},
	"confirming": {of: settles},
	"abandoning": {of: settles},
	"refunding":  {of: []string{onetrans.TransSettle, onetrans.TransSettleCancel}},

	"succ":      {of: all, final: true, done: true},
	"cancelled": {of: settles, final: true, done: true},
	"fail":      {of: orders, final: true, leaves: []string{"sent", "reopened"}},
	"refused":   {of: all, final: true, nothing: true, leaves: []string{"sent"}},
	"notsent":   {of: all, final: true, nothing: true, leaves: []string{"sent"}},
	"closed":    {of: charges, final: true},
	"notfound":  {of: charges, final: true},
	"abandoned": {of: settles, final: true},
	"refunded":  {of: settles, final: true},
}

// promise is what a row promises; nothing where no trade of its kind may stand so.
func (r Row) promise() (p promise, known bool) {
	p, known = promises[r.State]
	if !slices.Contains(p.of, r.Kind) {
		return promise{}, false
	}
	return p, known
}

func (r Row) final() bool   { p, _ := r.promise(); return p.final }
func (r Row) done() bool    { p, _ := r.promise(); return p.done }
func (r Row) nothing() bool { p, _ := r.promise(); return p.nothing }

// mayBecome says whether a trade may go from one row to the next by an event.
func (r Row) mayBecome(next Row, event string) bool {
	switch {
	case !r.final() || r.State == next.State:
		return true
	case event == "retry asked": // a person gave it up, a person takes it up
		return r.State == "fail" && r.Own && r.ByHand
	case event == "cancelled since":
		return r.Kind == onetrans.TransSettle && r.State == "succ" && next.State == "cancelled"
	}
	p, _ := r.promise()
	return slices.Contains(p.leaves, event)
}

// takes says whether a refund takes, or may yet take, of what was paid.
func (r Row) takes() bool { return r.State != "fail" && !r.nothing() }

// Stands is what a state tells the person who hears it at the counter.
func Stands(state string) Word {
	switch {
	case state == "succ":
		return Taken
	case promises[state].final:
		return NotTaken
	}
	return Unsaid
}
