package platform

import "errors"

// What a call that brought no answer proves. Every error of a driver's Call is
// one of the two.
var (
	// ErrNotSent: not a byte of the message left; the platform has never heard of it.
	ErrNotSent = errors.New("nothing was sent to the platform")
	// ErrNoAnswer: the message may have arrived, and no answer that can be
	// believed came back. For money the outcome is unknown. When an answer came
	// and can't be believed, the error is a wire.ErrUntrusted as well.
	ErrNoAnswer = errors.New("no normal answer from the platform")
)

// ErrOptions means that a driver can't be made of what was configured.
var ErrOptions = errors.New("unusable platform options")
