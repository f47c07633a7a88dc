package txn

import (
	"slices"
	"testing"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
)

// settleEvents is everything that can happen to a settlement, in every way that
// its table tells apart.
func settleEvents() []flow.Event {
	events := []flow.Event{
		sent{}, unanswered{}, neverSent{}, closeAsked{}, payAsked{}, confirmAsked{}, abandoning{}, abandoned{},
		priced{mdtrtID: "M", cash: 3000}, priced{mdtrtID: "M"}, ordered{details: details{traceNo: "T"}}, settled{},
		refundNamed{no: "R"}, atDesk{why: "why"}, inHand{}, retryAsked{by: "who"}, passedOn{},
	}
	for _, code := range []onetrans.Code{onetrans.CodePlatformNoSettle, onetrans.CodePlatformBusy} {
		events = append(events, refused{code: code}, refused{code: code, late: true})
	}
	for _, result := range results() {
		events = append(events, told{result: result}, told{result: result, answersClose: true}, told{result: result, late: true})
	}
	for _, v := range []Verdict{VerdictDone, VerdictFailed, VerdictSeen} {
		events = append(events, decided{Hand{Verdict: v, By: "who", Why: "why"}})
	}
	for _, state := range []flow.State{Created, Unknown, Pending, Succ, Fail} {
		events = append(events, refundStands{state: state})
	}
	return events
}

// However it comes about, what is paid is confirmed or given back, and what is
// left was not paid.
func TestWhatIsPaidIsNeverLeft(t *testing.T) {
	type seen struct {
		state                             flow.State
		paid, ordered, priced, owes, once bool
		refund                            flow.State
		close, desk                       bool
	}
	table, events := settleTable(), settleEvents()
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
		if s.Paid && !slices.Contains([]flow.State{Confirming, Refunding, Succ, Refunded}, trade.At()) {
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
