package kiosk

import (
	"fmt"
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/settle"
	"onetrans/flows/view"
)

// PageKind says which page a call of HIS needs.
type PageKind int

// The pages of calls.
const (
	// PageIdentify: hos.user.get with 09. The person picks how; the platform's
	// answer goes to the caller as it came.
	PageIdentify PageKind = iota
	// PageScan: a code is wanted, whatever it is.
	PageScan
	// PageCashier: hop.trade.recharge without a depositType, or with one that is
	// paid with a code which the person is yet to show. The amount stands.
	PageCashier
	// PageSettle: fsi.outpatient.charge.
	PageSettle
)

// PageCall is what HIS wants a person for.
type PageCall struct {
	Kind PageKind
	// Request is HIS's own, checked already.
	Request onetrans.Request
	// Order is the request's data with PageCashier, Bills with PageSettle, with
	// credentials.
	Order onetrans.RechargeIn
	Bills onetrans.SettleIn
	// No is a settlement's number.
	No string
	// Patience is how long money may be in doubt before the call ends with what is
	// known, counted from when what decides was sent; 0: [view.DoubtPatience].
	Patience time.Duration
}

// End says how a call's page ended.
type End int

// The ends.
const (
	// Answered: what there is to say is in the outcome.
	Answered End = iota
	// Cancelled: the person did not want to. Nothing was sent, or what was is
	// closed for good.
	Cancelled
	// TimedOut: nobody did anything, or nobody paid in time; as with Cancelled.
	TimedOut
	// Unsettled: something was sent whose outcome is not known.
	Unsettled
)

// ending is why a person's time, or a call, ended.
type ending int

const (
	done   ending = iota // the flow came to its end
	away                 // the person left
	timeUp               // nobody did anything
	hung                 // the caller is gone
)

// Called: HIS wants a person.
type Called struct {
	Call   PageCall
	Charge recharge.Charge // with PageCashier
	Person identify.Person // with PageSettle
	caller view.Caller
}

// HungUp: HIS wants nobody any more.
type HungUp struct{}

func (Called) Name() string { return "HIS calls" }
func (HungUp) Name() string { return "HIS hung up" }

// Ended: the page of HIS's call is over; what is known of it goes to the caller.
type Ended struct {
	How ending
	// Answer, Err and Code are an identification's.
	Answer onetrans.Answer
	Err    error
	Code   string
	// Order and Settlement are the numbers of what was sent; empty where nothing was.
	Order, Settlement string
	// Undo: what was sent is to be closed or abandoned first.
	Undo bool
	// Leaves: the person does not want to pay, or the caller wants nothing any more.
	Leaves bool
}

// newCalled reads what a call's page needs to know.
func newCalled(c PageCall) (Called, error) {
	if c.Patience <= 0 {
		c.Patience = view.DoubtPatience
	}
	called := Called{Call: c, caller: view.Caller{From: fromOf(c.Request)}}
	switch c.Kind {
	case PageCashier:
		in := c.Order
		amount, err := in.Amount.Payable()
		if err != nil {
			return called, fmt.Errorf("reading an order's amount: %w", err)
		}
		called.Charge = recharge.Charge{
			No:      in.OutChargeNo.String(),
			Person:  identify.Person{Name: in.UserName.String()},
			Account: identify.Account{Type: in.AccountType.String()},
			Amount:  amount,
		}
		if deposit := in.DepositType.String(); cashier.Shown(deposit) && in.Extra.Value.AuthCode.Empty() {
			called.Charge.DepositType = deposit
		}
		called.caller = about(called.caller, in.UserName, in.CardNo)
		if balance, err := in.OrigBalance.Fen(); err == nil {
			called.Charge.Account.Balance, called.Charge.Account.Told = balance, true
		}
	case PageSettle:
		called.Person = identify.Person{Name: c.Bills.PsnName.String()}
		called.caller = about(called.caller, c.Bills.PsnName, c.Bills.CardNo)
	}
	return called, nil
}

// Free says whether a call of HIS may have the screen: nobody is being served,
// and nobody was there within the present page's own time.
func (m Model) Free() bool {
	switch m.state {
	case Attracting:
		return true
	case AtHome, Troubled:
		return m.quiet()
	case Taking: // HIS's next call may well be for who left the card
		return m.hisLast || m.quiet()
	}
	return m.answered
}

// quiet: nobody did anything within the time of a page.
func (m Model) quiet() bool { return m.now.Sub(m.touched) >= m.stretch(m.options.Timeout) }

// called gives the screen to a call of HIS, where it is free.
func called(m Model, e Called) (Model, []flow.Effect) {
	if !m.Free() {
		return m, nil
	}
	call := e.Call
	m = m.wiped()
	m.call, m.caller, m.look = &call, e.caller, view.Look{Language: m.options.Language}
	effects := m.watchLeft() // what somebody left stays theirs until it is taken
	var begun []flow.Effect
	switch call.Kind {
	case PageIdentify, PageScan:
		m.state = Identifying
		m.identify, begun = identify.Start(identify.Options{
			Ways: m.options.Ways, Places: m.options.Places, ForHIS: true, Scan: call.Kind == PageScan,
		})
	case PageCashier:
		m.state, m.service = Recharging, Service{Kind: depositOf(e.Charge.Account.Type)}
		m.recharge, begun = recharge.StartOrder(m.rechargeTerms(), e.Charge, m.now)
	case PageSettle:
		m.state, m.service = Settling, Service{Kind: view.ServiceOutpatientPayment}
		m.settle, begun = settle.Start(settle.Options{Terms: m.options.Cashier, Person: e.Person, Single: true}, m.now)
	}
	return m, append(effects, begun...)
}

func depositOf(accountType string) view.ServiceKind {
	if accountType == onetrans.AccountOutpatient {
		return view.ServiceOutpatientDeposit
	}
	return view.ServiceInpatientDeposit
}

func hungUp(m Model, _ HungUp) (Model, []flow.Effect) {
	if m.call == nil || m.answered {
		return m, nil
	}
	return m.end(Ended{How: hung}, Attracting)
}

// end ends a person's time at the terminal, and, if it is HIS's, its call.
func (m Model) end(e Ended, to flow.State) (Model, []flow.Effect) {
	switch {
	case m.call == nil:
		return m.forget(to)
	case m.answered:
		return m.forget(Attracting)
	}
	e = m.known(e)
	next, effects := m.forget(Attracting)
	return next, append([]flow.Effect{e}, effects...)
}

// answering gives HIS its answer as soon as the outcome is final, whatever the
// page still shows: that stays for who reads it, and gives way to the next.
func (m Model) answering(effects []flow.Effect) (Model, []flow.Effect) {
	// Whatever may still come of a final flow, the call's outcome stands.
	if f, ok := m.payer(); m.call == nil || m.answered || !ok || !f.Final() {
		return m, effects
	}
	m.answered = true
	return m, append(effects, m.known(Ended{}))
}

// known is what the present flow knows of how a call ended.
func (m Model) known(e Ended) Ended {
	if f, ok := m.payer(); ok {
		e.Err, e.Leaves = f.Err(), f.Leaves()
	}
	switch m.state {
	case Recharging:
		e.Order = m.recharge.No()
		e.Undo = e.How == hung || m.cashier() == cashier.Scanning
	case Settling:
		e.Settlement = m.settle.No()
		e.Undo = e.How == hung || len(m.settle.Forsake()) > 0
	}
	e.Leaves = e.Leaves || e.How == hung || e.How == away && e.Undo
	return e
}

// overdue: money in doubt that HIS waits for is told as unknown in the end. The
// time in which the platform might have answered counts.
func (m Model) overdue() (Model, bool) {
	if m.call == nil || !m.inDoubt() && !m.decides() {
		m.doubtSince = time.Time{}
		return m, false
	}
	if m.doubtSince.IsZero() {
		m.doubtSince = m.now
	}
	return m, m.inDoubt() && m.now.Sub(m.doubtSince) >= m.call.Patience
}

// decides says whether the platform has been sent what decides about money, and
// has yet to answer.
func (m Model) decides() bool {
	return m.cashier() == cashier.Closing || m.state == Settling && m.settle.At() == settle.Confirming
}

func (m Model) inDoubt() bool { return m.cashier() == cashier.Doubtful }
