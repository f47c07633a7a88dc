package kiosk

import (
	"onetrans/flows/authorise"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/receipt"
	"onetrans/flows/recharge"
	"onetrans/flows/settle"
	"onetrans/flows/view"
)

// identified goes on with who was found: to HIS, to the bills, to the amount.
func (m Model) identified(e identify.Identified) (Model, []flow.Effect) {
	switch {
	case m.call != nil:
		return m.end(Ended{Answer: e.Answer}, Attracting)
	case m.service.Kind == view.ServiceOutpatientPayment:
		var effects []flow.Effect
		m.state = Settling
		m.settle, effects = settle.Start(settle.Options{
			Terms: m.options.Cashier, Person: e.Person, CardIn: m.identify.CardIn(),
		}, m.now)
		return m, effects
	}
	account, _ := e.Person.Account(m.service.AccountType)
	m.state = Recharging
	m.recharge = recharge.Start(m.rechargeTerms(), e.Person, account, m.identify.CardIn(), m.now)
	return m, nil
}

// payer is a flow that takes money, as far as the kiosk must know it.
type payer interface {
	At() flow.State
	Cashier() flow.State
	CardIn() bool
	Content() view.Content
	Ask() *view.Ask
	Back() bool
	Home() bool
	InSequence() bool
	StepNo() int
	MoneyInFlight() bool
	Ended() bool
	Final() bool
	Leaves() bool
	Err() error
	Receipt() (receipt.Facts, bool)
}

// payer is the flow that takes money and has the screen; false where none has.
func (m Model) payer() (payer, bool) {
	switch m.state {
	case Recharging:
		return m.recharge, true
	case Settling:
		return m.settle, true
	}
	return nil, false
}

// without tells the identify flow, which may be stepped back to, of a card that
// is gone.
func (m Model) without(e flow.Event) Model {
	if cardGone(e) {
		m.identify, _ = m.identify.Step(e)
	}
	return m
}

// cardGone says whether an event is a card of any kind that is taken.
func cardGone(e flow.Event) bool {
	switch e.(type) {
	case identify.CardPulled, identify.IdentityLifted:
		return true
	}
	return false
}

func (m Model) rechargeTerms() recharge.Terms {
	terms := recharge.Terms{
		Service: m.service.Kind, Limits: m.service.Limits, Cashier: m.options.Cashier, MustBook: m.options.MustBook,
	}
	terms.Cashier.Theirs = m.options.Can.OwnCashier
	return terms
}

// authorising lets the authorise flow have an event, and follows when it ends.
func (m Model) authorising(e flow.Event) (Model, []flow.Effect) {
	if m = m.without(e); cardGone(e) {
		return m, nil
	}
	var done, effects []flow.Effect
	m.authorise, done = m.authorise.Step(e)
	for _, effect := range done {
		var next flow.Event
		switch effect := effect.(type) {
		case authorise.Authorised:
			next = identify.Authorised{Holder: identify.Holder{
				Name: effect.Answer.UserName.String(), IDNo: effect.Answer.IDNo.String(), IDType: effect.Answer.IDType.String(),
				Card: identify.Card{Type: effect.Answer.CardType.String(), No: effect.Answer.CardNo.String()},
			}}
		case authorise.Left:
			next = identify.NotAuthorised{Home: effect.Home}
		default:
			effects = append(effects, effect)
			continue
		}
		var more []flow.Effect
		m.state, m.authorise = Identifying, authorise.Model{}
		m, more = m.identifying(next)
		effects = append(effects, more...)
	}
	return m, effects
}
