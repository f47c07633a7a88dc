// Package identify is the flow that finds out who stands at the terminal
// (mdtrt_cert_type 09): pick how, put in the card or show the code, check the
// person.
package identify

import (
	"errors"
	"slices"
	"time"

	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/view"
)

// The states.
const (
	Choosing   flow.State = "choosing"   // pick how; the readers listen already
	Presenting flow.State = "presenting" // put in the card, show the code
	Looking    flow.State = "looking"    // the platform is asked who it is
	Checking   flow.State = "checking"   // the person is on the screen
	Troubled   flow.State = "troubled"
	Over       flow.State = "over"
)

// Events, beside the taps.
type (
	// CardRead: a social-security card was read.
	CardRead struct{ Card devices.SocialSecurityCard }
	// CardFailed: reading ended with one of the errors of package devices.
	CardFailed struct{ Err error }
	// CardPulled: the card that was read is no longer in the slot.
	CardPulled struct{}
	// CodeScanned: the scanner read a code, which is a bearer token.
	CodeScanned struct{ Code string }
	// Found: the platform knows the person that the look-up of this number asked for.
	Found struct {
		LookUp int
		Person Person
	}
	// NotFound: the platform does not, or did not answer.
	NotFound struct {
		LookUp int
		Why    view.TroubleKind
	}
	// Waited: time went by.
	Waited struct{ Now time.Time }
)

func (CardRead) Name() string    { return "card read" }
func (CardFailed) Name() string  { return "card failed" }
func (CardPulled) Name() string  { return "card pulled" }
func (CodeScanned) Name() string { return "code scanned" }
func (Found) Name() string       { return "person found" }
func (NotFound) Name() string    { return "person not found" }
func (Waited) Name() string      { return "time went by" }

// Effects.
type (
	// Listen: wait for a card and a code, until StopListening. AfterRemoval:
	// the card in the slot is not to be read again; wait for the next.
	Listen struct{ AfterRemoval bool }
	// StopListening ends what Listen began.
	StopListening struct{}
	// WatchCard: say when the card is pulled.
	WatchCard struct{}
	// LookUp: ask the platform who it is, by a card or, when Code is set, by a
	// code. No tells its answer from one that comes late for another card.
	LookUp struct {
		No   int
		Card devices.SocialSecurityCard
		Code string
	}
	// Identified ends the flow: this is the person.
	Identified struct{ Person Person }
	// Left ends the flow: the person went home.
	Left struct{}
)

// longWait is when a screen starts to say what it waits for.
const longWait = 8 * time.Second

// Model is the flow's memory. A new one is made by Start.
type Model struct {
	state  flow.State
	ways   []view.WayKind
	places map[view.WayKind]string
	// account is the one whose balance the check shows.
	account view.ServiceKind
	// accountType is that account's code.
	accountType string

	way    view.WayKind
	lookUp int // the number of the latest
	person Person
	cardIn bool
	// stale: the card in the slot has been read and is not the one.
	stale   bool
	trouble view.TroubleKind
	since   time.Time
	long    bool
}

// Options are what the flow offers.
type Options struct {
	Ways   []view.WayKind
	Places map[view.WayKind]string
	// Account and AccountType name the account whose balance the check shows.
	Account     view.ServiceKind
	AccountType string
}

// Start begins the flow.
func Start(o Options) (Model, []flow.Effect) {
	return Model{state: Choosing, ways: o.Ways, places: o.Places, account: o.Account, accountType: o.AccountType},
		[]flow.Effect{Listen{}}
}

// At is the state the flow is in.
func (m Model) At() flow.State { return m.state }

// CardIn says whether a card is in the slot.
func (m Model) CardIn() bool { return m.cardIn }

// Step lets an event happen.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) { return Table().Step(m, e) }

// Table is the flow.
func Table() flow.Table[Model] {
	reads := []flow.Rule[Model]{
		flow.On(CardRead{}, onCard, Looking),
		flow.On(CodeScanned{}, onCode, Looking),
		flow.On(view.Tap{Action: view.GoHome}, leave, Over),
		flow.On(CardPulled{}, gone, Choosing, Presenting),
	}
	return flow.Table[Model]{
		Choosing: slices.Concat(reads, []flow.Rule[Model]{
			flow.On(view.Tap{Action: view.ChooseWay}, chooseWay, Choosing, Presenting),
			flow.On(view.Tap{Action: view.Back}, leave, Over),
			flow.On(CardFailed{}, failedUnasked, Choosing, Troubled),
		}),
		Presenting: slices.Concat(reads, []flow.Rule[Model]{
			flow.On(view.Tap{Action: view.Back}, again, Choosing),
			flow.On(CardFailed{}, failed, Presenting, Troubled),
		}),
		Looking: {
			flow.On(Found{}, onFound, Looking, Checking, Troubled),
			flow.On(NotFound{}, onNotFound, Looking, Troubled),
			flow.On(CardPulled{}, pulled, Looking, Troubled),
			flow.On(Waited{}, waited, Looking),
			flow.On(view.Tap{Action: view.GoHome}, leave, Over),
		},
		Checking: {
			flow.On(view.Tap{Action: view.Correct}, correct, Over),
			flow.On(view.Tap{Action: view.Wrong}, another, Choosing),
			flow.On(view.Tap{Action: view.Back}, another, Choosing),
			flow.On(view.Tap{Action: view.GoHome}, leave, Over),
			flow.On(CardPulled{}, pulled, Checking, Troubled),
		},
		Troubled: {
			flow.On(view.Tap{Action: view.Retry}, again, Choosing),
			flow.On(view.Tap{Action: view.GoHome}, leave, Over),
			flow.On(CardPulled{}, gone, Troubled),
		},
		// The person may come back from what follows, to be checked again.
		Over: {
			flow.On(CardPulled{}, gone, Over),
		},
	}
}

// Recheck shows the person again, for whoever steps back from what follows.
func (m Model) Recheck() Model {
	m.state = Checking
	return m
}

func chooseWay(m Model, tap view.Tap) (Model, []flow.Effect) {
	way := view.WayKind(tap.Value)
	if !slices.Contains(m.ways, way) {
		return m, nil
	}
	m.state, m.way = Presenting, way
	// Listening anew finds a reader that was away when the screen came up.
	return m, []flow.Effect{Listen{AfterRemoval: m.stale}}
}

func onCard(m Model, e CardRead) (Model, []flow.Effect) {
	m.cardIn, m.stale = true, false
	m, look := m.looking(view.WaySocialSecurityCard, LookUp{Card: e.Card})
	return m, append(look, WatchCard{})
}

func onCode(m Model, e CodeScanned) (Model, []flow.Effect) {
	return m.looking(view.WayCode, LookUp{Code: e.Code})
}

func (m Model) looking(way view.WayKind, l LookUp) (Model, []flow.Effect) {
	m.state, m.way = Looking, way
	m.since, m.long = time.Time{}, false
	m.lookUp++
	l.No = m.lookUp
	return m, []flow.Effect{StopListening{}, l}
}

// failedUnasked: nobody asked for the reader yet, so one that is missing is no
// trouble; a card in it that can't be read is.
func failedUnasked(m Model, e CardFailed) (Model, []flow.Effect) {
	if errors.Is(e.Err, devices.ErrNoReader) {
		return m, nil
	}
	return failed(m, e)
}

func failed(m Model, e CardFailed) (Model, []flow.Effect) {
	// Who was told to show a code need not hear of the card reader.
	if m.state == Presenting && m.way != view.WaySocialSecurityCard && errors.Is(e.Err, devices.ErrNoReader) {
		return m, nil
	}
	m.cardIn = errors.Is(e.Err, devices.ErrWrongCard) || errors.Is(e.Err, devices.ErrCardLocked) || errors.Is(e.Err, devices.ErrUnreadable)
	effects := []flow.Effect{StopListening{}}
	if m.stale = m.cardIn; m.cardIn {
		effects = append(effects, WatchCard{})
	}
	return m.troubled(troubleOf(e.Err)), effects
}

func troubleOf(err error) view.TroubleKind {
	switch {
	case errors.Is(err, devices.ErrNoReader):
		return view.TroubleNoReader
	case errors.Is(err, devices.ErrWrongCard):
		return view.TroubleWrongCard
	case errors.Is(err, devices.ErrCardRemoved):
		return view.TroubleCardPulled
	case errors.Is(err, devices.ErrCardLocked):
		return view.TroubleCardLocked
	}
	return view.TroubleUnreadable
}

func onNotFound(m Model, e NotFound) (Model, []flow.Effect) {
	if e.LookUp != m.lookUp {
		return m, nil
	}
	return m.troubled(e.Why), nil
}

func onFound(m Model, e Found) (Model, []flow.Effect) {
	if e.LookUp != m.lookUp {
		return m, nil
	}
	if e.Person.HisCustID == "" {
		return m.troubled(view.TroubleNotRegistered), nil
	}
	if _, ok := e.Person.Account(m.accountType); !ok {
		return m.troubled(view.TroubleNoAccount), nil
	}
	m.state, m.person = Checking, e.Person
	m.person.ByCard = m.way == view.WaySocialSecurityCard
	return m, nil
}

func waited(m Model, e Waited) (Model, []flow.Effect) {
	if m.since.IsZero() {
		m.since = e.Now
	}
	m.long = e.Now.Sub(m.since) >= longWait
	return m, nil
}

// pulled: a card that goes takes its person with it; another's, or one that
// could not be read, is no matter to who showed a code.
func pulled(m Model, e CardPulled) (Model, []flow.Effect) {
	m, _ = gone(m, e)
	if m.way != view.WaySocialSecurityCard {
		return m, nil
	}
	return m.troubled(view.TroubleCardPulled), nil
}

func gone(m Model, _ CardPulled) (Model, []flow.Effect) {
	m.cardIn, m.stale = false, false
	return m, nil
}

// another asks how to identify somebody else than the card in the slot does.
func another(m Model, tap view.Tap) (Model, []flow.Effect) {
	m.stale = m.cardIn
	return again(m, tap)
}

// again forgets the person and asks how to identify.
func again(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.way, m.person, m.trouble = Choosing, "", Person{}, ""
	return m, []flow.Effect{StopListening{}, Listen{AfterRemoval: m.stale}}
}

func correct(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state = Over
	return m, []flow.Effect{Identified{Person: m.person}}
}

func leave(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.person = Over, Person{}
	return m, []flow.Effect{StopListening{}, Left{}}
}

func (m Model) troubled(kind view.TroubleKind) Model {
	m.state, m.trouble, m.person = Troubled, kind, Person{}
	return m
}
