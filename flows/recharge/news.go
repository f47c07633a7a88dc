package recharge

import (
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// news is an event that brings a status.
type news interface {
	flow.Event
	news() txn.Status
}

func (e Changed) news() txn.Status   { return e.Status }
func (e Checked) news() txn.Status   { return e.Status }
func (e CloseDone) news() txn.Status { return e.Status }

func onNews[E news](m Model, e E) (Model, []flow.Effect) {
	m = m.hear(e.news())
	if _, asked := any(e).(Checked); asked {
		m.checking = false
	}
	if settled, ok := m.settled(); ok {
		return settled, nil
	}
	switch {
	case m.status.Trade.Progress.Result == onetrans.ResultExp:
		m.state = Doubtful
	case m.state == Doubtful && m.canStillPay():
		m.state = Paying
	}
	return m, nil
}

// hear takes over a status. One of which nothing could be learned, not even
// from the journal, says only that nobody answers.
func (m Model) hear(s txn.Status) Model {
	if s.Trade.At() == "" {
		s.Trade = m.status.Trade
	}
	m.status = s
	return m
}

// onChecked: who said that they have paid hears the truth: paid, not paid yet,
// or not known.
func onChecked(m Model, e Checked) (Model, []flow.Effect) {
	m, effects := onNews(m, e)
	if m.state != Paying {
		return m, effects
	}
	switch {
	case !m.status.SilentSince.IsZero():
		m.state = Doubtful
	case m.status.Trade.Progress.Result == onetrans.ResultInit:
		m.notPaidYet = true
	}
	return m, effects
}

func onCloseDone(m Model, e CloseDone) (Model, []flow.Effect) {
	m = m.hear(e.Status)
	if m.status.Trade.At() == txn.Closed || m.status.Trade.At() == txn.NotFound {
		return leave(ToHome)(m, view.Tap{})
	}
	if settled, ok := m.settled(); ok {
		return settled, nil
	}
	m.state = Doubtful
	return m, nil
}

func onlySuccess(m Model, e Changed) (Model, []flow.Effect) {
	if e.Status.Trade.At() == txn.Succ {
		m.status, m.state = e.Status, Succeeded
	}
	return m, nil
}

// afterwards: an order that nobody could pay here is heard of until it is
// closed; should it be paid all the same, that is told.
func afterwards[E news](m Model, e E) (Model, []flow.Effect) {
	if m.err != nil { // what was not sent has no news
		return m, nil
	}
	if m = m.hear(e.news()); m.status.Trade.At() == txn.Succ {
		m.state = Succeeded
	}
	return m, nil
}

// laterNews: an answer that came later may bring the balance.
func laterNews(m Model, e Changed) (Model, []flow.Effect) {
	m.status = e.Status
	return m, nil
}

// waitedPaying: when the order's time is over and nobody said how it ended, or
// the platform has been silent for long, the code gives way to the truth.
func waitedPaying(m Model, _ flow.Waited) (Model, []flow.Effect) {
	silent := m.status.SilentSince
	if m.now.After(m.deadline().Add(expiryPatience)) ||
		!silent.IsZero() && m.now.Sub(silent) > silencePatience {
		m.state = Doubtful
	}
	return m, nil
}

func cardGone(m Model, _ identify.CardPulled) (Model, []flow.Effect) {
	m.cardIn = false
	return m, nil
}

// cardPulled: before paying, a card that goes takes its person with it.
func cardPulled(m Model, e identify.CardPulled) (Model, []flow.Effect) {
	m, _ = cardGone(m, e)
	if !m.charge.Person.ByCard {
		return m, nil
	}
	return m.troubled(view.TroubleCardPulled), nil
}

// settled is the model for a trade that is final.
func (m Model) settled() (Model, bool) {
	switch m.status.Trade.At() {
	case txn.Succ:
		m.state = Succeeded
		return m, true
	case txn.Fail:
		return m.troubled(view.TroubleFailed), true
	case txn.Closed, txn.NotFound:
		return m.troubled(view.TroubleClosed), true
	case txn.Refused:
		return m.troubled(view.TroubleRefused), true
	case txn.NotSent:
		if m.status.Trade.Progress.Unsealed {
			return m.troubled(view.TroubleInternal), true
		}
		return m.troubled(view.TroubleOffline), true
	}
	return m, false
}

func (m Model) troubled(kind view.TroubleKind) Model {
	m.state, m.trouble = Troubled, kind
	return m
}

// canStillPay: the platform answers, and the code on the screen is good.
func (m Model) canStillPay() bool {
	p := m.status.Trade.Progress
	return !m.shownAt.IsZero() && !p.CloseAsked && m.status.SilentSince.IsZero() &&
		p.Result == onetrans.ResultInit && m.now.Before(m.deadline())
}

// deadline is when the code on the screen is good no longer.
func (m Model) deadline() time.Time {
	if at := m.status.Trade.Progress.ExpireAt; !at.IsZero() {
		return at
	}
	return m.shownAt.Add(unsaidTime)
}

func (m Model) no() string { return m.status.Trade.Order.No }

func moneyMoves(r onetrans.Result) bool {
	return r == onetrans.ResultIng || r == onetrans.ResultExp
}
