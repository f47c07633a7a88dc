package identify

import (
	"onetrans/flows/flow"
	"onetrans/flows/view"
)

// Table is the flow's table.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	tap := func(a view.Action) view.Tap { return view.Tap{Action: a} }
	return flow.Table[Model]{
		Choosing: {
			flow.On(CardRead{}, onCard, Looking),
			flow.On(CardFailed{}, failed, Choosing, Troubled),
			flow.On(CardPulled{}, gone, Choosing),
			flow.On(CardBefore{}, cardBefore, Choosing),
			flow.On(IdentityRead{}, onIdentity, Looking),
			flow.On(IdentityFailed{}, identityFailed, Choosing, Troubled),
			flow.On(IdentityLifted{}, lifted, Choosing),
			flow.On(IdentityBefore{}, identityBefore, Choosing),
			flow.On(CodeScanned{}, onCode, Looking, Over),
			flow.On(tap(view.ChooseWay), chooseWay, Choosing, Presenting, Authorising),
			flow.On(tap(view.Back), leave, Over),
			flow.On(tap(view.GoHome), leave, Over),
		},
		Presenting: {
			flow.On(CardRead{}, onCard, Looking),
			flow.On(CardFailed{}, failed, Presenting, Troubled),
			flow.On(CardPulled{}, gone, Presenting),
			flow.On(CardBefore{}, cardBefore, Presenting),
			flow.On(IdentityRead{}, onIdentity, Looking),
			flow.On(IdentityFailed{}, identityFailed, Presenting, Troubled),
			flow.On(IdentityLifted{}, lifted, Presenting),
			flow.On(IdentityBefore{}, identityBefore, Presenting),
			flow.On(CodeScanned{}, onCode, Looking, Over),
			flow.On(tap(view.Back), back, Choosing, Over),
			flow.On(tap(view.GoHome), leave, Over),
		},
		Authorising: {
			flow.On(Authorised{}, onAuthorised, Looking),
			flow.On(NotAuthorised{}, onNotAuthorised, Choosing, Over),
			flow.On(CardPulled{}, gone, Authorising),
			flow.On(IdentityLifted{}, lifted, Authorising),
		},
		Theirs: {
			flow.On(Found{}, onFound, Theirs, Checking, Troubled, Over),
			flow.On(NotFound{}, onNotFound, Theirs, Troubled),
		},
		Looking: {
			flow.On(Found{}, onFound, Looking, Checking, Troubled, Over),
			flow.On(NotFound{}, onNotFound, Looking, Troubled),
			flow.On(CardPulled{}, pulled, Looking, Troubled),
			flow.On(flow.Waited{}, waited, Looking),
			flow.On(tap(view.GoHome), leave, Over),
			flow.On(IdentityLifted{}, lifted, Looking),
		},
		Checking: {
			flow.On(tap(view.Correct), correct, Over),
			flow.On(tap(view.Wrong), another, Choosing, Theirs),
			flow.On(tap(view.Back), stepBack, Choosing, Over),
			flow.On(tap(view.GoHome), leave, Over),
			flow.On(CardPulled{}, pulled, Checking, Troubled),
			flow.On(IdentityLifted{}, lifted, Checking),
		},
		Troubled: {
			flow.On(tap(view.Retry), again, Choosing, Theirs),
			flow.On(tap(view.GoHome), leave, Over),
			flow.On(CardPulled{}, gone, Troubled),
			flow.On(IdentityLifted{}, lifted, Troubled),
		},
		// The person may come back from what follows, to be checked again.
		Over: {
			flow.On(CardPulled{}, gone, Over),
			flow.On(IdentityLifted{}, lifted, Over),
		},
	}
}
