package kiosk

import (
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

// askTime is how long 'are you still there?' waits for an answer.
const askTime = 20 * time.Second

// resultTime is how long a result stays.
const resultTime = 30 * time.Second

// ticked lets a second go by: for the flow, and for a person who does nothing.
func ticked(m Model, e Ticked) (Model, []flow.Effect) {
	m.now = e.Now
	m, effects := m.wait(e.Now)
	limit, asks := m.limit()
	idle := m.now.Sub(m.touched)
	switch {
	case limit == 0:
		m.touched = m.now // the time begins when the screen becomes a timed one
	case asks && idle >= limit+askTime, !asks && idle >= limit:
		left, wiped := m.leave(Attracting)
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
	case m.state == Recharging && m.recharge.MoneyInFlight():
		return 0, false
	case m.state == Recharging && m.recharge.At() == recharge.Succeeded:
		if m.cardIn() {
			return 0, false
		}
		return m.stretch(resultTime), false
	}
	return m.stretch(m.options.Timeout), true
}

// stretch doubles a time for who reads in large text.
func (m Model) stretch(d time.Duration) time.Duration {
	if m.look.Large {
		return 2 * d
	}
	return d
}

// present says whether an event shows that somebody is there: a touch, a card
// that comes or goes, a code.
func present(e flow.Event) bool {
	switch e.(type) {
	case view.Tap, identify.CardRead, identify.CardPulled, identify.CodeScanned:
		return true
	}
	return false
}
