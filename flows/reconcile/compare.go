package reconcile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// nearMidnight is how far two clocks, and the way of a message, may put a trade
// into another day's statement.
const nearMidnight = 30 * time.Minute

// Scope is what of a hospital's statement is this terminal's. It decides about
// rows that no number of ours matches; the zero value takes all.
type Scope struct {
	Terminals []string // their numbers in the statement's terminal column
	Prefix    string   // of their trades' numbers, where a row names no terminal
}

func (s Scope) takes(r Row) bool {
	if len(s.Terminals) > 0 && r.Terminal != "" {
		return slices.Contains(s.Terminals, r.Terminal)
	}
	return strings.HasPrefix(r.No, s.Prefix)
}

type key struct {
	kind Kind
	no   string
}

// comparison is a comparison under way.
type comparison struct {
	report Report
	scope  Scope
	here   []Trade
	byNo   map[key]int    // into here
	alias  map[string]int // into here: the platform's numbers of charges
	met    []bool         // of here: a row was found
}

// Compare matches by number first, whatever the day; then the other side's
// time decides whether a pair is of the day, and for what only one side has, its own.
// Here may hold trades of other days, and no number of a kind twice.
func Compare(day Day, here []Trade, there []Row, scope Scope) Report {
	c := &comparison{
		report: Report{Day: day, Here: sums(), There: sums()},
		scope:  scope,
		here:   here,
		byNo:   make(map[key]int),
		alias:  make(map[string]int),
		met:    make([]bool, len(here)),
	}
	for n, t := range here {
		c.byNo[key{t.Kind, t.No}] = n
		// A refund may bear its charge's numbers, so they don't make it known.
		if t.Kind == Charge {
			c.name(t.TraceNo, n)
			c.name(t.ChargeNo, n)
		}
	}
	c.judgeRows(there)
	for n := range here {
		if !c.met[n] && DayOf(here[n].At) == day {
			c.judgeAlone(&here[n])
		}
	}
	return c.sorted()
}

func (c *comparison) sorted() Report {
	slices.SortStableFunc(c.report.Items, inOrder)
	return c.report
}

func sums() map[Kind]*Sum { return map[Kind]*Sum{Charge: {}, Refund: {}} }

func (c *comparison) name(alias string, n int) {
	if alias != "" {
		c.alias[alias] = n
	}
}

// judgeRows groups the rows by the trade that they are about. What is not
// known under its own kind may be so under the other.
func (c *comparison) judgeRows(there []Row) {
	groups := make(map[int][]*Row)
	strangers := make(map[key][]*Row)
	var order []int
	var unknown []key
	for n := range there {
		row := &there[n]
		if at, ok := c.find(*row); ok {
			if groups[at] == nil {
				order = append(order, at)
			}
			groups[at] = append(groups[at], row)
			continue
		}
		k := key{row.Kind, row.No}
		if row.No == "" {
			k.no = "\x00" + strconv.Itoa(n) // each for itself
		}
		if strangers[k] == nil {
			unknown = append(unknown, k)
		}
		strangers[k] = append(strangers[k], row)
	}
	for _, at := range order {
		c.met[at] = true
		c.judgeGroup(&c.here[at], groups[at])
	}
	for _, k := range unknown {
		at, ok := c.byNo[key{k.kind.other(), k.no}]
		switch {
		case ok && !c.met[at]:
			c.met[at] = true
			c.judgeGroup(&c.here[at], strangers[k])
		default:
			c.judgeStrangers(strangers[k])
		}
	}
}

// find is the trade that a row is about.
func (c *comparison) find(r Row) (n int, ok bool) {
	if n, ok = c.byNo[key{r.Kind, r.No}]; ok || r.Kind != Charge {
		return n, ok
	}
	if n, ok = c.alias[r.No]; !ok {
		n, ok = c.alias[r.Trace]
	}
	return n, ok
}

// judgeGroup judges the rows about a trade: one is the trade, each further one
// that moved money is there too often. Failed attempts before it are none.
func (c *comparison) judgeGroup(t *Trade, rows []*Row) {
	first := best(t, rows)
	for _, r := range rows {
		switch {
		case r != first && r.State != Moved:
		case !c.today(r):
			c.report.OtherDays++
		case r == first:
			c.judgePair(t, r)
		default:
			c.count(r, t)
			c.add(Item{Class: Duplicate, Kind: r.Kind, Here: t, There: r})
		}
	}
}

// best is the row that is most like the trade.
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

// judgeStrangers judges rows with a number that nobody here knows.
func (c *comparison) judgeStrangers(rows []*Row) {
	known := false
	for _, r := range rows {
		switch {
		case !c.scope.takes(*r):
			c.report.OtherTerminals++
		case !c.today(r):
			c.report.OtherDays++
		case r.State != Moved:
		case known:
			c.count(r, nil)
			c.add(Item{Class: Duplicate, Kind: r.Kind, There: r})
		default:
			known = true
			c.count(r, nil)
			c.add(Item{Class: MissingHere, Kind: r.Kind, There: r, NearMidnight: c.near(r.At)})
		}
	}
}

func (c *comparison) judgePair(t *Trade, r *Row) {
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
		item.Class = MissingThere
	case t.State == Still && (r.State == Still || r.State == Absent):
		return // nothing happened on either side
	default:
		item.Differences = differences(t, r)
		item.Class = Matched
		if item.Differences != nil {
			item.Class = Differs
		}
	}
	c.add(item)
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
func (c *comparison) judgeAlone(t *Trade) {
	item := Item{Kind: t.Kind, Here: t}
	switch t.State {
	case Moved:
		c.report.Here[t.Kind].add(t.Amount)
		item.Class, item.NearMidnight = MissingThere, !t.Told && c.near(t.At)
	case Open:
		item.Class = Waiting
	case Doubt:
		item.Class = Undecided
	default:
		return
	}
	c.add(item)
}

// today says whether the other side has the row in this day.
func (c *comparison) today(r *Row) bool { return r.At.IsZero() || DayOf(r.At) == c.report.Day }

// near says whether a time is so close to the day's ends that a clock may decide.
func (c *comparison) near(t time.Time) bool {
	begin := c.report.Day.Begin()
	return t.Before(begin.Add(nearMidnight)) || !t.Before(begin.AddDate(0, 0, 1).Add(-nearMidnight))
}

// count adds a row to the other side's sums. One without an amount has the
// trade's: the platform knows a trade by it.
func (c *comparison) count(r *Row, t *Trade) {
	switch {
	case r.State != Moved:
	case r.Unpriced && t != nil:
		c.report.There[r.Kind].add(t.Amount)
	default:
		c.report.There[r.Kind].add(r.Amount)
	}
}

func (c *comparison) add(i Item) { c.report.Items = append(c.report.Items, i) }

func inOrder(a, b Item) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Classes(), a.Class), slices.Index(Classes(), b.Class)),
		cmp.Compare(a.Kind, b.Kind),
		a.At().Compare(b.At()),
		cmp.Compare(a.No(), b.No()),
	)
}
