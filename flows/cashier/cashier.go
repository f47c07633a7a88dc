// Package cashier is the machine for paying that top-ups and settlements share:
// a code is shown, or the person's own is scanned, the money is waited for, and
// what is not known is told as that. How the order ended is its flow's to tell.
package cashier

import (
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/view"
)

// The states.
const (
	Scanning flow.State = "scanning" // the person's payment code is wanted
	Ordering flow.State = "ordering" // the order is being made
	Paying   flow.State = "paying"   // the code is on the screen
	Leaving  flow.State = "leaving"  // don't want to pay: really?
	Closing  flow.State = "closing"  // the order is being closed
	Theirs   flow.State = "theirs"   // the platform's own cashier has the screen
	Doubtful flow.State = "doubtful" // it is not known what became of the money
	Over     flow.State = "over"
)

// Order is how an order stands, as far as whoever pays it must know.
type Order struct {
	No     string // empty while there is none
	Stands Standing
	QRCode string
	// ExpireAt is when the platform closes it unpaid; zero while it has not said.
	ExpireAt time.Time
	// CloseAsked: it shall be closed.
	CloseAsked bool
	// SilentSince is when the platform stopped answering; zero while it speaks.
	SilentSince time.Time
}

// Standing is what is proven of an order.
type Standing int

// What can be proven.
const (
	Unknown   Standing = iota
	Unpaid             // it waits to be paid
	Moving             // the wallet is working on it
	Crediting          // paid, and being credited
	Paid               // the money came
	Closed             // nothing was taken, nor can be any more
	Ended              // it ended otherwise
)

// Over says whether the order has come as far as it can at the cashier.
func (s Standing) Over() bool { return s >= Paid }

// Occasion is why there is an update on an order.
type Occasion string

// The occasions.
const (
	Sent      Occasion = "order sent"    // it was sent, or nothing was, as Err says
	Changed   Occasion = "order changed" // its status changed
	Checked   Occasion = "query done"    // the person's own query was answered, or not
	CloseDone Occasion = "close done"    // closing it was tried
)

// Update is what is heard of an order: by its flow with all that it knows, and by
// the cashier as an [Order]. Err is one of the errors of package txn.
type Update[S any] struct {
	What   Occasion
	Status S
	Err    error
}

// Name is the event's name in a flow's table.
func (u Update[S]) Name() string { return string(u.What) }

// Of is the same update for the cashier, to whom the order stands so.
func (u Update[S]) Of(o Order) Update[Order] { return Update[Order]{u.What, o, u.Err} }

// Effects, for the cashier's flow.
type (
	// Place: make the order, to be paid with the code that the person showed, a
	// bearer token, or else with one to show.
	Place struct{ AuthCode string }
	// Check: ask the platform now.
	Check struct{ No string }
	// Close: close the order for good.
	Close struct{ No string }
	// NotSent ends the cashier: nothing was sent, because of Err.
	NotSent struct{ Err error }
	// Finished ends the cashier: the order has come as far as it can here.
	Finished struct{}
	// Unpayable ends the cashier: there is an order and no code. Nobody could pay
	// it, whatever became of it: it is to be closed, and nothing was taken.
	Unpayable struct{}
	// Left ends the flow, too.
	Left struct{ To Exit }
)

// Exit is where a person goes from a flow that takes money.
type Exit int

// The ways out.
const (
	ToCheck Exit = iota // back to the check of the person
	ToHome              // to the services: nothing was taken
	ToRest              // away: this person is done
)

// Model is the cashier's memory. A new one is made by Start or Resume.
type Model struct {
	state flow.State
	order Order
	// depositType says whose payment code the person shows; empty where they scan
	// the one on the screen.
	depositType string
	wrongCode   view.PayCodeProblem
	shownAt     time.Time // when the code was first on the screen; zero before
	checking    bool
	notPaidYet  bool
	leaves      bool // the person said that they don't want to pay

	now   time.Time
	since time.Time // when the present state was entered
}

// Start begins with an order that is to be made. Where the depositType is paid
// with a code that the person shows, that is scanned first, unless authCode is it.
func Start(depositType, authCode string, now time.Time) (Model, []flow.Effect) {
	m := Model{depositType: depositType, now: now, since: now}
	if depositType != "" && authCode == "" {
		return m.scan()
	}
	return m.place(authCode)
}

// StartTheirs begins with an order that the platform makes and collects on a page of its
// own, where it can't be closed: what that page did not prove stays in doubt until it is.
func StartTheirs(now time.Time) (Model, []flow.Effect) {
	return Model{state: Theirs, now: now, since: now}, []flow.Effect{Place{}}
}

func (m Model) place(authCode string) (Model, []flow.Effect) {
	m.state, m.wrongCode = Ordering, ""
	return m, []flow.Effect{Place{AuthCode: authCode}}
}

// Resume begins with an order that is there: while it can be paid its code is on
// the screen, else it is not known what becomes of it.
func Resume(o Order, now time.Time) Model {
	m := Model{state: Doubtful, order: o, now: now, since: now}
	if o.Stands == Unpaid && o.QRCode != "" && !o.CloseAsked {
		m.state, m.shownAt = Paying, now
	}
	return m
}

// At is the state the cashier is in.
func (m Model) At() flow.State { return m.state }

// Hears says whether the present state has a rule for such an update. What the cashier
// ignores its flow must ignore, too: else the two would know different orders.
func (m Model) Hears(what Occasion) bool { return table.Takes(m.state, string(what)) }

// Leaves says whether the person does not want to pay the order.
func (m Model) Leaves() bool { return m.leaves }

// MoneyInFlight says whether no timeout may end the present screen.
func (m Model) MoneyInFlight() bool {
	switch m.state {
	case Ordering, Theirs, Paying, Leaving, Closing, Doubtful:
		return true
	}
	return false
}

// Step lets an event happen.
func (m Model) Step(e flow.Event) (Model, []flow.Effect) {
	if w, ok := e.(flow.Waited); ok {
		m.now = w.Now
	}
	next, effects := table.Step(m, e)
	if next.state != m.state {
		next.since = next.now
	}
	return next, effects
}

// Table is the machine.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	update := func(what Occasion) Update[Order] { return Update[Order]{What: what} }
	return flow.Table[Model]{
		Scanning: {
			flow.On(identify.CodeScanned{}, onPayCode, Scanning, Ordering),
			flow.On(update(Changed), onWhileScanning, Scanning, Doubtful, Over),
			flow.On(tap(view.GoHome), leaveScanning, Closing, Over),
		},
		Ordering: {
			flow.On(update(Sent), onSent, Scanning, Paying, Doubtful, Over),
		},
		Theirs: {
			flow.On(update(Sent), onSent, Doubtful, Over),
		},
		Paying: {
			flow.On(update(Changed), onUpdate, Paying, Doubtful, Over),
			flow.On(update(Checked), onChecked, Paying, Doubtful, Over),
			flow.On(flow.Waited{}, waited, Paying, Doubtful),
			flow.On(tap(view.CheckPaid), check, Paying),
			flow.On(tap(view.LeavePay), to(Leaving), Leaving),
		},
		Leaving: {
			flow.On(update(Changed), onUpdate, Leaving, Doubtful, Over),
			flow.On(update(Checked), onUpdate, Leaving, Doubtful, Over),
			flow.On(flow.Waited{}, waited, Leaving, Doubtful),
			flow.On(tap(view.KeepPaying), to(Paying), Paying),
			flow.On(tap(view.ReallyLeave), closeOrder, Closing),
		},
		Closing: {
			flow.On(update(CloseDone), onCloseDone, Doubtful, Over),
			// What the close brings is told by its own answer; only money that came is told at once.
			flow.On(update(Changed), onWhileClosing, Closing, Over),
		},
		Doubtful: {
			flow.On(update(Changed), onUpdate, Doubtful, Paying, Over),
			flow.On(update(Checked), onUpdate, Doubtful, Paying, Over),
			flow.On(tap(view.KeepWaiting), check, Doubtful),
			flow.On(tap(view.GoToCounter), leave(ToRest), Over),
		},
		Over: {},
	}
}
