// Package reconcile compares the trades of a business day with what the platform
// has: its answer about each, or the rows of its statement. It changes nothing and
// decides nothing; a person reads what it finds.
package reconcile

import (
	"errors"
	"slices"
	"time"

	"onetrans/flows/message/onetrans"
)

// ErrDay means that a text is not a day.
var ErrDay = errors.New("not a day: write it as 2026-11-25")

// Day is a business day: from midnight to midnight in [onetrans.Zone].
type Day struct {
	year  int
	month time.Month
	day   int
}

// DayOf is the day of a time.
func DayOf(t time.Time) Day {
	year, month, day := t.In(onetrans.Zone()).Date()
	return Day{year, month, day}
}

// ParseDay parses 2026-11-25 or 20261125; its error is [ErrDay].
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

// Before is the previous day.
func (d Day) Before() Day { return DayOf(d.Begin().AddDate(0, 0, -1)) }

// After is the next day.
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

// Kind is the direction in which money moved. A settlement's payment is a charge: a
// statement does not distinguish it from a deposit.
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

// State is what became of the money.
type State string

// The states. Trades of this side have all but Absent and Silent, those of the
// other side all but Doubt.
const (
	Moved    State = "moved"  // the money moved
	NotMoved State = "still"  // no money moved, and none will
	Open     State = "open"   // the platform is working on it
	Doubt    State = "doubt"  // the outcome is unknown
	Absent   State = "absent" // the platform does not know the number
	Silent   State = "silent" // the platform did not say
)

// Trade is a trade as this side knows it.
type Trade struct {
	Kind Kind
	No   string // outChargeNo, outRefundNo or outSettleNo
	// Original is what a refund refunds: "trace:" and the platform's number, or
	// "no:" and the outChargeNo.
	Original     string
	Amount       onetrans.Fen
	State        State
	JournalState string // the state in the journal's words
	// At is when the money moved: the platform's time if Told, else when the trade
	// was last sent.
	At       time.Time
	Told     bool
	TraceNo  string
	ChargeNo string
	Terminal string // termNo; may be empty
	CardNo   string // may be empty
	// DecidedBy is the person who decided the outcome; empty if the platform did.
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
	// Unpriced means that the platform did not say the amount.
	Unpriced bool
	State    State
	At       time.Time // zero: the statement gives no time, so it means its day
	Terminal string    // may be empty
	// Original is the charge of refunds that are known only by their sum.
	Original string
}

// Class is how the comparison classifies a trade.
type Class string

// The classes. The books balance only with Matched and Waiting.
const (
	MissingHere  Class = "missing_here"  // money moved there, and this side knows nothing of it
	MissingThere Class = "missing_there" // money moved here, and the other side has nothing
	Differs      Class = "differs"       // both sides have it, with differences
	Duplicate    Class = "duplicate"     // the statement has it more than once
	Decided      Class = "decided"       // a person decided it here, and the other side differs
	Undecided    Class = "undecided"     // open or in doubt here, or the platform did not say
	Waiting      Class = "waiting"       // a refund that takes days, as some do
	Matched      Class = "matched"
)

// Classes lists all classes, the most serious first.
func Classes() []Class {
	return []Class{MissingHere, MissingThere, Differs, Duplicate, Decided, Undecided, Waiting, Matched}
}

// Difference is what differs between the two sides of a trade.
type Difference string

// The differences.
const (
	InAmount  Difference = "amount"
	InState   Difference = "state"
	InKind    Difference = "kind"
	InRefunds Difference = "refunds" // the sum of a charge's refunds
)

// Item is the finding about one trade.
type Item struct {
	Class       Class
	Kind        Kind
	Here        *Trade // nil: nothing
	There       *Row   // nil: nothing
	Differences []Difference
	// NearMidnight means that it may be in the statement of the previous or the
	// next day.
	NearMidnight bool
}

// No is the trade's number.
func (i Item) No() string {
	if i.Here != nil {
		return i.Here.No
	}
	return i.There.No
}

// At is the time of the trade, the other side's if it has one.
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

// Report is the result of a comparison.
type Report struct {
	Day   Day
	Items []Item // the most serious first
	// Matched is how many trades are the same on both sides, listed or not.
	Matched int
	// Here and There are the sums of what moved on the day.
	Here, There map[Kind]*Sum
	// OtherTerminals and OtherDays count the rows that were left out.
	OtherTerminals, OtherDays int
	// Terminals are some of the terminals whose rows were left out, as the
	// statement names them.
	Terminals []string
	// Asked counts the trades of the day that the platform itself was asked about,
	// and Answered those about which it said something.
	Asked, Answered int
	// Compared is how many of the statement's rows were compared with the journal.
	Compared int
}

// Elsewhere reports whether a statement has rows, but none of this terminal's on
// the day: it is probably the wrong one.
func (r Report) Elsewhere() bool { return r.Compared == 0 && r.OtherTerminals+r.OtherDays > 0 }

// Agrees reports whether no difference was found.
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
