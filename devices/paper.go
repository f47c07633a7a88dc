package devices

import (
	"context"
	"errors"
	"fmt"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/width"
)

// ErrPrinter is the family of what keeps a slip from being printed.
var ErrPrinter = errors.New("printer")

// Errors a printer can give, all of the family [ErrPrinter].
var (
	// ErrPaperOut means that the paper is at its end.
	ErrPaperOut = fmt.Errorf("%w: out of paper", ErrPrinter)
	// ErrCoverOpen means that the printer's cover stands open.
	ErrCoverOpen = fmt.Errorf("%w: cover open", ErrPrinter)
	// ErrPrinterOffline means that the printer answers, and does not print: its
	// feed button, its cutter, an error of its own.
	ErrPrinterOffline = fmt.Errorf("%w: offline", ErrPrinter)
	// ErrPrinterSilent means that the printer can't be reached, or does not
	// answer in time, or not as a printer does.
	ErrPrinterSilent = fmt.Errorf("%w: no answer", ErrPrinter)
	// ErrSlip means that a slip is more than a slip of paper.
	ErrSlip = fmt.Errorf("%w: slip too large", ErrPrinter)
)

// Slip is what goes onto paper: lines that are laid out already, and a code.
type Slip struct {
	Lines []SlipLine
	// Code is the text of the QR code below the lines; empty for none.
	Code string
}

// SlipLine is a line of a slip. What a control character would do is not done.
type SlipLine struct {
	Text   string
	Middle bool // stands in the middle
	Bold   bool
	Double bool // twice as wide and as high
}

// Columns is how many columns the line takes, 12 dots each.
func (l SlipLine) Columns() int {
	if l.Double {
		return 2 * Columns(l.Text)
	}
	return Columns(l.Text)
}

// Printer prints slips.
type Printer interface {
	// Columns is how many columns the paper has: 48 at 80 mm, 32 at 58 mm.
	Columns() int
	// Shows says whether a character can be printed, set or drawn. One that
	// can't comes out as its code point, U+XXXX.
	Shows(r rune) bool
	// Print prints a slip and returns nil when the printer said that it has, or
	// one of the family [ErrPrinter]. It is bounded by ctx and by times of its own.
	Print(ctx context.Context, slip Slip) error
}

// Columns is how many columns of a receipt printer a text takes.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		n += ColumnsOf(r)
	}
	return n
}

// ColumnsOf is 2 for what a receipt printer sets from its Chinese font, that is
// all of GBK beyond ASCII, and for every other wide character, the rare ones of
// plane 2 too; 0 for what adds to the character before it or shows nothing; else 1.
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

// nbsp holds together what it parts.
const nbsp = '\u00a0'

// GBK is a character's two bytes in GBK; false for ASCII and for what GBK
// lacks. Characters that GB 18030 later put into GBK's user-defined and
// reserved places are not of GBK: printers differ in what they have there.
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
