package platform

import (
	"errors"
	"fmt"
	"strconv"
)

// What a call that brought no answer proves. Every error of a driver's Call is
// one of the two.
var (
	// ErrNotSent: not a byte of the message left; the platform has never heard of it.
	ErrNotSent = errors.New("nothing was sent to the platform")
	// ErrNoAnswer: the message may have arrived, and no answer that can be
	// trusted came back. For money the outcome is unknown. When an answer came
	// and can't be trusted, the error is a wire.ErrUntrusted as well.
	ErrNoAnswer = errors.New("no normal answer from the platform")
)

// ErrOptions means that a driver can't be made of what was configured.
var ErrOptions = errors.New("unusable platform options")

// Members of the family [ErrOptions], beside the [*CertificateError] of a file
// that can't be trusted.
var (
	ErrAddress  = fmt.Errorf("%w: platform.url is no plain http or https address", ErrOptions)
	ErrInsecure = fmt.Errorf("%w: platform.url must be https unless the host is loopback", ErrOptions)
)

// StatusError is an [ErrNoAnswer] that came with another HTTP status than 200.
type StatusError int

// Error names the status.
func (e StatusError) Error() string { return "HTTP status " + strconv.Itoa(int(e)) }
