package txn

import (
	"slices"
	"testing"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// However it comes about, what is paid is confirmed or given back, or was
// settled and cancelled elsewhere, which a person is told; and what is left was
// not paid.
func TestWhatIsPaidIsNeverLeft(t *testing.T) {
	type seen struct {
		state                             flow.State
		paid, ordered, priced, owes, once bool
		refund                            flow.State
		close, desk                       bool
	}
	table := settleTable()
	events := append(variants(), priced{mdtrtID: "M", amounts: amounts{cash: 3000}}, ordered{details: details{traceNo: "T"}})
	begin := Trade{
		Order: Order{
			Request: onetrans.Request{TransType: onetrans.T(onetrans.TransSettle)}, Secrets: Secrets{PayAppID: "P"},
		},
		Progress: Progress{State: draft},
	}
	reached := map[seen]bool{}
	states := map[flow.State]bool{}
	for todo := []Trade{begin}; len(todo) > 0; {
		trade := todo[0]
		todo = todo[1:]
		p, s := trade.Progress, trade.settlement()
		key := seen{trade.At(), s.Paid, p.TraceNo != "", s.MdtrtID != "", s.Cash > 0, s.PaySends == 1, p.RefundState, p.CloseAsked, p.Desk != ""}
		if reached[key] {
			continue
		}
		reached[key], states[trade.At()] = true, true
		if s.Paid && !slices.Contains([]flow.State{Confirming, Refunding, Succ, Refunded, Cancelled}, trade.At()) {
			t.Errorf("paid, and %s", trade.At())
		}
		for _, e := range events {
			if w, ok := e.(wish); ok && !w.fits(trade) {
				continue
			}
			next, _ := table.Step(trade, e)
			todo = append(todo, next)
		}
	}
	if len(states) != len(table) {
		t.Errorf("%d states of %d were reached: %v", len(states), len(table), states)
	}
}
