package identify

import (
	"onetrans/flows/flow"
	"onetrans/flows/view"
)

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
