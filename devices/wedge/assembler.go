// Package wedge is a scanner that acts as a keyboard: it types a code in a burst
// and ends it with Enter. The window passes it every key; the package does not know
// where keys come from.
package wedge

import (
	"strings"
	"time"
	"unicode/utf8"
)

// What distinguishes a scanner from a person.
const (
	// MaxGap is the longest pause between two keys of a burst. Scanners type a key
	// in 1 to 20 ms; nobody types five in a row within 50 ms each.
	MaxGap = 50 * time.Millisecond
	// maxStall is the longest pause once a burst is certain: a busy window gets its
	// keys late, and half a code must not pass for a whole one.
	maxStall = 500 * time.Millisecond
	// MinLength is the length of the shortest code, in characters; that many keys
	// make a burst certain.
	MinLength = 5
	// MaxLength is the length of the longest code, in characters; a longer burst is
	// noise.
	MaxLength = 512
)

// Kind is what one key turned out to be.
type Kind uint8

// The kinds of key.
const (
	// Typed is a person's key, or one of the first few of a burst, which cannot be
	// distinguished yet.
	Typed Kind = iota
	// Burst is certainly a scanner's key: the window must not act on it.
	Burst
	// Scan is the key that ended a burst: the code is complete. The window must not
	// act on it either.
	Scan
)

// Assembler assembles keys into codes. It is pure: it knows the time only from its
// events. The zero value is ready to use. It is not safe for use by several
// goroutines.
type Assembler struct {
	code strings.Builder
	size int       // characters of this burst, including those beyond MaxLength
	last time.Time // when the latest key came
	done bool      // the latest burst ended in a scan: line ends that follow still belong to it
}

// Key processes the next key, pressed at this time. Enter is '\r' or '\n'. It
// returns a code, trimmed of CR, LF, TAB and spaces, only with [Scan].
func (a *Assembler) Key(key rune, at time.Time) (code string, kind Kind) {
	if !a.goesOn(at) {
		a.Reset()
	}
	a.last = at
	switch {
	case key == '\r' || key == '\n':
		return a.end()
	case key == '\t':
		// Some scanners type a tab before Enter, none inside a code.
		return "", a.kind()
	case key < ' ' || key == 0x7F:
		a.Reset() // an editing key: a person
		return "", Typed
	}
	a.done = false
	if a.size++; a.size <= MaxLength {
		a.code.WriteRune(key)
	}
	return "", a.kind()
}

// Reset forgets the keys so far.
func (a *Assembler) Reset() { *a = Assembler{} }

func (a *Assembler) goesOn(at time.Time) bool {
	gap := at.Sub(a.last)
	limit := MaxGap
	if a.size >= MinLength {
		limit = maxStall
	}
	return gap >= 0 && gap <= limit
}

// kind is what a key within the burst so far is.
func (a *Assembler) kind() Kind {
	if a.size >= MinLength || a.done {
		return Burst
	}
	return Typed
}

// end is what Enter makes of the burst.
func (a *Assembler) end() (code string, kind Kind) {
	if a.done { // the LF of a CR LF
		return "", Burst
	}
	code, kind = strings.TrimSpace(a.code.String()), a.kind()
	at, size := a.last, a.size
	a.Reset()
	if kind == Typed {
		return "", Typed
	}
	a.last, a.done = at, true
	if size > MaxLength || utf8.RuneCountInString(code) < MinLength {
		return "", Burst
	}
	return code, Scan
}
