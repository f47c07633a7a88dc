package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"onetrans/flows/core/reconcile"
)

// Limits of the words of a statement.
const (
	maxWords      = 32
	maxWordLength = 64
)

// Reconcile is the configuration of the platform's statements.
type Reconcile struct {
	Layout Layout
	// Terminals and Prefix select the part of a hospital's statement that is this
	// terminal's. Without Terminals it is terminal.term_no, and whatever the
	// statement calls it.
	Terminals []string
	Prefix    string
}

// Layout is a hospital's own layout of a statement. Columns are names in its
// header; "" is none, and for a refund's column the same as a charge's.
type Layout struct {
	Number, Amount, Type, Day, Time, State, Terminal, Trace          string
	RefundNumber, RefundAmount, RefundTime, RefundState, RefundTrace string
	ChargeWords, RefundWords, DoneWords, OpenWords, FailedWords      []string
	Delimiter                                                        string   // one character; "" for any of comma, semicolon, tab and vertical bar
	Decoration                                                       string   // characters around a cell that are not part of its content
	Remark                                                           string   // begins lines that are not rows
	Trailer                                                          []string // begin the line after the last row
}

// defaultLayout is the specification's.
func defaultLayout() Layout {
	l := reconcile.DefaultLayout()
	return Layout{
		Number: l.Number[0], Amount: l.Amount[0], Type: l.Type[0], Time: l.Time[0], State: l.State[0], Terminal: l.Terminal[0], Trace: l.Trace[0],
		ChargeWords: l.ChargeWords, RefundWords: l.RefundWords, DoneWords: l.DoneWords, FailedWords: l.FailedWords,
		Decoration: "`'",
	}
}

// Statement is the layout in the form in which statements are read.
func (l Layout) Statement() reconcile.Layout {
	own := reconcile.DefaultLayout()
	name := func(column string) []string {
		if column == "" {
			return nil
		}
		return []string{column}
	}
	own.Number, own.Amount, own.Type, own.Day = name(l.Number), name(l.Amount), name(l.Type), name(l.Day)
	own.Time, own.State, own.Terminal, own.Trace = name(l.Time), name(l.State), name(l.Terminal), name(l.Trace)
	own.Refund.Number, own.Refund.Amount, own.Refund.Time = name(l.RefundNumber), name(l.RefundAmount), name(l.RefundTime)
	own.Refund.State, own.Refund.Trace = name(l.RefundState), name(l.RefundTrace)
	own.ChargeWords, own.RefundWords = l.ChargeWords, l.RefundWords
	own.DoneWords, own.OpenWords, own.FailedWords = l.DoneWords, l.OpenWords, l.FailedWords
	own.Decoration, own.Remark, own.Trailer = l.Decoration+"\t ", l.Remark, l.Trailer
	if l.Delimiter != "" {
		own.Commas = l.Delimiter
	}
	return own
}

func reconcileFields(r *Reconcile) []field {
	l := &r.Layout
	return []field{
		text("reconcile.number", &l.Number, 1, maxWordLength),
		text("reconcile.amount", &l.Amount, 1, maxWordLength),
		mayBeEmpty("reconcile.type", &l.Type),
		mayBeEmpty("reconcile.day", &l.Day),
		mayBeEmpty("reconcile.time", &l.Time),
		mayBeEmpty("reconcile.state", &l.State),
		mayBeEmpty("reconcile.terminal", &l.Terminal),
		mayBeEmpty("reconcile.trace", &l.Trace),
		mayBeEmpty("reconcile.refund_number", &l.RefundNumber),
		mayBeEmpty("reconcile.refund_amount", &l.RefundAmount),
		mayBeEmpty("reconcile.refund_time", &l.RefundTime),
		mayBeEmpty("reconcile.refund_state", &l.RefundState),
		mayBeEmpty("reconcile.refund_trace", &l.RefundTrace),
		words("reconcile.charge_words", &l.ChargeWords),
		words("reconcile.refund_words", &l.RefundWords),
		words("reconcile.done_words", &l.DoneWords),
		words("reconcile.open_words", &l.OpenWords),
		words("reconcile.failed_words", &l.FailedWords),
		delimiter("reconcile.delimiter", &l.Delimiter),
		mayBeEmpty("reconcile.decoration", &l.Decoration),
		mayBeEmpty("reconcile.remark", &l.Remark),
		words("reconcile.trailer", &l.Trailer),
		words("reconcile.terminals", &r.Terminals),
		text("reconcile.prefix", &r.Prefix, 0, 32),
	}
}

// mayBeEmpty is a field with a column's name, or what surrounds cells, which a bank
// may do without.
func mayBeEmpty(key string, into *string) field { return text(key, into, 0, maxWordLength) }

// delimiter is a field with a character that CSV can use to separate columns.
func delimiter(key string, into *string) field {
	return field{key: key, into: into, read: func(_ input, v value) error {
		s, ok := v.raw.(string)
		r, size := utf8.DecodeRuneInString(s)
		if !ok || size != len(s) || s != "" && (strings.ContainsRune("\"\r\n\x00 ", r) || r == utf8.RuneError || unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return wrong("delimiter")
		}
		*into = s
		return nil
	}}
}

// words is a field with a list of texts, none of them empty; the list may be.
func words(key string, into *[]string) field {
	return field{key: key, into: into, list: true, read: func(_ input, v value) error {
		list, ok := v.raw.([]any)
		if !ok || len(list) > maxWords {
			return wrong("words", "most", strconv.Itoa(maxWords))
		}
		var all []string
		for _, item := range list {
			word, err := value{raw: item}.line(maxWordLength)
			if err == nil && word == "" {
				err = wrong("empty_word")
			}
			if err != nil {
				return err
			}
			all = append(all, word)
		}
		*into = all
		return nil
	}}
}

// checkReconcile refuses one column for two purposes, and words that mean two
// things.
func (r *reader) checkReconcile(f Layout) {
	for _, two := range []struct {
		key, other string
		a, b       []string
	}{
		{"reconcile.amount", "number", []string{f.Number}, []string{f.Amount}},
		{"reconcile.refund_words", "charge_words", f.ChargeWords, f.RefundWords},
		{"reconcile.failed_words", "done_words", f.DoneWords, f.FailedWords},
		{"reconcile.open_words", "done_words, failed_words", slices.Concat(f.DoneWords, f.FailedWords), f.OpenWords},
	} {
		if meet(two.a, two.b) {
			r.conflict(two.key, "shared", "other", two.other)
		}
	}
}

// meet reports whether two lists have a text in common, ignoring case.
func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(one string) bool {
		return slices.ContainsFunc(b, func(other string) bool { return strings.EqualFold(one, other) })
	})
}
