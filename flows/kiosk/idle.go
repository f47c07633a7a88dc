package kiosk

import (
	"time"

	"onetrans/flows/flow"
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
	if limit == 0 {
		m.touched = m.now // the time begins when the screen becomes a timed one
		return m, effects
	}
	if m.now.Sub(m.touched) < limit {
		return m, effects
	}
	if asks {
		m.asking = true
		return m, effects
	}
	left, wiped := m.leave(Attracting)
	return left, append(effects, wiped...)
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
	case m.state == AtHome:
		return m.stretch(m.options.Timeout), false
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

// answer is a step while the question stands: any touch means that the person
// is there; other events go their way below it.
func (m Model) answer(e flow.Event) (Model, []flow.Effect) {
	m.asking = false
	switch e := e.(type) {
	case view.Tap:
		if e.Action != view.GoHome {
			return m, nil
		}
		return m.leave(AtHome)
	case Ticked:
		m.now = e.Now
		m, effects := m.wait(e.Now)
		if limit, asks := m.limit(); !asks || m.now.Sub(m.touched) < limit+askTime {
			m.asking = asks
			return m, effects
		}
		left, wiped := m.leave(Attracting)
		return left, append(effects, wiped...)
	}
	touched := m.touched
	m, effects := m.Step(e)
	if _, asks := m.limit(); asks {
		m.asking, m.touched = true, touched
	}
	return m, effects
}
