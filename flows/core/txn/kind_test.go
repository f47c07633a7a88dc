package txn

import (
	"strings"
	"testing"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

func TestTheTablesAreWhole(t *testing.T) {
	for name, kind := range kinds {
		for _, problem := range kind.table.Check(draft) {
			t.Errorf("%s: %v", name, problem)
		}
	}
}

// Every state of a payment or a refund that is not final says what each word of
// the platform means, so that a query can always end it.
func TestEveryOpenStateHearsEveryWord(t *testing.T) {
	for name, kind := range kinds {
		for state := range kind.table {
			for _, result := range results() {
				if asked(name, state) && !kind.table.Takes(state, told{result: result}.Name()) {
					t.Errorf("%s: %q does not hear %q", name, state, result)
				}
			}
		}
	}
}

// asked says whether the platform is asked for the trade's result in a state.
func asked(kind string, state flow.State) bool {
	if kind == onetrans.TransSettle {
		return state == Paying
	}
	return state != draft && kind != onetrans.TransSettleCancel && kind != KindBalance
}

// A state that many kinds have is listed once, and none that is in memory alone.
func TestTheStatesThatATradeMayStandIn(t *testing.T) {
	want := "abandoned abandoning cancelled closed confirming created fail notfound notsent partly paying pending presettled refunded refunding refused succ unknown"
	if got := strings.Join(States(), " "); got != want {
		t.Error(got)
	}
}
