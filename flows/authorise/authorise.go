// Package authorise is the flow in which a person lets the hospital use their
// electronic health card: their phone scans a code on the screen and they agree
// there.
package authorise

import (
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// The states.
const (
	Asking   flow.State = "asking"  // a code is being requested
	Showing  flow.State = "showing" // the code is on the screen
	Troubled flow.State = "troubled"
	Over     flow.State = "over"
)

// Events, besides the taps. No is that of the Begin which they answer.
type (
	// Coded means that there is a code to show.
	Coded struct {
		No   int
		Code string
	}
	// Failed means that there is no code, or no usable answer.
	Failed struct {
		No  int
		Why view.TroubleKind
	}
	// Silent means that the platform was asked and did not answer, or that it
	// answers again.
	Silent struct {
		No      int
		Offline bool
	}
	// Agreed means that the person let the hospital use the card.
	Agreed struct {
		No     int
		Answer onetrans.AuthQueryOut
	}
)

func (Coded) Name() string  { return "code made" }
func (Failed) Name() string { return "authorisation failed" }
func (Silent) Name() string { return "platform silent" }
func (Agreed) Name() string { return "person agreed" }

// Effects.
type (
	// Begin requests a code and asks what becomes of it until [Stop].
	Begin struct{ No int }
	// Stop ends what [Begin] began.
	Stop struct{}
	// Authorised ends the flow: the person let the hospital use the card.
	Authorised struct{ Answer onetrans.AuthQueryOut }
	// Left ends the flow: the person wants to do something else.
	Left struct{ Home bool }
)

// Model is the state of the flow. [Start] makes a new one.
type Model struct {
	state   flow.State
	no      int // of the present code
	code    string
	offline bool
	trouble view.TroubleKind
	now     time.Time
	since   time.Time
}

// Start begins the flow.
func Start(now time.Time) (Model, []flow.Effect) {
	return Model{now: now}.begin()
}

func (m Model) begin() (Model, []flow.Effect) {
	m.state, m.code, m.offline, m.trouble, m.since = Asking, "", false, "", m.now
	m.no++
	return m, []flow.Effect{Begin{No: m.no}}
}

// At is the state that the flow is in.
func (m Model) At() flow.State { return m.state }

// Step applies an event.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) {
	if w, ok := e.(flow.Waited); ok {
		m.now = w.Now
	}
	return table.Step(m, e)
}

// Table is the flow's table.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	return flow.Table[Model]{
		Asking: {
			flow.On(Coded{}, onCoded, Asking, Showing),
			flow.On(Failed{}, onFailed, Asking, Troubled),
			flow.On(tap(view.Back), leave(false), Over),
			flow.On(tap(view.GoHome), leave(true), Over),
		},
		Showing: {
			flow.On(Agreed{}, onAgreed, Showing, Over),
			flow.On(Silent{}, onSilent, Showing),
			flow.On(Failed{}, onFailed, Showing, Troubled),
			flow.On(flow.Waited{}, waited, Showing, Troubled),
			flow.On(tap(view.Back), leave(false), Over),
			flow.On(tap(view.GoHome), leave(true), Over),
		},
		Troubled: {
			flow.On(tap(view.Retry), func(m Model, _ view.Tap) (Model, []flow.Effect) { return m.begin() }, Asking),
			flow.On(tap(view.GoHome), leave(true), Over),
		},
		Over: {},
	}
}

func onCoded(m Model, e Coded) (Model, []flow.Effect) {
	if e.No == m.no {
		m.state, m.code, m.since = Showing, e.Code, m.now
	}
	return m, nil
}

func onFailed(m Model, e Failed) (Model, []flow.Effect) {
	if e.No != m.no {
		return m, nil
	}
	return m.troubled(e.Why)
}

func onSilent(m Model, e Silent) (Model, []flow.Effect) {
	if e.No == m.no {
		m.offline = e.Offline
	}
	return m, nil
}

func onAgreed(m Model, e Agreed) (Model, []flow.Effect) {
	if e.No != m.no {
		return m, nil
	}
	m.state, m.code = Over, ""
	return m, []flow.Effect{Stop{}, Authorised{Answer: e.Answer}}
}

// waited: a code that nobody used is no longer asked for.
func waited(m Model, _ flow.Waited) (Model, []flow.Effect) {
	if m.now.Sub(m.since) < view.AuthoriseCodePatience {
		return m, nil
	}
	return m.troubled(view.TroubleAuthExpired)
}

func leave(home bool) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state, m.code = Over, ""
		return m, []flow.Effect{Stop{}, Left{Home: home}}
	}
}

func (m Model) troubled(kind view.TroubleKind) (Model, []flow.Effect) {
	m.state, m.trouble, m.code = Troubled, kind, ""
	return m, []flow.Effect{Stop{}}
}

// Content is the content of the screen.
func (m Model) Content() view.Content {
	switch m.state {
	case Showing:
		return view.Authorise{
			QRCode: m.code, Offline: m.offline,
			Left: view.WholeSeconds(view.AuthoriseCodePatience - m.now.Sub(m.since)), Total: view.WholeSeconds(view.AuthoriseCodePatience),
		}
	case Troubled:
		return view.Trouble{Kind: m.trouble, Retry: true}
	}
	return view.Busy{Kind: view.BusyAuthorise, Long: m.now.Sub(m.since) >= view.LongWait}
}

// Back reports whether the screen has a way back.
func (m Model) Back() bool { return m.state == Asking || m.state == Showing }
