package platform

import (
	"errors"
	"fmt"
	"strconv"
)

// What an error of [Client.Call] proves. Every one is one of the two.
var (
	// ErrNotSent means that not a byte of the message left: the platform has never
	// heard of it.
	ErrNotSent = errors.New("nothing was sent to the platform")
	// ErrNoAnswer means that the message may have arrived and no trustworthy answer
	// came back. For money, the outcome is unknown. If an answer came and cannot be
	// trusted, the error is also a wire.ErrUntrusted.
	ErrNoAnswer = errors.New("no normal answer from the platform")
)

// ErrOptions means that a client cannot be made from its [Options].
var ErrOptions = errors.New("unusable platform options")

// Members of the family [ErrOptions], in addition to [*CertificateError].
var (
	ErrAddress  = fmt.Errorf("%w: platform.url is no plain http or https address", ErrOptions)
	ErrInsecure = fmt.Errorf("%w: platform.url must be https unless the host is loopback", ErrOptions)
)

// StatusError is an [ErrNoAnswer]: the HTTP status was not 200.
type StatusError int

// Error names the status.
func (e StatusError) Error() string { return "HTTP status " + strconv.Itoa(int(e)) }
