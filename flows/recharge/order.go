package recharge

import (
	"errors"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/view"
)

func place(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.status, m.shownAt = Ordering, txn.Status{}, time.Time{}
	m.status.Trade.Order.No = m.charge.No // who leaves meanwhile leaves it behind
	m.checking, m.notPaidYet, m.err = false, false, nil
	return m, []flow.Effect{Place{Charge: m.charge}}
}

func placeDespite(m Model, tap view.Tap) (Model, []flow.Effect) {
	m.charge.Despite = m.inDoubt.No
	return place(m, tap)
}

func check(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.checking {
		return m, nil
	}
	m.checking, m.notPaidYet = true, false
	return m, []flow.Effect{Check{No: m.no()}}
}

func closeOrder(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.checking, m.leaves = Closing, false, true
	return m, []flow.Effect{Close{No: m.no()}}
}

func onNotPlaced(m Model, e NotPlaced) (Model, []flow.Effect) {
	m.err, m.status = e.Err, txn.Status{}
	var doubt *txn.InDoubtError
	if errors.As(e.Err, &doubt) {
		m.state, m.inDoubt = PayAgain, *doubt
		return m, nil
	}
	kind := view.TroubleInternal // nothing was asked of the platform
	switch {
	case errors.Is(e.Err, txn.ErrJournal):
		kind = view.TroubleJournal
	case errors.Is(e.Err, txn.ErrBusy):
		kind = view.TroubleBusy
	}
	return m.troubled(kind), nil
}

// onPlaced: with a code, show it. Without one nobody could pay, whatever
// became of the order: it is closed, and nothing was taken. The person's own
// code may have paid.
func onPlaced(m Model, e Placed) (Model, []flow.Effect) {
	m.status, m.charge.AuthCode = e.Status, ""
	if settled, ok := m.settled(); ok {
		return settled, nil
	}
	p := e.Status.Trade.Progress
	switch {
	case m.charge.DepositType != "" && e.Status.Trade.Unpaid():
		m.wrongCode = view.PayCodeRefused
		return m.scan()
	case p.CloseAsked:
		m.state = Doubtful
		return m, nil
	case e.Status.Trade.At() == txn.Pending && p.QRCode != "":
		m.state, m.shownAt = Paying, m.now
		return m, nil
	case moneyMoves(p.Result), m.charge.DepositType != "":
		m.state = Doubtful
		return m, nil
	}
	return m.troubled(view.TroubleNoOrder), []flow.Effect{Close{No: m.no()}}
}
