package settle

import (
	"errors"
	"slices"
	"strconv"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// onPreSettled: the first answer brings the bills, all of which are chosen; a
// later one the amounts for those that were.
func onPreSettled(m Model, e Update) (Model, []flow.Effect) {
	if e.Err != nil && e.Status.No == "" {
		return m.notSent(e.Err), nil
	}
	m = m.hear(e.Status)
	switch {
	case m.status.State != txn.PreSettled:
		return m.later()
	case m.bills != nil:
		m.state = Reviewing
		return m, nil
	case m.status.NoBills:
		return m.without(view.TroubleNoBills)
	case len(m.status.Bills) == 0: // nobody is asked to pay what can't be shown
		return m.without(view.TroubleNoPreSettlement)
	}
	m.state, m.bills, m.chosen = Choosing, m.status.Bills, map[string]bool{}
	for _, b := range m.bills {
		m.chosen[b.No] = true
	}
	m.settledFor = m.choice()
	return m, nil
}

// later: the settlement that this one repeats has come further. What was taken
// is told, and nobody is asked to pay again.
func (m Model) later() (Model, []flow.Effect) {
	if m.bills == nil {
		m.bills = m.status.Bills
		m = m.choose(func(txn.Bill) bool { return true })
	}
	if m.standing().Over() {
		return m.finished()
	}
	switch m.status.State {
	case txn.Paying:
		return m.resume(), nil
	case txn.Abandoning:
		return m.troubled(view.TroubleBillClosed), nil
	}
	return m.without(view.TroubleNoPreSettlement)
}

// number learns under which number the platform is being asked, so that who
// leaves meanwhile leaves nothing behind.
func number(m Model, e Update) (Model, []flow.Effect) {
	if m.No() == "" {
		m.status.No = e.Status.No
	}
	return m, nil
}

// without is a trouble after which the pre-settlement, whatever became of it, is undone.
func (m Model) without(kind view.TroubleKind) (Model, []flow.Effect) {
	return m.troubled(kind), []flow.Effect{Abandon{No: m.No()}}
}

func (m Model) notSent(err error) Model {
	// Under its number there may be another's, of which nothing is said here.
	m.err, m.status = err, txn.SettleStatus{}
	if doubt, ok := errors.AsType[*txn.InDoubtError](err); ok {
		m.openNo = doubt.No
		return m.troubled(view.TroubleBillOpen)
	}
	return m.troubled(cashier.FaultOf(err))
}

func onToggle(m Model, tap view.Tap) (Model, []flow.Effect) {
	i, err := strconv.Atoi(tap.Value)
	if err != nil || i < 0 || i >= len(m.bills) {
		return m, nil
	}
	no := m.bills[i].No
	return m.choose(func(b txn.Bill) bool { return m.chosen[b.No] != (b.No == no) }), nil
}

func onAll(m Model, _ view.Tap) (Model, []flow.Effect) {
	all := len(m.choice()) < len(m.bills)
	return m.choose(func(txn.Bill) bool { return all }), nil
}

// choose ticks the bills that are wanted; the model before keeps its own ticks.
func (m Model) choose(wanted func(txn.Bill) bool) Model {
	chosen := map[string]bool{}
	for _, b := range m.bills {
		chosen[b.No] = wanted(b)
	}
	m.chosen = chosen
	return m
}

func turn(by int) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.page = min(max(m.page+by, 0), m.pages()-1)
		return m, nil
	}
}

func (m Model) pages() int { return max(1, (len(m.bills)+view.BillsAPage-1)/view.BillsAPage) }

// onNext: amounts that were calculated for other bills are calculated anew.
func onNext(m Model, _ view.Tap) (Model, []flow.Effect) {
	choice := m.choice()
	switch {
	case len(choice) == 0:
		return m, nil
	case slices.Equal(choice, m.settledFor):
		m.state = Reviewing
		return m, nil
	}
	m.state, m.settledFor = Calculating, choice
	return m, []flow.Effect{PreSettle{No: m.No(), Person: m.person, BillNos: choice}}
}

// choice are the numbers of the bills that are chosen, in their order.
func (m Model) choice() (nos []string) {
	for _, b := range m.bills {
		if m.chosen[b.No] {
			nos = append(nos, b.No)
		}
	}
	return nos
}

func (m Model) chosenSum() (sum onetrans.Fen) {
	for _, b := range m.bills {
		if m.chosen[b.No] {
			sum += b.Amount
		}
	}
	return sum
}
