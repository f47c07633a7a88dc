package settle

import (
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// pay makes the order for what is left to pay; when nothing is, it settles.
func pay(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.status.Cash > 0 {
		m.state, m.shownAt, m.checking, m.notPaidYet = Ordering, time.Time{}, false, false
		return m, []flow.Effect{Order{No: m.no()}}
	}
	return m.confirm()
}

func (m Model) confirm() (Model, []flow.Effect) {
	m.state, m.checking, m.confirmed = Confirming, false, true
	return m, []flow.Effect{Confirm{No: m.no()}}
}

// abandon undoes what pre-settlement left behind before the person leaves.
func abandon(exit Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, tap view.Tap) (Model, []flow.Effect) {
		if m.no() == "" {
			return leave(exit)(m, tap)
		}
		m.state, m.exit, m.leaves = Abandoning, exit, true
		return m, []flow.Effect{Abandon{No: m.no()}}
	}
}

func closeOrder(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.checking, m.exit, m.leaves = Closing, false, ToHome, true
	return m, []flow.Effect{Abandon{No: m.no()}}
}

// onAbandoned: before anything was ordered an abandonment that is not answered
// keeps nobody, since it goes on by itself; after that it is told what is known.
func onAbandoned(m Model, e Abandoned) (Model, []flow.Effect) {
	m = m.hear(e.Status)
	switch m.status.State {
	case txn.Abandoned, txn.Refused, txn.NotSent:
		return leave(m.exit)(m, view.Tap{})
	}
	if next, effects, ok := m.follow(); ok {
		return next, effects
	}
	if m.state == Abandoning {
		return leave(m.exit)(m, view.Tap{})
	}
	m.state = Doubtful
	return m, nil
}

// onOrdered: with a code, show it. Without one nobody could pay, whatever
// became of the order: it is closed, and nothing was taken.
func onOrdered(m Model, e Ordered) (Model, []flow.Effect) {
	m = m.hear(e.Status)
	if next, effects, ok := m.follow(); ok {
		return next, effects
	}
	switch {
	case e.Err != nil && m.status.State == txn.PreSettled: // nothing was asked of the platform
		return m.without(faultOf(e.Err))
	case m.status.QRCode != "":
		m.state, m.shownAt = Paying, m.now
		return m, nil
	case m.moving():
		m.state = Doubtful
		return m, nil
	}
	return m.without(view.TroubleNoOrder)
}

// onConfirmed: what was sent and not answered is unknown, never refused.
func onConfirmed(m Model, e Confirmed) (Model, []flow.Effect) {
	m = m.hear(e.Status)
	if next, effects, ok := m.follow(); ok && next.state != Confirming {
		return next, effects
	}
	m.state = Doubtful
	return m, nil
}

func onNews[E news](m Model, e E) (Model, []flow.Effect) {
	m = m.hear(e.news())
	if _, asked := any(e).(Checked); asked {
		m.checking = false
	}
	if next, effects, ok := m.follow(); ok {
		return next, effects
	}
	if m.state == Doubtful && m.canStillPay() {
		m.state = Paying
	}
	return m, nil
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
	case !m.moving():
		m.notPaidYet = true
	}
	return m, effects
}

// onlyMoney follows money that came while the order was being closed.
func onlyMoney(m Model, e Changed) (Model, []flow.Effect) {
	if moved(e.Status.State) {
		return onNews(m, e)
	}
	return m, nil
}

// moved: the money came, whatever became of it.
func moved(s flow.State) bool {
	switch s {
	case txn.Confirming, txn.Succ, txn.Refunding, txn.Refunded:
		return true
	}
	return false
}

// afterwards: a settlement that could not go on here is heard of until it is
// undone; should money have come all the same, that is told.
func afterwards[E news](m Model, e E) (Model, []flow.Effect) {
	if m.err != nil { // what was not sent has no news
		return m, nil
	}
	if moved(e.news().State) {
		return onNews(m, e)
	}
	return m.hear(e.news()), nil
}

// laterNews: what comes later may say more of a settlement that has ended.
func laterNews(m Model, e Changed) (Model, []flow.Effect) {
	return m.hear(e.Status), nil
}

func check(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.checking {
		return m, nil
	}
	m.checking, m.notPaidYet = true, false
	return m, []flow.Effect{Check{No: m.no()}}
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
	if !m.person.ByCard {
		return m, nil
	}
	forsaken := m.Forsake()
	return m.troubled(view.TroubleCardPulled), forsaken
}

// hear takes over a status. One of which nothing could be learned says only
// that nobody answers.
func (m Model) hear(s txn.SettleStatus) Model {
	if s.No == "" {
		silent := s.SilentSince
		s = m.status
		s.SilentSince = silent
	}
	m.status = s
	return m
}

// follow is where the core's state leads by itself; ok is false where it leads nowhere.
func (m Model) follow() (_ Model, _ []flow.Effect, ok bool) {
	switch m.status.State {
	case txn.Confirming: // the core may have begun to confirm by itself
		if m.confirmed {
			return m, nil, false
		}
		next, effects := m.confirm()
		return next, effects, true
	case txn.Succ:
		m.state = Succeeded
		return m, nil, true
	case txn.Refunding, txn.Refunded:
		m.state = Refunding
		return m, nil, true
	case txn.Refused:
		return m.troubled(view.TroubleBillRefused), nil, true
	case txn.Abandoned:
		return m.troubled(view.TroubleBillClosed), nil, true
	case txn.Cancelled:
		return m.troubled(view.TroubleBillCancelled), nil, true
	case txn.NotSent:
		if m.status.Unsealed {
			return m.troubled(view.TroubleInternal), nil, true
		}
		return m.troubled(view.TroubleOffline), nil, true
	}
	return m, nil, false
}

func (m Model) troubled(kind view.TroubleKind) Model {
	m.state, m.trouble = Troubled, kind
	return m
}

// moving: the wallet is working on the payment.
func (m Model) moving() bool {
	return m.status.Result == onetrans.ResultIng || m.status.Result == onetrans.ResultExp
}

// canStillPay: the platform answers, and the code on the screen is good.
func (m Model) canStillPay() bool {
	s := m.status
	return s.State == txn.Paying && !m.shownAt.IsZero() && !s.CloseAsked && s.SilentSince.IsZero() && !m.moving() && m.now.Before(m.deadline())
}

// deadline is when the code on the screen is good no longer.
func (m Model) deadline() time.Time {
	if at := m.status.ExpireAt; !at.IsZero() {
		return at
	}
	return m.shownAt.Add(unsaidTime)
}
