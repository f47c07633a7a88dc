package reconcile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

// Limits of an exported journal.
const (
	maxExportLine = 64 << 10 // bytes
	maxTrades     = 2_000_000
)

// ErrTwice means that journals contradict each other about a number.
var ErrTwice = errors.New("two journals have this number with different trades")

// ReadExport reads an exported journal: one [Line] per line, in UTF-8, with empty
// lines anywhere. Its errors are a [*FileError] of [ErrLine], or the reader's.
func ReadExport(r io.Reader) ([]Trade, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxExportLine)
	var trades []Trade
	var l Line // one for all lines
	texts := make(shared)
	n := 0
	for lines.Scan() {
		n++
		text := lines.Bytes()
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if len(trades) == maxTrades {
			return nil, &FileError{Err: ErrManyLines, Line: n}
		}
		l = Line{}
		if json.Unmarshal(text, &l) != nil { // its text could quote the line
			return nil, &FileError{Err: ErrObject, Line: n}
		}
		for _, s := range []string{l.Number, l.Original, l.TraceNo, l.ChargeNo, l.TermNo, l.Card, l.DecidedBy} {
			if !onetrans.Visible(s) {
				return nil, &FileError{Err: ErrHidden, Line: n}
			}
		}
		t, ok, err := l.Trade()
		if err != nil {
			return nil, &FileError{Err: err, Line: n}
		}
		if ok {
			t.JournalState, t.Terminal = texts.one(t.JournalState), texts.one(t.Terminal)
			if len(trades) == cap(trades) { // append alone grows by a quarter, and copies twice as much
				trades = slices.Grow(trades, len(trades)+1)
			}
			trades = append(trades, t)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, &FileError{Err: ErrLongLine, Line: n + 1}
	} else if err != nil {
		return nil, err
	}
	return trades, nil
}

// Merge merges several journals into the first, which it overwrites. If two have
// the same number, the more serious one counts: money that moved, then what is
// undecided. If different money moved, or may have, under one number, the error is
// [ErrTwice].
func Merge(journals ...[]Trade) ([]Trade, error) {
	var all []Trade
	at := map[Kind]map[string]int32{Charge: {}, Refund: {}}
	for n, trades := range journals {
		if n == 0 {
			all = trades[:0] // behind what is being read
			at[Charge] = make(map[string]int32, len(trades))
		}
		for _, t := range trades {
			n, known := at[t.Kind][t.No]
			switch {
			case !known:
				at[t.Kind][t.No] = int32(len(all))
				all = append(all, t)
			case all[n].Amount != t.Amount && all[n].State != NotMoved && t.State != NotMoved:
				return nil, fmt.Errorf("%w: %s", ErrTwice, t.No)
			case t.gravity() > all[n].gravity():
				all[n] = t
			}
		}
	}
	return all, nil
}

func (t Trade) gravity() int { return slices.Index([]State{NotMoved, Open, Doubt, Moved}, t.State) }

// shared keeps one copy of each frequent text.
type shared map[string]string

// maxShared bounds the number of frequent texts.
const maxShared = 1000

func (s shared) one(text string) string {
	if one, ok := s[text]; ok {
		return one
	}
	text = strings.Clone(text)
	if len(s) < maxShared {
		s[text] = text
	}
	return text
}
