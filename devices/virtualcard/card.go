// Package virtualcard is a social security card in software. It gives the answers
// of a real card, either directly ([Chip]) or inserted into the virtual reader of
// vsmartcard's vpcd ([Insert]), where pcscd sees a real card. It is for tests and
// demonstrations; it does not read cards.
package virtualcard

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"onetrans/devices"
)

// ErrDoesNotFit means that a value is too long for its record or cannot be encoded
// for it.
var ErrDoesNotFit = errors.New("field does not fit its record")

// Record is a record of a file: a tag and a value of at most 253 bytes.
type Record struct {
	Tag   byte
	Value []byte
}

// Card is the content of a card, and how it misbehaves.
type Card struct {
	ATR    []byte   // answer to reset; nil means [DefaultATR]
	EF05   []Record // in the order in which they are numbered
	EF06   []Record
	Quirks Quirks
}

// Quirks are the ways in which real cards differ and fail. The zero value is a
// well-behaved T=0 card that insists on the right Le.
type Quirks struct {
	NoApplication bool // another kind of card: selecting the AID is answered with 6A82
	WantsPIN      bool // the records of EF06 are answered with 6982
	ChildSelect   bool // EFs are selected by P1=02 only
	PlainSelect   bool // EFs are selected by P1=00 only
	ByIndexOnly   bool // a record read by its tag is answered with 6A86
	AnyLe         bool // a wrong Le is accepted instead of answered with 6Cxx
	OnDemand      bool // records are answered with 61xx and wait for GET RESPONSE

	// The following count commands since the card was inserted; 0 means never. They
	// belong to the slot: a [Chip] alone ignores them.
	Garbled   int // this many commands at first get an answer of one stray byte
	MuteAfter int // after this many commands nothing is answered any more
	PullAfter int // after this many commands the card is pulled
}

// Sizes of the records, in bytes (LD/T 33).
const (
	nameSize     = 30
	nameMoreSize = 20
)

// New returns a well-behaved card with the holder's data. All records are present;
// the name's continuation (tag 4E) only if the name needs it. The error is
// [ErrDoesNotFit].
func New(holder devices.SocialSecurityCard) (Card, error) {
	w := writer{}
	card := Card{
		EF05: []Record{
			w.digits(0x01, 16, holder.CardCode),
			w.text(0x02, 1, holder.Class),
			w.text(0x03, 4, holder.Version),
			w.digits(0x04, 12, holder.Issuer),
			w.digits(0x05, 4, holder.Issued),
			w.digits(0x06, 4, holder.ValidUntil),
			w.text(0x07, 9, holder.CardNo),
		},
		EF06: []Record{w.text(0x08, 18, holder.IDNo)},
	}
	card.EF06 = append(card.EF06, w.name(holder.Name)...)
	card.EF06 = append(card.EF06,
		w.text(0x0A, 1, holder.Sex),
		w.digits(0x0B, 1, holder.Nation),
		w.digits(0x0C, 3, holder.BirthPlace),
		w.digits(0x0D, 4, holder.Birth),
	)
	return card, w.err
}

// writer encodes fields and keeps the first error.
type writer struct{ err error }

func (w *writer) fail(tag byte) {
	if w.err == nil {
		w.err = fmt.Errorf("record %02X: %w", tag, ErrDoesNotFit)
	}
}

// digits encodes cn: packed BCD, padded with F on the right. The card code also
// uses its hexadecimal digits.
func (w *writer) digits(tag byte, size int, s string) Record {
	if len(s) > 2*size {
		w.fail(tag)
		return Record{Tag: tag}
	}
	value, err := hex.DecodeString(s + strings.Repeat("F", 2*size-len(s)))
	if err != nil {
		w.fail(tag)
	}
	return Record{tag, value}
}

// text encodes an: ASCII, padded with 00 on the right.
func (w *writer) text(tag byte, size int, s string) Record {
	if len(s) > size || strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
		w.fail(tag)
		return Record{Tag: tag}
	}
	value := make([]byte, size)
	copy(value, s)
	return Record{tag, value}
}

func (w *writer) name(s string) []Record {
	coded, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil || len(coded) > nameSize+nameMoreSize {
		w.fail(0x09)
		return nil
	}
	first := make([]byte, nameSize)
	n := copy(first, coded)
	records := []Record{{0x09, first}}
	if n < len(coded) {
		more := make([]byte, nameMoreSize)
		copy(more, coded[n:])
		records = append(records, Record{0x4E, more})
	}
	return records
}
