package txn

import (
	"errors"
	"fmt"

	"onetrans/flows/message/onetrans"
)

// Errors of the core. Where one is given, nothing was sent for this call.
var (
	// ErrBusy: another call is running on this terminal (600001).
	ErrBusy = errors.New("another call is running on this terminal")
	// ErrJournal: the journal can't be read or written; nothing was sent (600011).
	ErrJournal = errors.New("journal cannot be read or written")
	// ErrNumberReused: this number was used with other content (600013).
	ErrNumberReused = errors.New("number was used with other content")
	// ErrUnclear: whether a refund's repeat is the same, or may go another way, is
	// the platform's to tell, which has not yet; nothing was sent (600008).
	ErrUnclear = errors.New("the platform has not told what the number stands for")
	// ErrInvalid: the request can't be a trade (600003).
	ErrInvalid = errors.New("request is not valid")
	// ErrExceeds: the refunds of one order would pass what was paid (as the platform's 610005).
	ErrExceeds = errors.New("refunds would exceed what was paid")
	// ErrNotNow: the trade has not come that far, or has gone too far.
	ErrNotNow = errors.New("not possible as the trade stands")
	// ErrUnknownTrade: the journal does not know this number.
	ErrUnknownTrade = errors.New("no such trade in the journal")
	// ErrArchived: the number is that of a trade long ended, which is in an archive.
	ErrArchived = errors.New("the trade has been moved to an archive")
)

// ProvenError: a trade that is asked for is final here, and the platform does
// not bear it out: it is silent, refuses to say, its answer proves nothing, or says otherwise.
type ProvenError struct {
	Kind, No string // the trade's
	// Result is what was proven, or a person has decided.
	Result onetrans.Result
	why    error
}

func (e *ProvenError) Error() string { return fmt.Sprintf("it is %s here: %v", e.Result, e.why) }

// Unwrap is what came of asking: [platform.ErrNoAnswer] or what else the platform's driver gave.
func (e *ProvenError) Unwrap() error { return e.why }

// InDoubtError: a like charge, or another settlement of the same card, is not
// decided yet (600015); nothing was sent.
type InDoubtError struct {
	// No is the number of the charge in doubt, to be named to charge despite it.
	No     string
	Amount onetrans.Fen
}

func (e *InDoubtError) Error() string {
	return fmt.Sprintf("%s, which is like it, is in doubt", e.No)
}
