package devices

import (
	"context"
	"errors"
)

// Errors that only a reader of identity cards returns, in addition to those of any
// reader.
var (
	// ErrNotAuthentic means that the card and the reader could not authenticate
	// each other (SW3 31, 32): the card is forged or damaged, or the reader's
	// module is not genuine.
	ErrNotAuthentic = errors.New("card and reader do not accept each other")
	// ErrWrongNumber means that the card's identity number has a wrong check digit:
	// it is not what the issuer wrote.
	ErrWrongNumber = errors.New("identity number with a wrong check digit")
)

// IdentityKind is the kind of an identity card.
type IdentityKind uint8

// The kinds of identity card, distinguished by one character of the card's text
// block.
const (
	ResidentCard    IdentityKind = iota // 居民身份证
	ResidencePermit                     // 港澳台居民居住证, 'J'
	ForeignCard2017                     // 外国人永久居留身份证 of 2017, 'I'
	ForeignCard2023                     // 外国人永久居留身份证 of 2023, 'Y'
)

// String names the kind, for logs.
func (k IdentityKind) String() string {
	switch k {
	case ResidentCard:
		return "resident identity card"
	case ResidencePermit:
		return "residence permit"
	case ForeignCard2017:
		return "foreign permanent resident card of 2017"
	case ForeignCard2023:
		return "foreign permanent resident card of 2023"
	}
	return "unknown"
}

// Permanent is the [IdentityCard.ValidUntil] of a card that never expires.
const Permanent = "长期"

// IdentityCard is the text block of an identity card, decoded and trimmed. Name and
// Number are always present. A field that the kind does not have, or that cannot be
// decoded, is empty. The photo is not read.
type IdentityCard struct {
	Kind IdentityKind
	// Number is the identity number of the citizen, or the number of the permit.
	Number string
	// Name is the Chinese name, or the English name of a foreigner who has no
	// Chinese one.
	Name        string
	EnglishName string // foreigners only
	Sex         string // GB/T 2261.1: "1" male, "2" female, "0" unknown, "9" unsaid
	Nation      string // 民族, two digits (GB/T 3304); residents only
	Nationality string // three letters (GB/T 2659); foreigners only
	Birth       string // yyyyMMdd
	Address     string // residents and residence permits only
	// NewestAddress was added when the holder moved; it is often empty.
	NewestAddress string
	Authority     string // who issued it
	ValidFrom     string // yyyyMMdd
	ValidUntil    string // yyyyMMdd, or [Permanent]
	PassNumber    string // 通行证号码; residence permits only
	Issues        string // 签发次数; residence permits only
}

// IdentityReader reads identity cards, which are laid on the reader.
type IdentityReader interface {
	// Read waits until a card is on the reader or ctx ends, then reads it. Its
	// errors are those of this package, or ctx's.
	Read(ctx context.Context) (IdentityCard, error)
	// WaitRemoved returns nil once the reader finds no card, at once if there is
	// none. Its error is [ErrNoReader] when the reader is gone, or ctx's. Many
	// readers do not find a card again after reading it until it has been lifted:
	// they report it as removed right away.
	WaitRemoved(ctx context.Context) error
}
