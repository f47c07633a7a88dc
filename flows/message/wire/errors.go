package wire

import (
	"errors"
	"fmt"
)

// ErrUntrusted is the family of what is wrong with a received message: one of
// them means that nothing the message says may be trusted.
var ErrUntrusted = errors.New("message can't be trusted")

// Members of the family [ErrUntrusted]. None of their texts holds content.
var (
	// ErrMalformed: no strict JSON object, or one whose sign string has two readings.
	ErrMalformed = fmt.Errorf("%w: malformed", ErrUntrusted)
	// ErrSignature: signData is missing or does not belong to the message.
	ErrSignature = fmt.Errorf("%w: signature", ErrUntrusted)
	// ErrCipher: encData does not decrypt to an object.
	ErrCipher = fmt.Errorf("%w: cipher", ErrUntrusted)
	// ErrDowngrade: signtype or enc_type differ from the configured ones, or
	// encData and data are not what they demand.
	ErrDowngrade = fmt.Errorf("%w: other protection than agreed", ErrUntrusted)
	// ErrNotAnswer: it is a request, or lacks what every answer has.
	ErrNotAnswer = fmt.Errorf("%w: no answer", ErrUntrusted)
)

// ErrKeys means that the keys can't seal or open: one is missing, or a type unknown.
var ErrKeys = errors.New("unusable keys")

// Members of the family [ErrKeys], beside the [*KeyError] of one that can't be read.
var (
	ErrNoApp    = fmt.Errorf("%w: app_id or app_key missing", ErrKeys)
	ErrAppID    = fmt.Errorf("%w: app_id holds &, = or a control character", ErrKeys)
	ErrSignType = fmt.Errorf("%w: signtype is neither SM2 nor SM3", ErrKeys)
	ErrEncType  = fmt.Errorf("%w: enc_type is neither SM4 nor NONE", ErrKeys)
	ErrNoPair   = fmt.Errorf("%w: SM2 needs our private and their public key", ErrKeys)
)

// ErrContent means that a message can't be sealed: no strict JSON object, or
// one that would have two readings.
var ErrContent = errors.New("message can't be sealed")
