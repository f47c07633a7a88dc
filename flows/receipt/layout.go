package receipt

import (
	"fmt"
	"strings"

	"onetrans/devices"
)

// LeastColumns is the width of the narrowest paper for receipts (58 mm).
const LeastColumns = 32

// Slip lays the receipt out for paper this many columns wide, at least
// [LeastColumns]: no line is wider, nothing is left out, no amount is broken.
func (r Receipt) Slip(columns int) devices.Slip {
	s := sheet{columns: max(columns, LeastColumns)}
	s.middle(r.Demo, devices.SlipLine{Double: true, Middle: true})
	s.middle(r.Hospital, devices.SlipLine{Bold: true, Middle: true})
	s.middle(r.Title, devices.SlipLine{Double: true, Middle: true})
	s.middle(r.State, devices.SlipLine{Bold: true, Middle: true})
	s.rule()
	for _, line := range r.Lines {
		s.pair(line)
	}
	s.rule()
	for _, note := range r.Notes {
		s.put(note, devices.SlipLine{})
	}
	s.middle(r.Demo, devices.SlipLine{Double: true, Middle: true})
	return devices.Slip{Lines: s.lines, Code: r.Code}
}

type sheet struct {
	columns int
	lines   []devices.SlipLine
}

func (s *sheet) rule() {
	s.lines = append(s.lines, devices.SlipLine{Text: strings.Repeat("-", s.columns)})
}

// middle adds a heading, which may be double size.
func (s *sheet) middle(text string, like devices.SlipLine) {
	if text != "" {
		s.put(text, like)
	}
}

// put adds a text in as many lines as it needs.
func (s *sheet) put(text string, like devices.SlipLine) {
	columns := s.columns
	if like.Double {
		columns /= 2
	}
	for _, line := range wrap(text, columns) {
		like.Text = line
		s.lines = append(s.lines, like)
	}
}

// pair adds a name on the left and its value on the right; a value that does not
// fit beside its name goes below it, still on the right.
func (s *sheet) pair(l Line) {
	free := s.columns - devices.Columns(l.Name) - 2
	values := []string{l.Value}
	if !l.Whole && devices.Columns(l.Value) > free {
		values = wrap(l.Value, s.columns)
	}
	like := devices.SlipLine{Bold: l.Bold}
	if len(values) > 1 || devices.Columns(l.Value) > free {
		s.put(l.Name, like)
	} else {
		values[0] = l.Name + strings.Repeat(" ", s.columns-devices.Columns(l.Name+l.Value)) + l.Value
	}
	for _, value := range values {
		like.Text = strings.Repeat(" ", max(0, s.columns-devices.Columns(value))) + value
		s.lines = append(s.lines, like)
	}
}

// Spelled is the receipt with every character that the printer cannot show replaced
// by its code point, so that none becomes a box on the paper.
func (r Receipt) Spelled(shows func(rune) bool) Receipt {
	spell := func(text string) string { return spelled(text, shows) }
	r.Hospital, r.Title, r.State = spell(r.Hospital), spell(r.Title), spell(r.State)
	lines := make([]Line, 0, len(r.Lines))
	for _, l := range r.Lines {
		l.Name, l.Value = spell(l.Name), spell(l.Value)
		lines = append(lines, l)
	}
	notes := make([]string, 0, len(r.Notes))
	for _, note := range r.Notes {
		notes = append(notes, spell(note))
	}
	r.Lines, r.Notes = lines, notes
	return r
}

func spelled(text string, shows func(rune) bool) string {
	var b strings.Builder
	for _, r := range text {
		if shows(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "U+%04X", r)
		}
	}
	return b.String()
}
