package wire

import (
	"errors"
	"fmt"
)

// ErrUntrusted is the family of errors of a received message: nothing that such a
// message says may be trusted.
var ErrUntrusted = errors.New("message can't be trusted")

// Members of the family [ErrUntrusted]. None of their texts holds content.
var (
	// ErrMalformed means that it is not a strict JSON object, or that its sign
	// string has two readings.
	ErrMalformed = fmt.Errorf("%w: malformed", ErrUntrusted)
	// ErrSignature means that signData is missing or does not match the message.
	ErrSignature = fmt.Errorf("%w: signature", ErrUntrusted)
	// ErrCipher means that encData does not decrypt to an object.
	ErrCipher = fmt.Errorf("%w: cipher", ErrUntrusted)
	// ErrDowngrade means that signtype or enc_type differ from the configured ones,
	// or that encData and data are not what those demand.
	ErrDowngrade = fmt.Errorf("%w: other protection than agreed", ErrUntrusted)
	// ErrNotAnswer means that it is a request, or lacks what every answer has.
	ErrNotAnswer = fmt.Errorf("%w: no answer", ErrUntrusted)
)

// ErrKeys means that the keys cannot seal or open: one is missing, or a type is
// unknown.
var ErrKeys = errors.New("unusable keys")

// Members of the family [ErrKeys], in addition to [*KeyError].
var (
	ErrNoApp    = fmt.Errorf("%w: app_id or app_key missing", ErrKeys)
	ErrAppID    = fmt.Errorf("%w: app_id holds &, = or a control character", ErrKeys)
	ErrSignType = fmt.Errorf("%w: signtype is neither SM2 nor SM3", ErrKeys)
	ErrEncType  = fmt.Errorf("%w: enc_type is neither SM4 nor NONE", ErrKeys)
	ErrNoPair   = fmt.Errorf("%w: SM2 needs our private and their public key", ErrKeys)
)

// ErrContent means that a message cannot be sealed: it is not a strict JSON object,
// or would have two readings.
var ErrContent = errors.New("message can't be sealed")
