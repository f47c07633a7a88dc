// Package recharge is the flow that tops up a deposit account: amount,
// confirmation, the code on the screen, and the truth about what became of it.
package recharge

import (
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// The states.
const (
	Entering   flow.State = "entering"   // how much
	Confirming flow.State = "confirming" // is it right
	PayAgain   flow.State = "pay_again"  // a like charge is in doubt: charge all the same?
	Scanning   flow.State = "scanning"   // the person's payment code is wanted
	Ordering   flow.State = "ordering"   // the order is being made
	Paying     flow.State = "paying"     // the code is on the screen
	Leaving    flow.State = "leaving"    // don't want to pay: really?
	Closing    flow.State = "closing"    // the order is being closed
	Doubtful   flow.State = "doubtful"   // it is not known what became of the money
	Succeeded  flow.State = "succeeded"
	Troubled   flow.State = "troubled"
	Over       flow.State = "over"
)

// silencePatience is how long a platform may be silent before the code on the
// screen gives way to the truth that nothing is known.
const silencePatience = 20 * time.Second

// unsaidTime is how long a code is shown whose order's time the platform did not say.
const unsaidTime = 5 * time.Minute

// expiryPatience is how long after an order's time its end may stay unheard.
const expiryPatience = 5 * time.Second

// longWait is when a screen starts to say what it waits for.
const longWait = 8 * time.Second

// Events, beside the taps.
type (
	// Placed: the order was sent; the status says what came of it.
	Placed struct{ Status txn.Status }
	// NotPlaced: nothing was sent, because of one of the errors of package txn.
	NotPlaced struct{ Err error }
	// Changed: the trade's status changed.
	Changed struct{ Status txn.Status }
	// Checked: the person's own query was answered, or not.
	Checked struct{ Status txn.Status }
	// CloseDone: closing the order was tried.
	CloseDone struct{ Status txn.Status }
)

func (Placed) Name() string    { return "order sent" }
func (NotPlaced) Name() string { return "order not sent" }
func (Changed) Name() string   { return "trade changed" }
func (Checked) Name() string   { return "query done" }
func (CloseDone) Name() string { return "close done" }

// Effects.
type (
	// Place: make the order and watch it.
	Place struct{ Charge Charge }
	// Check: ask the platform now.
	Check struct{ No string }
	// Close: close the order for good.
	Close struct{ No string }
	// Left ends the flow.
	Left struct{ To Exit }
)

// Exit is where a person goes from here.
type Exit int

// The ways out.
const (
	ToCheck Exit = iota // back to the check of the person
	ToHome              // to the services: nothing was taken
	ToRest              // away: this person is done
)

// Charge is what is to be paid.
type Charge struct {
	Person  identify.Person
	Account identify.Account
	Amount  onetrans.Fen
	// No is the order's number where HIS made it.
	No string
	// Despite is the number of a like charge in doubt that the person was shown.
	Despite string
	// DepositType says whose payment code the person shows, AuthCode is that code,
	// a bearer token; empty where they scan the one on the screen.
	DepositType, AuthCode string
}

// Terms are what the hospital allows for an account.
type Terms struct {
	Service  view.ServiceKind
	Payee    string
	Min, Max onetrans.Fen
	Quick    []onetrans.Fen
	Wallets  []string
	MustBook bool // paid without the hospital's own number goes to the counter
}

// Model is the flow's memory. A new one is made by Start.
type Model struct {
	state  flow.State
	terms  Terms
	charge Charge
	typed  string

	status     txn.Status
	inDoubt    txn.InDoubtError
	shownAt    time.Time // when the code was first on the screen; zero before
	checking   bool
	notPaidYet bool
	single     bool  // the order is HIS's
	err        error // why nothing was sent
	trouble    view.TroubleKind
	cardIn     bool
	place      string // where the scanner is
	wrongCode  view.PayCodeProblem
	leaves     bool // the person said that they don't want to pay

	now   time.Time
	since time.Time // when the present state was entered
}

// Start begins the flow.
func Start(terms Terms, person identify.Person, account identify.Account, cardIn bool, now time.Time) Model {
	return Model{
		state: Entering, terms: terms, cardIn: cardIn, now: now, since: now,
		charge: Charge{Person: person, Account: account},
	}
}

// StartOrder begins the flow with the order that HIS asks for: its amount
// stands, and its number can't be used for another. With a DepositType the
// person's payment code is scanned first, at the scanner in this place.
func StartOrder(terms Terms, charge Charge, scanner string, now time.Time) (Model, []flow.Effect) {
	m := Model{terms: terms, charge: charge, single: true, place: scanner, now: now, since: now}
	if charge.DepositType != "" {
		return m.scan()
	}
	return place(m, view.Tap{})
}

// No is the number of the order that was sent, or is being sent; empty while
// nothing was.
func (m Model) No() string { return m.no() }

// Leaves says whether the person does not want to pay the order.
func (m Model) Leaves() bool { return m.leaves }

// Err is why nothing was sent; nil when something was.
func (m Model) Err() error { return m.err }

// At is the state the flow is in.
func (m Model) At() flow.State { return m.state }

// CardIn says whether a card is in the slot.
func (m Model) CardIn() bool { return m.cardIn }

// Final says whether nothing more can become of the order.
func (m Model) Final() bool {
	return m.state == Succeeded || m.state == Troubled && (m.err != nil || m.status.Trade.Final())
}

// MoneyInFlight says whether no timeout may end the present screen.
func (m Model) MoneyInFlight() bool {
	switch m.state {
	case Ordering, Paying, Leaving, Closing, Doubtful:
		return true
	}
	return false
}

// Step lets an event happen. What is still heard of an earlier order is not
// about the present one.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) {
	if w, ok := e.(flow.Waited); ok {
		m.now = w.Now
	}
	if n, ok := e.(news); ok && n.news().Trade.Order.No != "" && n.news().Trade.Order.No != m.no() {
		return m, nil
	}
	next, effects := table.Step(m, e)
	if next.state != m.state {
		next.since = next.now
	}
	return next, effects
}
