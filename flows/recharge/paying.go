package recharge

import (
	"errors"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

func pay(m Model, _ view.Tap) (Model, []flow.Effect) { return m.toCashier() }

func payDespite(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.charge.Despite = m.inDoubt.No
	return m.toCashier()
}

// toCashier gives the screen to the cashier, for an order that is to be made.
func (m Model) toCashier() (Model, []flow.Effect) {
	var begun []flow.Effect
	m.state = AtCashier
	m.cashier, begun = cashier.Start(m.charge.DepositType, m.charge.AuthCode, m.now)
	return m.follow(begun)
}

// atCashier lets the cashier have an event, and follows where it leads.
func atCashier(m Model, e flow.Event) (Model, []flow.Effect) {
	if n, ok := e.(News); ok {
		if !m.cashier.Hears(n.What) {
			return m, nil
		}
		if n.What == cashier.Sent && n.Err == nil {
			m.charge.AuthCode = ""
		}
		m = m.hear(n.Status)
		e = n.Of(m.order())
	}
	var done []flow.Effect
	m.cashier, done = m.cashier.Step(e)
	return m.follow(done)
}

// follow carries out what the cashier wants done.
func (m Model) follow(done []flow.Effect) (_ Model, effects []flow.Effect) {
	for _, effect := range done {
		switch effect := effect.(type) {
		case cashier.Place:
			m.status, m.err, m.charge.AuthCode = txn.Status{}, nil, effect.AuthCode
			m.status.Trade.Order.No = m.charge.No // who leaves meanwhile leaves it behind
			effects = append(effects, Place{Charge: m.charge})
		case cashier.Check:
			effects = append(effects, Check(effect))
		case cashier.Close:
			effects = append(effects, Close(effect))
		case cashier.NotSent:
			m = m.notSent(effect.Err)
		case cashier.Finished:
			m = m.finished()
		case cashier.Unpayable:
			m = m.troubled(view.TroubleNoOrder)
			effects = append(effects, Close{No: m.No()})
		case cashier.Left:
			m.state = Over
			effects = append(effects, effect)
		default:
			effects = append(effects, effect)
		}
	}
	return m, effects
}

func (m Model) notSent(err error) Model {
	m.err, m.status = err, txn.Status{}
	var doubt *txn.InDoubtError
	if errors.As(err, &doubt) {
		m.state, m.inDoubt = PayAgain, *doubt
		return m
	}
	return m.troubled(cashier.FaultOf(err))
}

// order is how the order stands for who pays it.
func (m Model) order() cashier.Order {
	p := m.status.Trade.Progress
	return cashier.Order{
		No: m.No(), Stands: m.standing(), QRCode: p.QRCode, ExpireAt: p.ExpireAt, CloseAsked: p.CloseAsked,
		SilentSince: m.status.SilentSince,
	}
}

func (m Model) standing() cashier.Standing {
	state, result := m.status.Trade.At(), m.status.Trade.Progress.Result
	switch {
	case state == txn.Succ:
		return cashier.Paid
	case state == txn.Closed, state == txn.NotFound:
		return cashier.Closed
	case m.status.Trade.Final():
		return cashier.Ended
	case result == onetrans.ResultIng:
		return cashier.Moving
	case result == onetrans.ResultExp:
		return cashier.Crediting
	case state == txn.Pending && result == onetrans.ResultInit:
		return cashier.Unpaid
	}
	return cashier.Unknown
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

// finished is the model for a trade that is final.
func (m Model) finished() Model {
	switch m.status.Trade.At() {
	case txn.Succ:
		m.state = Succeeded
		return m
	case txn.Fail:
		return m.troubled(view.TroubleFailed)
	case txn.Refused:
		return m.troubled(view.TroubleRefused)
	case txn.NotSent:
		if m.status.Trade.Progress.Unsealed {
			return m.troubled(view.TroubleInternal)
		}
		return m.troubled(view.TroubleOffline)
	}
	return m.troubled(view.TroubleClosed)
}

func (m Model) troubled(kind view.TroubleKind) Model {
	m.state, m.trouble = Troubled, kind
	return m
}

// afterwards: an order that nobody could pay here is heard of until it is
// closed; should it be paid all the same, that is told.
func afterwards(m Model, e News) (Model, []flow.Effect) {
	if m.err != nil { // what was not sent has no news
		return m, nil
	}
	if m = m.hear(e.Status); m.status.Trade.At() == txn.Succ {
		m.state = Succeeded
	}
	return m, nil
}

// laterNews: an answer that came later may bring the balance.
func laterNews(m Model, e News) (Model, []flow.Effect) {
	m.status = e.Status
	return m, nil
}
