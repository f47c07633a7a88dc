// Package identify is the flow that finds out who stands at the terminal
// (mdtrt_cert_type 09): pick how, put in the card, lay it down or show the code,
// check the person.
package identify

import (
	"time"

	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
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
	// Authorising: the health card's code is on the screen; package authorise has it.
	Authorising flow.State = "authorising"
)

// Events, beside the taps.
type (
	// CardRead: a social-security card was read.
	CardRead struct{ Card devices.SocialSecurityCard }
	// CardFailed: reading ended with one of the errors of package devices.
	CardFailed struct{ Err error }
	// CardPulled: the card that was read is no longer in the slot.
	CardPulled struct{}
	// IdentityRead: an identity card was read.
	IdentityRead struct{ Card devices.IdentityCard }
	// IdentityFailed: reading one ended with one of the errors of package devices.
	IdentityFailed struct{ Err error }
	// IdentityLifted: the identity card that was read lies there no longer.
	IdentityLifted struct{}
	// CardBefore: a card that was in the slot before is still there, or it is not,
	// or none was.
	CardBefore struct{ In bool }
	// IdentityBefore is the same of an identity card on its reader.
	IdentityBefore struct{ Laid bool }
	// CodeScanned: the scanner read a code, which is a bearer token.
	CodeScanned struct{ Code string }
	// Authorised: the person let the hospital use the health card.
	Authorised struct{ Holder Holder }
	// NotAuthorised: they want something else.
	NotAuthorised struct{ Home bool }
	// Found: the platform knows the person that the look-up of this number asked for.
	Found struct {
		LookUp int
		Person Person
		Answer onetrans.Answer // as it came
	}
	// NotFound: the platform does not, or did not answer, as Err says.
	NotFound struct {
		LookUp int
		Why    view.TroubleKind
		Answer onetrans.Answer
		Err    error
	}
)

func (CardRead) Name() string    { return "card read" }
func (CardFailed) Name() string  { return "card failed" }
func (CardPulled) Name() string  { return "card pulled" }
func (CodeScanned) Name() string { return "code scanned" }

func (IdentityRead) Name() string   { return "identity card read" }
func (IdentityFailed) Name() string { return "identity card failed" }
func (IdentityLifted) Name() string { return "identity card lifted" }

func (CardBefore) Name() string     { return "card was there before" }
func (IdentityBefore) Name() string { return "identity card was there before" }

func (Authorised) Name() string    { return "health card authorised" }
func (NotAuthorised) Name() string { return "health card not authorised" }

func (Found) Name() string    { return "person found" }
func (NotFound) Name() string { return "person not found" }

// Effects.
type (
	// Listen: wait for a card, an identity card and a code, whichever comes
	// first, until StopListening. AfterRemoval: a card that is in the slot is not
	// to be read, nor is, AfterLifting, an identity card that lies there: say
	// whether there is one, and wait for the next. CodeOnly: cards do not matter.
	Listen struct{ AfterRemoval, AfterLifting, CodeOnly bool }
	// Authorise: let the person authorise a health card.
	Authorise struct{}
	// StopListening ends what Listen began.
	StopListening struct{}
	// WatchCard: say when the card is pulled.
	WatchCard struct{}
	// WatchIdentity: say when the identity card is lifted.
	WatchIdentity struct{}
	// LookUp: ask the platform who it is, by a card, by an identity card, by a
	// code when Code is set, or by a health card's holder. No tells its answer from one that comes late
	// for another card.
	LookUp struct {
		No       int
		Card     devices.SocialSecurityCard
		Identity devices.IdentityCard
		Code     string
		Holder   Holder
	}
	// Identified ends the flow: this is the person, and what the platform said.
	Identified struct {
		Person Person
		Answer onetrans.Answer
	}
	// Told: the person has seen this news, and said who they are.
	Told struct{ News []News }
	// Scanned ends a flow that is for a code alone.
	Scanned struct{ Code string }
	// Left ends the flow: the person went home. Answer and Err are what the last
	// look-up brought, if it brought nobody.
	Left struct {
		Answer onetrans.Answer
		Err    error
	}
)

// Model is the flow's memory. A new one is made by Start.
type Model struct {
	state  flow.State
	ways   []view.WayKind
	places map[view.WayKind]string
	// account is the one whose balance the check shows.
	account view.ServiceKind
	// accountType is that account's code.
	accountType string
	// wantsCard: what follows can't be done without a card's number.
	wantsCard bool

	way    view.WayKind
	lookUp int // the number of the latest
	person Person
	cardIn bool
	// laid: an identity card that was read lies on its reader.
	laid bool
	// stale: the card in the slot has been read and is not the one; staleLaid:
	// nor is the identity card that lies there.
	stale, staleLaid bool
	// before, beforeLaid: it was there when somebody was asked for one.
	before, beforeLaid bool

	trouble view.TroubleKind
	since   time.Time
	long    bool

	bare, scan bool
	answer     onetrans.Answer // the last look-up's
	err        error
}

// Holder is whose health card was authorised, and the card that is linked with
// it here; none where the platform named none.
type Holder struct {
	Name, IDNo, IDType string
	Card               Card
}

// Options are what the flow offers.
type Options struct {
	Ways   []view.WayKind
	Places map[view.WayKind]string
	// Account and AccountType name the account whose balance the check shows.
	Account     view.ServiceKind
	AccountType string
	// WantsCard: what follows needs the number of a card that stands for the person.
	WantsCard bool
	// Bare: the answer is for HIS. Whoever the platform knows ends the flow, and
	// nobody is asked whether it is they: a card that is there already may be
	// another's, so that it is not read until it is put there again.
	Bare bool
	// Scan: only a code is wanted, whatever it is.
	Scan bool
}

// Start begins the flow.
func Start(o Options) (Model, []flow.Effect) {
	m := Model{
		state: Choosing, ways: o.Ways, places: o.Places, account: o.Account, accountType: o.AccountType, bare: o.Bare, scan: o.Scan,
		wantsCard: o.WantsCard, stale: o.Bare, staleLaid: o.Bare,
	}
	if m.scan {
		m.state, m.way = Presenting, view.WayCode
		return m, []flow.Effect{Listen{CodeOnly: true}}
	}
	return m, []flow.Effect{m.listen()}
}

// At is the state the flow is in.
func (m Model) At() flow.State { return m.state }

// CardIn says whether a card is in the slot.
func (m Model) CardIn() bool { return m.cardIn }

// Laid says whether an identity card that was read lies on its reader.
func (m Model) Laid() bool { return m.laid }

// Step lets an event happen.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) { return table.Step(m, e) }

// Recheck shows the person again, for whoever steps back from what follows.
func (m Model) Recheck() Model {
	m.state = Checking
	return m
}
