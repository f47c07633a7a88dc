// Package recharge is the flow that tops up a deposit account: amount,
// confirmation, the code on the screen, and the truth about what became of it.
package recharge

import (
	"errors"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
	"onetrans/flows/view"
)

// The states.
const (
	Entering   flow.State = "entering"   // how much
	Confirming flow.State = "confirming" // is it right
	PayAgain   flow.State = "pay_again"  // a like charge is in doubt: charge all the same?
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
	// Waited: time went by.
	Waited struct{ Now time.Time }
)

func (Placed) Name() string    { return "order sent" }
func (NotPlaced) Name() string { return "order not sent" }
func (Changed) Name() string   { return "trade changed" }
func (Checked) Name() string   { return "query done" }
func (CloseDone) Name() string { return "close done" }
func (Waited) Name() string    { return "time went by" }

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
	// Despite is the number of a like charge in doubt that the person was shown.
	Despite string
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
	trouble    view.TroubleKind
	cardIn     bool

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

// At is the state the flow is in.
func (m Model) At() flow.State { return m.state }

// CardIn says whether a card is in the slot.
func (m Model) CardIn() bool { return m.cardIn }

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
	if w, ok := e.(Waited); ok {
		m.now = w.Now
	}
	if n, ok := e.(news); ok && n.news().Trade.Order.No != "" && n.news().Trade.Order.No != m.no() {
		return m, nil
	}
	next, effects := Table().Step(m, e)
	if next.state != m.state {
		next.since = next.now
	}
	return next, effects
}

// Table is the flow.
func Table() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	// News may come in every state that follows a send.
	told := func(stay flow.State, more ...flow.State) flow.Rule[Model] {
		return flow.On(Changed{}, onNews[Changed], append(more, stay, Succeeded, Troubled)...)
	}
	removed := func(stay flow.State) flow.Rule[Model] { return flow.On(identify.CardPulled{}, cardGone, stay) }
	removedTooEarly := func(stay flow.State) flow.Rule[Model] {
		return flow.On(identify.CardPulled{}, cardPulled, stay, Troubled)
	}
	return flow.Table[Model]{
		Entering: {
			flow.On(tap(view.Key), onKey, Entering),
			flow.On(tap(view.Quick), onQuick, Entering),
			flow.On(tap(view.Next), onNext, Entering, Confirming),
			flow.On(tap(view.Back), leave(ToCheck), Over),
			flow.On(tap(view.GoHome), leave(ToHome), Over),
			removedTooEarly(Entering),
		},
		Confirming: {
			flow.On(tap(view.Pay), place, Ordering),
			flow.On(tap(view.Back), to(Entering), Entering),
			flow.On(tap(view.GoHome), leave(ToHome), Over),
			removedTooEarly(Confirming),
		},
		PayAgain: {
			flow.On(tap(view.PayAnyway), placeDespite, Ordering),
			flow.On(tap(view.Back), to(Confirming), Confirming),
			flow.On(tap(view.GoHome), leave(ToHome), Over),
			removedTooEarly(PayAgain),
		},
		Ordering: {
			flow.On(Placed{}, onPlaced, Paying, Doubtful, Succeeded, Troubled),
			flow.On(NotPlaced{}, onNotPlaced, PayAgain, Troubled),
			removed(Ordering),
		},
		Paying: {
			told(Paying, Doubtful),
			flow.On(Checked{}, onChecked, Paying, Doubtful, Succeeded, Troubled),
			flow.On(Waited{}, waitedPaying, Paying, Doubtful),
			flow.On(tap(view.CheckPaid), check, Paying),
			flow.On(tap(view.LeavePay), to(Leaving), Leaving),
			removed(Paying),
		},
		Leaving: {
			told(Leaving, Doubtful),
			flow.On(Checked{}, onNews[Checked], Leaving, Doubtful, Succeeded, Troubled),
			flow.On(Waited{}, waitedPaying, Leaving, Doubtful),
			flow.On(tap(view.KeepPaying), to(Paying), Paying),
			flow.On(tap(view.ReallyLeave), closeOrder, Closing),
			removed(Leaving),
		},
		Closing: {
			flow.On(CloseDone{}, onCloseDone, Over, Doubtful, Succeeded, Troubled),
			// What the close brings is told by CloseDone; only money that came is told at once.
			flow.On(Changed{}, onlySuccess, Closing, Succeeded),
			removed(Closing),
		},
		Doubtful: {
			told(Doubtful, Paying),
			flow.On(Checked{}, onNews[Checked], Doubtful, Paying, Succeeded, Troubled),
			flow.On(tap(view.KeepWaiting), check, Doubtful),
			flow.On(tap(view.GoToCounter), leave(ToRest), Over),
			removed(Doubtful),
		},
		Succeeded: {
			flow.On(Changed{}, more, Succeeded),
			flow.On(tap(view.Done), leave(ToRest), Over),
			removed(Succeeded),
		},
		Troubled: {
			flow.On(tap(view.Retry), retry, Entering, Troubled),
			flow.On(tap(view.GoHome), leave(ToHome), Over),
			removed(Troubled),
		},
		Over: {},
	}
}

func to(next flow.State) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state, m.notPaidYet = next, false
		return m, nil
	}
}

func retry(m Model, tap view.Tap) (Model, []flow.Effect) {
	if !retryable(m.trouble) {
		return m, nil
	}
	return to(Entering)(m, tap)
}

func leave(exit Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = Over
		return m, []flow.Effect{Left{To: exit}}
	}
}

func place(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.status, m.shownAt = Ordering, txn.Status{}, time.Time{}
	m.checking, m.notPaidYet = false, false
	return m, []flow.Effect{Place{Charge: m.charge}}
}

func placeDespite(m Model, tap view.Tap) (Model, []flow.Effect) {
	m.charge.Despite = m.inDoubt.No
	return place(m, tap)
}

func check(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.checking {
		return m, nil
	}
	m.checking, m.notPaidYet = true, false
	return m, []flow.Effect{Check{No: m.no()}}
}

func closeOrder(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.checking = Closing, false
	return m, []flow.Effect{Close{No: m.no()}}
}

func onNotPlaced(m Model, e NotPlaced) (Model, []flow.Effect) {
	var doubt *txn.InDoubtError
	if errors.As(e.Err, &doubt) {
		m.state, m.inDoubt = PayAgain, *doubt
		return m, nil
	}
	kind := view.TroubleNoOrder
	switch {
	case errors.Is(e.Err, txn.ErrJournal):
		kind = view.TroubleJournal
	case errors.Is(e.Err, txn.ErrBusy):
		kind = view.TroubleBusy
	}
	return m.troubled(kind), nil
}

// onPlaced: with a code, show it. Without one nobody could pay, whatever
// became of the order: it is closed, and nothing was taken.
func onPlaced(m Model, e Placed) (Model, []flow.Effect) {
	m.status = e.Status
	if settled, ok := m.settled(); ok {
		return settled, nil
	}
	p := e.Status.Trade.Progress
	switch {
	case e.Status.Trade.At() == txn.Pending && p.QRCode != "":
		m.state, m.shownAt = Paying, m.now
		return m, nil
	case moneyMoves(p.Result):
		m.state = Doubtful
		return m, nil
	}
	return m.troubled(view.TroubleNoOrder), []flow.Effect{Close{No: m.no()}}
}

// news is an event that brings a status.
type news interface {
	flow.Event
	news() txn.Status
}

func (e Changed) news() txn.Status   { return e.Status }
func (e Checked) news() txn.Status   { return e.Status }
func (e CloseDone) news() txn.Status { return e.Status }

func onNews[E news](m Model, e E) (Model, []flow.Effect) {
	m = m.hear(e.news())
	if _, asked := any(e).(Checked); asked {
		m.checking = false
	}
	if settled, ok := m.settled(); ok {
		return settled, nil
	}
	switch {
	case m.status.Trade.Progress.Result == onetrans.ResultExp:
		m.state = Doubtful
	case m.state == Doubtful && m.canStillPay():
		m.state = Paying
	}
	return m, nil
}

// hear takes over a status. One of which nothing could be learned, not even
// from the journal, says only that nobody answers.
func (m Model) hear(s txn.Status) Model {
	if s.Trade.At() == "" {
		s.Trade = m.status.Trade
	}
	m.status = s
	return m
}

// onChecked: who said that they have paid hears the truth: paid, not paid yet,
// or not known.
func onChecked(m Model, e Checked) (Model, []flow.Effect) {
	m, effects := onNews(m, e)
	if m.state != Paying {
		return m, effects
	}
	switch {
	case !m.status.SilentSince.IsZero():
		m.state = Doubtful
	case m.status.Trade.Progress.Result == onetrans.ResultInit:
		m.notPaidYet = true
	}
	return m, effects
}

func onCloseDone(m Model, e CloseDone) (Model, []flow.Effect) {
	m = m.hear(e.Status)
	if m.status.Trade.At() == txn.Closed || m.status.Trade.At() == txn.NotFound {
		return leave(ToHome)(m, view.Tap{})
	}
	if settled, ok := m.settled(); ok {
		return settled, nil
	}
	m.state = Doubtful
	return m, nil
}

func onlySuccess(m Model, e Changed) (Model, []flow.Effect) {
	if e.Status.Trade.At() == txn.Succ {
		m.status, m.state = e.Status, Succeeded
	}
	return m, nil
}

// more: an answer that came later may bring the balance.
func more(m Model, e Changed) (Model, []flow.Effect) {
	m.status = e.Status
	return m, nil
}

// waitedPaying: when the order's time is over and nobody said how it ended, or
// the platform has been silent for long, the code gives way to the truth.
func waitedPaying(m Model, _ Waited) (Model, []flow.Effect) {
	silent := m.status.SilentSince
	if m.now.After(m.deadline().Add(expiryPatience)) ||
		!silent.IsZero() && m.now.Sub(silent) > silencePatience {
		m.state = Doubtful
	}
	return m, nil
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

// settled is the model for a trade that is final.
func (m Model) settled() (Model, bool) {
	switch m.status.Trade.At() {
	case txn.Succ:
		m.state = Succeeded
		return m, true
	case txn.Fail:
		return m.troubled(view.TroubleFailed), true
	case txn.Closed, txn.NotFound:
		return m.troubled(view.TroubleClosed), true
	case txn.Refused:
		return m.troubled(view.TroubleRefused), true
	case txn.NotSent:
		return m.troubled(view.TroubleOffline), true
	}
	return m, false
}

func (m Model) troubled(kind view.TroubleKind) Model {
	m.state, m.trouble = Troubled, kind
	return m
}

// canStillPay: the platform answers, and the code on the screen is good.
func (m Model) canStillPay() bool {
	p := m.status.Trade.Progress
	return !m.shownAt.IsZero() && !p.CloseAsked && m.status.SilentSince.IsZero() &&
		p.Result == onetrans.ResultInit && m.now.Before(m.deadline())
}

// deadline is when the code on the screen is good no longer.
func (m Model) deadline() time.Time {
	if at := m.status.Trade.Progress.ExpireAt; !at.IsZero() {
		return at
	}
	return m.shownAt.Add(unsaidTime)
}

func (m Model) no() string { return m.status.Trade.Order.No }

func moneyMoves(r onetrans.Result) bool {
	return r == onetrans.ResultIng || r == onetrans.ResultExp
}
