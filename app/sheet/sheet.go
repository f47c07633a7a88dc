// Package sheet writes CSV for spreadsheets: in which nothing that came from
// outside is taken for a formula, and which takes UTF-8 for what it is.
package sheet

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode"
)

// byteOrderMark is without what spreadsheets in China take UTF-8 for GBK.
const byteOrderMark = "\ufeff"

// Sheet is a file that is being written.
type Sheet struct {
	out    io.Writer
	csv    *csv.Writer
	names  []string
	headed bool
}

// New begins a sheet whose columns have these names; they are written with the
// first line, or in the end.
func New(out io.Writer, names ...string) *Sheet {
	return &Sheet{out: out, csv: csv.NewWriter(out), names: names}
}

// Line writes a line. Its error is the writer's.
func (s *Sheet) Line(cells ...string) error {
	if err := s.head(); err != nil {
		return err
	}
	inert := make([]string, len(cells))
	for i, c := range cells {
		inert[i] = cell(c)
	}
	return s.csv.Write(inert)
}

// End writes what is still held. Its error is the writer's.
func (s *Sheet) End() error {
	if err := s.head(); err != nil {
		return err
	}
	s.csv.Flush()
	return s.csv.Error()
}

func (s *Sheet) head() error {
	if s.headed {
		return nil
	}
	s.headed = true
	if _, err := io.WriteString(s.out, byteOrderMark); err != nil {
		return err
	}
	return s.csv.Write(s.names)
}

// cell does nothing to a terminal, and nothing in a spreadsheet.
func cell(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, text)
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return "'" + text
	}
	return text
}
