// Package reconcile holds the trades of a business day against what the
// platform has: its word on each, or the rows of its statement. It decides
// nothing and changes nothing; a person reads what it finds.
package reconcile

import (
	"errors"
	"slices"
	"time"

	"onetrans/flows/message/onetrans"
)

// ErrDay means that a text is no day.
var ErrDay = errors.New("not a day: write it as 2026-11-25")

// Day is a business day: from midnight to midnight in [onetrans.Zone].
type Day struct {
	year  int
	month time.Month
	day   int
}

// DayOf is the day of a moment.
func DayOf(t time.Time) Day {
	year, month, day := t.In(onetrans.Zone()).Date()
	return Day{year, month, day}
}

// ParseDay reads 2026-11-25 or 20261125; else [ErrDay].
func ParseDay(s string) (Day, error) {
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.ParseInLocation(layout, s, onetrans.Zone()); err == nil {
			return DayOf(t), nil
		}
	}
	return Day{}, ErrDay
}

// Begin is the day's first moment.
func (d Day) Begin() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, onetrans.Zone())
}

// Before is the day before.
func (d Day) Before() Day { return DayOf(d.Begin().AddDate(0, 0, -1)) }

// After is the day after.
func (d Day) After() Day { return DayOf(d.Begin().AddDate(0, 0, 1)) }

// String is the day as 2026-11-25.
func (d Day) String() string { return d.Begin().Format(time.DateOnly) }

// MarshalText is [Day.String].
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is [ParseDay].
func (d *Day) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDay(string(text))
	return err
}

// Kind is which way money went. A settlement's payment is a charge: a
// statement does not tell it from a deposit.
type Kind string

// The kinds.
const (
	Charge Kind = "charge"
	Refund Kind = "refund"
)

// Kinds are all kinds.
func Kinds() []Kind { return []Kind{Charge, Refund} }

func (k Kind) other() Kind {
	if k == Charge {
		return Refund
	}
	return Charge
}

// State is what became of money.
type State string

// The states. Here all but Absent and Silent are met, there all but Doubt.
const (
	Moved  State = "moved"  // the money went its way
	Still  State = "still"  // no money moved, and none will
	Open   State = "open"   // the platform has it and is not done
	Doubt  State = "doubt"  // nobody knows yet
	Absent State = "absent" // the platform does not know the number
	Silent State = "silent" // the platform did not say
)

// Trade is a trade as this side knows it.
type Trade struct {
	Kind Kind
	No   string // outChargeNo, outRefundNo or outSettleNo
	// Original is what a refund gives back: "trace:" and the platform's number,
	// or "no:" and the outChargeNo.
	Original string
	Amount   onetrans.Fen
	State    State
	Word     string // the state as the journal has it
	// At is when the money moved: the platform's time where Told says so, else
	// when the trade was sent last.
	At       time.Time
	Told     bool
	TraceNo  string
	ChargeNo string
	Terminal string // termNo; may be empty
	CardNo   string // may be empty
	// DecidedBy is the person by whose word it is so; empty when the platform said so.
	DecidedBy string
}

// Row is a trade as the other side knows it.
type Row struct {
	Line int // in the statement's file, from 1; 0: from the platform itself
	Kind Kind
	No   string // may be empty: somebody else's trade
	// Trace is the platform's own number; may be empty.
	Trace  string
	Amount onetrans.Fen
	// Unpriced: the platform did not say the amount.
	Unpriced bool
	State    State
	At       time.Time // zero: the statement does not say, and means its day
	Terminal string    // may be empty
	// Original is the charge of refunds that are known by their sum alone.
	Original string
}

// Class is what the comparison makes of a trade.
type Class string

// The classes. All but Matched and Waiting leave the books unbalanced.
const (
	MissingHere  Class = "missing_here"  // money moved there, and nobody here knows of it
	MissingThere Class = "missing_there" // money moved here, and the other side has nothing
	Differs      Class = "differs"       // both have it, and not the same
	Duplicate    Class = "duplicate"     // the statement has it more than once
	Decided      Class = "decided"       // a person's word ended it here, and the other side has it otherwise
	Undecided    Class = "undecided"     // open or in doubt here, or the platform did not say
	Waiting      Class = "waiting"       // a refund under way for days, as some ways to refund are
	Matched      Class = "matched"
)

// Classes are all classes, the gravest first.
func Classes() []Class {
	return []Class{MissingHere, MissingThere, Differs, Duplicate, Decided, Undecided, Waiting, Matched}
}

// Difference is in what two sides of a trade differ.
type Difference string

// The differences.
const (
	InAmount  Difference = "amount"
	InState   Difference = "state"
	InKind    Difference = "kind"
	InRefunds Difference = "refunds" // the sum of a charge's refunds
)

// Item is what was found of one trade.
type Item struct {
	Class       Class
	Kind        Kind
	Here        *Trade // nil: nothing
	There       *Row   // nil: nothing
	Differences []Difference
	// NearMidnight: it may stand in the statement of the day before or after.
	NearMidnight bool
}

// No is the trade's number.
func (i Item) No() string {
	if i.Here != nil {
		return i.Here.No
	}
	return i.There.No
}

// At is when it was, by the other side where that says it.
func (i Item) At() time.Time {
	if i.There != nil && !i.There.At.IsZero() || i.Here == nil {
		return i.There.At
	}
	return i.Here.At
}

// Sum is how many trades moved money, and how much.
type Sum struct {
	Count  int
	Amount onetrans.Fen
}

func (s *Sum) add(amount onetrans.Fen) {
	s.Count++
	s.Amount += amount
}

// Report is what a comparison found.
type Report struct {
	Day   Day
	Items []Item // the gravest first
	// Matched is how many are the same on both sides, whether they are listed or not.
	Matched int
	// Here and There are the sums of what moved on the day.
	Here, There map[Kind]*Sum
	// OtherTerminals and OtherDays are the rows that were left out.
	OtherTerminals, OtherDays int
	// Terminals are some of those whose rows were left out, as the statement calls them.
	Terminals []string
	// Asked and Answered are the trades of the day that the platform itself was
	// asked for, and those of them that it spoke of. It says nothing of others.
	Asked, Answered int
	// Compared are the statement's rows that were held against the journal.
	Compared int
}

// Elsewhere says whether a statement has rows, and none of this terminal's on
// the day: it is probably the wrong one.
func (r Report) Elsewhere() bool { return r.Compared == 0 && r.OtherTerminals+r.OtherDays > 0 }

// Agrees says whether nothing was found to differ.
func (r Report) Agrees() bool {
	return !slices.ContainsFunc(r.Items, func(i Item) bool { return i.Class != Matched && i.Class != Waiting })
}

// Of are the items of a class.
func (r Report) Of(c Class) (items []Item) {
	for _, i := range r.Items {
		if i.Class == c {
			items = append(items, i)
		}
	}
	return items
}
