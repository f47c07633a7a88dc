package reconcile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// table is a statement's header: where each column is, -1 for none.
type table struct {
	format                                           Format
	width                                            int
	number, amount, kind, time, state, origin, trace int
	without                                          []string
}

// header finds the header, and with it what parts the columns. The reader
// stands behind it.
func (f Format) header(data []byte) (*csv.Reader, table, error) {
	for _, comma := range ",;\t" {
		records := csv.NewReader(bytes.NewReader(data))
		records.Comma, records.FieldsPerRecord, records.ReuseRecord = comma, -1, true
		for range maxHeaderAt {
			record, err := records.Read()
			if err != nil {
				break // of a title, perhaps, or parted by something else
			}
			t, ok, err := f.table(record)
			if err != nil {
				line, _ := records.FieldPos(0)
				return nil, t, fmt.Errorf("line %d: %w", line, err)
			}
			if ok {
				return records, t, nil
			}
		}
	}
	return nil, table{}, fmt.Errorf("%w: none of the first %d has both %q and %q", ErrHeader, maxHeaderAt, f.Number, f.Amount)
}

// table is the table that a record is the header of, if it is one.
func (f Format) table(record []string) (t table, ok bool, err error) {
	if len(record) > maxColumns {
		return t, false, nil
	}
	t = table{format: f, width: len(record)}
	for _, column := range []struct {
		name string
		at   *int
	}{
		{f.Number, &t.number},
		{f.Amount, &t.amount},
		{f.Type, &t.kind},
		{f.Time, &t.time},
		{f.State, &t.state},
		{f.Terminal, &t.origin},
		{f.Trace, &t.trace},
	} {
		*column.at = -1
		if column.name == "" {
			continue
		}
		for n, name := range record {
			if !strings.EqualFold(plain(name), column.name) {
				continue
			}
			if *column.at >= 0 {
				err = fmt.Errorf("%w: the column %q is there twice", ErrHeader, column.name)
			}
			*column.at = n
		}
		if *column.at < 0 {
			t.without = append(t.without, column.name)
		}
	}
	ok = t.number >= 0 && t.amount >= 0
	if !ok {
		err = nil
	}
	return t, ok, err
}

// rows reads what stands below the header.
func (t table) rows(records *csv.Reader) (Statement, error) {
	s := Statement{Without: t.without}
	for {
		record, err := records.Read()
		if err == io.EOF {
			return s, nil
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return s, fmt.Errorf("%w: line %d: %w", ErrCSV, parse.StartLine, parse.Err)
		} else if err != nil {
			return s, err
		}
		line, _ := records.FieldPos(0)
		if t.noTrade(record) {
			s.Skipped++
			continue
		}
		if len(s.Rows) == maxRows {
			return s, fmt.Errorf("%w: more than %d rows", ErrTooLarge, maxRows)
		}
		row, err := t.row(record)
		if err != nil {
			return s, fmt.Errorf("line %d: %w", line, err)
		}
		row.Line = line
		s.Rows = append(s.Rows, row)
	}
}

// noTrade says whether a line has neither number nor amount, or is a total.
func (t table) noTrade(record []string) bool {
	number := t.says(record, t.number)
	return number == "" && t.says(record, t.amount) == "" ||
		slices.ContainsFunc([]string{"合计", "总计", "小计"}, func(w string) bool { return strings.HasPrefix(number, w) })
}

// says is a cell; empty where there is none.
func (t table) says(record []string, column int) string {
	if column < 0 || column >= len(record) {
		return ""
	}
	return plain(record[column])
}

// row reads a record. One that is longer or shorter than the header has a comma
// too many or too few somewhere: its cells can't be told apart.
func (t table) row(record []string) (Row, error) {
	for len(record) > t.width && plain(record[len(record)-1]) == "" {
		record = record[:len(record)-1]
	}
	if len(record) != t.width {
		return Row{}, fmt.Errorf("%w: it has %d cells, the header has %d", ErrCell, len(record), t.width)
	}
	for _, cell := range record {
		if len(cell) > maxCell {
			return Row{}, fmt.Errorf("%w: one has more than %d bytes", ErrCell, maxCell)
		}
	}
	r := Row{
		No: t.says(record, t.number), Trace: t.says(record, t.trace),
		Terminal: t.says(record, t.origin), State: Moved,
	}
	if !isNumber(r.No) || !isNumber(r.Trace) || !isNumber(r.Terminal) {
		return r, fmt.Errorf("%w: a number is longer than %d characters, or holds some that none has", ErrCell, maxNumber)
	}
	amount, err := signed(t.says(record, t.amount))
	if err != nil {
		return r, t.unreadable(t.format.Amount, err)
	}
	if r.Kind, err = t.kindOf(t.says(record, t.kind), amount < 0); err != nil {
		return r, t.unreadable(t.format.Type, err)
	}
	r.Amount = max(amount, -amount)
	if r.At, err = moment(t.says(record, t.time)); err != nil {
		return r, t.unreadable(t.format.Time, err)
	}
	if word := t.says(record, t.state); word != "" {
		if r.State, err = t.stateOf(word); err != nil {
			return r, t.unreadable(t.format.State, err)
		}
	}
	return r, nil
}

func (t table) unreadable(column string, err error) error {
	return fmt.Errorf("%w: column %s: %w", ErrCell, column, err)
}

var (
	errChargeWord = errors.New("the word is neither among charge_words nor among refund_words")
	errStateWord  = errors.New("the word is neither among done_words nor among failed_words")
)

// kindOf is which way the money went: what is below zero came back, whatever
// it is called.
func (t table) kindOf(word string, negative bool) (Kind, error) {
	switch {
	case t.isOne(word, t.format.RefundWords):
		return Refund, nil
	case word == "" || t.isOne(word, t.format.ChargeWords):
		if negative {
			return Refund, nil
		}
		return Charge, nil
	}
	return "", errChargeWord
}

func (t table) stateOf(word string) (State, error) {
	switch {
	case t.isOne(word, t.format.DoneWords):
		return Moved, nil
	case t.isOne(word, t.format.FailedWords):
		return Still, nil
	}
	return "", errStateWord
}

func (t table) isOne(word string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, word) })
}
