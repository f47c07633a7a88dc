// Package recharge is the flow that tops up a deposit account: amount,
// confirmation, the cashier, and the truth about what became of it.
package recharge

import (
	"time"

	"onetrans/flows/cashier"
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
	AtCashier  flow.State = "at_cashier" // the cashier has the screen
	Succeeded  flow.State = "succeeded"
	Troubled   flow.State = "troubled"
	Over       flow.State = "over"
)

// News is what is heard of the order. With an Err nothing was sent.
type News = cashier.News[txn.Status]

// Effects, beside the cashier's.
type (
	// Place: make the order and watch it.
	Place struct{ Charge Charge }
	// Check: ask the platform now.
	Check struct{ No string }
	// Close: close the order for good.
	Close struct{ No string }
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
	state   flow.State
	terms   Terms
	charge  Charge
	typed   string
	cashier cashier.Model

	status  txn.Status
	inDoubt txn.InDoubtError
	single  bool  // the order is HIS's
	err     error // why nothing was sent
	trouble view.TroubleKind
	cardIn  bool
	scanner string // where it is

	now   time.Time
	since time.Time // when the present screen came
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
	return Model{terms: terms, charge: charge, single: true, scanner: scanner, now: now, since: now}.toCashier()
}

// No is the number of the order that was sent, or is being sent; empty while
// nothing was.
func (m Model) No() string { return m.status.Trade.Order.No }

// Leaves says whether the person does not want to pay the order.
func (m Model) Leaves() bool { return m.cashier.Leaves() }

// Err is why nothing was sent; nil when something was.
func (m Model) Err() error { return m.err }

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

// Ended says whether the present screen tells that the money came.
func (m Model) Ended() bool { return m.state == Succeeded }

// Final says whether nothing more can become of the order.
func (m Model) Final() bool {
	return m.state == Succeeded || m.state == Troubled && (m.err != nil || m.status.Trade.Final())
}

// MoneyInFlight says whether no timeout may end the present screen.
func (m Model) MoneyInFlight() bool { return m.state == AtCashier && m.cashier.MoneyInFlight() }

// another says whether an event is news of another order. The first that is heard
// of the present one brings its number.
func (m Model) another(e flow.Event) bool {
	n, ok := e.(News)
	no := n.Status.Trade.Order.No
	return ok && n.What != cashier.Sent && no != "" && no != m.No()
}

// Step lets an event happen. What is still heard of an earlier order is not
// about the present one.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) {
	if w, ok := e.(flow.Waited); ok {
		m.now = w.Now
	}
	if m.another(e) {
		return m, nil
	}
	next, effects := table.Step(m, e)
	if next.state != m.state || next.Cashier() != m.Cashier() {
		next.since = next.now
	}
	return next, effects
}
