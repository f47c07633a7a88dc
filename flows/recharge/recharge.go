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

// Update is what is heard of the order. With an Err nothing was sent.
type Update = cashier.Update[txn.Status]

// Effects, besides the cashier's.
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

// Limits are what the hospital allows for an account, in one top-up.
type Limits struct {
	Min, Max onetrans.Fen
	Quick    []onetrans.Fen // the amounts that are offered
}

// Terms are what the hospital says of a top-up.
type Terms struct {
	Service view.ServiceKind
	Limits
	Cashier  cashier.Terms
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
// person's payment code is scanned first.
func StartOrder(terms Terms, charge Charge, now time.Time) (Model, []flow.Effect) {
	return Model{terms: terms, charge: charge, single: true, now: now, since: now}.toCashier()
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

// another says whether an event is about another order. The first that is heard
// of the present one brings its number.
func (m Model) another(e flow.Event) bool {
	u, ok := e.(Update)
	no := u.Status.Trade.Order.No
	return ok && u.What != cashier.Sent && no != "" && no != m.No()
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

// Table is the flow.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	return flow.Table[Model]{
		Entering: {
			flow.On(tap(view.Key), onKey, Entering),
			flow.On(tap(view.Quick), onQuick, Entering),
			flow.On(tap(view.Next), onNext, Entering, Confirming),
			flow.On(tap(view.Back), leave(cashier.ToCheck), Over),
			flow.On(tap(view.GoHome), leave(cashier.ToHome), Over),
			flow.On(identify.CardPulled{}, cardPulled, Entering, Troubled),
		},
		Confirming: {
			flow.On(tap(view.Pay), pay, AtCashier),
			flow.On(tap(view.Back), to(Entering), Entering),
			flow.On(tap(view.GoHome), leave(cashier.ToHome), Over),
			flow.On(identify.CardPulled{}, cardPulled, Confirming, Troubled),
		},
		PayAgain: {
			flow.On(tap(view.PayAnyway), payDespite, AtCashier),
			flow.On(tap(view.Back), notAgain, Confirming, Over),
			flow.On(tap(view.GoHome), leave(cashier.ToHome), Over),
			flow.On(identify.CardPulled{}, cardPulled, PayAgain, Troubled),
		},
		AtCashier: {
			flow.On(identify.CardPulled{}, cardGone, AtCashier),
			flow.Rest("cashier", atCashier, AtCashier, PayAgain, Succeeded, Troubled, Over),
		},
		Succeeded: {
			flow.On(Update{What: cashier.Changed}, onLaterUpdate, Succeeded),
			flow.On(tap(view.Done), leave(cashier.ToRest), Over),
			flow.On(identify.CardPulled{}, cardGone, Succeeded),
		},
		Troubled: {
			// An order without a code is being closed.
			flow.On(Update{What: cashier.Changed}, afterwards, Troubled, Succeeded),
			flow.On(Update{What: cashier.CloseDone}, afterwards, Troubled, Succeeded),
			flow.On(tap(view.Retry), retry, Entering, Troubled),
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

// notAgain leads back to the amount; HIS's order has none.
func notAgain(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.single {
		return leave(cashier.ToHome)(m, tap)
	}
	return to(Confirming)(m, tap)
}

func retry(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.single || !retryable(m.trouble) {
		return m, nil
	}
	return to(Entering)(m, tap)
}

func leave(exit cashier.Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = Over
		return m, []flow.Effect{cashier.Left{To: exit}}
	}
}

func cardGone(m Model, _ identify.CardPulled) (Model, []flow.Effect) {
	m.cardIn = false
	return m, nil
}

// cardPulled: before paying, a card that goes takes its person with it.
func cardPulled(m Model, e identify.CardPulled) (Model, []flow.Effect) {
	m, _ = cardGone(m, e)
	if !m.charge.Person.ByCard {
		return m, nil
	}
	return m.troubled(view.TroubleCardPulled), nil
}

func pay(m Model, _ view.Tap) (Model, []flow.Effect) { return m.toCashier() }

func payDespite(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.charge.Despite = m.inDoubt.No
	return m.toCashier()
}

// toCashier gives the screen to the cashier, for an order that is to be made.
func (m Model) toCashier() (Model, []flow.Effect) {
	var begun []flow.Effect
	m.state = AtCashier
	if m.terms.Cashier.Theirs {
		m.cashier, begun = cashier.StartTheirs(m.now)
	} else {
		m.cashier, begun = cashier.Start(m.charge.DepositType, m.charge.AuthCode, m.now)
	}
	return m.carryOut(begun)
}

// atCashier lets the cashier have an event, and follows where it leads.
func atCashier(m Model, e flow.Event) (Model, []flow.Effect) {
	if u, ok := e.(Update); ok {
		if !m.cashier.Hears(u.What) {
			return m, nil
		}
		if u.What == cashier.Sent && u.Err == nil {
			m.charge.AuthCode = ""
		}
		m = m.hear(u.Status)
		e = u.Of(m.order())
	}
	var done []flow.Effect
	m.cashier, done = m.cashier.Step(e)
	return m.carryOut(done)
}

// carryOut does what the cashier wants done.
func (m Model) carryOut(done []flow.Effect) (_ Model, effects []flow.Effect) {
	for _, effect := range done {
		switch effect := effect.(type) {
		case cashier.Place:
			m.status, m.err, m.charge.AuthCode = txn.Status{}, nil, effect.AuthCode
			m.status.Trade.Order.No = m.charge.No // who leaves meanwhile leaves it behind
			effects = append(effects, Place{Charge: m.charge})
		case cashier.Check:
			effects = append(effects, Check(effect))
		case cashier.Close:
			effects = append(effects, Close(effect))
		case cashier.NotSent:
			m = m.notSent(effect.Err)
		case cashier.Finished:
			m = m.finished()
		case cashier.Unpayable:
			m = m.troubled(view.TroubleNoOrder)
			effects = append(effects, Close{No: m.No()})
		case cashier.Left:
			m.state = Over
			effects = append(effects, effect)
		default:
			effects = append(effects, effect)
		}
	}
	return m, effects
}
