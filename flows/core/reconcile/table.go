package reconcile

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// table is a statement's header: the layout, and the positions of its columns.
type table struct {
	layout  Layout
	width   int
	charge  columns
	refund  columns // of refund rows
	kind    column
	day     column
	origin  column
	without []string
	remarks *remarks
	// workbook means that numbers and times are a spreadsheet's own.
	workbook bool

	kinds  map[string]Kind // the meaning of a word, as it is written
	states map[string]State
}

// columns are those that charges and refunds may have separately.
type columns struct{ number, amount, time, state, trace column }

// column is the position and name of a column; -1 for none.
type column struct {
	at   int
	name string
}

// header finds the layout's header among the first records; the rows follow it.
func (l Layout) header(from records) (t table, found bool, err error) {
	for range maxHeaderAt {
		cells, line, err := from.next()
		if err != nil {
			if isPlace(err) {
				return t, false, err
			}
			return t, false, nil // the end, or a title that is parted by something else
		}
		t, found, err := l.table(cells)
		if err != nil {
			return t, false, &FileError{Err: ErrColumnTwice, Line: line, Column: err.Error()}
		}
		if found {
			return t, true, nil
		}
	}
	return t, false, nil
}

// isPlace reports whether an error means that a file cannot be read at all,
// whatever the layout.
func isPlace(err error) bool {
	if err == io.EOF {
		return false
	}
	fault, ok := err.(*FileError)
	return !ok || fault.Err != ErrCSV
}

// columnTwice is the name of a column that occurs twice.
type columnTwice string

func (e columnTwice) Error() string { return string(e) }

// table is the table whose header the record is, if it is one.
func (l Layout) table(header []string) (t table, found bool, err error) {
	if len(header) > maxColumns {
		return t, false, nil
	}
	names := make([]string, len(header))
	for n, name := range header {
		names[n] = fold(l.bare(name))
	}
	find := func(wanted []string) column {
		for _, name := range wanted {
			at := slices.Index(names, fold(name))
			if at < 0 {
				continue
			}
			if slices.Contains(names[at+1:], fold(name)) && err == nil {
				err = columnTwice(name)
			}
			return column{at, name}
		}
		return column{-1, ""}
	}
	t = table{layout: l, width: len(header), kinds: map[string]Kind{}, states: map[string]State{}}
	t.charge = columns{find(l.Number), find(l.Amount), find(l.Time), find(l.State), find(l.Trace)}
	t.kind, t.day, t.origin = find(l.Type), find(l.Day), find(l.Terminal)
	t.refund = columns{
		find(l.Refund.Number).or(t.charge.number), find(l.Refund.Amount).or(t.charge.amount), find(l.Refund.Time).or(t.charge.time),
		find(l.Refund.State).or(t.charge.state), find(l.Refund.Trace).or(t.charge.trace),
	}
	known := !slices.ContainsFunc(l.Known, func(name string) bool { return find([]string{name}).at < 0 })
	if !known || t.charge.number.at < 0 || t.charge.amount.at < 0 {
		return t, false, nil
	}
	for _, may := range []struct {
		names []string
		found column
	}{{l.Type, t.kind}, {l.Time, t.charge.time}, {l.State, t.charge.state}, {l.Terminal, t.origin}, {l.Trace, t.charge.trace}} {
		if len(may.names) > 0 && may.found.at < 0 {
			t.without = append(t.without, may.names[0])
		}
	}
	return t, err == nil, err
}

func (c column) or(other column) column {
	if c.at < 0 {
		return other
	}
	return c
}

// noTrade reports whether a line has neither number nor amount, or is a total.
func (t *table) noTrade(cells []string) bool {
	number := t.says(cells, t.charge.number)
	return number == "" && t.says(cells, t.charge.amount) == "" && t.says(cells, t.refund.number) == "" ||
		t.begins(cells, t.layout.Totals) || startsWithOne(number, t.layout.Totals)
}

// begins reports whether the first cell begins with one of these words.
func (t *table) begins(cells, words []string) bool {
	return len(cells) > 0 && startsWithOne(t.layout.bare(cells[0]), words)
}

func startsWithOne(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(text, w) })
}

// says is the content of a cell; empty if there is none.
func (t *table) says(cells []string, c column) string {
	if c.at < 0 || c.at >= len(cells) {
		return ""
	}
	return t.layout.bare(cells[c.at])
}

// row parses a record. One that is longer or shorter than the header has a comma
// too many or too few somewhere: its cells cannot be assigned to columns.
func (t *table) row(cells []string, line int) (Row, error) {
	cells, err := t.fitted(cells)
	if err != nil {
		return Row{}, &FileError{Err: err, Line: line}
	}
	r := Row{Line: line, State: Moved, Terminal: t.says(cells, t.origin)}
	amount, kindErr := t.amount(t.says(cells, t.charge.amount))
	if r.Kind, err = t.kindOf(t.says(cells, t.kind), kindErr == nil && amount < 0); err != nil {
		return r, t.fault(err, line, t.kind)
	}
	in := t.charge
	if r.Kind == Refund {
		in = t.refund
	}
	r.No, r.Trace = t.says(cells, in.number), t.says(cells, in.trace)
	for _, from := range [...]column{in.number, in.trace, t.origin} {
		if !isNumber(t.says(cells, from)) {
			return r, t.fault(ErrNumber, line, from)
		}
	}
	if rounded.MatchString(r.No) {
		return r, t.fault(ErrRounded, line, in.number)
	}
	if amount, err = t.amount(t.says(cells, in.amount)); err != nil {
		return r, t.fault(err, line, in.amount)
	}
	r.Amount = max(amount, -amount)
	if r.At, err = t.moment(t.says(cells, t.day), t.says(cells, in.time)); err != nil {
		return r, t.fault(err, line, in.time.or(t.day))
	}
	if word := t.says(cells, in.state); word != "" {
		if r.State, err = t.stateOf(word); err != nil {
			return r, t.fault(err, line, in.state)
		}
	}
	return r, nil
}

// fitted is a record of the header's width.
func (t *table) fitted(cells []string) ([]string, error) {
	for len(cells) > t.width && t.layout.bare(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if t.workbook && len(cells) < t.width { // which leaves out the empty ones
		cells = append(slices.Clone(cells), make([]string, t.width-len(cells))...)
	}
	if len(cells) != t.width {
		return nil, ErrWidth
	}
	for _, cell := range cells {
		if len(cell) > maxCell {
			return nil, ErrCellLength
		}
	}
	return cells, nil
}

func (t *table) fault(err error, line int, in column) error {
	return &FileError{Err: err, Line: line, Column: in.name}
}

// kindOf is the direction of the money: a negative amount came back, whatever its
// type says.
func (t *table) kindOf(word string, negative bool) (Kind, error) {
	kind, known := t.kinds[word]
	if !known {
		switch {
		case oneOf(word, t.layout.RefundWords):
			kind = Refund
		case word == "" || oneOf(word, t.layout.ChargeWords):
			kind = Charge
		default:
			return "", ErrTypeWord
		}
		t.kinds[strings.Clone(word)] = kind
	}
	if negative {
		return Refund, nil
	}
	return kind, nil
}

func (t *table) stateOf(word string) (State, error) {
	state, known := t.states[word]
	if known {
		return state, nil
	}
	switch {
	case oneOf(word, t.layout.DoneWords):
		state = Moved
	case oneOf(word, t.layout.OpenWords):
		state = Open
	case oneOf(word, t.layout.FailedWords):
		state = NotMoved
	default:
		return "", ErrStateWord
	}
	t.states[strings.Clone(word)] = state
	return state, nil
}

// moment parses a time, whose day may be in another cell; zero if there is none.
func (t *table) moment(day, clock string) (time.Time, error) {
	if t.workbook {
		if at, ok := serial(day, clock); ok {
			return at, nil
		}
	}
	if day == "" {
		return moment(clock)
	}
	if _, err := strconv.Atoi(clock); err == nil && len(clock) < len("150405") {
		clock = strings.Repeat("0", len("150405")-len(clock)) + clock // whose leading zeros a program took
	}
	return moment(strings.TrimSpace(day + " " + clock))
}
