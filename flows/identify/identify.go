// Package identify is the flow that finds out who stands at the terminal
// (mdtrt_cert_type 09): pick how, put in the card or show the code, check the
// person.
package identify

import (
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

// Recheck shows the person again, for whoever steps back from what follows.
func (m Model) Recheck() Model {
	m.state = Checking
	return m
}
