package journal

import (
	"errors"

	"onetrans/app/command"
	"onetrans/assets/texts"
	"onetrans/flows/core/txn"
	"onetrans/flows/view"
	"onetrans/store"
)

// told is an error in a person's language.
type told struct {
	text string
	err  error
}

func (e *told) Error() string { return e.text }
func (e *told) Unwrap() error { return e.err }
func (e *told) Told() string  { return e.text }

// Tell translates the errors that people cause or can do something about. Other
// errors stay as they are, for [command.Say].
func Tell(language texts.Language, err error) error {
	w, fault := words{language}, FaultOf(err)
	if fault == "" && (errors.Is(err, txn.ErrJournal) || errors.Is(err, store.ErrUnusable)) {
		fault = view.FaultDisk
	}
	if errors.Is(err, store.ErrOldSchema) {
		return err
	}
	if fault != "" {
		return &told{w.Say("fault."+string(fault)) + "\n  " + command.Say(language, err), err}
	}
	var early *txn.TooEarlyError
	if errors.As(err, &early) {
		return &told{w.say("error.too_early", "time", when(early.Until)), err}
	}
	for _, f := range []struct {
		err error
		key string
	}{
		{ErrNotWhole, "not_whole"},
		{ErrDamagedFile, "damaged"},
		{ErrSlip, "slip"},
		{ErrSlipSays, "slip_says"},
		{store.ErrHead, "head"},
		{store.ErrNothing, "nothing_proved"},
		{ErrNoTrade, "no_trade"},
		{txn.ErrUnknownTrade, "no_trade"},
		{ErrAmbiguous, "which"},
		{ErrServing, "serving"},
		{ErrNoReply, "silent"},
		{ErrPassword, "password"},
		{ErrWeak, "weak"},
		{txn.ErrVerdict, "verdict"},
		{store.ErrExists, "exists"},
		{store.ErrInUse, "in_use"},
		{ErrNoJournal, "no_journal"},
	} {
		if errors.Is(err, f.err) {
			return &told{w.say("error." + f.key), err}
		}
	}
	return err
}

// FaultOf is what is wrong with a journal that cannot be served; empty if the error
// does not say.
func FaultOf(err error) view.FaultKind {
	for _, f := range []struct {
		err  error
		kind view.FaultKind
	}{
		{store.ErrRolledBack, view.FaultRolledBack},
		{store.ErrTerminal, view.FaultTerminal},
		{store.ErrLost, view.FaultLost},
		{store.ErrMoved, view.FaultMoved},
		{store.ErrPlatform, view.FaultPlatform},
		{store.ErrAltered, view.FaultAltered},
		{store.ErrKey, view.FaultKey},
		{store.ErrSchema, view.FaultSchema},
		{store.ErrDamaged, view.FaultDamaged},
	} {
		if errors.Is(err, f.err) {
			return f.kind
		}
	}
	return ""
}
