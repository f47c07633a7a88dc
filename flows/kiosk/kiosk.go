// Package kiosk is the self-service terminal: it waits for a person, offers
// the services, leads them through the flows and forgets them.
package kiosk

import (
	"time"

	"onetrans/flows/authorise"
	"onetrans/flows/cashier"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/platform"
	"onetrans/flows/receipt"
	"onetrans/flows/recharge"
	"onetrans/flows/settle"
	"onetrans/flows/view"
)

// The states.
const (
	Attracting  flow.State = "attracting"  // nobody is there
	AtHome      flow.State = "at_home"     // the services
	Identifying flow.State = "identifying" // the identify flow has the screen
	Authorising flow.State = "authorising" // the health card's code has the screen
	Recharging  flow.State = "recharging"  // the recharge flow has the screen
	Settling    flow.State = "settling"    // the settle flow has the screen
	Troubled    flow.State = "troubled"
	Taking      flow.State = "taking" // 'please take your card'
)

// Events, besides the taps and those of the flows.
type (
	// Began: the terminal was taken for this person, or not.
	Began struct{ Err error }
)

func (Began) Name() string { return "terminal taken" }

// Effects.
type (
	// Begin: take the terminal for this person's call.
	Begin struct{}
	// Wipe: end everything that runs for this person, and give the terminal free.
	Wipe struct{}
)

// Service is one that the kiosk offers, with what the hospital says about it.
// One without an account type is the settlement of bills.
type Service struct {
	Kind        view.ServiceKind
	AccountType string
	Limits      recharge.Limits
}

// Options say what the kiosk offers.
type Options struct {
	Services []Service
	Ways     []view.WayKind
	Places   map[view.WayKind]string
	Cashier  cashier.Terms
	// Can is what the platform can do.
	Can platform.Capabilities
	// MustBook: as [recharge.Terms] says.
	MustBook bool
	// Prints: results can be printed. The runner sets it.
	Prints bool
	// Timeout is how long a screen waits for a person who does nothing.
	Timeout  time.Duration
	Language view.Language
}

// Model is the kiosk's memory.
type Model struct {
	options Options
	state   flow.State
	look    view.Look
	service Service

	identify  identify.Model
	authorise authorise.Model
	recharge  recharge.Model
	settle    settle.Model
	tray      receipt.Tray
	trouble   view.TroubleKind
	// left is what the last person has to take along.
	left left

	// call is HIS's that has the screen; nil when a person came by themselves.
	// answered: it has its answer, and its page lingers.
	call     *PageCall
	answered bool
	// hisLast: whoever left a card was somebody that HIS had called for.
	hisLast bool
	// caller is for whom, and from where, a call is.
	caller view.Caller
	// doubtSince is since when nobody has said what becomes of its money; zero
	// while that is known.
	doubtSince time.Time

	now     time.Time
	touched time.Time // when somebody last did something
	asking  bool      // 'are you still there?'
}

// left says which cards are still there: in the slot, and laid on its reader.
type left struct{ card, laid bool }

// without is what is left after an event that may be a card that is taken.
func (l left) without(e flow.Event) left {
	switch e := e.(type) {
	case identify.CardPulled:
		l.card = false
	case identify.IdentityLifted:
		l.laid = false
	case identify.CardBefore:
		l.card = e.In
	case identify.IdentityBefore:
		l.laid = e.Laid
	}
	return l
}

// New is a kiosk that waits for somebody.
func New(o Options, now time.Time) Model {
	return Model{options: o, state: Attracting, look: view.Look{Language: o.Language}, now: now, touched: now}
}

// At is the state the kiosk is in.
func (m Model) At() flow.State { return m.state }

// Step lets an event happen: the kiosk's own, or the present flow's.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) {
	before, asked := m.place(), m.asking
	if present(e) {
		m.touched, m.asking = m.now, false
	}
	if tap, ok := e.(view.Tap); ok && asked {
		// What was tapped is the answer, and is meant for nothing below it.
		if tap.Action == view.GoHome {
			return m.end(Ended{How: away}, AtHome)
		}
		return m, nil
	}
	switch m.state {
	case Identifying, Authorising, Recharging, Settling: // elsewhere nobody reads cards
		m.left = m.left.without(e)
	}
	m, effects := table.Step(m, e)
	// Another screen begins its time anew; while the question stands, time goes on.
	if m.place() != before && !m.asking {
		m.touched = m.now
	}
	return m, effects
}

// place is which screen stands there: another one begins its time anew.
func (m Model) place() [6]flow.State {
	return [6]flow.State{m.state, m.identify.At(), m.authorise.At(), m.recharge.At(), m.settle.At(), m.cashier()}
}

// cashier is the cashier's state; empty while it has not the screen.
func (m Model) cashier() flow.State {
	if f, ok := m.payer(); ok {
		return f.Cashier()
	}
	return ""
}

// Table decides the kiosk's own events; the flow that has the screen has the rest.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	onHungUp := func(stay flow.State) flow.Rule[Model] { return flow.On(HungUp{}, hungUp, stay, Attracting, Taking) }
	onCalled := func(stay flow.State) flow.Rule[Model] {
		return flow.On(Called{}, called, stay, Identifying, Recharging, Settling)
	}
	onWaited := func(to ...flow.State) flow.Rule[Model] { return flow.On(flow.Waited{}, waited, to...) }
	return flow.Table[Model]{
		Attracting: {
			flow.On(tap(view.Start), goHome[view.Tap], AtHome),
			onCalled(Attracting),
			onWaited(Attracting),
		},
		AtHome: {
			flow.On(tap(view.PickService), pickService, AtHome, Identifying),
			flow.On(Began{}, began, Identifying, Troubled),
			onCalled(AtHome),
			flow.On(tap(view.SetLarge), func(m Model, _ view.Tap) (Model, []flow.Effect) { m.look.Large = !m.look.Large; return m, nil }, AtHome),
			flow.On(tap(view.SetContrast), func(m Model, _ view.Tap) (Model, []flow.Effect) { m.look.Contrast = !m.look.Contrast; return m, nil }, AtHome),
			flow.On(tap(view.SetLanguage), func(m Model, t view.Tap) (Model, []flow.Effect) {
				m.look.Language = view.Language(t.Value)
				return m, nil
			}, AtHome),
			onWaited(AtHome, Attracting),
		},
		Identifying: {
			flow.Rest("identify", Model.identifying, Identifying, Authorising, Recharging, Settling, AtHome, Attracting, Taking),
			onWaited(Identifying, Attracting, Taking), onHungUp(Identifying),
		},
		Authorising: {
			flow.Rest("authorise", Model.authorising, Authorising, Identifying, AtHome, Attracting, Taking),
			onWaited(Authorising, Identifying, Attracting, Taking), onHungUp(Authorising),
		},
		Recharging: {
			flow.Rest("recharge", Model.recharging, Recharging, Identifying, AtHome, Attracting, Taking),
			flow.On(tap(view.PrintSlip), printSlip, Recharging),
			flow.On(receipt.Printed{}, printed, Recharging),
			onWaited(Recharging, Attracting, Taking), onHungUp(Recharging), onCalled(Recharging),
		},
		Settling: {
			flow.Rest("settle", Model.settling, Settling, Identifying, AtHome, Attracting, Taking),
			flow.On(tap(view.PrintSlip), printSlip, Settling),
			flow.On(receipt.Printed{}, printed, Settling),
			onWaited(Settling, Attracting, Taking), onHungUp(Settling), onCalled(Settling),
		},
		Troubled: {
			flow.On(tap(view.GoHome), goHome[view.Tap], AtHome),
			onCalled(Troubled),
			onWaited(Troubled, Attracting),
		},
		Taking: {
			flow.On(identify.CardPulled{}, cardTaken, Taking, Attracting),
			flow.On(identify.IdentityLifted{}, identityTaken, Taking, Attracting),
			onCalled(Taking),
			onWaited(Taking),
		},
	}
}

func goHome[E flow.Event](m Model, _ E) (Model, []flow.Effect) {
	m.state = AtHome
	return m, nil
}

func pickService(m Model, tap view.Tap) (Model, []flow.Effect) {
	for _, s := range m.options.Services {
		if string(s.Kind) == tap.Value {
			m.service = s
			return m, []flow.Effect{Begin{}}
		}
	}
	return m, nil
}

func began(m Model, e Began) (Model, []flow.Effect) {
	if e.Err != nil {
		m.state, m.trouble = Troubled, view.TroubleBusy
		return m, nil
	}
	m.state = Identifying
	var effects []flow.Effect
	m.identify, effects = identify.Start(identify.Options{
		Ways: m.options.Ways, Places: m.options.Places,
		Account: m.service.Kind, AccountType: m.service.AccountType,
		WantsCard: m.service.Kind == view.ServiceOutpatientPayment, Theirs: m.options.Can.OwnReaders,
	})
	return m, effects
}

// identifying lets the identify flow have an event, and follows when it ends.
func (m Model) identifying(e flow.Event) (Model, []flow.Effect) {
	var done []flow.Effect
	m.identify, done = m.identify.Step(e)
	var effects []flow.Effect
	for _, effect := range done {
		var wiped []flow.Effect
		switch effect := effect.(type) {
		case identify.Authorise:
			m.state = Authorising
			m.authorise, wiped = authorise.Start(m.now)
		case identify.Identified:
			m, wiped = m.identified(effect)
		case identify.Scanned:
			m, wiped = m.end(Ended{Code: effect.Code}, Attracting)
		case identify.Left:
			m, wiped = m.end(Ended{How: away, Answer: effect.Answer, Err: effect.Err}, AtHome)
		default:
			effects = append(effects, effect)
		}
		effects = append(effects, wiped...)
	}
	return m, effects
}

// recharging lets the recharge flow have an event, and follows when it ends.
func (m Model) recharging(e flow.Event) (Model, []flow.Effect) {
	var done []flow.Effect
	m.recharge, done = m.recharge.Step(e)
	return m.without(e).leaving(done)
}

// settling lets the settle flow have an event, and follows when it ends.
func (m Model) settling(e flow.Event) (Model, []flow.Effect) {
	var done []flow.Effect
	m.settle, done = m.settle.Step(e)
	return m.without(e).leaving(done)
}

// leaving goes where a person goes from a flow that takes money.
func (m Model) leaving(done []flow.Effect) (Model, []flow.Effect) {
	var effects []flow.Effect
	for _, effect := range done {
		var more []flow.Effect
		left, ok := effect.(cashier.Left)
		switch {
		case !ok:
			more = []flow.Effect{effect}
		case left.To == cashier.ToCheck && m.call == nil:
			m.state, m.identify = Identifying, m.identify.Recheck()
		case left.To == cashier.ToRest:
			m, more = m.end(Ended{}, Attracting)
		default:
			m, more = m.end(Ended{How: away}, AtHome)
		}
		effects = append(effects, more...)
	}
	return m.answering(effects)
}

// forget ends a person's time: everything about them is wiped, and a card that
// is still there is asked to be taken first. HIS's settlement is undone
// before its caller hears of it.
func (m Model) forget(to flow.State) (Model, []flow.Effect) {
	m.left = left{card: m.cardIn() || m.left.card, laid: m.identify.Laid() || m.left.laid}
	var effects []flow.Effect
	if m.call == nil && m.state == Settling {
		effects = m.settle.Forsake()
	}
	m = m.wiped()
	effects = append(effects, Wipe{})
	if m.left != (left{}) {
		m.state = Taking
		return m, append(effects, m.watchLeft()...)
	}
	m.state = to
	if to == Attracting {
		m.look = view.Look{Language: m.options.Language}
	}
	return m, effects
}

// wiped is the model without anything about a person or a call.
func (m Model) wiped() Model {
	m.identify, m.authorise, m.recharge, m.settle = identify.Model{}, authorise.Model{}, recharge.Model{}, settle.Model{}
	m.service, m.doubtSince, m.tray = Service{}, time.Time{}, receipt.Tray{}
	m.hisLast = m.call != nil
	m.call, m.answered, m.caller = nil, false, view.Caller{}
	return m
}

// watchLeft says when what somebody left is taken.
func (m Model) watchLeft() (effects []flow.Effect) {
	if m.left.card {
		effects = append(effects, identify.WatchCard{})
	}
	if m.left.laid {
		effects = append(effects, identify.WatchIdentity{})
	}
	return effects
}

func cardTaken(m Model, _ identify.CardPulled) (Model, []flow.Effect) {
	m.left.card = false
	return m.rest()
}

func identityTaken(m Model, _ identify.IdentityLifted) (Model, []flow.Effect) {
	m.left.laid = false
	return m.rest()
}

// rest waits for somebody else, once nothing of the last person is left.
func (m Model) rest() (Model, []flow.Effect) {
	if m.left != (left{}) {
		return m, nil
	}
	m.state, m.look = Attracting, view.Look{Language: m.options.Language}
	return m, []flow.Effect{Wipe{}}
}

func (m Model) cardIn() bool {
	if f, ok := m.payer(); ok {
		return f.CardIn()
	}
	return (m.state == Identifying || m.state == Authorising) && m.identify.CardIn()
}

// wait tells the present flow that time went by.
func (m Model) wait(e flow.Waited) (Model, []flow.Effect) {
	switch m.state {
	case Identifying:
		return m.identifying(e)
	case Authorising:
		return m.authorising(e)
	case Settling:
		return m.settling(e)
	case Recharging:
		return m.recharging(e)
	}
	return m, nil
}
