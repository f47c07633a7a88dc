// Package sheet makes outside content safe for people to read: CSV in which a
// spreadsheet executes no formula and changes no number, and text in which
// invisible characters are shown.
package sheet

import (
	"bufio"
	"io"
	"regexp"
	"strings"
)

// Without byteOrderMark, spreadsheets in China take UTF-8 for GBK.
const byteOrderMark = "\ufeff"

// Sheet is a file that is being written.
type Sheet struct {
	out    *bufio.Writer
	names  []string
	headed bool
}

// New begins a sheet with these columns; their names are written with the first
// line, or at the end.
func New(out io.Writer, names ...string) *Sheet {
	return &Sheet{out: bufio.NewWriter(out), names: names}
}

// Line writes a line. Its error is the writer's.
func (s *Sheet) Line(cells ...string) error {
	if err := s.head(); err != nil {
		return err
	}
	return s.write(cells)
}

// End writes what is still buffered. Its error is the writer's.
func (s *Sheet) End() error {
	if err := s.head(); err != nil {
		return err
	}
	return s.out.Flush()
}

func (s *Sheet) head() error {
	if s.headed {
		return nil
	}
	s.headed = true
	if _, err := s.out.WriteString(byteOrderMark); err != nil {
		return err
	}
	return s.write(s.names)
}

// write writes a line. The standard library's writer does not quote a tab, at which
// some spreadsheets separate cells.
func (s *Sheet) write(cells []string) error {
	for i, c := range cells {
		if i > 0 {
			_ = s.out.WriteByte(',') // an error stays, and comes with the line's end
		}
		_, _ = s.out.WriteString(quoted(inert(c)))
	}
	return s.out.WriteByte('\n')
}

func quoted(cell string) string {
	if !strings.ContainsAny(cell, ",\"\t") && strings.TrimSpace(cell) == cell {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}

// inert is a cell that does nothing in a spreadsheet and stays as it is. What
// begins like a formula gets an apostrophe before it. What would be taken for a
// number and changed gets a tab after it, as in wallets' bills: then it is text,
// and looks the same.
func inert(cell string) string {
	cell = Shown(cell)
	switch {
	case cell == "":
		return ""
	case strings.ContainsRune("=+-@＝＋－＠", []rune(cell)[0]):
		return "'" + cell
	case numeric.MatchString(cell) && !kept.MatchString(cell):
		return cell + "\t"
	}
	return cell
}

var (
	// numeric matches what some spreadsheet may take for a number, a date or a
	// time, or part of one.
	numeric = regexp.MustCompile(`^[(.]?[0-9][0-9 .,:/%()Ee+-]*$`)
	// kept matches numbers that a spreadsheet leaves unchanged: amounts and whole
	// times of at most 15 digits.
	kept = regexp.MustCompile(`^((0|[1-9][0-9]{0,14})|(0|[1-9][0-9]{0,12})\.[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})$`)
)
