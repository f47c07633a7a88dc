package kiosk

import (
	"time"

	"onetrans/flows/authorise"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/recharge"
	"onetrans/flows/settle"
	"onetrans/flows/view"
)

// waited lets a second go by: for the flow, and for a person who does nothing.
func waited(m Model, e flow.Waited) (Model, []flow.Effect) {
	m.now = e.Now
	m, effects := m.wait(e)
	limit, asks := m.limit()
	idle := m.now.Sub(m.touched)
	switch {
	case limit == 0 && m.state != Taking:
		m.touched = m.now // the time begins when the screen becomes a timed one
	case limit > 0 && (asks && idle >= limit+view.AskPatience || !asks && idle >= limit):
		how := timeUp
		if !asks { // what there was to say was said
			how = done
		}
		left, wiped := m.end(Ended{How: how}, Attracting)
		return left, append(effects, wiped...)
	}
	var overdue bool
	if m, overdue = m.overdue(); overdue {
		left, wiped := m.end(Ended{}, Attracting)
		return left, append(effects, wiped...)
	}
	m.asking = asks && idle >= limit
	return m, effects
}

// limit is how long the present screen waits for a person who does nothing,
// and whether it asks before it ends; zero when it never ends by itself.
func (m Model) limit() (limit time.Duration, asks bool) {
	switch {
	case m.state == Attracting, m.state == Taking:
		return 0, false
	case m.inFlight(), m.tray.Busy():
		return 0, false
	case m.answered:
		return m.stretch(view.ResultPatience), false
	case m.call != nil && (m.ended() || m.state != Identifying && m.flowTroubled()):
		return m.stretch(view.GlancePatience), false
	case m.ended():
		if m.cardIn() {
			return 0, false
		}
		return m.stretch(view.ResultPatience), false
	}
	return m.stretch(m.options.Timeout), true
}

// inFlight: no time may end the present screen.
func (m Model) inFlight() bool {
	if m.state == Authorising { // its code has a time of its own
		return m.authorise.At() != authorise.Troubled
	}
	if m.state == Identifying && m.identify.At() == identify.Theirs { // the platform's page has one of its own
		return true
	}
	f, ok := m.payer()
	return ok && f.MoneyInFlight()
}

// ended: the present screen tells how it ended.
func (m Model) ended() bool {
	f, ok := m.payer()
	return ok && f.Ended()
}

func (m Model) flowTroubled() bool {
	return m.state == Recharging && m.recharge.At() == recharge.Troubled ||
		m.state == Settling && m.settle.At() == settle.Troubled
}

// stretch doubles a time for who reads in large text.
func (m Model) stretch(d time.Duration) time.Duration {
	if m.look.Large {
		return 2 * d
	}
	return d
}

// present says whether an event shows that somebody is there: a touch, a card
// of any kind that comes or goes, a code.
func present(e flow.Event) bool {
	switch e := e.(type) {
	case identify.CardBefore:
		return !e.In
	case identify.IdentityBefore:
		return !e.Laid
	case view.Tap, identify.CardRead, identify.CardPulled, identify.IdentityRead, identify.IdentityLifted, identify.CodeScanned:
		return true
	}
	return false
}
