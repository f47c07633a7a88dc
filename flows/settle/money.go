package settle

import (
	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// pay makes the order for what is left to pay; when nothing is, it settles.
func pay(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.status.Cash == 0 {
		return m.confirm()
	}
	var begun []flow.Effect
	m.state = AtCashier
	m.cashier, begun = cashier.Start("", "", m.now)
	return m.carryOut(begun)
}

// resume gives the screen to the cashier with a payment, or a confirmation, that
// was begun before: the code while it can be paid, else what is not known.
func (m Model) resume() Model {
	m.leaves = m.Leaves()
	m.state, m.cashier = AtCashier, cashier.Resume(m.order(), m.now)
	return m
}

// atCashier lets the cashier have an event, and follows where it leads.
func atCashier(m Model, e flow.Event) (Model, []flow.Effect) {
	if u, ok := e.(Update); ok {
		if !m.cashier.Hears(u.What) {
			return m, nil
		}
		if m = m.hear(u.Status); m.status.State != txn.PreSettled {
			u.Err = nil // it was asked of the platform all the same
		}
		e = u.Of(m.order())
	}
	var done []flow.Effect
	m.cashier, done = m.cashier.Step(e)
	return m.carryOut(done)
}

// carryOut does what the cashier wants done.
func (m Model) carryOut(done []flow.Effect) (_ Model, effects []flow.Effect) {
	for _, effect := range done {
		var more []flow.Effect
		switch effect := effect.(type) {
		case cashier.Place:
			more = []flow.Effect{Order{No: m.No()}}
		case cashier.Check:
			more = []flow.Effect{Check(effect)}
		case cashier.Close:
			more = []flow.Effect{Abandon(effect)}
		case cashier.NotSent:
			m, more = m.without(cashier.FaultOf(effect.Err))
		case cashier.Finished:
			m, more = m.finished()
		case cashier.Unpayable:
			m, more = m.without(view.TroubleNoOrder)
		case cashier.Left:
			m.state, more = Over, []flow.Effect{effect}
		default:
			more = []flow.Effect{effect}
		}
		effects = append(effects, more...)
	}
	return m, effects
}

// order is how the order stands for who pays it. That somebody closes one without
// a code is nothing to them: they could never pay it.
func (m Model) order() cashier.Order {
	s := m.status
	return cashier.Order{
		No: s.No, Stands: m.standing(), QRCode: s.QRCode, ExpireAt: s.ExpireAt,
		CloseAsked: (s.CloseAsked || s.State == txn.Abandoning) && s.QRCode != "", SilentSince: s.SilentSince,
	}
}

// standing is what is proven of the payment. Once the settlement is to be confirmed
// nobody is asked to pay again, whatever is heard.
func (m Model) standing() cashier.Standing {
	switch m.status.State {
	case txn.Paying, txn.Abandoning, txn.Confirming:
		switch {
		case m.confirmed:
			return cashier.Unknown
		case m.status.State == txn.Confirming:
			return cashier.Paid
		case m.moving():
			return cashier.Moving
		}
		return cashier.Unpaid
	case txn.Succ, txn.Refunding, txn.Refunded:
		return cashier.Paid
	case txn.Abandoned, txn.Refused, txn.NotSent:
		return cashier.Closed
	case txn.Cancelled:
		return cashier.Ended
	}
	return cashier.Unknown
}

func (m Model) confirm() (Model, []flow.Effect) {
	m.state, m.confirmed = Confirming, true
	return m, []flow.Effect{Confirm{No: m.No()}}
}

// abandon undoes what pre-settlement left behind before the person leaves.
func abandon(exit cashier.Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, tap view.Tap) (Model, []flow.Effect) {
		if m.No() == "" {
			return leave(exit)(m, tap)
		}
		m.state, m.exit, m.leaves = Abandoning, exit, true
		return m, []flow.Effect{Abandon{No: m.No()}}
	}
}

// onAbandoned: an abandonment that is not answered keeps nobody, since it goes on
// by itself.
func onAbandoned(m Model, e Update) (Model, []flow.Effect) {
	m = m.hear(e.Status)
	if stands := m.standing(); stands.Over() && stands != cashier.Closed {
		return m.finished()
	}
	return leave(m.exit)(m, view.Tap{})
}

// onConfirmed: what was sent and not answered is unknown, never refused.
func onConfirmed(m Model, e Update) (Model, []flow.Effect) {
	if m = m.hear(e.Status); m.standing().Over() {
		return m.finished()
	}
	return m.resume(), nil
}

func onUpdate(m Model, e Update) (Model, []flow.Effect) {
	if m = m.hear(e.Status); m.standing().Over() {
		return m.finished()
	}
	return m, nil
}

// afterwards: a settlement that could not go on here is heard of until it is
// undone; should money have come all the same, that is told.
func afterwards(m Model, e Update) (Model, []flow.Effect) {
	if m.err != nil { // of what was not sent nothing is heard
		return m, nil
	}
	if m = m.hear(e.Status); m.standing() == cashier.Paid {
		return m.finished()
	}
	return m, nil
}

// onLaterUpdate: what comes later may say more of a settlement that has ended.
func onLaterUpdate(m Model, e Update) (Model, []flow.Effect) {
	return m.hear(e.Status), nil
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

// finished is where an order that is over leads: to the confirmation, or to how it ended.
func (m Model) finished() (Model, []flow.Effect) {
	switch m.status.State {
	case txn.Confirming: // the core may have begun to confirm by itself
		return m.confirm()
	case txn.Succ:
		m.state = Succeeded
		return m, nil
	case txn.Refunding, txn.Refunded:
		m.state = Refunding
		return m, nil
	case txn.Refused:
		return m.troubled(view.TroubleBillRefused), nil
	case txn.Cancelled:
		return m.troubled(view.TroubleBillCancelled), nil
	case txn.NotSent:
		if m.status.Unsealed {
			return m.troubled(view.TroubleInternal), nil
		}
		return m.troubled(view.TroubleOffline), nil
	}
	return m.troubled(view.TroubleBillClosed), nil
}

func (m Model) troubled(kind view.TroubleKind) Model {
	m.state, m.trouble = Troubled, kind
	return m
}

// moving: the wallet is working on the payment.
func (m Model) moving() bool {
	return m.status.Result == onetrans.ResultIng || m.status.Result == onetrans.ResultExp
}
