package cashier_test

import (
	"reflect"
	"testing"
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/view"
)

// What the platform's own page did not prove is in doubt: it can't be closed, it is never
// paid here, and nobody hears that nothing was taken before that is proven.
func TestAPlatformsOwnPageEndsInWhatIsProven(t *testing.T) {
	for name, c := range map[string]struct {
		sent    cashier.Update[cashier.Order]
		at      flow.State
		effects []flow.Effect
	}{
		"paid":       {cashier.Update[cashier.Order]{Status: order(cashier.Paid)}, cashier.Over, []flow.Effect{cashier.Finished{}}},
		"closed":     {cashier.Update[cashier.Order]{Status: order(cashier.Closed)}, cashier.Over, []flow.Effect{cashier.Finished{}}},
		"unpaid":     {cashier.Update[cashier.Order]{Status: order(cashier.Unpaid)}, cashier.Doubtful, nil},
		"without it": {cashier.Update[cashier.Order]{Status: order(cashier.Unpaid, noCode)}, cashier.Doubtful, nil},
		"unknown":    {cashier.Update[cashier.Order]{Status: order(cashier.Unknown, silent)}, cashier.Doubtful, nil},
		"not sent":   {cashier.Update[cashier.Order]{Err: txn.ErrBusy}, cashier.Over, []flow.Effect{cashier.NotSent{Err: txn.ErrBusy}}},
	} {
		m, begun := cashier.StartTheirs(noon)
		if !reflect.DeepEqual(begun, []flow.Effect{cashier.Place{}}) || m.Content(due) != view.Content(view.Busy{Kind: view.BusyElsewhere}) || !m.MoneyInFlight() {
			t.Fatalf("%v, %v", begun, m.Content(due))
		}
		m, _ = m.Step(at(time.Hour)) // its page has its own time
		c.sent.What = cashier.Sent
		m, effects := m.Step(c.sent)
		if m.At() != c.at || !reflect.DeepEqual(effects, c.effects) {
			t.Errorf("%s: %s, %v", name, m.At(), effects)
		}
	}
}

func TestADoubtAfterAPlatformsOwnPageNeverBecomesACodeToPay(t *testing.T) {
	m, _ := cashier.StartTheirs(noon)
	for _, e := range []flow.Event{sent(order(cashier.Unknown, silent)), changed(order(cashier.Unpaid)), tap(view.KeepWaiting), checked(order(cashier.Unpaid))} {
		if m, _ = m.Step(e); m.At() != cashier.Doubtful {
			t.Fatalf("%s after %s", m.At(), e.Name())
		}
	}
	m, effects := m.Step(changed(order(cashier.Paid)))
	if m.At() != cashier.Over || !reflect.DeepEqual(effects, []flow.Effect{cashier.Finished{}}) {
		t.Errorf("%s, %v", m.At(), effects)
	}
}
