// Package identify is the flow that finds out who is at the terminal
// (mdtrt_cert_type 09): the person chooses how, inserts a card, lays one down or
// shows a code, and checks what the platform says.
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
	Choosing   flow.State = "choosing"   // choose how; the readers are already listening
	Presenting flow.State = "presenting" // insert the card, show the code
	Theirs     flow.State = "theirs"     // the platform reads who it is on a page of its own
	Looking    flow.State = "looking"    // the platform is being asked who it is
	Checking   flow.State = "checking"   // the person's data is on the screen
	Troubled   flow.State = "troubled"
	Over       flow.State = "over"
	// Authorising means that the health card's code is on the screen; package
	// authorise has the flow.
	Authorising flow.State = "authorising"
)

// Events, besides the taps.
type (
	// CardRead means that a social security card was read.
	CardRead struct{ Card devices.SocialSecurityCard }
	// CardFailed means that reading ended with one of the errors of package
	// devices.
	CardFailed struct{ Err error }
	// CardPulled means that the card that was read is no longer in the slot.
	CardPulled struct{}
	// IdentityRead means that an identity card was read.
	IdentityRead struct{ Card devices.IdentityCard }
	// IdentityFailed means that reading an identity card ended with one of the
	// errors of package devices.
	IdentityFailed struct{ Err error }
	// IdentityLifted means that the identity card that was read is no longer on the
	// reader.
	IdentityLifted struct{}
	// CardBefore says whether a card that was in the slot before is still there.
	CardBefore struct{ In bool }
	// IdentityBefore is the same for an identity card on its reader.
	IdentityBefore struct{ Laid bool }
	// CodeScanned means that the scanner read a code, which is a bearer token.
	CodeScanned struct{ Code string }
	// Authorised means that the person let the hospital use the health card.
	Authorised struct{ Holder Holder }
	// NotAuthorised means that the person wants to do something else.
	NotAuthorised struct{ Home bool }
	// Found means that the platform knows the person whom the look-up of this
	// number asked for.
	Found struct {
		LookUp int
		Person Person
		Answer onetrans.Answer // as it came
	}
	// NotFound means that the platform does not know the person or did not answer,
	// as Err says.
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
	// Listen waits for a card, an identity card or a code, whichever comes first,
	// until [StopListening]. With AfterRemoval a card that is already in the slot
	// is not read, and with AfterLifting an identity card that is already on the
	// reader is not: report whether there is one, and wait for the next. With
	// CodeOnly, cards do not matter.
	Listen struct{ AfterRemoval, AfterLifting, CodeOnly bool }
	// Authorise lets the person authorise a health card.
	Authorise struct{}
	// StopListening ends [Listen].
	StopListening struct{}
	// WatchCard reports when the card is pulled.
	WatchCard struct{}
	// WatchIdentity reports when the identity card is lifted.
	WatchIdentity struct{}
	// LookUp asks the platform who it is: by a card, by an identity card, by a code
	// if Code is set, or by a health card's holder. With Theirs it reads that itself.
	// No distinguishes its answer from a late one for another card.
	LookUp struct {
		No       int
		Card     devices.SocialSecurityCard
		Identity devices.IdentityCard
		Code     string
		Holder   Holder
		Theirs   bool
	}
	// Identified ends the flow: this is the person, and this is what the platform
	// said.
	Identified struct {
		Person Person
		Answer onetrans.Answer
	}
	// Told means that the person has seen this news and confirmed who they are.
	Told struct{ News []News }
	// Scanned ends a flow that only wants a code.
	Scanned struct{ Code string }
	// Left ends the flow: the person went home. Answer and Err are those of the
	// last look-up, if it found nobody.
	Left struct {
		Answer onetrans.Answer
		Err    error
	}
)

// Model is the state of the flow. [Start] makes a new one.
type Model struct {
	state  flow.State
	ways   []view.WayKind
	places map[view.WayKind]string
	// account is the name of the account whose balance is shown while checking.
	account view.ServiceKind
	// accountType is its code.
	accountType string
	// wantsCard means that what follows needs a card's number.
	wantsCard bool

	way    view.WayKind
	lookUp int // the number of the latest look-up
	person Person
	cardIn bool
	// laid means that an identity card that was read is on its reader.
	laid bool
	// stale means that the card in the slot has been read and is the wrong one;
	// staleLaid, that the identity card on the reader is.
	stale, staleLaid bool
	// before, beforeLaid: it was there before somebody was asked for one.
	before, beforeLaid bool

	trouble view.TroubleKind
	since   time.Time
	long    bool

	bare, scan, theirs bool
	answer             onetrans.Answer // of the last look-up
	err                error
}

// Holder is the holder of an authorised health card, and the card that is linked
// with it here; empty if the platform named none.
type Holder struct {
	Name, IDNo, IDType string
	Card               Card
}

// Options are what the flow is for.
type Options struct {
	Ways   []view.WayKind
	Places map[view.WayKind]string
	// Account and AccountType are the account whose balance is shown while
	// checking.
	Account     view.ServiceKind
	AccountType string
	// WantsCard means that what follows needs the number of a card that stands for
	// the person.
	WantsCard bool
	// ForHIS means that the answer is for HIS: the flow ends with anybody whom the
	// platform knows, without asking whether it is they. A card that is already
	// there may be somebody else's, so it is not read until it is inserted again.
	ForHIS bool
	// Scan means that only a code is wanted, whatever it is.
	Scan bool
	// Theirs means that the platform reads who it is, on a page of its own.
	Theirs bool
}

// Start begins the flow.
func Start(o Options) (Model, []flow.Effect) {
	m := Model{
		state: Choosing, ways: o.Ways, places: o.Places, account: o.Account, accountType: o.AccountType, bare: o.ForHIS, scan: o.Scan,
		wantsCard: o.WantsCard, theirs: o.Theirs, stale: o.ForHIS, staleLaid: o.ForHIS,
	}
	if m.scan {
		m.state, m.way = Presenting, view.WayCode
		return m, []flow.Effect{Listen{CodeOnly: true}}
	}
	return m.begin()
}

// begin waits for a card or code here, or has the platform read one.
func (m Model) begin() (Model, []flow.Effect) {
	if m.theirs {
		m.state = Theirs
		m.lookUp++
		return m, []flow.Effect{LookUp{No: m.lookUp, Theirs: true}}
	}
	m.state = Choosing
	return m, []flow.Effect{m.listen()}
}

// At is the state that the flow is in.
func (m Model) At() flow.State { return m.state }

// CardIn reports whether a card is in the slot.
func (m Model) CardIn() bool { return m.cardIn }

// Laid reports whether an identity card that was read is on its reader.
func (m Model) Laid() bool { return m.laid }

// Step applies an event.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) { return table.Step(m, e) }

// Recheck shows the person again, when they step back from what follows.
func (m Model) Recheck() Model {
	m.state = Checking
	return m
}
