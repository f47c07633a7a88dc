package recharge

import (
	"errors"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

func (m Model) notSent(err error) Model {
	m.err, m.status = err, txn.Status{}
	var doubt *txn.InDoubtError
	if errors.As(err, &doubt) {
		m.state, m.inDoubt = PayAgain, *doubt
		return m
	}
	return m.troubled(cashier.FaultOf(err))
}

// order is how the order stands for who pays it. The answer that brought a code may
// have said that there is no order: nobody is asked to pay that.
func (m Model) order() cashier.Order {
	p := m.status.Trade.Progress
	o := cashier.Order{
		No: m.No(), Stands: m.standing(), ExpireAt: p.ExpireAt, CloseAsked: p.CloseAsked, SilentSince: m.status.SilentSince,
	}
	if p.State == txn.Pending {
		o.QRCode = p.QRCode
	}
	return o
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
func afterwards(m Model, e Update) (Model, []flow.Effect) {
	if m.err != nil { // of what was not sent nothing is heard
		return m, nil
	}
	if m = m.hear(e.Status); m.status.Trade.At() == txn.Succ {
		m.state = Succeeded
	}
	return m, nil
}

// onLaterUpdate: an answer that came later may bring the balance.
func onLaterUpdate(m Model, e Update) (Model, []flow.Effect) {
	m.status = e.Status
	return m, nil
}
