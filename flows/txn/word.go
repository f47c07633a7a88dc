package txn

import (
	"fmt"
	"time"
	"unicode/utf8"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
)

// Outcome is what a person's word makes of a trade.
type Outcome string

// The outcomes.
const (
	// OutcomeNote changes nothing: it is a remark on any trade.
	OutcomeNote Outcome = "note"
	// OutcomeSeen takes a trade that is final off the desk, its alarm too. It
	// stays what it is.
	OutcomeSeen Outcome = "seen"
	// OutcomeSucc: what the trade was for has happened. The money came; the
	// refund was given, by whichever way; the settlement stands; what was owed
	// after a settlement or its cancellation was given back.
	OutcomeSucc Outcome = "succ"
	// OutcomeFail: it has not, and never will. Nothing was taken; nothing was
	// given back; there is no settlement. A payment of a settlement is then undone.
	OutcomeFail Outcome = "fail"
)

// Bounds of what a person says, in characters and in words a trade.
const (
	maxBy    = 64
	maxWhy   = 500
	maxWords = 200
)

// PersonsWord is what a person says of a trade.
type PersonsWord struct {
	// At is when it was said; the core notes it.
	At      time.Time `json:"at"`
	Outcome Outcome   `json:"outcome"`
	// By is who says it, 1 to 64 characters: it stands open in the journal's
	// log, so an operator's number is better than a name.
	By string `json:"by"`
	// Why is the reason, 1 to 500 characters. It stays with the trade, and
	// reaches neither the log nor the program's own.
	Why string `json:"why"`
}

// String keeps what a person wrote out of whatever prints a trade.
func (w PersonsWord) String() string { return string(w.Outcome) + " by " + w.By }

func (w PersonsWord) check() error {
	for _, f := range []struct {
		name, text string
		most       int
	}{{"by", w.By, maxBy}, {"why", w.Why, maxWhy}} {
		if n := utf8.RuneCountInString(f.text); n == 0 || n > f.most || !utf8.ValidString(f.text) {
			return fmt.Errorf("%w: %s has %d characters, from 1 to %d are wanted", ErrInvalid, f.name, n, f.most)
		}
	}
	switch w.Outcome {
	case OutcomeNote, OutcomeSeen, OutcomeSucc, OutcomeFail:
		return nil
	}
	return fmt.Errorf("%w: outcome %q", ErrInvalid, w.Outcome)
}

// said: a person has spoken.
type said struct{ PersonsWord }

// held: a person means to settle the trade, so nothing of it is sent any more.
type held struct {
	at time.Time
	by string
}

// retryAsked: a person wants it sent again, now.
type retryAsked struct{}

func (e said) Name() string {
	switch e.Outcome {
	case OutcomeNote:
		return "a person notes"
	case OutcomeSeen:
		return "a person has seen it"
	}
	return "a person says " + string(e.Outcome)
}
func (held) Name() string       { return "held for a person" }
func (retryAsked) Name() string { return "a person asks again" }

// sayer is the person whose word an event is; empty when it is nobody's.
func sayer(e flow.Event) string {
	switch e := e.(type) {
	case said:
		return e.By
	case held:
		return e.by
	}
	return ""
}

func saying(o Outcome) said { return said{PersonsWord{Outcome: o}} }

// words are where a person's word leads, by state and outcome.
type words map[flow.State]map[Outcome]flow.State

// hearing is the table with the rules for people: what ends a trade, as the
// words say, and what may be said of any.
func hearing(table flow.Table[Trade], ends words) flow.Table[Trade] {
	for state := range table {
		if state == draft {
			continue
		}
		rules := []rule{flow.On(saying(OutcomeNote), onSaid, state)}
		if (Trade{Progress: Progress{State: state}}).Final() {
			rules = append(rules, flow.On(saying(OutcomeSeen), onSeen, state), flow.On(passedOn{}, onPassedOn, state))
		} else {
			rules = append(rules, flow.On(held{}, onHeld, state), flow.On(retryAsked{}, onRetryAsked, state))
		}
		for _, o := range []Outcome{OutcomeSucc, OutcomeFail} {
			if end, ok := ends[state][o]; ok {
				rules = append(rules, flow.On(saying(o), onEnded(end), end))
			}
		}
		table[state] = append(table[state], rules...)
	}
	return table
}

func onSaid(t Trade, e said) (Trade, []flow.Effect) {
	words := t.Progress.Words
	t.Progress.Words = append(words[:len(words):len(words)], e.PersonsWord)
	return t, nil
}

func onSeen(t Trade, e said) (Trade, []flow.Effect) {
	t.Progress.Desk, t.Progress.Alarm = "", ""
	return onSaid(t, e)
}

// onEnded: a person has the last word.
func onEnded(end flow.State) func(Trade, said) (Trade, []flow.Effect) {
	return func(t Trade, e said) (Trade, []flow.Effect) {
		switch t.Order.Kind() {
		case onetrans.TransRecharge, onetrans.TransRefund:
			t.Progress.Result = onetrans.Result(e.Outcome)
		}
		return onDecided(end)(t, e)
	}
}

// onDecided: it goes on from where a person's word has brought it.
func onDecided(next flow.State) func(Trade, said) (Trade, []flow.Effect) {
	return func(t Trade, e said) (Trade, []flow.Effect) {
		t = t.at(next)
		t.Progress.Desk, t.Progress.HeldAt = "", time.Time{}
		return onSaid(t, e)
	}
}

func onHeld(t Trade, e held) (Trade, []flow.Effect) {
	t.Progress.HeldAt = e.at
	return t, nil
}

// onRetryAsked: what a person had taken, or asked to wait for, goes on by itself.
func onRetryAsked(t Trade, _ retryAsked) (Trade, []flow.Effect) {
	t.Progress.HeldAt, t.Progress.RetryAt, t.Progress.Desk = time.Time{}, time.Time{}, ""
	return t, nil
}

// settledByHand says whether it was a person who ended the trade.
func (t Trade) settledByHand() bool {
	for _, w := range t.Progress.Words {
		if w.Outcome == OutcomeSucc || w.Outcome == OutcomeFail {
			return t.Final()
		}
	}
	return false
}
