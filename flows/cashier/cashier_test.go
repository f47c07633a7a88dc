package cashier_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// due has what the machine does not decide.
var due = cashier.Due{Account: view.ServiceInpatientDeposit, Name: "欧阳*珺", Amount: 20000, Doubt: view.DoubtOffline}

func tap(a view.Action) view.Tap { return view.Tap{Action: a} }

func at(d time.Duration) flow.Waited { return flow.Waited{Now: noon.Add(d)} }

// order is one that stands so, with a code that is good for five minutes.
func order(stands cashier.Standing, change ...func(*cashier.Order)) cashier.Order {
	o := cashier.Order{No: "1", Stands: stands, QRCode: "Q", ExpireAt: noon.Add(5 * time.Minute)}
	for _, c := range change {
		c(&o)
	}
	return o
}

func noCode(o *cashier.Order)  { o.QRCode = "" }
func silent(o *cashier.Order)  { o.SilentSince = noon }
func closing(o *cashier.Order) { o.CloseAsked = true }

func update(what cashier.Occasion, o cashier.Order) flow.Event {
	return cashier.Update[cashier.Order]{What: what, Status: o}
}

func sent(o cashier.Order) flow.Event    { return update(cashier.Sent, o) }
func changed(o cashier.Order) flow.Event { return update(cashier.Changed, o) }
func checked(o cashier.Order) flow.Event { return update(cashier.Checked, o) }
func closed(o cashier.Order) flow.Event  { return update(cashier.CloseDone, o) }

func after(depositType string, events ...flow.Event) (cashier.Model, []flow.Effect) {
	m, effects := cashier.Start(depositType, "", noon)
	for _, e := range events {
		m, effects = m.Step(e)
	}
	return m, effects
}

// The ways to each state.
var (
	paying   = []flow.Event{sent(order(cashier.Unpaid))}
	leaving  = append(slices.Clone(paying), tap(view.LeavePay))
	leavesIt = append(slices.Clone(leaving), tap(view.ReallyLeave))
	doubtful = append(slices.Clone(paying), checked(order(cashier.Unpaid, silent)))
)

func TestTheTableIsWhole(t *testing.T) {
	for _, problem := range cashier.Table().Check(cashier.Scanning, cashier.Ordering, cashier.Theirs) {
		t.Error(problem)
	}
}

// Wherever a person can touch something, their own taps lead out; where they
// can't, an answer does that always comes.
func TestEveryScreenHasAWayOut(t *testing.T) {
	answers := []string{sent(cashier.Order{}).Name(), closed(cashier.Order{}).Name()}
	for state := range cashier.Table() {
		out := cashier.Table().Reach(state, func(event string) bool {
			return strings.HasPrefix(event, "tap ") || slices.Contains(answers, event)
		})
		if !out[cashier.Over] {
			t.Errorf("nothing leads out of %q", state)
		}
	}
}

// Every event is decided in every state, or left out for a reason.
func TestEveryEventIsDecidedInEveryState(t *testing.T) {
	taps := []string{"tap check_paid", "tap leave_pay", "tap keep_paying", "tap really_leave", "tap keep_waiting", "tap counter", "tap home"}
	events := append([]string{"order sent", "order changed", "query done", "close done", "code scanned", "time went by"}, taps...)
	but := func(of []string, not ...string) []string {
		return slices.DeleteFunc(slices.Clone(of), func(e string) bool { return slices.Contains(not, e) })
	}
	for state, leftOut := range map[flow.State]map[string][]string{
		cashier.Scanning: {
			"nothing is on its way":               {"order sent", "query done", "close done"},
			"whoever stands there may take time":  {"time went by"},
			"the screen asks for a code, or home": but(taps, "tap home"),
		},
		cashier.Ordering: {"only its own answer says what became of an order": but(events, "order sent")},
		cashier.Theirs:   {"the platform's page has the screen until its one call is over": but(events, "order sent")},
		cashier.Paying: {
			"it was sent, and nobody has closed it":      {"order sent", "close done"},
			"the person scans, not the scanner":          {"code scanned"},
			"the screen asks whether it is paid, or not": but(taps, "tap check_paid", "tap leave_pay"),
		},
		cashier.Leaving: {
			"it was sent, and nobody has closed it": {"order sent", "close done"},
			"the person scans, not the scanner":     {"code scanned"},
			"the question has two answers":          but(taps, "tap keep_paying", "tap really_leave"),
		},
		cashier.Closing: {"the close's own answer always comes, and money alone is told before": but(events, "close done", "order changed")},
		cashier.Doubtful: {
			"what was sent and closed was answered for":    {"order sent", "close done"},
			"nobody pays what is in doubt":                 {"code scanned"},
			"a doubt has no end but an answer or a person": {"time went by"},
			"they stay or go":                              but(taps, "tap keep_waiting", "tap counter"),
		},
		cashier.Over: {"the flow has the screen again": events},
	} {
		var excused []string
		for _, of := range leftOut {
			excused = append(excused, of...)
		}
		for _, e := range events {
			if decided := cashier.Table().Takes(state, e); decided == slices.Contains(excused, e) {
				t.Errorf("%q in %q: decided %v", e, state, decided)
			}
		}
	}
}

// Time alone changes what is said of money under way, and ends nothing.
func TestTimeEndsNothing(t *testing.T) {
	for state := range cashier.Table() {
		if state != cashier.Over && cashier.Table().Reach(state, func(event string) bool { return event == flow.Waited{}.Name() })[cashier.Over] {
			t.Errorf("%q ends by waiting", state)
		}
	}
}

func TestWhatLeadsWhere(t *testing.T) {
	over := func(how flow.Effect) []flow.Effect { return []flow.Effect{how} }
	finished, home := over(cashier.Finished{}), over(cashier.Left{To: cashier.ToHome})
	for name, test := range map[string]struct {
		way     []flow.Event
		e       flow.Event
		to      flow.State
		effects []flow.Effect
	}{
		"a code":                       {nil, sent(order(cashier.Unpaid)), cashier.Paying, nil},
		"no code":                      {nil, sent(order(cashier.Unknown, noCode)), cashier.Over, over(cashier.Unpayable{})},
		"no code, but money moves":     {nil, sent(order(cashier.Moving, noCode)), cashier.Doubtful, nil},
		"no code, but it is closed":    {nil, sent(order(cashier.Unknown, noCode, closing)), cashier.Doubtful, nil},
		"a code of what is closed":     {nil, sent(order(cashier.Unpaid, closing)), cashier.Doubtful, nil},
		"paid at once":                 {nil, sent(order(cashier.Paid)), cashier.Over, finished},
		"nothing was sent":             {nil, cashier.Update[cashier.Order]{What: cashier.Sent, Err: txn.ErrBusy}, cashier.Over, over(cashier.NotSent{Err: txn.ErrBusy})},
		"paid":                         {paying, changed(order(cashier.Paid)), cashier.Over, finished},
		"closed by the platform":       {paying, changed(order(cashier.Closed)), cashier.Over, finished},
		"failed":                       {paying, changed(order(cashier.Ended)), cashier.Over, finished},
		"the wallet works on it":       {paying, changed(order(cashier.Moving)), cashier.Paying, nil},
		"being credited":               {paying, changed(order(cashier.Crediting)), cashier.Doubtful, nil},
		"asked":                        {paying, tap(view.CheckPaid), cashier.Paying, over(cashier.Check{No: "1"})},
		"asked again":                  {append(slices.Clone(paying), tap(view.CheckPaid)), tap(view.CheckPaid), cashier.Paying, nil},
		"asked, and not paid":          {paying, checked(order(cashier.Unpaid)), cashier.Paying, nil},
		"asked, and nobody answers":    {paying, checked(order(cashier.Unpaid, silent)), cashier.Doubtful, nil},
		"its time is nearly over":      {paying, at(5 * time.Minute), cashier.Paying, nil},
		"its time is over":             {paying, at(5*time.Minute + view.ExpiryPatience + time.Second), cashier.Doubtful, nil},
		"a short silence":              {append(slices.Clone(paying), changed(order(cashier.Unpaid, silent))), at(view.SilencePatience), cashier.Paying, nil},
		"a long silence":               {append(slices.Clone(paying), changed(order(cashier.Unpaid, silent))), at(view.SilencePatience + time.Second), cashier.Doubtful, nil},
		"not paying?":                  {paying, tap(view.LeavePay), cashier.Leaving, nil},
		"rather paying":                {leaving, tap(view.KeepPaying), cashier.Paying, nil},
		"paid while asked":             {leaving, changed(order(cashier.Paid)), cashier.Over, finished},
		"really":                       {leaving, tap(view.ReallyLeave), cashier.Closing, over(cashier.Close{No: "1"})},
		"closed, and left":             {leavesIt, closed(order(cashier.Closed)), cashier.Over, home},
		"paid after all":               {leavesIt, closed(order(cashier.Paid)), cashier.Over, finished},
		"failed after all":             {leavesIt, closed(order(cashier.Ended)), cashier.Over, finished},
		"the close is not answered":    {leavesIt, closed(order(cashier.Unpaid, silent, closing)), cashier.Doubtful, nil},
		"paid, heard before the close": {leavesIt, changed(order(cashier.Paid)), cashier.Over, finished},
		"closed, heard before":         {leavesIt, changed(order(cashier.Closed)), cashier.Closing, nil},
		"still in doubt":               {doubtful, changed(order(cashier.Unknown)), cashier.Doubtful, nil},
		"good again":                   {doubtful, changed(order(cashier.Unpaid)), cashier.Paying, nil},
		"good again, too late":         {append(slices.Clone(doubtful), at(5*time.Minute)), changed(order(cashier.Unpaid)), cashier.Doubtful, nil},
		"good again, but closed":       {doubtful, changed(order(cashier.Unpaid, closing)), cashier.Doubtful, nil},
		"in doubt, then paid":          {doubtful, checked(order(cashier.Paid)), cashier.Over, finished},
		"keeps waiting":                {doubtful, tap(view.KeepWaiting), cashier.Doubtful, over(cashier.Check{No: "1"})},
		"to the counter":               {doubtful, tap(view.GoToCounter), cashier.Over, over(cashier.Left{To: cashier.ToRest})},
	} {
		t.Run(name, func(t *testing.T) {
			m, effects := after("", append(slices.Clone(test.way), test.e)...)
			if m.At() != test.to || len(effects) != len(test.effects) || len(effects) > 0 && !reflect.DeepEqual(effects, test.effects) {
				t.Errorf("%q with %+v, want %q with %+v", m.At(), effects, test.to, test.effects)
			}
		})
	}
}

// An order that was made before is shown while it can be paid.
func TestAnOrderThatIsThereIsTakenUp(t *testing.T) {
	for want, orders := range map[flow.State][]cashier.Order{
		cashier.Paying: {order(cashier.Unpaid)},
		cashier.Doubtful: {
			order(cashier.Unpaid, noCode), order(cashier.Unpaid, closing), order(cashier.Moving), order(cashier.Unknown),
		},
	} {
		for _, o := range orders {
			m := cashier.Resume(o, noon)
			if m.At() != want || !m.MoneyInFlight() || m.Leaves() {
				t.Errorf("%+v: %q, want %q", o, m.At(), want)
			}
		}
	}
}

func TestThePages(t *testing.T) {
	m, _ := after("", append(slices.Clone(paying), at(30*time.Second), tap(view.CheckPaid), checked(order(cashier.Unpaid)))...)
	if c := m.Content(due).(view.Cashier); c.Left != 270 || c.Total != 300 || c.QRCode != "Q" || c.Amount != "200.00" || !c.NotPaidYet || c.Checking {
		t.Errorf("%+v", c)
	}
	m, _ = after("", sent(order(cashier.Unpaid, func(o *cashier.Order) { o.ExpireAt = time.Time{} })), at(time.Minute))
	if c := m.Content(due).(view.Cashier); c.Left != 240 || c.Total != int(view.OrderCodePatience.Seconds()) {
		t.Errorf("where no time was said: %+v", c)
	}
	m, _ = after("", append(slices.Clone(doubtful), at(10*time.Second))...)
	if d := m.Content(due).(view.Doubt); d.Kind != due.Doubt || d.Reference != "1" || d.Waited != 10 || m.Ask() != nil {
		t.Errorf("%+v", d)
	}
	if m, _ = after("", leaving...); m.Ask() == nil || m.Ask().Kind != view.AskLeavePay {
		t.Errorf("%+v", m.Ask())
	}
	m, _ = after("", at(view.LongWait-time.Second))
	if busy := m.Content(due).(view.Busy); busy.Kind != view.BusyOrder || busy.Long {
		t.Errorf("%+v", busy)
	}
	if m, _ = m.Step(at(view.LongWait)); !m.Content(due).(view.Busy).Long {
		t.Error("a long wait is not said")
	}
}

// Whatever is heard, tapped or scanned in whatever order: an order is made once
// for each code that was asked for, it counts as finished only when that is
// proven, nobody is sent home while something may have been taken, and what is
// over stays so.
func TestNobodyPaysTwiceOrLeavesUnheard(t *testing.T) {
	standings := rapid.SampledFrom([]cashier.Standing{
		cashier.Unknown, cashier.Unpaid, cashier.Moving, cashier.Crediting, cashier.Paid, cashier.Closed, cashier.Ended,
	})
	changes := rapid.SampledFrom([]func(*cashier.Order){noCode, silent, closing, func(*cashier.Order) {}})
	taps := rapid.SampledFrom([]view.Action{
		view.Pay, view.CheckPaid, view.LeavePay, view.KeepPaying, view.ReallyLeave, view.KeepWaiting, view.GoToCounter, view.GoHome,
	})
	rapid.Check(t, func(t *rapid.T) {
		depositType := rapid.SampledFrom([]string{"", onetrans.DepositWeChat}).Draw(t, "deposit type")
		m, effects := cashier.Start(depositType, "", noon)
		placing := 0
		for step := range rapid.IntRange(1, 25).Draw(t, "steps") {
			o := order(standings.Draw(t, "standing"), changes.Draw(t, "change"), changes.Draw(t, "other change"))
			e := rapid.SampledFrom([]flow.Event{
				sent(o), changed(o), checked(o), closed(o), tap(taps.Draw(t, "tap")),
				identify.CodeScanned{Code: weChat},
				at(time.Duration(step) * 20 * time.Second),
			}).Draw(t, "event")
			before := m.At()
			if step > 0 {
				m, effects = m.Step(e)
			}
			if before == cashier.Over && (m.At() != cashier.Over || len(effects) > 0) {
				t.Fatalf("%s after the end", e.Name())
			}
			if m.At() == cashier.Ordering && before != cashier.Ordering || step == 0 && depositType == "" {
				placing++
			}
			for _, effect := range effects {
				switch effect := effect.(type) {
				case cashier.Place:
					if placing--; placing != 0 || (effect.AuthCode != "") != (depositType != "") {
						t.Fatalf("placed by %s in %q", e.Name(), before)
					}
				case cashier.Finished:
					if !o.Stands.Over() {
						t.Fatalf("finished by %s, and nothing is proven", e.Name())
					}
				case cashier.Left:
					if effect.To == cashier.ToHome && before != cashier.Scanning && o.Stands != cashier.Closed {
						t.Fatalf("home by %s in %q", e.Name(), before)
					}
				}
			}
			if m.Content(due) == nil {
				t.Fatalf("nothing stands on the screen of %q", m.At())
			}
		}
	})
}
