// Package devices says what any reader of the terminal delivers: the types
// and the one interface that the flows know. Each kind of device is a package
// below it.
package devices

import (
	"context"
	"errors"
	"fmt"
)

// Errors a reader can give. Each has a screen text of its own.
var (
	// ErrNoReader means that the reader is not there: unplugged, or its service is not running.
	ErrNoReader = errors.New("no card reader")
	// ErrReaderSilent is an ErrNoReader that is there and does not answer: its
	// service hangs, or another program keeps it for itself.
	ErrReaderSilent = fmt.Errorf("%w: it does not answer", ErrNoReader)
	// ErrNoService is an ErrNoReader of a machine whose service for readers is not
	// running.
	ErrNoService = fmt.Errorf("%w: the PC/SC service is not running", ErrNoReader)
	// ErrWrongCard means that what was put in is no card of the expected kind.
	ErrWrongCard = errors.New("not a card of the expected kind")
	// ErrCardRemoved means that the card was taken out while it was being read.
	ErrCardRemoved = errors.New("card removed while reading")
	// ErrCardLocked means that the card wants a PIN or a SAM first (SW 6982).
	// The program never tries a PIN: the card would lock.
	ErrCardLocked = errors.New("card wants a PIN or a SAM")
	// ErrUnreadable means that the card answered, but not with what a whole card answers.
	ErrUnreadable = errors.New("card cannot be read")
)

// SocialSecurityCard is what EF05 and EF06 of a social-security card hold
// (LD/T 33, files EF05 and EF06). Texts are decoded and trimmed; nothing is checked.
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

// CardReader reads social-security cards.
type CardReader interface {
	// Read waits until a card is in the slot or ctx ends, reads it and returns
	// what it holds. Its errors are those above, or ctx's.
	Read(ctx context.Context) (SocialSecurityCard, error)
	// WaitRemoved returns nil once no card is in the slot, at once if there is
	// none; ErrNoReader when the reader is gone, which says
	// nothing of a card in it; or ctx's error.
	WaitRemoved(ctx context.Context) error
}

// Scanner delivers codes: what a scanner read, trimmed of CR, LF and TAB.
// A code is a bearer token: never log more than [Redact] leaves of it.
type Scanner interface {
	// Scan waits for the next code, or until ctx ends.
	Scan(ctx context.Context) (string, error)
}
