package reconcile

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// nearMidnight is how far apart the two clocks may be, including a message's way: a
// trade this close to midnight may be in another day's statement.
const nearMidnight = 30 * time.Minute

// Scope says which part of a hospital's statement is this terminal's. It decides
// about rows that match no number of ours; with the zero value all of them are.
type Scope struct {
	Terminals []string // their numbers in the statement's terminal column
	Prefix    string   // of their trades' numbers, for rows that name no terminal
	// Learn means that a terminal that the statement names beside one of our
	// numbers is also this one, whatever its name there.
	Learn bool
}

func (s Scope) covers(r *Row) bool {
	if len(s.Terminals) > 0 && r.Terminal != "" {
		return slices.Contains(s.Terminals, r.Terminal)
	}
	return strings.HasPrefix(r.No, s.Prefix)
}

type key struct {
	kind Kind
	no   string
}

// Comparison compares a statement's rows with trades, row by row. Its memory
// depends on this side's trades and the findings, not on the statement.
type Comparison struct {
	// Brief means that what is the same on both sides is counted, but not listed.
	Brief bool

	report Report
	scope  Scope
	// find looks up trades by their numbers, including those of other days; nil
	// means that here has all.
	find func(numbers []string) ([]Trade, error)

	here  []Trade
	byNo  map[Kind]map[string]int32 // index into here
	alias map[string]int32          // index into here by the platform's numbers of charges; nil until needed

	rows    []kept
	first   []int32 // for each trade, the row that came last, from 1
	pending []Row   // not looked up yet
	crossed []Row   // so far known only under the other kind
	strange []Row   // unknown here
	texts   shared
}

// kept is a row of a trade, and the index of the previous row of the same trade,
// from 1.
type kept struct {
	Row
	before int32
}

// batch is how many numbers are looked up at once.
const batch = 1000

// NewComparison begins to compare a day's trades. here may include trades of other
// days, but no number of a kind twice. find may be nil.
func NewComparison(day Day, here []Trade, scope Scope, find func(numbers []string) ([]Trade, error)) *Comparison {
	c := &Comparison{
		report: Report{Day: day, Here: sums(), There: sums()},
		scope:  scope,
		find:   find,
		byNo:   map[Kind]map[string]int32{Charge: make(map[string]int32, len(here)), Refund: {}},
		texts:  make(shared),
		rows:   make([]kept, 0, len(here)),
		first:  make([]int32, 0, len(here)),
		here:   here,
	}
	c.index()
	return c
}

// Compare compares with rows that are all in memory.
func Compare(day Day, here []Trade, there []Row, scope Scope) Report {
	c := NewComparison(day, here, scope, nil)
	for _, r := range there {
		_ = c.Add(r) // which nobody is asked for
	}
	report, _ := c.Report()
	return report
}

// index indexes the trades that are not indexed yet.
func (c *Comparison) index() {
	for n := len(c.first); n < len(c.here); n++ {
		t := &c.here[n]
		c.byNo[t.Kind][t.No] = int32(n)
		c.first = append(c.first, 0)
		if c.alias != nil {
			c.name(t, int32(n))
		}
	}
}

// name indexes a charge by its other numbers. A refund may have its charge's, so
// they do not identify it.
func (c *Comparison) name(t *Trade, n int32) {
	for _, alias := range []string{t.TraceNo, t.ChargeNo} {
		if alias != "" && t.Kind == Charge {
			c.alias[alias] = n
		}
	}
}

// Add adds a row. It matches by number first, whatever the day. Its error is
// find's.
func (c *Comparison) Add(r Row) error {
	if n, ok := c.known(&r); ok {
		c.keep(n, r)
		return nil
	}
	c.pending = append(c.pending, c.own(r))
	if len(c.pending) < batch {
		return nil
	}
	return c.settle()
}

// known is the trade that a row is about.
func (c *Comparison) known(r *Row) (n int32, ok bool) {
	if n, ok = c.byNo[r.Kind][r.No]; ok || r.Kind != Charge {
		return n, ok
	}
	if c.alias == nil {
		c.alias = make(map[string]int32)
		for n := range c.here {
			c.name(&c.here[n], int32(n))
		}
	}
	if n, ok = c.alias[r.No]; !ok {
		n, ok = c.alias[r.Trace]
	}
	return n, ok
}

// keep stores a row of a trade. It copies the row, so that the statement's line can
// be freed.
func (c *Comparison) keep(n int32, r Row) {
	t := &c.here[n]
	if r.No = same(r.No, t.No); r.Trace == t.TraceNo {
		r.Trace = t.TraceNo
	} else {
		r.Trace = strings.Clone(r.Trace)
	}
	r.Terminal = c.texts.one(r.Terminal)
	c.rows = append(c.rows, kept{r, c.first[n]})
	c.first[n] = int32(len(c.rows))
	if c.scope.Learn && r.Terminal != "" && !slices.Contains(c.scope.Terminals, r.Terminal) {
		c.scope.Terminals = append(c.scope.Terminals, r.Terminal)
	}
}

// same is b if a equals it, else a copy of a.
func same(a, b string) string {
	if a == b {
		return b
	}
	return strings.Clone(a)
}

// own is a copy of a row that keeps nothing of its line.
func (c *Comparison) own(r Row) Row {
	r.No, r.Trace, r.Terminal = strings.Clone(r.No), strings.Clone(r.Trace), c.texts.one(r.Terminal)
	return r
}

// settle looks up the pending numbers and assigns their rows to the trades found.
func (c *Comparison) settle() error {
	if c.find != nil && len(c.pending) > 0 {
		numbers := make(map[string]bool)
		for _, r := range c.pending {
			if r.No != "" {
				numbers[r.No] = true
			}
		}
		found, err := c.find(slices.Sorted(maps.Keys(numbers)))
		if err != nil {
			return err
		}
		c.here = append(c.here, slices.DeleteFunc(found, func(t Trade) bool { _, known := c.byNo[t.Kind][t.No]; return known })...)
		c.index()
	}
	for _, r := range c.pending {
		if n, ok := c.known(&r); ok {
			c.keep(n, r)
		} else if _, ok := c.byNo[r.Kind.other()][r.No]; ok {
			c.crossed = append(c.crossed, r)
		} else {
			c.strange = append(c.strange, r)
		}
	}
	c.pending = c.pending[:0]
	return nil
}

// Report is the result once all rows were added. The rows' times decide whether a
// pair is of the day, and the trade's own if only this side has it. Its error is
// find's.
func (c *Comparison) Report() (Report, error) {
	if err := c.settle(); err != nil {
		return Report{}, err
	}
	c.judgeCrossed()
	c.byNo, c.alias = nil, nil
	if !c.Brief {
		c.report.Items = make([]Item, 0, len(c.here)+len(c.strange))
	}
	for n := range c.here {
		if c.first[n] > 0 {
			c.judgeGroup(&c.here[n], c.rowsOf(n))
		} else if DayOf(c.here[n].At) == c.report.Day {
			c.judgeAlone(&c.here[n])
		}
	}
	c.judgeStrange()
	return c.sorted(), nil
}

func (c *Comparison) sorted() Report {
	gravity := make(map[Class]int)
	for n, class := range Classes() {
		gravity[class] = n
	}
	slices.SortStableFunc(c.report.Items, func(a, b Item) int {
		return cmp.Or(
			cmp.Compare(gravity[a.Class], gravity[b.Class]),
			cmp.Compare(a.Kind, b.Kind),
			a.At().Compare(b.At()),
			cmp.Compare(a.No(), b.No()),
		)
	})
	return c.report
}

func sums() map[Kind]*Sum { return map[Kind]*Sum{Charge: {}, Refund: {}} }

// judgeCrossed judges rows whose number is not known under their own kind but may
// be under the other.
func (c *Comparison) judgeCrossed() {
	taken := make(map[int32]bool)
	for _, r := range c.crossed {
		n := c.byNo[r.Kind.other()][r.No]
		if c.first[n] > 0 && !taken[n] {
			c.strange = append(c.strange, r)
			continue
		}
		taken[n] = true
		c.keep(n, r)
	}
}

// rowsOf are the rows of a trade, in order.
func (c *Comparison) rowsOf(n int) (rows []*Row) {
	for at := c.first[n]; at > 0; at = c.rows[at-1].before {
		rows = append(rows, &c.rows[at-1].Row)
	}
	slices.Reverse(rows)
	return rows
}

// judgeGroup judges the rows of one trade: one is the trade, each further one that
// moved money is a duplicate. Failed attempts before it do not count.
func (c *Comparison) judgeGroup(t *Trade, rows []*Row) {
	first := best(t, rows)
	for _, r := range rows {
		switch {
		case r != first && r.State != Moved:
		case !c.today(r):
			c.report.OtherDays++
		case r == first:
			c.report.Compared++
			c.judgePair(t, r)
		default:
			c.report.Compared++
			c.count(r, t)
			c.add(Item{Class: Duplicate, Kind: r.Kind, Here: t, There: r})
		}
	}
}

// best is the row that resembles the trade most.
func best(t *Trade, rows []*Row) *Row {
	rank := func(r *Row) int {
		switch {
		case r.State == Moved && (r.Amount == t.Amount || r.Unpriced):
			return 0
		case r.State == Moved:
			return 1
		}
		return 2
	}
	return slices.MinFunc(rows, func(a, b *Row) int { return cmp.Compare(rank(a), rank(b)) })
}

// judgeStrange judges rows with a number that is unknown here. Rows without a
// number are judged one by one.
func (c *Comparison) judgeStrange() {
	known := make(map[key]bool)
	slices.SortStableFunc(c.strange, func(a, b Row) int { return cmp.Compare(a.Line, b.Line) })
	for n := range c.strange {
		r := &c.strange[n]
		k := key{r.Kind, r.No}
		switch {
		case !c.scope.covers(r):
			c.leaveOut(r)
		case !c.today(r):
			c.report.OtherDays++
		case r.State != Moved:
			c.report.Compared++
		default:
			c.report.Compared++
			c.count(r, nil)
			item := Item{Class: MissingHere, Kind: r.Kind, There: r, NearMidnight: c.near(r.At)}
			if r.No != "" && known[k] {
				item.Class, item.NearMidnight = Duplicate, false
			}
			known[k] = true
			c.add(item)
		}
	}
}

// maxTerminals is how many of the terminals left out are named.
const maxTerminals = 5

func (c *Comparison) leaveOut(r *Row) {
	c.report.OtherTerminals++
	if r.Terminal != "" && len(c.report.Terminals) < maxTerminals && !slices.Contains(c.report.Terminals, r.Terminal) {
		c.report.Terminals = append(c.report.Terminals, r.Terminal)
	}
}

func (c *Comparison) judgePair(t *Trade, r *Row) {
	if t.State == Moved {
		c.report.Here[t.Kind].add(t.Amount)
	}
	c.count(r, t)
	item := Item{Kind: t.Kind, Here: t, There: r}
	switch {
	case t.State == Open && r.State == Open:
		item.Class = Waiting
	case t.State == Doubt, t.State == Open, r.State == Silent:
		item.Class = Undecided
	case t.State == Moved && r.State == Absent:
		item.Class = t.otherwise(MissingThere)
	case t.State == NotMoved && (r.State == NotMoved || r.State == Absent):
		return // nothing happened on either side
	default:
		item.Differences = differences(t, r)
		item.Class = Matched
		if item.Differences != nil {
			item.Class = t.otherwise(Differs)
		}
	}
	c.add(item)
}

// otherwise is the class of a trade that differs on the other side. A person's
// decision is a class of its own: only that person said what the other side denies.
func (t *Trade) otherwise(class Class) Class {
	if t.DecidedBy != "" {
		return Decided
	}
	return class
}

func differences(t *Trade, r *Row) (found []Difference) {
	if t.Kind != r.Kind {
		found = append(found, InKind)
	}
	if t.State != r.State {
		found = append(found, InState)
	}
	if !r.Unpriced && t.Amount != r.Amount {
		found = append(found, InAmount)
	}
	return found
}

// judgeAlone judges a trade of the day that the other side does not have.
func (c *Comparison) judgeAlone(t *Trade) {
	item := Item{Kind: t.Kind, Here: t}
	switch t.State {
	case Moved:
		c.report.Here[t.Kind].add(t.Amount)
		item.Class, item.NearMidnight = t.otherwise(MissingThere), !t.Told && c.near(t.At)
	case Open:
		item.Class = Waiting
	case Doubt:
		item.Class = Undecided
	default:
		return
	}
	c.add(item)
}

// today reports whether the other side has the row on this day.
func (c *Comparison) today(r *Row) bool { return r.At.IsZero() || DayOf(r.At) == c.report.Day }

// near reports whether a time is so close to the day's ends that a clock may
// decide.
func (c *Comparison) near(t time.Time) bool {
	begin := c.report.Day.Begin()
	return t.Before(begin.Add(nearMidnight)) || !t.Before(begin.AddDate(0, 0, 1).Add(-nearMidnight))
}

// count adds a row to the other side's sums. A row without an amount has the
// trade's: the platform knows a trade by it.
func (c *Comparison) count(r *Row, t *Trade) {
	switch {
	case r.State != Moved:
	case r.Unpriced && t != nil:
		c.report.There[r.Kind].add(t.Amount)
	default:
		c.report.There[r.Kind].add(r.Amount)
	}
}

func (c *Comparison) add(i Item) {
	if i.Class == Matched {
		c.report.Matched++
		if c.Brief {
			return
		}
	}
	c.report.Items = append(c.report.Items, i)
}
