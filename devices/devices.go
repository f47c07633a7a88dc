// Package devices defines what the terminal's readers and printers deliver: the
// types and interfaces that the flows know. Each kind of device has a package below
// it, and a virtual double that speaks the same bytes.
package devices

import (
	"context"
	"errors"
	"fmt"
)

// Errors of a reader. Each has a text of its own on the screen.
var (
	// ErrNoReader means that the reader is not there: it is unplugged, or its
	// service is not running.
	ErrNoReader = errors.New("no card reader")
	// ErrReaderSilent is an [ErrNoReader]: the reader is there but does not answer,
	// because its service hangs or another program holds it.
	ErrReaderSilent = fmt.Errorf("%w: it does not answer", ErrNoReader)
	// ErrNoService is an [ErrNoReader]: the machine's service for readers is not
	// running.
	ErrNoService = fmt.Errorf("%w: the PC/SC service is not running", ErrNoReader)
	// ErrWrongCard means that the card is not of the expected kind.
	ErrWrongCard = errors.New("not a card of the expected kind")
	// ErrCardRemoved means that the card was removed while it was being read.
	ErrCardRemoved = errors.New("card removed while reading")
	// ErrCardLocked means that the card demands a PIN or a SAM (SW 6982). The
	// program never tries a PIN, because that could lock the card.
	ErrCardLocked = errors.New("card wants a PIN or a SAM")
	// ErrUnreadable means that the card answered, but not as an intact card does.
	ErrUnreadable = errors.New("card cannot be read")
)

// SocialSecurityCard is the content of the files EF05 and EF06 of a social security
// card (LD/T 33). Texts are decoded and trimmed, but not checked.
type SocialSecurityCard struct {
	CardCode   string // 卡识别码, tag 01: 32 upper-case hex digits as read; the first 6 are the region
	Class      string // tag 02
	Version    string // tag 03: "1.00", "2.00", "3.00"
	Issuer     string // tag 04: issuing institution, digits
	Issued     string // tag 05: yyyyMMdd
	ValidUntil string // tag 06: yyyyMMdd
	CardNo     string // tag 07
	IDNo       string // tag 08: social-security number, the citizen's identity number
	Name       string // tags 09 and 4E, GB 18030
	Sex        string // tag 0A: "1" male, "2" female
	Nation     string // tag 0B: two digits
	BirthPlace string // tag 0C: six digits
	Birth      string // tag 0D: yyyyMMdd
}

// CardReader reads social security cards.
type CardReader interface {
	// Read waits until a card is in the slot or ctx ends, then reads it. Its errors
	// are those above, or ctx's.
	Read(ctx context.Context) (SocialSecurityCard, error)
	// WaitRemoved returns nil once the slot is empty, at once if it already is. Its
	// error is [ErrNoReader] when the reader is gone, which says nothing about a
	// card in it, or ctx's.
	WaitRemoved(ctx context.Context) error
}

// Scanner delivers scanned codes, trimmed of CR, LF and TAB. A code is a bearer
// token: never log it.
type Scanner interface {
	// Scan waits for the next code, or until ctx ends.
	Scan(ctx context.Context) (string, error)
}
