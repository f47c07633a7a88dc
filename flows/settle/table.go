package settle

import (
	"onetrans/flows/cashier"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/view"
)

// Table is the flow.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	news := func(what cashier.Occasion) News { return News{What: what} }
	// ends are where news may lead once something was sent.
	ends := []flow.State{Confirming, AtCashier, Succeeded, Refunding, Troubled}
	return flow.Table[Model]{
		Calculating: {
			flow.On(news(PreSettled), onPreSettled, append(ends, Choosing, Reviewing)...),
			flow.On(news(cashier.Changed), number, Calculating),
			flow.On(tap(view.GoHome), abandon(cashier.ToHome), Abandoning, Over),
			flow.On(identify.CardPulled{}, cardPulled, Calculating, Troubled),
		},
		Choosing: {
			flow.On(tap(view.ToggleBill), onToggle, Choosing),
			flow.On(tap(view.AllBills), onAll, Choosing),
			flow.On(tap(view.NextPage), turn(1), Choosing),
			flow.On(tap(view.PrevPage), turn(-1), Choosing),
			flow.On(tap(view.Next), onNext, Choosing, Calculating, Reviewing),
			flow.On(tap(view.Back), abandon(cashier.ToCheck), Abandoning),
			flow.On(tap(view.GoHome), abandon(cashier.ToHome), Abandoning),
			flow.On(identify.CardPulled{}, cardPulled, Choosing, Troubled),
		},
		Reviewing: {
			flow.On(tap(view.Pay), pay, AtCashier, Confirming),
			flow.On(tap(view.Back), to(Choosing), Choosing),
			flow.On(tap(view.GoHome), abandon(cashier.ToHome), Abandoning),
			flow.On(identify.CardPulled{}, cardPulled, Reviewing, Troubled),
		},
		Abandoning: {
			flow.On(news(cashier.CloseDone), onAbandoned, append(ends, Over)...),
			flow.On(identify.CardPulled{}, cardGone, Abandoning),
		},
		AtCashier: {
			flow.On(identify.CardPulled{}, cardGone, AtCashier),
			flow.Rest("cashier", atCashier, append(ends, Over)...),
		},
		Confirming: {
			flow.On(news(Confirmed), onConfirmed, ends...),
			flow.On(news(cashier.Changed), onNews, ends...),
			flow.On(identify.CardPulled{}, cardGone, Confirming),
		},
		Succeeded: {
			flow.On(news(cashier.Changed), laterNews, Succeeded),
			flow.On(tap(view.Done), leave(cashier.ToRest), Over),
			flow.On(identify.CardPulled{}, cardGone, Succeeded),
		},
		Refunding: {
			flow.On(news(cashier.Changed), laterNews, Refunding),
			flow.On(tap(view.Done), leave(cashier.ToRest), Over),
			flow.On(identify.CardPulled{}, cardGone, Refunding),
		},
		Troubled: {
			// What was pre-settled is being undone.
			flow.On(news(cashier.Changed), afterwards, append(ends, Troubled)...),
			flow.On(news(cashier.CloseDone), afterwards, append(ends, Troubled)...),
			flow.On(tap(view.Retry), retry, Calculating, Troubled),
			flow.On(tap(view.GoHome), leave(cashier.ToHome), Over),
			flow.On(identify.CardPulled{}, cardGone, Troubled),
		},
		Over: {},
	}
}

func to(next flow.State) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = next
		return m, nil
	}
}

func leave(exit cashier.Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = Over
		return m, []flow.Effect{cashier.Left{To: exit}}
	}
}

// retry begins a settlement anew, under another number; HIS's own can't be.
func retry(m Model, _ view.Tap) (Model, []flow.Effect) {
	if m.single || !retryable(m.trouble) {
		return m, nil
	}
	return m.begin()
}
