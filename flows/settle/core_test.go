package settle_test

import (
	"slices"
	"testing"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/settle"
	"onetrans/flows/view"
)

// Every state of the core's machine means one thing to who is paying.
func TestWhatTheCoresStatesMean(t *testing.T) {
	for state, want := range map[flow.State]flow.State{
		txn.Created: cashier.Paying, txn.Unknown: cashier.Paying, txn.PreSettled: cashier.Paying, txn.Paying: cashier.Paying,
		txn.Confirming: settle.Confirming, txn.Succ: settle.Succeeded, txn.Abandoning: cashier.Paying, txn.Abandoned: settle.Troubled,
		txn.Refunding: settle.Refunding, txn.Refunded: settle.Refunding, txn.Refused: settle.Troubled, txn.NotSent: settle.Troubled,
		txn.Cancelled: settle.Troubled,
	} {
		m, _ := after(append(slices.Clone(paying), settle.Update{What: cashier.Changed, Status: status(state, code)})...)
		if screen(m) != want {
			t.Errorf("%q: %q, want %q", state, screen(m), want)
		}
	}
}

// A step that the platform skipped is told as that once it is behind; words of
// its own say nothing.
func TestWhatTheCoreSays(t *testing.T) {
	said := func(s *txn.SettleStatus) {
		s.Steps = []txn.Step{{Code: "registration", State: "skipped"}, {Code: "person", State: "odd"}, {Code: "confirmation", State: "skipped"}}
	}
	m, _ := after(append(slices.Clone(paying), settle.Update{What: cashier.Changed, Status: status(txn.Confirming, said)})...)
	steps := m.Content().(view.Settling).Steps
	if steps[0].State != view.StepDone || steps[1].State != view.StepSkipped || steps[4].State != view.StepNow {
		t.Errorf("%+v", steps)
	}
}
