package txn

import (
	"slices"
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

// of is a trade of a kind in a state.
func of(kind string, state flow.State) Trade {
	return Trade{Order: Order{No: "1", Request: onetrans.Request{TransType: onetrans.T(kind)}}, Progress: Progress{State: state}}
}

// What never reached the platform, or came to nothing there, it may have in any way
// that moves no money; all else contradicts what was proven.
func TestWhichWordsContradictWhatIsFinal(t *testing.T) {
	for kind, fits := range map[string]map[flow.State]string{
		onetrans.TransRecharge: {
			Succ: "succ", Fail: "fail", Closed: "closed notfound", NotFound: "notfound closed",
			Refused: "notfound closed fail", NotSent: "notfound",
		},
		onetrans.TransRefund: {
			Succ: "succ", Fail: "fail notfound", Refused: "notfound fail", NotSent: "notfound fail",
		},
	} {
		for state, words := range fits {
			for _, word := range results() {
				want := slices.Contains(strings.Fields(words), string(word))
				if got := of(kind, state).agreesWith(word); got != want {
					t.Errorf("%s, %s, then told %s: agrees %t", kind, state, word, got)
				}
			}
		}
	}
}

func TestOtherTradesSpeakOfATradeByItsName(t *testing.T) {
	for kind, want := range map[string][]string{
		onetrans.TransRecharge: {"no:1"}, onetrans.TransSettleCancel: {"setl:1"},
		onetrans.TransRefund: nil, onetrans.TransSettle: nil, KindBalance: nil,
	} {
		if got := Ties(kind, "1", nil); !slices.Equal(got, want) {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

// A charge of which the platform says otherwise than a person is on the list of those
// that are asked about before a like one.
func TestAChargeThatIsDisputedIsListedAsInDoubt(t *testing.T) {
	charge := of(onetrans.TransRecharge, Fail)
	if slices.Contains(charge.Refs(), retracted) {
		t.Errorf("nobody disputes it: %q", charge.Refs())
	}
	if charge.Progress.Desk = ReasonDisputed; !slices.Contains(charge.Refs(), retracted) {
		t.Errorf("%q", charge.Refs())
	}
}

// A balance is made of refunds, which say for themselves what they gave back.
func TestABalanceIsNoRefundOfTheOrdersSums(t *testing.T) {
	refund, balance := of(onetrans.TransRefund, Succ), of(KindBalance, Refunding)
	refund.Order.Amount, refund.Progress.Sums = 100, &Sums{Refunded: 100}
	balance.Order.No, balance.Order.Amount, balance.Order.Parts = "2", 100, []Part{{No: "3"}}
	if got := (&Core{}).sumsBefore([]Trade{refund, balance}, nil, "9"); got != refund.Progress.Sums {
		t.Errorf("the sums before: %+v", got)
	}
	balance.Progress.State = Succ
	if got := doneOf([]Trade{refund, balance}); got != 100 {
		t.Errorf("done: %d", got)
	}
}
