package recharge

import (
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/view"
)

// Table is the flow.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	// News may come in every state that follows a send.
	told := func(stay flow.State, more ...flow.State) flow.Rule[Model] {
		return flow.On(Changed{}, onNews[Changed], append(more, stay, Succeeded, Troubled)...)
	}
	removed := func(stay flow.State) flow.Rule[Model] { return flow.On(identify.CardPulled{}, cardGone, stay) }
	removedTooEarly := func(stay flow.State) flow.Rule[Model] {
		return flow.On(identify.CardPulled{}, cardPulled, stay, Troubled)
	}
	return flow.Table[Model]{
		Entering: {
			flow.On(tap(view.Key), onKey, Entering),
			flow.On(tap(view.Quick), onQuick, Entering),
			flow.On(tap(view.Next), onNext, Entering, Confirming),
			flow.On(tap(view.Back), leave(ToCheck), Over),
			flow.On(tap(view.GoHome), leave(ToHome), Over),
			removedTooEarly(Entering),
		},
		Confirming: {
			flow.On(tap(view.Pay), place, Ordering),
			flow.On(tap(view.Back), to(Entering), Entering),
			flow.On(tap(view.GoHome), leave(ToHome), Over),
			removedTooEarly(Confirming),
		},
		Scanning: {
			flow.On(identify.CodeScanned{}, onPayCode, Scanning, Ordering),
			flow.On(Changed{}, onWhileScanning, Scanning, Doubtful, Succeeded, Troubled),
			flow.On(tap(view.GoHome), leaveScanning, Closing, Over),
			removed(Scanning),
		},
		PayAgain: {
			flow.On(tap(view.PayAnyway), placeDespite, Ordering),
			flow.On(tap(view.Back), notAgain, Confirming, Over),
			flow.On(tap(view.GoHome), leave(ToHome), Over),
			removedTooEarly(PayAgain),
		},
		Ordering: {
			flow.On(Placed{}, onPlaced, Scanning, Paying, Doubtful, Succeeded, Troubled),
			flow.On(NotPlaced{}, onNotPlaced, PayAgain, Troubled),
			removed(Ordering),
		},
		Paying: {
			told(Paying, Doubtful),
			flow.On(Checked{}, onChecked, Paying, Doubtful, Succeeded, Troubled),
			flow.On(flow.Waited{}, waitedPaying, Paying, Doubtful),
			flow.On(tap(view.CheckPaid), check, Paying),
			flow.On(tap(view.LeavePay), to(Leaving), Leaving),
			removed(Paying),
		},
		Leaving: {
			told(Leaving, Doubtful),
			flow.On(Checked{}, onNews[Checked], Leaving, Doubtful, Succeeded, Troubled),
			flow.On(flow.Waited{}, waitedPaying, Leaving, Doubtful),
			flow.On(tap(view.KeepPaying), to(Paying), Paying),
			flow.On(tap(view.ReallyLeave), closeOrder, Closing),
			removed(Leaving),
		},
		Closing: {
			flow.On(CloseDone{}, onCloseDone, Over, Doubtful, Succeeded, Troubled),
			// What the close brings is told by CloseDone; only money that came is told at once.
			flow.On(Changed{}, onlySuccess, Closing, Succeeded),
			removed(Closing),
		},
		Doubtful: {
			told(Doubtful, Paying),
			flow.On(Checked{}, onNews[Checked], Doubtful, Paying, Succeeded, Troubled),
			flow.On(tap(view.KeepWaiting), check, Doubtful),
			flow.On(tap(view.GoToCounter), leave(ToRest), Over),
			removed(Doubtful),
		},
		Succeeded: {
			flow.On(Changed{}, laterNews, Succeeded),
			flow.On(tap(view.Done), leave(ToRest), Over),
			removed(Succeeded),
		},
		Troubled: {
			// An order without a code is being closed.
			flow.On(Changed{}, afterwards[Changed], Troubled, Succeeded),
			flow.On(CloseDone{}, afterwards[CloseDone], Troubled, Succeeded),
			flow.On(tap(view.Retry), retry, Entering, Troubled),
			flow.On(tap(view.GoHome), leave(ToHome), Over),
			removed(Troubled),
		},
		Over: {},
	}
}

func to(next flow.State) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state, m.notPaidYet = next, false
		return m, nil
	}
}

// notAgain leads back to the amount; HIS's order has none.
func notAgain(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.single {
		return leave(ToHome)(m, tap)
	}
	return to(Confirming)(m, tap)
}

func retry(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.single || !retryable(m.trouble) {
		return m, nil
	}
	return to(Entering)(m, tap)
}

func leave(exit Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = Over
		return m, []flow.Effect{Left{To: exit}}
	}
}
