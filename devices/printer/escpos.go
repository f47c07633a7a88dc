package printer

import (
	"fmt"
	"unicode"

	"onetrans/devices"
)

// The ESC/POS commands that Chinese printers have in common; in others they differ.
var (
	cmdInit    = []byte{0x1b, 0x40}             // ESC @: reset all settings
	cmdChinese = []byte{0x1c, 0x26}             // FS &: bytes above 7F are Chinese
	cmdCut     = []byte{0x1d, 0x56, 0x42, 0x00} // GS V B: feed to the cutter and cut
	// cmdPaper is GS r 1: the state of the paper sensor, answered in sequence, so
	// only when everything before it has been printed.
	cmdPaper = []byte{0x1d, 0x72, 0x01}
	// cmdClear is DLE DC4 8: discard what was received and not printed.
	cmdClear = []byte{0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08}
)

func cmdAlign(middle bool) []byte { return []byte{0x1b, 0x61, number(middle)} }
func cmdBold(on bool) []byte      { return []byte{0x1b, 0x45, number(on)} }

// cmdSize is GS ! for Latin and FS ! for Chinese: some printers obey the first
// for both, others need the second.
func cmdSize(double bool) []byte {
	if double {
		return []byte{0x1d, 0x21, 0x11, 0x1c, 0x21, 0x0c}
	}
	return []byte{0x1d, 0x21, 0x00, 0x1c, 0x21, 0x00}
}

func number(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// usualJob is the size of a slip in bytes, unless many of its lines are drawn.
const usualJob = 64 << 10

// encode is a slip as bytes for the printer, ending with a query that is answered
// once it is printed.
func (p *Printer) encode(slip devices.Slip) ([]byte, error) {
	if len(slip.Lines) > maxLines || len(slip.Code) > maxCode {
		return nil, devices.ErrSlip
	}
	pen := newPen(p.font, p.options.Columns)
	// Room enough for most slips: what outgrows its array leaves a copy behind.
	job := append(make([]byte, 0, usualJob), cmdInit...)
	job = append(job, cmdChinese...)
	for _, line := range slip.Lines {
		if len(line.Text) > maxText {
			return nil, devices.ErrSlip
		}
		for _, part := range p.fitted(line) {
			if all(part.Text, settable) {
				job = appendText(job, part)
				continue
			}
			job = append(job, cmdAlign(false)...)
			job = appendRaster(job, pen.line(part))
		}
	}
	if slip.Code != "" {
		code, err := qrCode(slip.Code, p.options.Columns*columnDots)
		if err != nil {
			return nil, err
		}
		job = append(job, cmdAlign(true)...)
		job = appendRaster(job, code)
	}
	job = append(append(job, cmdCut...), cmdPaper...)
	return job, nil
}

// fitted is a line as it can be printed: what cannot be shown is spelled out, what
// is invisible is left out, what is too wide continues on the next line.
func (p *Printer) fitted(line devices.SlipLine) []devices.SlipLine {
	room := p.options.Columns
	if line.Double {
		room /= 2
	}
	var lines []devices.SlipLine
	text, width := "", 0
	for _, r := range line.Text {
		piece := string(r)
		switch {
		case invisible(r):
			continue
		case r == '\u00a0':
			piece = " "
		case !p.Shows(r):
			piece = fmt.Sprintf("U+%04X", r)
		}
		for _, r := range piece {
			if w := devices.ColumnsOf(r); width+w > room {
				line.Text, text, width = text, "", 0
				lines = append(lines, line)
			}
			text, width = text+string(r), width+devices.ColumnsOf(r)
		}
	}
	line.Text = text
	return append(lines, line)
}

func appendText(job []byte, line devices.SlipLine) []byte {
	job = append(job, cmdAlign(line.Middle)...)
	job = append(job, cmdBold(line.Bold)...)
	job = append(job, cmdSize(line.Double)...)
	for _, r := range line.Text {
		if r < unicode.MaxASCII {
			job = append(job, byte(r))
			continue
		}
		code, _ := devices.GBK(r) // which is its code in GB 18030 too
		job = append(job, code[:]...)
	}
	return append(job, '\n')
}

// settable reports whether the printer has the character in its own font.
func settable(r rune) bool {
	if r >= ' ' && r <= '~' {
		return true
	}
	_, double := devices.GBK(r)
	return double
}

// invisible reports whether a character shows nothing. It must not reach the
// printer, which might take it for a command.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}

func all(text string, is func(rune) bool) bool {
	for _, r := range text {
		if !is(r) {
			return false
		}
	}
	return true
}
