package devices

import (
	"context"
	"errors"
	"fmt"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/width"
)

// ErrPrinter is the family of errors that keep a slip from being printed.
var ErrPrinter = errors.New("printer")

// The members of the family [ErrPrinter].
var (
	// ErrPaperOut means that the printer is out of paper.
	ErrPaperOut = fmt.Errorf("%w: out of paper", ErrPrinter)
	// ErrCoverOpen means that the printer's cover is open.
	ErrCoverOpen = fmt.Errorf("%w: cover open", ErrPrinter)
	// ErrPrinterOffline means that the printer answers but does not print: its feed
	// button is held, its cutter is jammed, or it reports another error.
	ErrPrinterOffline = fmt.Errorf("%w: offline", ErrPrinter)
	// ErrPrinterSilent means that the printer cannot be reached, does not answer in
	// time, or does not answer as a printer does.
	ErrPrinterSilent = fmt.Errorf("%w: no answer", ErrPrinter)
	// ErrSlip means that a slip is too long to print.
	ErrSlip = fmt.Errorf("%w: slip too large", ErrPrinter)
)

// Slip is what is printed: lines that are already laid out, and a QR code.
type Slip struct {
	Lines []SlipLine
	// Code is the text of the QR code below the lines; empty for none.
	Code string
}

// SlipLine is a line of a slip. Control characters in it have no effect.
type SlipLine struct {
	Text   string
	Middle bool // centred
	Bold   bool
	Double bool // twice as wide and as high
}

// Columns is the width of the line in columns of 12 dots.
func (l SlipLine) Columns() int {
	if l.Double {
		return 2 * Columns(l.Text)
	}
	return Columns(l.Text)
}

// Printer prints slips.
type Printer interface {
	// Columns is the width of the paper in columns: 48 at 80 mm, 32 at 58 mm.
	Columns() int
	// Shows reports whether the printer can print a character, from its own font or
	// drawn. A character that it cannot print comes out as its code point, U+XXXX.
	Shows(r rune) bool
	// Print prints a slip. It returns nil when the printer has confirmed it, or an
	// error of the family [ErrPrinter]. It is bounded by ctx and by its own time
	// limits.
	Print(ctx context.Context, slip Slip) error
}

// Columns is the width of a text on a receipt printer, in columns.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		n += ColumnsOf(r)
	}
	return n
}

// ColumnsOf is the width of a character: 2 for what a receipt printer takes from
// its Chinese font, which is all of GBK beyond ASCII, and for every other wide
// character, including the rare ones of plane 2; 0 for combining and invisible
// characters; else 1.
func ColumnsOf(r rune) int {
	switch {
	case r == nbsp || r >= ' ' && r <= '~':
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		return 0
	case r >= 0x20000 && r < 0x40000: // ideographs, assigned or not yet
		return 2
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
		return 2
	}
	if _, double := GBK(r); double {
		return 2
	}
	return 1
}

// nbsp joins what it stands between.
const nbsp = '\u00a0'

// GBK is a character's two bytes in GBK; false for ASCII and for what GBK lacks.
// Characters that GB 18030 later put into GBK's user-defined and reserved ranges do
// not count: printers differ in what they have there.
func GBK(r rune) (code [2]byte, double bool) {
	if unicode.Is(unicode.Co, r) || r >= 0x3400 && r <= 0x4dbf || r >= 0x9fa6 && r <= 0x9fff {
		return code, false
	}
	var out [8]byte
	n, _, err := simplifiedchinese.GBK.NewEncoder().Transform(out[:], []byte(string(r)), true)
	if err != nil || n != len(code) {
		return code, false
	}
	return [2]byte{out[0], out[1]}, true
}
