// Package settle is the flow that settles outpatient bills: which of them,
// what there is to pay, the payment of the rest, and the truth about what
// became of it.
package settle

import (
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/view"
)

// The states.
const (
	Calculating flow.State = "calculating" // the platform pre-settles
	Choosing    flow.State = "choosing"    // which bills
	Reviewing   flow.State = "reviewing"   // what there is to pay
	Abandoning  flow.State = "abandoning"  // pre-settlement is being undone
	AtCashier   flow.State = "at_cashier"  // the cashier has the screen
	Confirming  flow.State = "confirming"  // the settlement is being confirmed
	Succeeded   flow.State = "succeeded"
	Refunding   flow.State = "refunding" // refused after payment: the money goes back
	Troubled    flow.State = "troubled"
	Over        flow.State = "over"
)

// Update is what is heard of the settlement. With an Err the status is what is
// known all the same.
type Update = cashier.Update[txn.SettleStatus]

// More occasions of an update.
const (
	PreSettled cashier.Occasion = "pre-settlement answered" // or not
	Confirmed  cashier.Occasion = "confirmation answered"   // or not
)

// Effects, besides the cashier's.
type (
	// PreSettle: ask what there is to pay for these bills, all when there are
	// none, under this number, a new one when it is empty; and watch it.
	PreSettle struct {
		No      string
		Person  identify.Person
		BillNos []string
	}
	// Order: make the order for what is left to pay.
	Order struct{ No string }
	// Confirm: settle for good.
	Confirm struct{ No string }
	// Abandon: close the order, if there is one, and undo the pre-settlement.
	// It goes on when the person is gone.
	Abandon struct{ No string }
	// Check: ask the platform now.
	Check struct{ No string }
)

// Model is the flow's memory. A new one is made by Start.
type Model struct {
	state  flow.State
	terms  cashier.Terms
	person identify.Person
	// single: the settlement is HIS's, under its number, which can't be tried again.
	single bool

	bills  []txn.Bill // all that wait, from the first pre-settlement
	chosen map[string]bool
	page   int
	// settledFor are the bills that the present amounts are for.
	settledFor []string

	cashier   cashier.Model
	status    txn.SettleStatus
	exit      cashier.Exit // where Abandoning leads
	confirmed bool         // the confirmation was asked for
	trouble   view.TroubleKind
	openNo    string // of an earlier settlement that stands in the way
	err       error
	cardIn    bool
	leaves    bool // the person said that they do not want to

	now   time.Time
	since time.Time // when the present screen came
}

// Options are what a settlement begins with.
type Options struct {
	Terms  cashier.Terms
	Person identify.Person
	CardIn bool
	// Single: the settlement is the one that HIS asks for.
	Single bool
}

// Start begins the flow.
func Start(o Options, now time.Time) (Model, []flow.Effect) {
	m := Model{terms: o.Terms, person: o.Person, cardIn: o.CardIn, single: o.Single, now: now, since: now}
	return m.begin()
}

// begin asks for everything that waits.
func (m Model) begin() (Model, []flow.Effect) {
	m.state, m.status, m.bills, m.chosen, m.page = Calculating, txn.SettleStatus{}, nil, nil, 0
	m.settledFor, m.cashier, m.confirmed = nil, cashier.Model{}, false
	m.trouble, m.err, m.openNo = "", nil, ""
	return m, []flow.Effect{PreSettle{Person: m.person}}
}

// At is the state the flow is in.
func (m Model) At() flow.State { return m.state }

// Cashier is the cashier's state; empty while it has not the screen.
func (m Model) Cashier() flow.State {
	if m.state != AtCashier {
		return ""
	}
	return m.cashier.At()
}

// CardIn says whether a card is in the slot.
func (m Model) CardIn() bool { return m.cardIn }

// Leaves says whether the person does not want to settle.
func (m Model) Leaves() bool { return m.leaves || m.cashier.Leaves() }

// Err is why nothing was sent; nil when something was.
func (m Model) Err() error { return m.err }

// Ended says whether the present screen tells how it ended: with the bills
// settled, or with what was paid on its way back.
func (m Model) Ended() bool { return m.state == Succeeded || m.state == Refunding }

// Final says whether nothing more can become of the settlement.
func (m Model) Final() bool {
	switch m.state {
	case Succeeded:
		return true
	case Refunding:
		return m.status.State == txn.Refunded
	case Troubled:
		return m.err != nil || m.status.Final()
	}
	return false
}

// MoneyInFlight says whether no timeout may end the present screen.
func (m Model) MoneyInFlight() bool {
	switch m.state {
	case Calculating, Abandoning, Confirming:
		return true
	case AtCashier:
		return m.cashier.MoneyInFlight()
	}
	return false
}

// Forsake is what must be done when the person is gone: nothing stays behind
// of a pre-settlement, but what may have been paid is left to the core.
func (m Model) Forsake() []flow.Effect {
	switch m.state {
	case Calculating, Choosing, Reviewing:
		if m.No() != "" {
			return []flow.Effect{Abandon{No: m.No()}}
		}
	}
	return nil
}

// Step lets an event happen. What is still heard of an earlier settlement is
// not about the present one.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) {
	if w, ok := e.(flow.Waited); ok {
		m.now = w.Now
	}
	if u, ok := e.(Update); ok && m.No() != "" && u.Status.No != "" && u.Status.No != m.No() {
		return m, nil
	}
	next, effects := table.Step(m, e)
	if next.state != m.state || next.Cashier() != m.Cashier() {
		next.since = next.now
	}
	return next, effects
}

// No is the settlement's number; empty while it has none.
func (m Model) No() string { return m.status.No }

// Table is the flow.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	update := func(what cashier.Occasion) Update { return Update{What: what} }
	// ends are where an update may lead once something was sent.
	ends := []flow.State{Confirming, AtCashier, Succeeded, Refunding, Troubled}
	return flow.Table[Model]{
		Calculating: {
			flow.On(update(PreSettled), onPreSettled, append(ends, Choosing, Reviewing)...),
			flow.On(update(cashier.Changed), number, Calculating),
			flow.On(tap(view.GoHome), abandon(cashier.ToHome), Abandoning, Over),
			flow.On(identify.CardPulled{}, cardPulled, Calculating, Troubled),
		},
		Choosing: {
			flow.On(tap(view.ToggleBill), onToggle, Choosing),
			flow.On(tap(view.AllBills), onAll, Choosing),
			flow.On(tap(view.NextPage), turn(1), Choosing),
			flow.On(tap(view.PrevPage), turn(-1), Choosing),
			flow.On(tap(view.Next), onNext, Choosing, Calculating, Reviewing),
			flow.On(tap(view.Back), abandon(cashier.ToCheck), Abandoning),
			flow.On(tap(view.GoHome), abandon(cashier.ToHome), Abandoning),
			flow.On(identify.CardPulled{}, cardPulled, Choosing, Troubled),
		},
		Reviewing: {
			flow.On(tap(view.Pay), pay, AtCashier, Confirming),
			flow.On(tap(view.Back), to(Choosing), Choosing),
			flow.On(tap(view.GoHome), abandon(cashier.ToHome), Abandoning),
			flow.On(identify.CardPulled{}, cardPulled, Reviewing, Troubled),
		},
		Abandoning: {
			flow.On(update(cashier.CloseDone), onAbandoned, append(ends, Over)...),
			flow.On(identify.CardPulled{}, cardGone, Abandoning),
		},
		AtCashier: {
			flow.On(identify.CardPulled{}, cardGone, AtCashier),
			flow.Rest("cashier", atCashier, append(ends, Over)...),
		},
		Confirming: {
			flow.On(update(Confirmed), onConfirmed, ends...),
			flow.On(update(cashier.Changed), onUpdate, ends...),
			flow.On(identify.CardPulled{}, cardGone, Confirming),
		},
		Succeeded: {
			flow.On(update(cashier.Changed), onLaterUpdate, Succeeded),
			flow.On(tap(view.Done), leave(cashier.ToRest), Over),
			flow.On(identify.CardPulled{}, cardGone, Succeeded),
		},
		Refunding: {
			flow.On(update(cashier.Changed), onLaterUpdate, Refunding),
			flow.On(tap(view.Done), leave(cashier.ToRest), Over),
			flow.On(identify.CardPulled{}, cardGone, Refunding),
		},
		Troubled: {
			// What was pre-settled is being undone.
			flow.On(update(cashier.Changed), afterwards, append(ends, Troubled)...),
			flow.On(update(cashier.CloseDone), afterwards, append(ends, Troubled)...),
			flow.On(tap(view.Retry), retry, Calculating, Troubled),
			flow.On(tap(view.GoHome), leave(cashier.ToHome), Over),
			flow.On(identify.CardPulled{}, cardGone, Troubled),
		},
		Over: {},
	}
}

func to(next flow.State) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = next
		return m, nil
	}
}

func leave(exit cashier.Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = Over
		return m, []flow.Effect{cashier.Left{To: exit}}
	}
}

// retry begins a settlement anew, under another number; HIS's own can't be.
func retry(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.single || !retryable(m.trouble) {
		return m, nil
	}
	return m.begin()
}
