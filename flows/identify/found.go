package identify

import (
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

func onNotFound(m Model, e NotFound) (Model, []flow.Effect) {
	if e.LookUp != m.lookUp {
		return m, nil
	}
	m.answer, m.err = e.Answer, e.Err
	return m.troubled(e.Why), nil
}

func onFound(m Model, e Found) (Model, []flow.Effect) {
	if e.LookUp != m.lookUp {
		return m, nil
	}
	m.answer, m.err = onetrans.Answer{}, nil
	if m.bare {
		m.state = Over
		return m, []flow.Effect{Identified{Person: e.Person, Answer: e.Answer}}
	}
	if e.Person.HisCustID == "" {
		return m.troubled(view.TroubleNotRegistered), nil
	}
	if _, ok := e.Person.Account(m.accountType); !ok && m.accountType != "" {
		return m.troubled(view.TroubleNoAccount), nil
	}
	if m.wantsCard && e.Person.CardNo == "" {
		return m.troubled(view.TroubleNoCard), nil
	}
	m.state, m.person = Checking, e.Person
	m.person.ByCard = m.way == view.WaySocialSecurityCard
	return m, nil
}

func waited(m Model, e flow.Waited) (Model, []flow.Effect) {
	if m.since.IsZero() {
		m.since = e.Now
	}
	m.long = e.Now.Sub(m.since) >= view.LongWait
	return m, nil
}

// pulled starts again when the card that identified the person leaves; to a person
// who showed a code it does not matter.
func pulled(m Model, e CardPulled) (Model, []flow.Effect) {
	m, _ = gone(m, e)
	if m.way != view.WaySocialSecurityCard {
		return m, nil
	}
	return m.troubled(view.TroubleCardPulled), nil
}

func gone(m Model, _ CardPulled) (Model, []flow.Effect) {
	m.cardIn, m.stale, m.before = false, false, false
	return m, nil
}

// another asks how to identify somebody other than the holder of the present card.
func another(m Model, tap view.Tap) (Model, []flow.Effect) {
	m.stale, m.staleLaid = m.cardIn, m.laid
	return again(m, tap)
}

// stepBack returns to the choice of a way; the platform's own reading is none to step
// back to.
func stepBack(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.theirs {
		return leave(m, tap)
	}
	return another(m, tap)
}

// again forgets the person and asks how to identify.
func again(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.way, m.person, m.trouble = "", Person{}, ""
	m, begun := m.begin()
	return m, append([]flow.Effect{StopListening{}}, begun...)
}

// back returns to the choice of a way, where there is one.
func back(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.scan {
		return leave(m, tap)
	}
	return again(m, tap)
}

func onAuthorised(m Model, e Authorised) (Model, []flow.Effect) {
	return m.looking(view.WayHealthCard, LookUp{Holder: e.Holder})
}

func onNotAuthorised(m Model, e NotAuthorised) (Model, []flow.Effect) {
	if e.Home {
		return leave(m, view.Tap{})
	}
	return again(m, view.Tap{})
}

func correct(m Model, _ view.Tap) (Model, []flow.Effect) {
	var effects []flow.Effect
	if len(m.person.News) > 0 {
		effects = append(effects, Told{News: m.person.News})
	}
	m.state, m.person.News = Over, nil
	return m, append(effects, Identified{Person: m.person})
}

func leave(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.person = Over, Person{}
	return m, []flow.Effect{StopListening{}, Left{Answer: m.answer, Err: m.err}}
}

func (m Model) troubled(kind view.TroubleKind) Model {
	m.state, m.trouble, m.person = Troubled, kind, Person{}
	return m
}
