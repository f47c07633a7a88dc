package recharge

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
	return flow.Table[Model]{
		Entering: {
			flow.On(tap(view.Key), onKey, Entering),
			flow.On(tap(view.Quick), onQuick, Entering),
			flow.On(tap(view.Next), onNext, Entering, Confirming),
			flow.On(tap(view.Back), leave(cashier.ToCheck), Over),
			flow.On(tap(view.GoHome), leave(cashier.ToHome), Over),
			flow.On(identify.CardPulled{}, cardPulled, Entering, Troubled),
		},
		Confirming: {
			flow.On(tap(view.Pay), pay, AtCashier),
			flow.On(tap(view.Back), to(Entering), Entering),
			flow.On(tap(view.GoHome), leave(cashier.ToHome), Over),
			flow.On(identify.CardPulled{}, cardPulled, Confirming, Troubled),
		},
		PayAgain: {
			flow.On(tap(view.PayAnyway), payDespite, AtCashier),
			flow.On(tap(view.Back), notAgain, Confirming, Over),
			flow.On(tap(view.GoHome), leave(cashier.ToHome), Over),
			flow.On(identify.CardPulled{}, cardPulled, PayAgain, Troubled),
		},
		AtCashier: {
			flow.On(identify.CardPulled{}, cardGone, AtCashier),
			flow.Rest("cashier", atCashier, AtCashier, PayAgain, Succeeded, Troubled, Over),
		},
		Succeeded: {
			flow.On(News{What: cashier.Changed}, laterNews, Succeeded),
			flow.On(tap(view.Done), leave(cashier.ToRest), Over),
			flow.On(identify.CardPulled{}, cardGone, Succeeded),
		},
		Troubled: {
			// An order without a code is being closed.
			flow.On(News{What: cashier.Changed}, afterwards, Troubled, Succeeded),
			flow.On(News{What: cashier.CloseDone}, afterwards, Troubled, Succeeded),
			flow.On(tap(view.Retry), retry, Entering, Troubled),
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

// notAgain leads back to the amount; HIS's order has none.
func notAgain(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.single {
		return leave(cashier.ToHome)(m, tap)
	}
	return to(Confirming)(m, tap)
}

func retry(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.single || !retryable(m.trouble) {
		return m, nil
	}
	return to(Entering)(m, tap)
}

func leave(exit cashier.Exit) func(Model, view.Tap) (Model, []flow.Effect) {
	return func(m Model, _ view.Tap) (Model, []flow.Effect) {
		m.state = Over
		return m, []flow.Effect{cashier.Left{To: exit}}
	}
}

func cardGone(m Model, _ identify.CardPulled) (Model, []flow.Effect) {
	m.cardIn = false
	return m, nil
}

// cardPulled: before paying, a card that goes takes its person with it.
func cardPulled(m Model, e identify.CardPulled) (Model, []flow.Effect) {
	m, _ = cardGone(m, e)
	if !m.charge.Person.ByCard {
		return m, nil
	}
	return m.troubled(view.TroubleCardPulled), nil
}
