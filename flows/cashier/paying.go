package cashier

import (
	"errors"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/view"
)

// FaultOf is why the core did not ask anything of the platform, which then has
// no part in it.
func FaultOf(err error) view.TroubleKind {
	switch {
	case errors.Is(err, txn.ErrJournal):
		return view.TroubleJournal
	case errors.Is(err, txn.ErrBusy):
		return view.TroubleBusy
	}
	return view.TroubleInternal
}

// onSent: with a code, show it. The person's own code, or the platform's own page,
// may have paid, whatever was heard.
func onSent(m Model, e Update[Order]) (Model, []flow.Effect) {
	m.order = e.Status
	switch {
	case e.Err != nil:
		return m.over(NotSent{Err: e.Err})
	case m.order.Stands.Over():
		return m.over(Finished{})
	case m.state == Theirs:
		m.state = Doubtful
		return m, nil
	case m.depositType != "" && m.order.Stands == Unpaid && !m.order.CloseAsked:
		m.wrongCode = view.PayCodeRefused
		return m.scan()
	case m.order.QRCode != "" && !m.order.CloseAsked:
		m.state, m.shownAt = Paying, m.now
		return m, nil
	case m.order.CloseAsked, m.moneyMoves(), m.depositType != "":
		m.state = Doubtful
		return m, nil
	}
	return m.over(Unpayable{})
}

func onUpdate(m Model, e Update[Order]) (Model, []flow.Effect) {
	m.order = e.Status
	if e.What == Checked {
		m.checking = false
	}
	switch {
	case m.order.Stands.Over():
		return m.over(Finished{})
	case m.order.Stands == Crediting:
		m.state = Doubtful
	case m.state == Doubtful && m.canStillPay():
		m.state = Paying
	}
	return m, nil
}

// onChecked: who said that they have paid hears the truth: paid, not paid yet,
// or not known.
func onChecked(m Model, e Update[Order]) (Model, []flow.Effect) {
	m, effects := onUpdate(m, e)
	if m.state != Paying {
		return m, effects
	}
	switch {
	case !m.order.SilentSince.IsZero():
		m.state = Doubtful
	case m.order.Stands == Unpaid:
		m.notPaidYet = true
	}
	return m, effects
}

func check(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.checking {
		return m, nil
	}
	m.checking, m.notPaidYet = true, false
	return m, []flow.Effect{Check{No: m.order.No}}
}

// waited: when the order's time is over and nobody said how it ended, or the
// platform has been silent for long, the code gives way to the truth.
func waited(m Model, _ flow.Waited) (Model, []flow.Effect) {
	silent := m.order.SilentSince
	if m.now.After(m.deadline().Add(view.ExpiryPatience)) ||
		!silent.IsZero() && m.now.Sub(silent) > view.SilencePatience {
		m.state = Doubtful
	}
	return m, nil
}

func closeOrder(m Model, _ view.Tap) (Model, []flow.Effect) {
	m.state, m.checking, m.leaves = Closing, false, true
	return m, []flow.Effect{Close{No: m.order.No}}
}

func onCloseDone(m Model, e Update[Order]) (Model, []flow.Effect) {
	m.order = e.Status
	switch {
	case m.order.Stands == Closed:
		return m.over(Left{To: ToHome})
	case m.order.Stands.Over():
		return m.over(Finished{})
	}
	m.state = Doubtful
	return m, nil
}

func onWhileClosing(m Model, e Update[Order]) (Model, []flow.Effect) {
	if e.Status.Stands == Paid {
		return onUpdate(m, e)
	}
	return m, nil
}

func to(next flow.State) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state, m.notPaidYet = next, false
		return m, nil
	}
}

func leave(exit Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) { return m.over(Left{To: exit}) }
}

// over ends the cashier, as how says.
func (m Model) over(how flow.Effect) (Model, []flow.Effect) {
	m.state = Over
	return m, []flow.Effect{how}
}

func (m Model) moneyMoves() bool { return m.order.Stands == Moving || m.order.Stands == Crediting }

// canStillPay: the platform answers, and the code on the screen is good.
func (m Model) canStillPay() bool {
	return m.order.Stands == Unpaid && m.order.QRCode != "" && !m.shownAt.IsZero() && !m.order.CloseAsked &&
		m.order.SilentSince.IsZero() && m.now.Before(m.deadline())
}

// deadline is when the code on the screen is good no longer.
func (m Model) deadline() time.Time {
	if at := m.order.ExpireAt; !at.IsZero() {
		return at
	}
	return m.shownAt.Add(view.OrderCodePatience)
}
