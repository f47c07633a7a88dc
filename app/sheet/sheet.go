// Package sheet writes what came from outside for people: CSV in which a
// spreadsheet takes nothing for a formula and changes no number, and text in
// which what can't be seen is shown.
package sheet

import (
	"bufio"
	"io"
	"regexp"
	"strings"
)

// byteOrderMark is without what spreadsheets in China take UTF-8 for GBK.
const byteOrderMark = "\ufeff"

// Sheet is a file that is being written.
type Sheet struct {
	out    *bufio.Writer
	names  []string
	headed bool
}

// New begins a sheet whose columns have these names; they are written with the
// first line, or in the end.
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

// End writes what is still held. Its error is the writer's.
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

// write writes a line. The standard library's writer leaves a tab without
// quotes, at which some spreadsheets part cells.
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
// begins as a formula gets an apostrophe before it; what would be taken for a
// number and be changed gets a tab behind it, as wallets' bills have it: then it
// is text, and looks the same.
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
	// numeric is what some spreadsheet may take for a number, a part of a date or
	// a time.
	numeric = regexp.MustCompile(`^[(.]?[0-9][0-9 .,:/%()Ee+-]*$`)
	// kept are numbers of at most 15 digits as a spreadsheet writes them itself,
	// amounts and whole times.
	kept = regexp.MustCompile(`^((0|[1-9][0-9]{0,14})|(0|[1-9][0-9]{0,12})\.[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})$`)
)
