package journal

import (
	"cmp"
	"errors"
	"strings"

	"onetrans/assets/texts"
	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
	"onetrans/flows/view"
	"onetrans/store"
)

// words put what a journal says into a language.
type words struct{ texts.Language }

func (w words) say(key string, values ...string) string { return w.Say("journal."+key, values...) }

// name is the word for a code: the code itself where there is none.
func (w words) name(group, code string) string {
	key := group + "." + strings.ReplaceAll(code, " ", "_")
	if said := w.say(key); said != "journal."+key {
		return said
	}
	return code
}

func (w words) kind(transType string) string { return w.name("kind", kindWord(transType)) }
func (w words) state(s flow.State) string    { return w.name("state", string(s)) }

// event is the word for an entry's event.
func (w words) event(name string) string {
	if result, ok := strings.CutPrefix(name, "told "); ok {
		return w.say("event.told", "result", w.name("result", result))
	}
	return w.name("event", name)
}

// because says why something waits for a person.
func (w words) because(why txn.Reason, refusedWith onetrans.Code) string {
	said := w.name("because", string(why))
	if why == txn.BecauseRefused {
		said = w.say("because.refused", "code", string(refusedWith))
	}
	return w.say("waits.person", "why", said)
}

// waits says what a trade waits for; empty: nothing.
func (w words) waits(t txn.Trade) string {
	p, waits := t.Progress, t.Waits()
	said := ""
	switch waits.For {
	case txn.ForNothing:
		return ""
	case txn.ForPerson:
		return w.because(cmp.Or(p.Desk, txn.BecauseContradiction), p.RefusedWith)
	case txn.ForRefund:
		if p.RefundNo == "" {
			return w.say("waits.refunds")
		}
		return w.say("waits.refund", "no", p.RefundNo)
	default:
		said = w.say("waits." + string(waits.For))
	}
	if !waits.Until.IsZero() {
		said = w.say("until", "what", said, "time", when(waits.Until))
	}
	return said
}

// told is an error for persons, in their language.
type told struct {
	text string
	err  error
}

func (e *told) Error() string { return e.text }
func (e *told) Unwrap() error { return e.err }

// tell puts what persons bring about, and can do something about, into their
// language. Other errors stay as they are.
func (w words) tell(err error) error {
	if already := (*told)(nil); err == nil || errors.As(err, &already) {
		return err
	}
	fault := FaultOf(err)
	if fault == "" && errors.Is(err, txn.ErrJournal) {
		fault = view.FaultDisk
	}
	if fault != "" { // what exactly is for who supports them
		return &told{w.Say("fault."+string(fault)) + "\n  " + err.Error(), err}
	}
	var early *txn.TooEarlyError
	if errors.As(err, &early) {
		return &told{w.say("error.too_early", "time", when(early.Until)), err}
	}
	for _, f := range []struct {
		err error
		key string
	}{
		{ErrNotWhole, "not_whole"}, {ErrNoTrade, "no_trade"}, {txn.ErrUnknownTrade, "no_trade"}, {ErrWhich, "which"},
		{ErrServing, "serving"}, {ErrSilent, "silent"}, {txn.ErrVerdict, "verdict"}, {store.ErrExists, "exists"},
		{store.ErrInUse, "in_use"}, {ErrNoJournal, "no_journal"},
	} {
		if errors.Is(err, f.err) {
			return &told{w.say("error." + f.key), err}
		}
	}
	return err
}

// FaultOf is what is wrong with a journal that can't be served on; empty when
// the error does not say so.
func FaultOf(err error) view.FaultKind {
	for _, f := range []struct {
		err  error
		kind view.FaultKind
	}{
		{store.ErrPutBack, view.FaultPutBack}, {store.ErrTerminal, view.FaultTerminal}, {store.ErrAltered, view.FaultAltered},
		{store.ErrKey, view.FaultKey}, {store.ErrSchema, view.FaultSchema}, {store.ErrDamaged, view.FaultDamaged},
	} {
		if errors.Is(err, f.err) {
			return f.kind
		}
	}
	return ""
}

// Tell puts an error from before a command into a person's language.
func Tell(language texts.Language, err error) error { return words{language}.tell(err) }

// column fits a text to a column of a table: to its left, or to its right where
// the width is negative. What is longer is not cut.
func column(text string, width int) string {
	space := strings.Repeat(" ", max(0, max(width, -width)-devices.Columns(text)))
	if width < 0 {
		return space + text
	}
	return text + space
}
