package devices

import (
	"context"
	"errors"
)

// Errors that only a reader of identity cards gives, beside those of package
// devices that any reader gives.
var (
	// ErrNotAuthentic means that card and reader don't accept each other (SW3
	// 31, 32): the card is forged or damaged, or the reader's module is no
	// genuine one.
	ErrNotAuthentic = errors.New("card and reader do not accept each other")
	// ErrWrongNumber means that the card's identity number has a wrong check
	// digit: what was read is not what the card's issuer wrote.
	ErrWrongNumber = errors.New("identity number with a wrong check digit")
)

// IdentityKind is which of the cards that one reader reads a card is.
type IdentityKind uint8

// The kinds of identity card, told by one character of the card's text block.
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

// Permanent is what [IdentityCard.ValidUntil] of a card is that never expires.
const Permanent = "长期"

// IdentityCard is what an identity card's text block holds, decoded and
// trimmed. Name and Number are always there; what a kind doesn't have, or the
// card holds in no readable form, is empty. The photo is not read.
type IdentityCard struct {
	Kind IdentityKind
	// Number is the citizen's identity number, or the permit's.
	Number string
	// Name is the Chinese one; a foreigner without one has the English name here.
	Name        string
	EnglishName string // foreigners only
	Sex         string // GB/T 2261.1: "1" male, "2" female, "0" unknown, "9" unsaid
	Nation      string // 民族, two digits (GB/T 3304); residents only
	Nationality string // three letters (GB/T 2659); foreigners only
	Birth       string // yyyyMMdd
	Address     string // residents and residence permits only
	// NewestAddress is what was added when the holder moved; often empty.
	NewestAddress string
	Authority     string // who issued it
	ValidFrom     string // yyyyMMdd
	ValidUntil    string // yyyyMMdd, or [Permanent]
	PassNumber    string // 通行证号码; residence permits only
	Issues        string // 签发次数; residence permits only
}

// IdentityReader reads identity cards, which are laid on it rather than put in.
type IdentityReader interface {
	// Read waits until a card is laid on the reader or ctx ends, reads it and
	// returns what it holds. Its errors are those of this package, or ctx's.
	Read(ctx context.Context) (IdentityCard, error)
	// WaitRemoved returns nil once the reader finds no card, at once if there is
	// none; ErrNoReader when the reader is gone; or ctx's error. Many readers
	// don't find a card that they have read until it was lifted: to them it is
	// gone already.
	WaitRemoved(ctx context.Context) error
}
