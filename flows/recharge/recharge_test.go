package recharge_test

import (
	"cmp"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

var (
	noon    = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	patient = identify.Person{Name: "欧阳小珺", HisCustID: "H1", ByCard: true}
	account = identify.Account{Type: "02", CardNo: "D1", Balance: 5000, Told: true}
	terms   = recharge.Terms{
		Service: view.ServiceInpatientDeposit, Cashier: cashier.Terms{Payee: "医院", Wallets: []string{"wechat"}, Scanner: "下方"},
		Limits: recharge.Limits{Min: 100, Max: 500000, Quick: []onetrans.Fen{10000, 20000}}, MustBook: true,
	}
)

func tap(a view.Action) view.Tap { return view.Tap{Action: a} }

func key(k string) view.Tap { return view.Tap{Action: view.Key, Value: k} }

func start() recharge.Model { return recharge.Start(terms, patient, account, true, noon) }

// screen is the state of what has the screen: the flow, or its cashier.
func screen(m recharge.Model) flow.State { return cmp.Or(m.Cashier(), m.At()) }

func after(m recharge.Model, events ...flow.Event) recharge.Model {
	for _, e := range events {
		m, _ = m.Step(e)
	}
	return m
}

// status is a trade's, with the changes that a test is about.
func status(at flow.State, change ...func(*txn.Status)) txn.Status {
	s := txn.Status{Trade: txn.Trade{
		Order: txn.Order{No: "1"},
		Progress: txn.Progress{
			State: at, Result: onetrans.ResultInit, QRCode: "Q", ExpireAt: noon.Add(5 * time.Minute),
		},
	}}
	for _, c := range change {
		c(&s)
	}
	return s
}

func result(r onetrans.Result) func(*txn.Status) {
	return func(s *txn.Status) { s.Trade.Progress.Result = r }
}

func number(no string) func(*txn.Status) { return func(s *txn.Status) { s.Trade.Order.No = no } }
func noCode(s *txn.Status)               { s.Trade.Progress.QRCode = "" }
func closing(s *txn.Status)              { s.Trade.Progress.CloseAsked = true }
func silent(s *txn.Status)               { s.SilentSince = noon }
func noTime(s *txn.Status)               { s.Trade.Progress.ExpireAt = time.Time{} }

// nothingLearned is what there is when even the journal could not be read.
var nothingLearned = txn.Status{SilentSince: noon}

var (
	toConfirm = []flow.Event{view.Tap{Action: view.Quick, Value: "1"}, tap(view.Next)}
	toOrder   = append(toConfirm[:2:2], tap(view.Pay))
	toPay     = append(toOrder[:3:3], recharge.Update{What: cashier.Sent, Status: status(txn.Pending)})
	toLeave   = append(toPay[:4:4], tap(view.LeavePay))
	toClose   = append(toLeave[:5:5], tap(view.ReallyLeave))
	toDoubt   = append(toClose[:6:6], recharge.Update{What: cashier.CloseDone, Status: status(txn.Pending, silent)})
	toSuccess = append(toPay[:4:4], recharge.Update{What: cashier.Changed, Status: status(txn.Succ)})
)

func at(d time.Duration) flow.Waited { return flow.Waited{Now: noon.Add(d)} }

func TestTheTableIsWhole(t *testing.T) {
	for _, problem := range recharge.Table().Check(recharge.Entering, recharge.AtCashier) {
		t.Error(problem)
	}
}

// Wherever a person can touch something, their own taps lead out; where they
// can't, an answer does that always comes.
func TestEveryScreenHasAWayOut(t *testing.T) {
	for state := range recharge.Table() {
		out := recharge.Table().Reach(state, func(event string) bool {
			return strings.HasPrefix(event, "tap ") || event == "cashier"
		})
		if !out[recharge.Over] {
			t.Errorf("nothing leads out of %q", state)
		}
	}
}

// Time alone ends nothing that is about money under way, whatever the state.
func TestTimeEndsNothingWhileMoneyIsInFlight(t *testing.T) {
	for name, way := range map[string][]flow.Event{
		"ordering": toOrder, "paying": toPay, "leaving": toLeave, "closing": toClose, "doubt": toDoubt,
	} {
		m := after(start(), way...)
		for d := time.Duration(0); d < 3*time.Hour; d += time.Minute {
			if m = after(m, at(d)); !m.MoneyInFlight() {
				t.Errorf("%s became %q by waiting %v", name, screen(m), d)
				break
			}
		}
	}
	for _, way := range [][]flow.Event{nil, toConfirm, toSuccess} {
		if m := after(start(), way...); m.MoneyInFlight() {
			t.Errorf("%q may end by a timeout", screen(m))
		}
	}
}

func TestWhatLeadsWhere(t *testing.T) {
	placed := func(s txn.Status) flow.Event { return recharge.Update{What: cashier.Sent, Status: s} }
	changed := func(s txn.Status) flow.Event { return recharge.Update{What: cashier.Changed, Status: s} }
	checked := func(s txn.Status) flow.Event { return recharge.Update{What: cashier.Checked, Status: s} }
	closed := func(s txn.Status) flow.Event { return recharge.Update{What: cashier.CloseDone, Status: s} }
	doubt := &txn.InDoubtError{No: "9", Amount: 20000}
	tests := map[string]struct {
		way     []flow.Event
		e       flow.Event
		want    flow.State
		trouble view.TroubleKind
	}{
		"back to the check":      {nil, tap(view.Back), recharge.Over, ""},
		"no amount is no way":    {nil, tap(view.Next), recharge.Entering, ""},
		"too little is no way":   {[]flow.Event{key("0"), key("."), key("5")}, tap(view.Next), recharge.Entering, ""},
		"an amount":              {toConfirm[:1], tap(view.Next), recharge.Confirming, ""},
		"change the amount":      {toConfirm, tap(view.Back), recharge.Entering, ""},
		"pay":                    {toConfirm, tap(view.Pay), cashier.Ordering, ""},
		"a second tap on pay":    {toOrder, tap(view.Pay), cashier.Ordering, ""},
		"the code":               {toOrder, placed(status(txn.Pending)), cashier.Paying, ""},
		"no code":                {toOrder, placed(status(txn.Pending, noCode)), recharge.Troubled, view.TroubleNoOrder},
		"no answer":              {toOrder, placed(status(txn.Unknown, noCode)), recharge.Troubled, view.TroubleNoOrder},
		"a code and no order":    {toOrder, placed(status(txn.Unknown, result(onetrans.ResultNotFound))), recharge.Troubled, view.TroubleNoOrder},
		"paid at once":           {toOrder, placed(status(txn.Succ)), recharge.Succeeded, ""},
		"paying without a code":  {toOrder, placed(status(txn.Pending, noCode, result(onetrans.ResultIng))), cashier.Doubtful, ""},
		"refused":                {toOrder, placed(status(txn.Refused)), recharge.Troubled, view.TroubleRefused},
		"never sent":             {toOrder, placed(status(txn.NotSent)), recharge.Troubled, view.TroubleOffline},
		"no journal":             {toOrder, recharge.Update{What: cashier.Sent, Err: txn.ErrJournal}, recharge.Troubled, view.TroubleJournal},
		"busy":                   {toOrder, recharge.Update{What: cashier.Sent, Err: txn.ErrBusy}, recharge.Troubled, view.TroubleBusy},
		"something else":         {toOrder, recharge.Update{What: cashier.Sent, Err: errors.New("x")}, recharge.Troubled, view.TroubleInternal},
		"a like charge in doubt": {toOrder, recharge.Update{What: cashier.Sent, Err: doubt}, recharge.PayAgain, ""},
		"then rather not":        {append(toOrder[:3:3], recharge.Update{What: cashier.Sent, Err: doubt}), tap(view.Back), recharge.Confirming, ""},
		"then all the same":      {append(toOrder[:3:3], recharge.Update{What: cashier.Sent, Err: doubt}), tap(view.PayAnyway), cashier.Ordering, ""},

		"paid":                       {toPay, changed(status(txn.Succ)), recharge.Succeeded, ""},
		"failed":                     {toPay, changed(status(txn.Fail)), recharge.Troubled, view.TroubleFailed},
		"expired":                    {toPay, changed(status(txn.Closed)), recharge.Troubled, view.TroubleClosed},
		"being credited":             {toPay, changed(status(txn.Pending, result(onetrans.ResultExp))), cashier.Doubtful, ""},
		"the wallet works on it":     {toPay, changed(status(txn.Pending, result(onetrans.ResultIng))), cashier.Paying, ""},
		"another order's fate":       {toPay, changed(status(txn.Closed, number("0"))), cashier.Paying, ""},
		"another order's payment":    {toPay, changed(status(txn.Succ, number("0"))), cashier.Paying, ""},
		"asked, and not paid yet":    {append(toPay[:4:4], tap(view.CheckPaid)), checked(status(txn.Pending)), cashier.Paying, ""},
		"asked, and nobody answers":  {append(toPay[:4:4], tap(view.CheckPaid)), checked(status(txn.Pending, silent)), cashier.Doubtful, ""},
		"asked, and nothing at all":  {append(toPay[:4:4], tap(view.CheckPaid)), checked(nothingLearned), cashier.Doubtful, ""},
		"asked, and paid":            {append(toPay[:4:4], tap(view.CheckPaid)), checked(status(txn.Succ)), recharge.Succeeded, ""},
		"its time is over":           {toPay, at(5*time.Minute + 6*time.Second), cashier.Doubtful, ""},
		"its time is nearly over":    {toPay, at(5 * time.Minute), cashier.Paying, ""},
		"long silence":               {append(toPay[:4:4], changed(status(txn.Pending, silent))), at(21 * time.Second), cashier.Doubtful, ""},
		"short silence":              {append(toPay[:4:4], changed(status(txn.Pending, silent))), at(19 * time.Second), cashier.Paying, ""},
		"no time was said":           {append(toOrder[:3:3], placed(status(txn.Pending, noTime))), at(4 * time.Minute), cashier.Paying, ""},
		"no time was said, long ago": {append(toOrder[:3:3], placed(status(txn.Pending, noTime))), at(6 * time.Minute), cashier.Doubtful, ""},

		"don't pay: really?":           {toPay, tap(view.LeavePay), cashier.Leaving, ""},
		"rather pay":                   {toLeave, tap(view.KeepPaying), cashier.Paying, ""},
		"paid while it is asked":       {toLeave, changed(status(txn.Succ)), recharge.Succeeded, ""},
		"its time ends while asked":    {toLeave, at(6 * time.Minute), cashier.Doubtful, ""},
		"really":                       {toLeave, tap(view.ReallyLeave), cashier.Closing, ""},
		"closed":                       {toClose, closed(status(txn.Closed)), recharge.Over, ""},
		"never there":                  {toClose, closed(status(txn.NotFound)), recharge.Over, ""},
		"paid after all":               {toClose, closed(status(txn.Succ)), recharge.Succeeded, ""},
		"paid, heard before the close": {toClose, changed(status(txn.Succ)), recharge.Succeeded, ""},
		"failed after all":             {toClose, closed(status(txn.Fail)), recharge.Troubled, view.TroubleFailed},
		"a change says nothing":        {toClose, changed(status(txn.Pending, closing)), cashier.Closing, ""},
		"the close is not answered":    {toClose, closed(status(txn.Pending, silent, closing)), cashier.Doubtful, ""},
		"nothing at all is known":      {toClose, closed(nothingLearned), cashier.Doubtful, ""},
		"another order's close":        {toClose, closed(status(txn.Closed, number("0"))), cashier.Closing, ""},

		"in doubt, then paid":         {toDoubt, changed(status(txn.Succ)), recharge.Succeeded, ""},
		"in doubt, then closed":       {toDoubt, changed(status(txn.Closed)), recharge.Troubled, view.TroubleClosed},
		"in doubt, still closing":     {toDoubt, changed(status(txn.Pending, closing)), cashier.Doubtful, ""},
		"in doubt, then good again":   {append(toPay[:4:4], changed(status(txn.Pending, silent)), at(30*time.Second)), changed(status(txn.Pending)), cashier.Paying, ""},
		"good again, but too late":    {append(toPay[:4:4], changed(status(txn.Pending, silent)), at(6*time.Minute)), changed(status(txn.Pending)), cashier.Doubtful, ""},
		"to the counter":              {toDoubt, tap(view.GoToCounter), recharge.Over, ""},
		"done":                        {toSuccess, tap(view.Done), recharge.Over, ""},
		"success stays":               {toSuccess, changed(status(txn.Succ)), recharge.Succeeded, ""},
		"a late answer after success": {toSuccess, closed(status(txn.Closed)), recharge.Succeeded, ""},
		"try again":                   {append(toOrder[:3:3], placed(status(txn.Refused))), tap(view.Retry), recharge.Entering, ""},
		"no journal, no use trying":   {append(toOrder[:3:3], recharge.Update{What: cashier.Sent, Err: txn.ErrJournal}), tap(view.Retry), recharge.Troubled, view.TroubleJournal},
		"the end of the order before, while the next is shown": {append(toOrder[:3:3], placed(status(txn.Unknown, noCode, number("0"))), tap(view.Retry),
			toConfirm[0], tap(view.Next), tap(view.Pay), placed(status(txn.Pending))), changed(status(txn.Closed, number("0"))), cashier.Paying, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := after(start(), append(test.way[:len(test.way):len(test.way)], test.e)...)
			if screen(m) != test.want {
				t.Fatalf("%q, want %q", screen(m), test.want)
			}
			trouble, _ := m.Content().(view.Trouble)
			if trouble.Kind != test.trouble {
				t.Errorf("trouble %q, want %q", trouble.Kind, test.trouble)
			}
		})
	}
}

func TestACardThatGoes(t *testing.T) {
	for name, test := range map[string]struct {
		way  []flow.Event
		want flow.State
	}{
		"entering": {nil, recharge.Troubled}, "confirming": {toConfirm, recharge.Troubled},
		"asked to pay again": {append(toOrder[:3:3], recharge.Update{What: cashier.Sent, Err: &txn.InDoubtError{}}), recharge.Troubled},
		"ordering":           {toOrder, cashier.Ordering}, "paying": {toPay, cashier.Paying}, "leaving": {toLeave, cashier.Leaving},
		"closing": {toClose, cashier.Closing}, "doubt": {toDoubt, cashier.Doubtful}, "success": {toSuccess, recharge.Succeeded},
		"trouble": {append(toOrder[:3:3], recharge.Update{What: cashier.Sent, Err: txn.ErrBusy}), recharge.Troubled},
	} {
		t.Run(name, func(t *testing.T) {
			m := after(start(), append(test.way[:len(test.way):len(test.way)], identify.CardPulled{})...)
			if screen(m) != test.want || m.CardIn() {
				t.Errorf("%q, card in: %v", screen(m), m.CardIn())
			}
			if trouble, ok := m.Content().(view.Trouble); ok && name != "trouble" && (trouble.Kind != view.TroubleCardPulled || trouble.Retry) {
				t.Errorf("%+v", trouble)
			}
			// Who showed a code is no card's person.
			scanned := patient
			scanned.ByCard = false
			m = after(recharge.Start(terms, scanned, account, true, noon), append(test.way[:len(test.way):len(test.way)], identify.CardPulled{})...)
			if before := after(recharge.Start(terms, scanned, account, true, noon), test.way...); screen(m) != screen(before) || m.CardIn() {
				t.Errorf("by code: %q became %q", screen(before), screen(m))
			}
		})
	}
}

func TestEffects(t *testing.T) {
	m := after(start(), toConfirm...)
	m, effects := m.Step(tap(view.Pay))
	want := recharge.Charge{Person: patient, Account: account, Amount: 20000}
	if !reflect.DeepEqual(effects, []flow.Effect{recharge.Place{Charge: want}}) {
		t.Errorf("%+v", effects)
	}
	if _, effects := m.Step(tap(view.Pay)); len(effects) != 0 {
		t.Errorf("a second tap: %+v", effects)
	}
	asked := after(m, recharge.Update{What: cashier.Sent, Err: &txn.InDoubtError{No: "9", Amount: 20000}})
	want.Despite = "9"
	if _, effects := asked.Step(tap(view.PayAnyway)); !reflect.DeepEqual(effects, []flow.Effect{recharge.Place{Charge: want}}) {
		t.Errorf("%+v", effects)
	}
	// Whose doubt was seen is forgotten with the amount.
	changed := after(asked, tap(view.PayAnyway), recharge.Update{What: cashier.Sent, Status: status(txn.Refused)}, tap(view.Retry), toConfirm[0], tap(view.Next))
	if _, effects := changed.Step(tap(view.Pay)); effects[0].(recharge.Place).Charge.Despite != "" {
		t.Errorf("%+v", effects)
	}
	// What came without a code is closed: nobody could pay it.
	if _, effects := m.Step(recharge.Update{What: cashier.Sent, Status: status(txn.Unknown, noCode)}); !reflect.DeepEqual(effects, []flow.Effect{recharge.Close{No: "1"}}) {
		t.Errorf("%+v", effects)
	}
	m = after(start(), toPay...)
	m, effects = m.Step(tap(view.CheckPaid))
	if !reflect.DeepEqual(effects, []flow.Effect{recharge.Check{No: "1"}}) {
		t.Errorf("%+v", effects)
	}
	if _, effects := m.Step(tap(view.CheckPaid)); len(effects) != 0 {
		t.Errorf("asked twice at once: %+v", effects)
	}
	if _, effects := after(start(), toLeave...).Step(tap(view.ReallyLeave)); !reflect.DeepEqual(effects, []flow.Effect{recharge.Close{No: "1"}}) {
		t.Errorf("%+v", effects)
	}
	for way, exit := range map[*[]flow.Event]cashier.Exit{&toConfirm: cashier.ToHome} {
		if _, effects := after(start(), *way...).Step(tap(view.GoHome)); !reflect.DeepEqual(effects, []flow.Effect{cashier.Left{To: exit}}) {
			t.Errorf("%+v", effects)
		}
	}
	if _, effects := after(start(), toSuccess...).Step(tap(view.Done)); !reflect.DeepEqual(effects, []flow.Effect{cashier.Left{To: cashier.ToRest}}) {
		t.Errorf("%+v", effects)
	}
}

// A query that was asked for on one screen does not make the button of the
// next dead for ever.
func TestTheButtonThatAsksComesBack(t *testing.T) {
	asked := after(start(), append(toPay[:4:4], tap(view.CheckPaid), tap(view.LeavePay), tap(view.ReallyLeave),
		recharge.Update{What: cashier.Checked, Status: status(txn.Pending)}, recharge.Update{What: cashier.CloseDone, Status: status(txn.Pending, silent)})...)
	if _, effects := asked.Step(tap(view.KeepWaiting)); len(effects) != 1 {
		t.Errorf("%q: %+v", screen(asked), effects)
	}
	again := after(start(), append(toPay[:4:4], tap(view.CheckPaid), recharge.Update{What: cashier.Changed, Status: status(txn.Fail)}, tap(view.Retry),
		toConfirm[0], tap(view.Next), tap(view.Pay), recharge.Update{What: cashier.Sent, Status: status(txn.Pending, number("2"))})...)
	if _, effects := again.Step(tap(view.CheckPaid)); !reflect.DeepEqual(effects, []flow.Effect{recharge.Check{No: "2"}}) {
		t.Errorf("%q: %+v", screen(again), effects)
	}
	lost := after(start(), append(toPay[:4:4], tap(view.CheckPaid), recharge.Update{What: cashier.Checked, Status: nothingLearned})...)
	if _, effects := lost.Step(tap(view.KeepWaiting)); !reflect.DeepEqual(effects, []flow.Effect{recharge.Check{No: "1"}}) {
		t.Errorf("%q: %+v", screen(lost), effects)
	}
}

func TestThePages(t *testing.T) {
	m := after(start(), append(toPay[:4:4], at(30*time.Second), tap(view.CheckPaid), recharge.Update{What: cashier.Checked, Status: status(txn.Pending)})...)
	code := m.Content().(view.Cashier)
	if code.Left != 270 || code.Total != 300 || code.Name != "欧阳*珺" || code.Amount != "200.00" || code.QRCode != "Q" || !code.NotPaidYet {
		t.Errorf("%+v", code)
	}
	if m := after(start(), append(toOrder[:3:3], recharge.Update{What: cashier.Sent, Status: status(txn.Pending, noTime)}, at(time.Minute))...); m.Content().(view.Cashier).Left != 240 {
		t.Errorf("%+v", m.Content())
	}
	doubt := after(start(), append(toDoubt, at(10*time.Second))...).Content().(view.Doubt)
	if doubt.Reference != "1" || doubt.Kind != view.DoubtOffline || doubt.Waited != 10 || !doubt.CardIn {
		t.Errorf("%+v", doubt)
	}
	paid := after(start(), append(toPay[:4:4], at(time.Minute), recharge.Update{What: cashier.Changed, Status: status(txn.Succ)})...)
	first := paid.Content().(view.Result)
	if !first.NotBooked || first.Balance != "" || !first.At.Equal(noon.Add(time.Minute)) || first.Reference != "1" {
		t.Errorf("%+v", first)
	}
	// The time of a payment does not run on; a balance is shown when one is told.
	booked := status(txn.Succ, func(s *txn.Status) { s.Trade.Progress.CallSN, s.Trade.Progress.Balance = "7", "250.5" })
	paid = after(paid, at(2*time.Minute), recharge.Update{What: cashier.Changed, Status: booked})
	if r := paid.Content().(view.Result); r.NotBooked || r.Balance != "250.50" || !r.At.Equal(first.At) {
		t.Errorf("%+v", r)
	}
}

// A screen says what it waits for after eight seconds, however long the person
// took on the screens before.
func TestALongWaitIsSaid(t *testing.T) {
	slow := after(start(), append(append([]flow.Event{at(10 * time.Minute)}, toOrder...), at(10*time.Minute+time.Second))...)
	if slow.Content().(view.Busy).Long {
		t.Error("too early")
	}
	if slow = after(slow, at(10*time.Minute+8*time.Second)); !slow.Content().(view.Busy).Long {
		t.Error("not said")
	}
}
