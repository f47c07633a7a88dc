package settle

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
	// ends are where news may lead from wherever money moves.
	ends := []flow.State{Confirming, Doubtful, Succeeded, Refunding, Troubled}
	told := func(stay ...flow.State) flow.Rule[Model] {
		return flow.On(Changed{}, onNews[Changed], append(stay, ends...)...)
	}
	checked := func(stay ...flow.State) flow.Rule[Model] {
		return flow.On(Checked{}, onNews[Checked], append(stay, ends...)...)
	}
	removed := func(stay flow.State) flow.Rule[Model] { return flow.On(identify.CardPulled{}, cardGone, stay) }
	removedTooEarly := func(stay flow.State) flow.Rule[Model] {
		return flow.On(identify.CardPulled{}, cardPulled, stay, Troubled)
	}
	return flow.Table[Model]{
		Calculating: {
			flow.On(PreSettled{}, onPreSettled, append(ends, Choosing, Reviewing, Paying)...),
			flow.On(Changed{}, number, Calculating),
			flow.On(tap(view.GoHome), abandon(ToHome), Abandoning, Over),
			removedTooEarly(Calculating),
		},
		Choosing: {
			flow.On(tap(view.ToggleBill), onToggle, Choosing),
			flow.On(tap(view.AllBills), onAll, Choosing),
			flow.On(tap(view.NextPage), turn(1), Choosing),
			flow.On(tap(view.PrevPage), turn(-1), Choosing),
			flow.On(tap(view.Next), onNext, Choosing, Calculating, Reviewing),
			flow.On(tap(view.Back), abandon(ToCheck), Abandoning),
			flow.On(tap(view.GoHome), abandon(ToHome), Abandoning),
			removedTooEarly(Choosing),
		},
		Reviewing: {
			flow.On(tap(view.Pay), pay, Ordering, Confirming),
			flow.On(tap(view.Back), to(Choosing), Choosing),
			flow.On(tap(view.GoHome), abandon(ToHome), Abandoning),
			removedTooEarly(Reviewing),
		},
		Abandoning: {
			flow.On(Abandoned{}, onAbandoned, append(ends, Over)...),
			removed(Abandoning),
		},
		Ordering: {
			flow.On(Ordered{}, onOrdered, append(ends, Paying)...),
			removed(Ordering),
		},
		Paying: {
			told(Paying),
			flow.On(Checked{}, onChecked, append(ends, Paying)...),
			flow.On(flow.Waited{}, waitedPaying, Paying, Doubtful),
			flow.On(tap(view.CheckPaid), check, Paying),
			flow.On(tap(view.LeavePay), to(Leaving), Leaving),
			removed(Paying),
		},
		Leaving: {
			told(Leaving),
			checked(Leaving),
			flow.On(flow.Waited{}, waitedPaying, Leaving, Doubtful),
			flow.On(tap(view.KeepPaying), to(Paying), Paying),
			flow.On(tap(view.ReallyLeave), closeOrder, Closing),
			removed(Leaving),
		},
		Closing: {
			flow.On(Abandoned{}, onAbandoned, append(ends, Over)...),
			// What the close brings is told by Abandoned; only money that came is told at once.
			flow.On(Changed{}, onlyMoney, append(ends, Closing)...),
			removed(Closing),
		},
		Confirming: {
			flow.On(Confirmed{}, onConfirmed, ends...),
			told(),
			removed(Confirming),
		},
		Doubtful: {
			told(Paying),
			checked(Paying),
			flow.On(Confirmed{}, onConfirmed, ends...),
			flow.On(tap(view.KeepWaiting), check, Doubtful),
			flow.On(tap(view.GoToCounter), leave(ToRest), Over),
			removed(Doubtful),
		},
		Succeeded: {
			flow.On(Changed{}, laterNews, Succeeded),
			flow.On(tap(view.Done), leave(ToRest), Over),
			removed(Succeeded),
		},
		Refunding: {
			flow.On(Changed{}, laterNews, Refunding),
			flow.On(tap(view.Done), leave(ToRest), Over),
			removed(Refunding),
		},
		Troubled: {
			// What was pre-settled is being undone.
			flow.On(Changed{}, afterwards[Changed], append(ends, Troubled)...),
			flow.On(Abandoned{}, afterwards[Abandoned], append(ends, Troubled)...),
			flow.On(tap(view.Retry), retry, Calculating, Troubled),
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

func leave(exit Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = Over
		return m, []flow.Effect{Left{To: exit}}
	}
}

// retry begins a settlement anew, under another number; HIS's own can't be.
func retry(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.single || !retryable(m.trouble) {
		return m, nil
	}
	return m.begin()
}
