package settle_test

import (
	"cmp"
	"errors"
	"fmt"
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
	"onetrans/flows/receipt"
	"onetrans/flows/settle"
	"onetrans/flows/view"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var patient = identify.Person{Name: "欧阳小珺", IDNo: "11010519491231002X", ByCard: true}

func tap(a view.Action) view.Tap { return view.Tap{Action: a} }

func at(d time.Duration) flow.Waited { return flow.Waited{Now: noon.Add(d)} }

func start(single bool) (settle.Model, []flow.Effect) {
	return settle.Start(settle.Options{
		Terms: cashier.Terms{Payee: "一院", Wallets: []string{"wechat"}}, Person: patient, CardIn: true, Single: single,
	}, noon)
}

// screen is the state of what has the screen: the flow, or its cashier.
func screen(m settle.Model) flow.State { return cmp.Or(m.Cashier(), m.At()) }

func after(events ...flow.Event) (settle.Model, []flow.Effect) {
	m, effects := start(false)
	for _, e := range events {
		m, effects = m.Step(e)
	}
	return m, effects
}

// status is a settlement of 120.00 yuan, of which the person pays 35.60.
func status(state flow.State, change ...func(*txn.SettleStatus)) txn.SettleStatus {
	s := txn.SettleStatus{No: "S1", State: state, Settlement: txn.Settlement{Total: 12000, Fund: 8000, Account: 440, Cash: 3560, Bills: bills(4)}}
	for _, c := range change {
		c(&s)
	}
	return s
}

func bills(n int) (list []txn.Bill) {
	for i := range n {
		list = append(list, txn.Bill{No: fmt.Sprint("B", i), Dept: "心内科", Date: "2026-11-20", Amount: 3000})
	}
	return list
}

func code(s *txn.SettleStatus)       { s.QRCode, s.ExpireAt = "https://code", noon.Add(5*time.Minute) }
func free(s *txn.SettleStatus)       { s.Cash, s.Account = 0, 4000 }
func silent(s *txn.SettleStatus)     { s.SilentSince = noon }
func moving(s *txn.SettleStatus)     { s.Result = onetrans.ResultIng }
func noBills(s *txn.SettleStatus)    { s.Bills, s.NoBills = nil, true }
func other(s *txn.SettleStatus)      { s.No = "S0" }
func closeAsked(s *txn.SettleStatus) { s.CloseAsked = true }

var (
	errSilent = errors.New("silent")
	priced    = settle.Update{What: settle.PreSettled, Status: status(txn.PreSettled)}
	ordered   = settle.Update{What: cashier.Sent, Status: status(txn.Paying, code)}
	paid      = settle.Update{What: cashier.Changed, Status: status(txn.Confirming)}

	anotherOpen = settle.Update{What: settle.PreSettled, Err: &txn.InDoubtError{No: "S0"}}
)

// The ways to each state.
var (
	choosing   = []flow.Event{priced}
	reviewing  = []flow.Event{priced, tap(view.Next)}
	ordering   = []flow.Event{priced, tap(view.Next), tap(view.Pay)}
	paying     = []flow.Event{priced, tap(view.Next), tap(view.Pay), ordered}
	leaving    = append(slices.Clone(paying), tap(view.LeavePay))
	closing    = append(slices.Clone(leaving), tap(view.ReallyLeave))
	confirming = append(slices.Clone(paying), paid)
	doubtful   = append(slices.Clone(confirming), settle.Update{What: settle.Confirmed, Status: status(txn.Confirming, silent)})
	noCode     = append(slices.Clone(ordering), settle.Update{What: cashier.Sent, Status: status(txn.Paying, silent), Err: errSilent})
	unheard    = append(slices.Clone(paying), settle.Update{What: cashier.Checked, Status: status(txn.Paying, code, silent)})
)

func TestTheTableIsWhole(t *testing.T) {
	for _, problem := range settle.Table().Check(settle.Calculating) {
		t.Error(problem)
	}
}

// That nothing waits is said of who has no bills, and not of who has some that
// the platform does not show.
func TestWhatIsNotShownIsNotSaidToBeNothing(t *testing.T) {
	hidden := status(txn.PreSettled)
	hidden.Bills = nil
	for want, s := range map[view.TroubleKind]txn.SettleStatus{
		view.TroubleNoBills:         status(txn.PreSettled, noBills),
		view.TroubleNoPreSettlement: hidden,
		view.TroubleBillCancelled:   status(txn.Cancelled),
	} {
		m, _ := after(settle.Update{What: settle.PreSettled, Status: s})
		if trouble, ok := m.Content().(view.Trouble); !ok || trouble.Kind != want {
			t.Errorf("%+v, want %s", m.Content(), want)
		}
		if final := want == view.TroubleBillCancelled; m.Final() != final {
			t.Errorf("%s: final %v", want, !final)
		}
	}
}

// Wherever a person can touch something, their own taps lead out; where they
// can't, an answer does that always comes.
func TestEveryScreenHasAWayOut(t *testing.T) {
	answers := []string{string(cashier.CloseDone), string(settle.Confirmed), "cashier"}
	for state := range settle.Table() {
		out := settle.Table().Reach(state, func(event string) bool {
			return strings.HasPrefix(event, "tap ") || slices.Contains(answers, event)
		})
		if !out[settle.Over] {
			t.Errorf("nothing leads out of %q", state)
		}
	}
}

func TestWhatLeadsWhere(t *testing.T) {
	abandon := []flow.Effect{settle.Abandon{No: "S1"}}
	confirm := []flow.Effect{settle.Confirm{No: "S1"}}
	left := func(to cashier.Exit) []flow.Effect { return []flow.Effect{cashier.Left{To: to}} }
	tests := map[string]struct {
		from    []flow.Event
		event   flow.Event
		to      flow.State
		effects []flow.Effect
	}{
		"bills":                          {nil, priced, settle.Choosing, nil},
		"no bills":                       {nil, settle.Update{What: settle.PreSettled, Status: status(txn.PreSettled, noBills)}, settle.Troubled, abandon},
		"pre-settlement refused":         {nil, settle.Update{What: settle.PreSettled, Status: status(txn.Refused)}, settle.Troubled, nil},
		"pre-settlement unknown":         {nil, settle.Update{What: settle.PreSettled, Status: status(txn.Unknown), Err: errSilent}, settle.Troubled, abandon},
		"pre-settlement not sent":        {nil, settle.Update{What: settle.PreSettled, Status: status(txn.NotSent)}, settle.Troubled, nil},
		"another is open":                {nil, anotherOpen, settle.Troubled, nil},
		"no journal":                     {nil, settle.Update{What: settle.PreSettled, Err: txn.ErrJournal}, settle.Troubled, nil},
		"home while it calculates":       {nil, tap(view.GoHome), settle.Over, left(cashier.ToHome)},
		"home when it has a number":      {[]flow.Event{settle.Update{What: cashier.Changed, Status: txn.SettleStatus{No: "S1"}}}, tap(view.GoHome), settle.Abandoning, abandon},
		"all bills":                      {choosing, tap(view.Next), settle.Reviewing, nil},
		"no bill chosen":                 {append(slices.Clone(choosing), tap(view.AllBills)), tap(view.Next), settle.Choosing, nil},
		"back from the bills":            {choosing, tap(view.Back), settle.Abandoning, abandon},
		"home from the bills":            {choosing, tap(view.GoHome), settle.Abandoning, abandon},
		"abandoned":                      {append(slices.Clone(choosing), tap(view.Back)), settle.Update{What: cashier.CloseDone, Status: status(txn.Abandoned)}, settle.Over, left(cashier.ToCheck)},
		"abandoning unanswered":          {append(slices.Clone(choosing), tap(view.GoHome)), settle.Update{What: cashier.CloseDone, Status: status(txn.Abandoning, silent)}, settle.Over, left(cashier.ToHome)},
		"back from the amounts":          {reviewing, tap(view.Back), settle.Choosing, nil},
		"pay":                            {reviewing, tap(view.Pay), cashier.Ordering, []flow.Effect{settle.Order{No: "S1"}}},
		"nothing to pay":                 {[]flow.Event{settle.Update{What: settle.PreSettled, Status: status(txn.PreSettled, free)}, tap(view.Next)}, tap(view.Pay), settle.Confirming, confirm},
		"a code":                         {ordering, ordered, cashier.Paying, nil},
		"no code":                        {ordering, settle.Update{What: cashier.Sent, Status: status(txn.Paying, silent), Err: errSilent}, settle.Troubled, abandon},
		"no code, but money moves":       {ordering, settle.Update{What: cashier.Sent, Status: status(txn.Paying, moving)}, cashier.Doubtful, nil},
		"no code, and paid all the same": {noCode, paid, settle.Confirming, confirm},
		"no code, and undone":            {noCode, settle.Update{What: cashier.CloseDone, Status: status(txn.Abandoned)}, settle.Troubled, nil},
		"another is open, and paid":      {[]flow.Event{anotherOpen}, paid, settle.Troubled, nil},
		"paid at once":                   {ordering, settle.Update{What: cashier.Sent, Status: status(txn.Confirming)}, settle.Confirming, confirm},
		"paid":                           {paying, paid, settle.Confirming, confirm},
		"paid, of an earlier one":        {paying, settle.Update{What: cashier.Changed, Status: status(txn.Confirming, other)}, cashier.Paying, nil},
		"closed by the platform":         {paying, settle.Update{What: cashier.Changed, Status: status(txn.Abandoned)}, settle.Troubled, nil},
		"not paid yet":                   {paying, settle.Update{What: cashier.Checked, Status: status(txn.Paying, code)}, cashier.Paying, nil},
		"nobody answers":                 {paying, settle.Update{What: cashier.Checked, Status: status(txn.Paying, code, silent)}, cashier.Doubtful, nil},
		"time over, end unheard":         {paying, at(5*time.Minute + 6*time.Second), cashier.Doubtful, nil},
		"the platform is back":           {unheard, settle.Update{What: cashier.Changed, Status: status(txn.Paying, code)}, cashier.Paying, nil},
		"it is being closed":             {unheard, settle.Update{What: cashier.Changed, Status: status(txn.Paying, code, closeAsked)}, cashier.Doubtful, nil},
		"not paying?":                    {paying, tap(view.LeavePay), cashier.Leaving, nil},
		"paying after all":               {leaving, tap(view.KeepPaying), cashier.Paying, nil},
		"paid while asked":               {leaving, paid, settle.Confirming, confirm},
		"not paying":                     {leaving, tap(view.ReallyLeave), cashier.Closing, abandon},
		"closed":                         {closing, settle.Update{What: cashier.CloseDone, Status: status(txn.Abandoned)}, settle.Over, left(cashier.ToHome)},
		"closing unanswered":             {closing, settle.Update{What: cashier.CloseDone, Status: status(txn.Abandoning, silent)}, cashier.Doubtful, nil},
		"closing lost to the payment":    {closing, settle.Update{What: cashier.CloseDone, Status: status(txn.Confirming)}, settle.Confirming, confirm},
		"paid while closing":             {closing, paid, settle.Confirming, confirm},
		"unpaid while closing":           {closing, settle.Update{What: cashier.Changed, Status: status(txn.Abandoned)}, cashier.Closing, nil},
		"settled":                        {confirming, settle.Update{What: settle.Confirmed, Status: status(txn.Succ)}, settle.Succeeded, nil},
		"settled, by the core":           {confirming, settle.Update{What: cashier.Changed, Status: status(txn.Succ)}, settle.Succeeded, nil},
		"confirming":                     {confirming, settle.Update{What: cashier.Changed, Status: status(txn.Confirming)}, settle.Confirming, nil},
		"paid again":                     {confirming, paid, settle.Confirming, nil},
		"confirmation unanswered":        {confirming, settle.Update{What: settle.Confirmed, Status: status(txn.Confirming)}, cashier.Doubtful, nil},
		"confirmation, nothing learned":  {confirming, settle.Update{What: settle.Confirmed}, cashier.Doubtful, nil},
		"refused after payment":          {confirming, settle.Update{What: settle.Confirmed, Status: status(txn.Refunding)}, settle.Refunding, nil},
		"refused, nothing paid":          {confirming, settle.Update{What: settle.Confirmed, Status: status(txn.Refused)}, settle.Troubled, nil},
		"doubt resolved":                 {doubtful, settle.Update{What: cashier.Changed, Status: status(txn.Succ)}, settle.Succeeded, nil},
		"doubt stays":                    {doubtful, settle.Update{What: cashier.Changed, Status: status(txn.Confirming)}, cashier.Doubtful, nil},
		"asked again":                    {doubtful, tap(view.KeepWaiting), cashier.Doubtful, []flow.Effect{settle.Check{No: "S1"}}},
		"to the counter":                 {doubtful, tap(view.GoToCounter), settle.Over, left(cashier.ToRest)},
		"money found":                    {unheard, paid, settle.Confirming, confirm},
		"refunded":                       {append(slices.Clone(confirming), settle.Update{What: settle.Confirmed, Status: status(txn.Refunding)}), settle.Update{What: cashier.Changed, Status: status(txn.Refunded)}, settle.Refunding, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, effects := after(append(slices.Clone(test.from), test.event)...)
			if screen(m) != test.to || len(effects) != len(test.effects) || len(effects) > 0 && !reflect.DeepEqual(effects, test.effects) {
				t.Errorf("%q with %+v, want %q with %+v", screen(m), effects, test.to, test.effects)
			}
		})
	}
}

// What was asked of the platform is judged by how it stands, whatever else went
// wrong here: only where nothing was asked is our own fault told.
func TestAFaultOfOursIsToldOnlyWhereNothingWasAsked(t *testing.T) {
	for name, test := range map[string]struct {
		status  txn.SettleStatus
		to      flow.State
		trouble view.TroubleKind
	}{
		"not asked":           {status(txn.PreSettled), settle.Troubled, view.TroubleBusy},
		"asked, and no code":  {status(txn.Paying, silent), settle.Troubled, view.TroubleNoOrder},
		"asked, and a code":   {status(txn.Paying, code), cashier.Paying, ""},
		"asked, and paid":     {status(txn.Confirming), settle.Confirming, ""},
		"asked, and it moves": {status(txn.Paying, moving), cashier.Doubtful, ""},
	} {
		m, _ := after(append(slices.Clone(ordering), settle.Update{What: cashier.Sent, Status: test.status, Err: txn.ErrBusy})...)
		trouble, _ := m.Content().(view.Trouble)
		if screen(m) != test.to || trouble.Kind != test.trouble {
			t.Errorf("%s: %q, %q", name, screen(m), trouble.Kind)
		}
	}
}

// Once it is to be confirmed nobody is asked to pay again, whatever is heard late.
func TestNobodyIsAskedToPayWhatIsBeingConfirmed(t *testing.T) {
	for _, late := range []txn.SettleStatus{status(txn.Paying, code), status(txn.Abandoning, code)} {
		m, _ := after(append(slices.Clone(doubtful), settle.Update{What: cashier.Changed, Status: late})...)
		if screen(m) != cashier.Doubtful || m.Content().(view.Doubt).Kind != view.DoubtBillConfirming {
			t.Errorf("%q: %q", late.State, screen(m))
		}
	}
}

// Update that the present screen does not decide changes nothing that a page says.
func TestWhatIsNotHeardSaysNothing(t *testing.T) {
	m, _ := after(ordering...)
	if next, effects := m.Step(settle.Update{What: cashier.Changed, Status: status(txn.Succ)}); !reflect.DeepEqual(next, m) || len(effects) > 0 {
		t.Errorf("%q", screen(next))
	}
}

// A card that goes takes its person with it, until something was ordered.
func TestACardThatGoes(t *testing.T) {
	for name, way := range map[string][]flow.Event{"choosing": choosing, "reviewing": reviewing} {
		m, effects := after(append(slices.Clone(way), identify.CardPulled{})...)
		if screen(m) != settle.Troubled || len(effects) != 1 || m.CardIn() {
			t.Errorf("%s: %q %+v", name, screen(m), effects)
		}
	}
	for _, way := range [][]flow.Event{ordering, paying, leaving, closing, confirming, doubtful} {
		before, _ := after(way...)
		m, effects := after(append(slices.Clone(way), identify.CardPulled{})...)
		if screen(m) != screen(before) || len(effects) != 0 || m.CardIn() {
			t.Errorf("%q becomes %q with %+v", screen(before), screen(m), effects)
		}
	}
}

// Once a confirmation was sent nothing is abandoned, whatever happens.
func TestNothingIsAbandonedAfterConfirm(t *testing.T) {
	states := []flow.State{
		txn.Unknown, txn.PreSettled, txn.Paying, txn.Confirming, txn.Succ, txn.Refunding, txn.Refunded,
	}
	taps := []view.Action{
		view.Pay, view.Next, view.Back, view.GoHome, view.LeavePay, view.ReallyLeave, view.KeepPaying, view.CheckPaid,
		view.KeepWaiting, view.AllBills, view.Done, view.Retry,
	}
	rapid.Check(t, func(t *rapid.T) {
		m, _ := after(confirming...)
		if screen(m) != settle.Confirming {
			t.Fatal(screen(m))
		}
		confirms := 1
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			s := status(rapid.SampledFrom(states).Draw(t, "state"), code)
			events := []flow.Event{
				settle.Update{What: cashier.Changed, Status: s},
				settle.Update{What: cashier.Checked, Status: s},
				settle.Update{What: settle.Confirmed, Status: s},
				settle.Update{What: cashier.CloseDone, Status: s},
				settle.Update{What: cashier.Sent, Status: s},
				settle.Update{What: settle.PreSettled, Status: s},
				identify.CardPulled{},
				at(time.Hour),
				tap(rapid.SampledFrom(taps).Draw(t, "tap")),
			}
			var effects []flow.Effect
			m, effects = m.Step(rapid.SampledFrom(events).Draw(t, "event"))
			for _, e := range append(effects, m.Forsake()...) {
				switch e.(type) {
				case settle.Abandon:
					t.Fatalf("abandoned in %q", screen(m))
				case settle.Confirm:
					if confirms++; confirms > 1 {
						t.Fatal("confirmed twice")
					}
				}
			}
		}
	})
}

func TestTurningTheList(t *testing.T) {
	m, _ := after(choosing...)
	v := m.Content().(view.Bills)
	if len(v.Rows) != 3 || v.Pages != 2 || v.Page != 0 || v.Chosen != 4 || v.Amount != "120.00" {
		t.Errorf("%+v", v)
	}
	m, _ = after(append(slices.Clone(choosing), tap(view.NextPage), tap(view.NextPage), view.Tap{Action: view.ToggleBill, Value: "3"})...)
	v = m.Content().(view.Bills)
	if len(v.Rows) != 1 || v.Page != 1 || v.Rows[0].Chosen || v.Rows[0].Index != 3 || v.Chosen != 3 || v.Amount != "90.00" {
		t.Errorf("%+v", v)
	}
	_, effects := m.Step(tap(view.Next))
	want := settle.PreSettle{No: "S1", Person: patient, BillNos: []string{"B0", "B1", "B2"}}
	if len(effects) != 1 || !reflect.DeepEqual(effects[0], want) {
		t.Errorf("%+v", effects)
	}
	for _, value := range []string{"-1", "4", "x", ""} {
		if m, _ := after(append(slices.Clone(choosing), view.Tap{Action: view.ToggleBill, Value: value})...); m.Content().(view.Bills).Chosen != 4 {
			t.Errorf("%q did something", value)
		}
	}
}

func TestTheFirstBillIsTickedAsAnyOther(t *testing.T) {
	m, _ := after(append(slices.Clone(choosing), view.Tap{Action: view.ToggleBill, Value: "0"})...)
	if v := m.Content().(view.Bills); v.Rows[0].Chosen || v.Chosen != 3 {
		t.Errorf("%+v", v)
	}
}

func TestNoPageOfTheListIsEmptyAndNoBillIsOnNone(t *testing.T) {
	for n := 1; n <= 3*view.BillsAPage+1; n++ {
		m, _ := after(settle.Update{What: settle.PreSettled, Status: status(txn.PreSettled, func(s *txn.SettleStatus) { s.Bills = bills(n) })})
		shown, pages := 0, m.Content().(view.Bills).Pages
		for range pages {
			v := m.Content().(view.Bills)
			if shown += len(v.Rows); len(v.Rows) == 0 {
				t.Errorf("%d bills: page %d is empty", n, v.Page)
			}
			m, _ = m.Step(tap(view.NextPage))
		}
		if shown != n {
			t.Errorf("%d bills: %d pages show %d", n, pages, shown)
		}
	}
}

func TestWhoseAnotherSettlementIsOpenIsToldItsNumber(t *testing.T) {
	m, _ := after(anotherOpen)
	if trouble := m.Content().(view.Trouble); trouble.Kind != view.TroubleBillOpen || trouble.Reference != "S0" {
		t.Errorf("%+v", trouble)
	}
	m, _ = after(settle.Update{What: settle.PreSettled, Status: status(txn.Refused)})
	if trouble := m.Content().(view.Trouble); trouble.Reference != "S1" {
		t.Errorf("%+v", trouble)
	}
}

// What insurance pays is shown whole or, where it pays nothing, not at all.
func TestWhatTheInsurancePaysIsShownWhole(t *testing.T) {
	for want, pays := range map[[2]string][2]onetrans.Fen{
		{"80.00", "4.40"}: {8000, 440}, {"80.00", "0.00"}: {8000, 0}, {"0.00", "4.40"}: {0, 440}, {"", ""}: {0, 0},
	} {
		insured := func(s *txn.SettleStatus) { s.Fund, s.Account = pays[0], pays[1] }
		m, _ := after(settle.Update{What: settle.PreSettled, Status: status(txn.PreSettled, insured)}, tap(view.Next))
		if r := m.Content().(view.Review); [2]string{r.Fund, r.Account} != want || r.Free {
			t.Errorf("%v: %q and %q", pays, r.Fund, r.Account)
		}
	}
}

// What a screen is, besides what it shows: whether it has a way back, belongs to the
// step bar, tells the end, and can say no more; and the slip that may be printed.
func TestWhatEachScreenIs(t *testing.T) {
	refunding := append(slices.Clone(confirming), settle.Update{What: settle.Confirmed, Status: status(txn.Refunding)})
	for name, test := range map[string]struct {
		way                            []flow.Event
		back, inSequence, ended, final bool
		slip                           receipt.Kind
	}{
		"calculating": {nil, false, true, false, false, ""},
		"choosing":    {choosing, true, true, false, false, ""},
		"reviewing":   {reviewing, true, true, false, false, ""},
		"paying":      {paying, false, true, false, false, ""},
		"leaving":     {leaving, false, true, false, false, ""},
		"confirming":  {confirming, false, true, false, false, ""},
		"doubtful":    {doubtful, false, false, false, false, receipt.SettleDoubt},
		"succeeded":   {append(slices.Clone(confirming), settle.Update{What: settle.Confirmed, Status: status(txn.Succ)}), false, false, true, true, receipt.Settled},
		"refunding":   {refunding, false, false, true, false, receipt.SettleRefunding},
		"refunded":    {append(refunding, settle.Update{What: cashier.Changed, Status: status(txn.Refunded)}), false, false, true, true, receipt.SettleRefunded},
		"refused":     {[]flow.Event{settle.Update{What: settle.PreSettled, Status: status(txn.Refused)}}, false, false, false, true, ""},
		"not sent":    {[]flow.Event{anotherOpen}, false, false, false, true, ""},
		"no code":     {noCode, false, false, false, false, ""},
	} {
		m, _ := after(test.way...)
		slip, ok := m.Receipt()
		if m.Back() != test.back || m.InSequence() != test.inSequence || m.Ended() != test.ended || m.Final() != test.final ||
			slip.Kind != test.slip || ok != (test.slip != "") {
			t.Errorf("%s: back %v, in sequence %v, ended %v, final %v, slip %q", name, m.Back(), m.InSequence(), m.Ended(), m.Final(), slip.Kind)
		}
		if asks := m.Ask() != nil; asks != (name == "leaving") {
			t.Errorf("%s asks: %v", name, asks)
		}
	}
	his, _ := start(true)
	if his, _ = his.Step(priced); screen(his) != settle.Choosing || his.Back() {
		t.Errorf("HIS's own settlement has something before %q", screen(his))
	}
}

func TestALongWaitIsSaidToBeOneFromItsLimitOn(t *testing.T) {
	for d, long := range map[time.Duration]bool{view.LongWait - time.Millisecond: false, view.LongWait: true} {
		m, _ := after(append(slices.Clone(confirming), at(d))...)
		if s := m.Content().(view.Settling); s.Long != long {
			t.Errorf("after %v: long %v", d, s.Long)
		}
	}
}

func TestASettlementsTimeIsThePlatformsWhereItSaysOne(t *testing.T) {
	said := time.Date(2026, 11, 22, 12, 3, 4, 0, onetrans.Zone())
	for trace, want := range map[string]time.Time{"20261122120304": said, "": noon, "soon": noon} {
		m, _ := after(settle.Update{What: settle.PreSettled, Status: status(txn.Succ, func(s *txn.SettleStatus) { s.TraceTime = trace })})
		if s := m.Content().(view.Settled); !s.At.Equal(want) {
			t.Errorf("%q: %v", trace, s.At)
		}
	}
}

// A repeat learns of the bills from the settlement that it repeats, else they are
// those that the person has chosen.
func TestWhatHasComeFurtherIsToldWithItsBills(t *testing.T) {
	done := settle.Update{What: settle.PreSettled, Status: status(txn.Succ)}
	for want, way := range map[int][]flow.Event{
		4: {done},
		3: append(slices.Clone(choosing), view.Tap{Action: view.ToggleBill, Value: "3"}, tap(view.Next), done),
	} {
		m, _ := after(way...)
		if s, ok := m.Content().(view.Settled); !ok || s.Bills != want {
			t.Errorf("%+v, want %d bills", m.Content(), want)
		}
	}
}

func TestThePages(t *testing.T) {
	m, _ := after(paying...)
	c := m.Content().(view.Cashier)
	if c.Amount != "35.60" || c.QRCode != "https://code" || c.Left != 300 || c.Name != "欧阳*珺" || c.Payee != "一院" {
		t.Errorf("%+v", c)
	}
	m, _ = after(confirming...)
	s := m.Content().(view.Settling)
	if last := s.Steps[4]; !s.Paid || last.Kind != view.StepConfirm || last.State != view.StepNow || s.Steps[3].State != view.StepDone {
		t.Errorf("%+v", s)
	}
	m, _ = after(settle.Update{What: settle.PreSettled, Status: status(txn.PreSettled, free)}, tap(view.Next))
	if r := m.Content().(view.Review); !r.Free || r.Cash != "0.00" {
		t.Errorf("%+v", r)
	}
	m, _ = m.Step(tap(view.Pay))
	if s := m.Content().(view.Settling); s.Paid || s.Steps[3].State != view.StepSkipped {
		t.Errorf("%+v", s)
	}
	m, _ = after(doubtful...)
	if d := m.Content().(view.Doubt); d.Kind != view.DoubtBillConfirming || d.Amount != "35.60" || d.Reference != "S1" {
		t.Errorf("%+v", d)
	}
	m, _ = after(append(slices.Clone(confirming), settle.Update{What: settle.Confirmed, Status: status(txn.Refunding)})...)
	if r := m.Content().(view.Refunding); r.Amount != "35.60" || r.Reference != "S1" || r.Refunded {
		t.Errorf("%+v", r)
	}
}

// Money that nobody sends back any more is not said to be on its way.
func TestARefundThatWaitsForThePersonAtTheDeskIsToldAsThat(t *testing.T) {
	refused := txn.SettleStatus{
		No: "S1", State: txn.Refunding, Settlement: txn.Settlement{Cash: 3560}, RefundNo: "R1", Desk: txn.ReasonRefused, RefundState: txn.Unknown,
	}
	m, _ := after(append(slices.Clone(confirming), settle.Update{What: settle.Confirmed, Status: refused})...)
	if r, ok := m.Content().(view.Refunding); !ok || !r.AtDesk || r.Refunded || r.Reference != "R1" {
		t.Errorf("%+v", m.Content())
	}
	if slip, ok := m.Receipt(); !ok || slip.Kind != receipt.SettleRefundDesk || slip.No != "R1" {
		t.Errorf("%+v", slip)
	}
	under := refused
	under.Desk = ""
	if m, _ = m.Step(settle.Update{What: cashier.Changed, Status: under}); m.Content().(view.Refunding).AtDesk {
		t.Error("it goes back, and is said to wait")
	}
	back := refused
	back.State = txn.Refunded
	if m, _ = m.Step(settle.Update{What: cashier.Changed, Status: back}); m.Content().(view.Refunding).AtDesk {
		t.Error("it is back, and is said to wait")
	}
}

// HIS's own settlement can't be begun anew under its number.
func TestHISsOwnIsNotTriedAgain(t *testing.T) {
	m, _ := start(true)
	m, _ = m.Step(settle.Update{What: settle.PreSettled, Status: status(txn.Refused)})
	if trouble := m.Content().(view.Trouble); trouble.Retry {
		t.Errorf("%+v", trouble)
	}
	if m, effects := m.Step(tap(view.Retry)); screen(m) != settle.Troubled || len(effects) != 0 {
		t.Errorf("%q %+v", screen(m), effects)
	}
	m, _ = after(settle.Update{What: settle.PreSettled, Status: status(txn.Refused)}, tap(view.Retry))
	if screen(m) != settle.Calculating || m.No() != "" {
		t.Errorf("%q %q", screen(m), m.No())
	}
}
