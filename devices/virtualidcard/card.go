// Package virtualidcard is an identity card and its reader in software. They give
// the answers of real ones, over any line ([Reader.Serve]) or as a serial port
// ([Plug]). It is for tests and demonstrations; it does not read cards.
package virtualidcard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"

	"onetrans/devices"
)

// ErrDoesNotFit means that a value is too long for its field.
var ErrDoesNotFit = errors.New("field does not fit its place")

// Sizes in bytes.
const (
	textSize    = 256
	photoSize   = 1024
	addressSize = 70
)

// Card is the content of a card, and how it misbehaves.
type Card struct {
	Text [textSize]byte
	// Address is the newest address, 70 bytes; nil if there is none.
	Address []byte
	Quirks  Quirks
}

// Quirks are the ways in which cards and readers differ and fail. The zero value is
// a card that is found for as long as it lies there.
type Quirks struct {
	FoundOnce bool // a card that was read is not found again until it has been lifted

	// Status bytes that are returned instead of carrying out the command; 0 is
	// none.
	Select, Read byte
	Relents      int // after this many such refusals the card is read; 0: it never is

	SilentAddress bool   // the query for the newest address is not answered at all
	Garbage       []byte // precedes every answer
	Damaged       int    // the first this many answers have a wrong checksum

	// The following count commands since the card was laid down; 0 means never.
	MuteAfter int // after this many commands nothing is answered any more
	LiftAfter int // after this many commands the card is lifted
}

// New returns a well-behaved card with the holder's data. The error is
// [ErrDoesNotFit].
func New(holder devices.IdentityCard) (Card, error) {
	w := writer{}
	for i := 0; i < textSize; i += 2 {
		w.card.Text[i] = ' '
	}
	switch holder.Kind {
	case devices.ForeignCard2017:
		w.foreign2017(holder)
	case devices.ForeignCard2023:
		w.foreign2023(holder)
	case devices.ResidencePermit:
		w.common(holder)
		w.put(52, addressSize, holder.Address)
		w.put(220, 18, holder.PassNumber)
		w.put(238, 4, holder.Issues)
		w.put(248, 2, "J")
	default:
		w.common(holder)
		w.put(32, 4, holder.Nation)
		w.put(52, addressSize, holder.Address)
	}
	w.put(188, 16, holder.ValidFrom)
	w.put(204, 16, holder.ValidUntil)
	if holder.NewestAddress != "" {
		w.card.Address = w.coded(addressSize, holder.NewestAddress)
	}
	return w.card, w.err
}

// writer encodes fields and keeps the first error.
type writer struct {
	card Card
	err  error
}

func (w *writer) common(holder devices.IdentityCard) {
	w.put(0, 30, holder.Name)
	w.put(30, 2, holder.Sex)
	w.put(36, 16, holder.Birth)
	w.put(122, 36, holder.Number)
	w.put(158, 30, holder.Authority)
}

func (w *writer) foreign2017(holder devices.IdentityCard) {
	w.put(0, 120, holder.EnglishName)
	w.put(120, 2, holder.Sex)
	w.put(122, 30, holder.Number)
	w.put(152, 6, holder.Nationality)
	w.put(158, 30, chineseName(holder))
	w.put(220, 16, holder.Birth)
	w.put(248, 2, "I")
}

func (w *writer) foreign2023(holder devices.IdentityCard) {
	holder.Name = chineseName(holder)
	w.common(holder)
	const first = 35 // characters; the rest stands elsewhere
	english := []rune(holder.EnglishName)
	w.put(52, 2*first, string(english[:min(first, len(english))]))
	w.put(220, 22, string(english[min(first, len(english)):]))
	w.put(242, 6, holder.Nationality)
	w.put(248, 2, "Y")
}

func chineseName(holder devices.IdentityCard) string {
	if holder.Name == holder.EnglishName {
		return ""
	}
	return holder.Name
}

func (w *writer) put(at, size int, s string) { copy(w.card.Text[at:at+size], w.coded(size, s)) }

// coded is s in UTF-16LE, padded with spaces.
func (w *writer) coded(size int, s string) []byte {
	units := utf16.Encode([]rune(s))
	if 2*len(units) > size {
		if w.err == nil {
			w.err = fmt.Errorf("%d characters in %d bytes: %w", len(units), size, ErrDoesNotFit)
		}
		return nil
	}
	for len(units) < size/2 {
		units = append(units, ' ')
	}
	var coded []byte
	for _, u := range units {
		coded = binary.LittleEndian.AppendUint16(coded, u)
	}
	return coded
}
