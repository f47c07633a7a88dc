package identify

import (
	"slices"

	"onetrans/flows/flow"
	"onetrans/flows/view"
)

// Table is the flow.
func Table() flow.Table[Model] { return table }

var table = newTable()

func newTable() flow.Table[Model] {
	reads := []flow.Rule[Model]{
		flow.On(CardRead{}, onCard, Looking),
		flow.On(IdentityRead{}, onIdentity, Looking),
		flow.On(CodeScanned{}, onCode, Looking, Over),
		flow.On(view.Tap{Action: view.GoHome}, leave, Over),
		flow.On(CardPulled{}, gone, Choosing, Presenting),
		flow.On(IdentityLifted{}, lifted, Choosing, Presenting),
		flow.On(CardBefore{}, cardBefore, Choosing, Presenting),
		flow.On(IdentityBefore{}, identityBefore, Choosing, Presenting),
	}
	return flow.Table[Model]{
		Choosing: slices.Concat(reads, []flow.Rule[Model]{
			flow.On(view.Tap{Action: view.ChooseWay}, chooseWay, Choosing, Presenting, Authorising),
			flow.On(view.Tap{Action: view.Back}, leave, Over),
			flow.On(CardFailed{}, failed, Choosing, Troubled),
			flow.On(IdentityFailed{}, identityFailed, Choosing, Troubled),
		}),
		Presenting: slices.Concat(reads, []flow.Rule[Model]{
			flow.On(view.Tap{Action: view.Back}, back, Choosing, Over),
			flow.On(CardFailed{}, failed, Presenting, Troubled),
			flow.On(IdentityFailed{}, identityFailed, Presenting, Troubled),
		}),
		Authorising: {
			flow.On(Authorised{}, onAuthorised, Looking),
			flow.On(NotAuthorised{}, onNotAuthorised, Choosing, Over),
			flow.On(CardPulled{}, gone, Authorising),
			flow.On(IdentityLifted{}, lifted, Authorising),
		},
		Looking: {
			flow.On(Found{}, onFound, Looking, Checking, Troubled, Over),
			flow.On(NotFound{}, onNotFound, Looking, Troubled),
			flow.On(CardPulled{}, pulled, Looking, Troubled),
			flow.On(Waited{}, waited, Looking),
			flow.On(view.Tap{Action: view.GoHome}, leave, Over),
			flow.On(IdentityLifted{}, lifted, Looking),
		},
		Checking: {
			flow.On(view.Tap{Action: view.Correct}, correct, Over),
			flow.On(view.Tap{Action: view.Wrong}, another, Choosing),
			flow.On(view.Tap{Action: view.Back}, another, Choosing),
			flow.On(view.Tap{Action: view.GoHome}, leave, Over),
			flow.On(CardPulled{}, pulled, Checking, Troubled),
			flow.On(IdentityLifted{}, lifted, Checking),
		},
		Troubled: {
			flow.On(view.Tap{Action: view.Retry}, again, Choosing),
			flow.On(view.Tap{Action: view.GoHome}, leave, Over),
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
