// Package wedge is the scanner that poses as a keyboard: it types a code in a
// burst and ends it with Enter. The window feeds it every key; nothing here
// knows where keys come from.
package wedge

import (
	"strings"
	"time"
	"unicode/utf8"
)

// What tells a scanner from a person.
const (
	// MaxGap is the longest pause between two keys of a burst. Scanners type
	// a key in 1 to 20 ms, nobody types five in a row within 50 ms each.
	MaxGap = 50 * time.Millisecond
	// maxStall is the longest pause once a burst is certain: a busy window
	// gets its keys late, and half a code must not pass for a whole one.
	maxStall = 500 * time.Millisecond
	// MinLength is the shortest code, in characters, and what makes a burst certain.
	MinLength = 5
	// MaxLength is the longest code, in characters; a longer burst is noise.
	MaxLength = 512
)

// Kind is what one key turned out to be.
type Kind uint8

// The kinds of key.
const (
	// Typed is a person's key, or the first few of a burst, which nobody can
	// tell apart yet.
	Typed Kind = iota
	// Burst is certainly a scanner's key: the window should not act on it.
	Burst
	// Scan is the key that ended a burst: the code is whole. Nor on this one.
	Scan
)

// Assembler makes codes of keys. It is pure: it knows the time only from its
// events. The zero value is ready. It is not safe for use by several goroutines.
type Assembler struct {
	code strings.Builder
	size int       // characters of this burst, those beyond MaxLength too
	last time.Time // when the latest key came
	done bool      // the latest burst ended in a scan: what ends lines still belongs to it
}

// Key takes the next key and when it was pressed. Enter is '\r' or '\n'. It
// returns a code, trimmed of CR, LF, TAB and spaces, with [Scan] only.
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

// Reset forgets the keys so far. Call it when a patient leaves, too.
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
