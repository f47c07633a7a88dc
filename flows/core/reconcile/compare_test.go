package reconcile

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

// today is the day of these tests, UTC+8.
func today(t interface {
	Helper()
	Fatal(...any)
},
) Day {
	t.Helper()
	day, err := ParseDay("2026-11-25")
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// at is a moment of the day, as 15:04:05, or of another as +1 15:04:05.
func at(t testing.TB, clock string) time.Time {
	t.Helper()
	shift := 0
	if len(clock) > len("15:04:05") {
		if _, err := fmt.Sscanf(clock, "%d %s", &shift, &clock); err != nil {
			t.Fatal(err)
		}
	}
	c, err := time.Parse(time.TimeOnly, clock)
	if err != nil {
		t.Fatal(err)
	}
	return today(t).Begin().AddDate(0, 0, shift).Add(time.Duration(c.Hour()*3600+c.Minute()*60+c.Second()) * time.Second)
}

// found are the items but Matched, as "class kind number difference…".
func found(r Report) (lines []string) {
	for _, i := range r.Items {
		if i.Class == Matched {
			continue
		}
		line := fmt.Sprintf("%s %s %s", i.Class, i.Kind, i.No())
		for _, d := range i.Differences {
			line += " " + string(d)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func TestWhatIsFound(t *testing.T) {
	noon := at(t, "12:00:00")
	paid := Trade{Kind: Charge, No: "A", Amount: 20000, State: Moved, At: noon, Told: true, TraceNo: "T1", ChargeNo: "C1"}
	back := Trade{Kind: Refund, No: "R", Original: "no:A", Amount: 500, State: Moved, At: noon, Told: true, TraceNo: "T1"}
	row := Row{Kind: Charge, No: "A", Amount: 20000, State: Moved, At: noon}
	backRow := Row{Kind: Refund, No: "R", Amount: 500, State: Moved, At: noon}
	with := func(r Row, change func(*Row)) Row { change(&r); return r }
	in := func(tr Trade, change func(*Trade)) Trade { change(&tr); return tr }
	for name, c := range map[string]struct {
		here  []Trade
		there []Row
		scope Scope
		found []string
	}{
		"nothing at all": {},
		"the same":       {here: []Trade{paid, back}, there: []Row{row, backRow}},
		"not there":      {here: []Trade{paid}, found: []string{"missing_there charge A"}},
		"not here":       {there: []Row{row}, found: []string{"missing_here charge A"}},
		"without a number it is nobody's": {
			there: []Row{with(row, func(r *Row) { r.No = "" }), with(row, func(r *Row) { r.No = "" })},
			found: []string{"missing_here charge ", "missing_here charge "},
		},
		"another amount": {
			here: []Trade{paid}, there: []Row{with(row, func(r *Row) { r.Amount++ })}, found: []string{"differs charge A amount"},
		},
		"failed there": {
			here: []Trade{paid}, there: []Row{with(row, func(r *Row) { r.State = NotMoved })}, found: []string{"differs charge A state"},
		},
		"failed here": {
			here: []Trade{in(paid, func(tr *Trade) { tr.State = NotMoved })}, there: []Row{row}, found: []string{"differs charge A state"},
		},
		"failed on both sides": {
			here:  []Trade{in(paid, func(tr *Trade) { tr.State = NotMoved })},
			there: []Row{with(row, func(r *Row) { r.State = NotMoved })},
		},
		"nothing happened, and the platform never heard of it": {here: []Trade{in(paid, func(tr *Trade) { tr.State = NotMoved })}},
		"the other kind": {
			here: []Trade{paid}, there: []Row{with(row, func(r *Row) { r.Kind = Refund })}, found: []string{"differs charge A kind"},
		},
		"one number, two kinds": {
			here:  []Trade{paid, in(back, func(tr *Trade) { tr.No = "A" })},
			there: []Row{with(backRow, func(r *Row) { r.No = "A" }), row},
		},
		"twice there": {
			here: []Trade{paid}, there: []Row{row, row}, found: []string{"duplicate charge A"},
		},
		"twice there, once wrong: the right one is it": {
			here: []Trade{paid}, there: []Row{with(row, func(r *Row) { r.Amount = 1 }), row}, found: []string{"duplicate charge A"},
		},
		"a failed attempt before it is none": {
			here: []Trade{paid}, there: []Row{with(row, func(r *Row) { r.State = NotMoved }), row},
		},
		"unknown, and twice": {
			there: []Row{row, row}, found: []string{"missing_here charge A", "duplicate charge A"},
		},
		"a settlement's payment has the platform's own number": {
			here:  []Trade{in(paid, func(tr *Trade) { tr.No = "S" })},
			there: []Row{with(row, func(r *Row) { r.No, r.Trace = "X9", "T1" })},
		},
		"a refund is not known by its charge's number": {
			here:  []Trade{paid, back},
			there: []Row{row, with(backRow, func(r *Row) { r.No, r.Trace = "Q", "T1" })},
			found: []string{"missing_here refund Q", "missing_there refund R"},
		},
		"in doubt": {
			here: []Trade{in(paid, func(tr *Trade) { tr.State = Doubt })}, found: []string{"undecided charge A"},
		},
		"in doubt, and there": {
			here: []Trade{in(paid, func(tr *Trade) { tr.State = Doubt })}, there: []Row{row}, found: []string{"undecided charge A"},
		},
		"a person's word that the platform has otherwise": {
			here:  []Trade{in(back, func(tr *Trade) { tr.DecidedBy = "王五" })},
			there: []Row{with(backRow, func(r *Row) { r.State = NotMoved })}, found: []string{"decided refund R state"},
		},
		"a person's word that the platform has nothing of": {
			here: []Trade{in(paid, func(tr *Trade) { tr.DecidedBy = "王五" })}, found: []string{"decided charge A"},
		},
		"a person's word that the statement bears out": {
			here: []Trade{in(paid, func(tr *Trade) { tr.DecidedBy = "王五" })}, there: []Row{row},
		},
		"under way": {
			here: []Trade{in(back, func(tr *Trade) { tr.State = Open })}, found: []string{"waiting refund R"},
		},
		"under way here, done there": {
			here: []Trade{in(back, func(tr *Trade) { tr.State = Open })}, there: []Row{backRow}, found: []string{"undecided refund R"},
		},
		"sent before midnight, booked after it": {
			here:  []Trade{in(paid, func(tr *Trade) { tr.At, tr.Told = at(t, "-1 23:59:58"), false })},
			there: []Row{with(row, func(r *Row) { r.At = at(t, "00:00:02") })},
		},
		"sent on this day, booked on the next": {
			here:  []Trade{in(paid, func(tr *Trade) { tr.At, tr.Told = at(t, "23:59:58"), false })},
			there: []Row{with(row, func(r *Row) { r.At = at(t, "+1 00:00:02") })},
		},
		"of another day on both sides": {
			here:  []Trade{in(paid, func(tr *Trade) { tr.At = at(t, "+1 09:00:00") })},
			there: []Row{with(row, func(r *Row) { r.At, r.Amount = at(t, "+1 09:00:00"), 1 })},
		},
		"of another day, and only there": {there: []Row{with(row, func(r *Row) { r.At = at(t, "-1 09:00:00") })}},
		"another terminal's": {
			here: []Trade{paid}, there: []Row{row, with(row, func(r *Row) { r.No, r.Terminal = "B", "T2" })},
			scope: Scope{Terminals: []string{"T1"}},
		},
		"another terminal's by its number": {
			there: []Row{with(row, func(r *Row) { r.No = "ZZ7" }), with(row, func(r *Row) { r.No = "KK7" })},
			scope: Scope{Prefix: "KK"}, found: []string{"missing_here charge KK7"},
		},
		"ours by its number, whatever terminal it names": {
			here: []Trade{paid}, there: []Row{with(row, func(r *Row) { r.Terminal = "T2" })}, scope: Scope{Terminals: []string{"T1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := Compare(today(t), c.here, c.there, c.scope)
			slices.Sort(c.found)
			if got := found(report); !slices.Equal(got, c.found) {
				t.Errorf("found %q, want %q", got, c.found)
			}
		})
	}
}

// What the statement names of other days is asked for, and belongs to its row's day.
func TestTradesThatOnlyTheStatementNamesAreAskedFor(t *testing.T) {
	var asked [][]string
	old := Trade{Kind: Refund, No: "R", Amount: 500, State: Moved, At: at(t, "-1 09:00:00")}
	c := NewComparison(today(t), nil, Scope{}, func(numbers []string) ([]Trade, error) {
		asked = append(asked, numbers)
		return []Trade{old}, nil
	})
	for _, r := range []Row{{Kind: Refund, No: "R", Amount: 500, State: Moved}, {Kind: Charge, No: "A", Amount: 1, State: Moved}, {Kind: Charge, Amount: 2, State: Moved}} {
		if err := c.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	report, err := c.Report()
	if want := []string{"missing_here charge ", "missing_here charge A"}; err != nil || !slices.Equal(found(report), want) || len(report.Of(Matched)) != 1 {
		t.Errorf("%q, want %q; %v", found(report), want, err)
	}
	if len(asked) != 1 || !slices.Equal(asked[0], []string{"A", "R"}) {
		t.Errorf("asked %q", asked)
	}
}

func TestTotals(t *testing.T) {
	noon := at(t, "12:00:00")
	report := Compare(today(t), []Trade{
		{Kind: Charge, No: "A", Amount: 20000, State: Moved, At: noon},
		{Kind: Charge, No: "B", Amount: 100, State: NotMoved, At: noon},
		{Kind: Charge, No: "C", Amount: 50, State: Moved, At: at(t, "+1 12:00:00")},
		{Kind: Refund, No: "R", Amount: 500, State: Moved, At: noon},
	}, []Row{
		{Kind: Charge, No: "A", Amount: 20000, State: Moved},
		{Kind: Charge, No: "A", Amount: 20000, State: Moved},
		{Kind: Refund, No: "Q", Amount: 7, State: Moved},
	}, Scope{})
	for side, want := range map[*Sum]Sum{
		report.Here[Charge]: {1, 20000}, report.There[Charge]: {2, 40000},
		report.Here[Refund]: {1, 500}, report.There[Refund]: {1, 7},
	} {
		if *side != want {
			t.Errorf("got %+v, want %+v", *side, want)
		}
	}
	if report.Agrees() {
		t.Error("balanced")
	}
}

func TestWhatMayStandInTheNextDaysStatementSaysSo(t *testing.T) {
	for clock, near := range map[string]bool{"00:00:01": true, "00:31:00": false, "23:29:59": false, "23:45:00": true} {
		for _, told := range []bool{false, true} {
			report := Compare(today(t), []Trade{{Kind: Charge, No: "A", State: Moved, At: at(t, clock), Told: told}}, nil, Scope{})
			if got := report.Items[0].NearMidnight; got != (near && !told) {
				t.Errorf("%s, told by the platform %v: %v", clock, told, got)
			}
		}
	}
}

func TestDays(t *testing.T) {
	for _, s := range []string{"2026-11-25", "20261125"} {
		if day, err := ParseDay(s); err != nil || day != today(t) || day.String() != "2026-11-25" {
			t.Errorf("%s: %v, %v", s, day, err)
		}
	}
	for _, s := range []string{"", "today", "2026-11-31", "2026-1-1", "2026112", "20261125000000"} {
		if _, err := ParseDay(s); err == nil {
			t.Errorf("%q is a day", s)
		}
	}
	utc := time.Date(2026, 11, 24, 16, 0, 0, 0, time.UTC)
	if DayOf(utc) != today(t) || DayOf(utc.Add(-time.Second)) != today(t).Before() {
		t.Error("a day begins at midnight of UTC+8")
	}
	if !today(t).Begin().Equal(utc) || onetrans.FormatTime(today(t).Begin()) != "20261125000000" {
		t.Error(today(t).Begin())
	}
}

// The payment that a bill names and that was made elsewhere is not this terminal's.
func TestThePaymentOfABillThatWasPaidElsewhereIsNotOurs(t *testing.T) {
	here, ok, err := LineOf(paidElsewhere(t)).Trade()
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	row := Row{Line: 2, Kind: Charge, No: "HIS1", Trace: "TE", Amount: 300, State: Moved, Terminal: "T2"}
	report := Compare(DayOf(here.At), []Trade{here}, []Row{row}, Scope{Terminals: []string{"T9"}})
	if !report.Agrees() || report.OtherTerminals != 1 {
		t.Errorf("%+v", report)
	}
}
