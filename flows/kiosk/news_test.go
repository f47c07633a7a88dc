package kiosk

import (
	"reflect"
	"testing"
	"testing/synctest"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// ended is a trade that ended while nobody was there.
func ended(kind, no string, at txn.Trade) txn.Status {
	at.Order.No, at.Order.Request.TransType = no, onetrans.T(kind)
	return txn.Status{Trade: at}
}

// What ended after they had left is told where the person is checked, and is
// news no more once they have said who they are.
func TestWhatEndedAfterTheyLeftIsTold(t *testing.T) {
	news := map[string][]txn.Status{
		"05 Z1": {
			ended(onetrans.TransRecharge, "1", txn.Trade{Order: txn.Order{Amount: 20000}, Progress: txn.Progress{State: txn.Succ}}),
			ended(onetrans.TransRecharge, "2", txn.Trade{Order: txn.Order{Amount: 100000}, Progress: txn.Progress{State: txn.Succ}}),
		},
		" " + cardNo: {
			ended(onetrans.TransSettle, "3", txn.Trade{Progress: txn.Progress{State: txn.Refunded, Settle: &txn.Settlement{Total: 5000, Cash: 3000}}}),
			ended(onetrans.TransSettle, "4", txn.Trade{Progress: txn.Progress{State: txn.Succ, Settle: &txn.Settlement{Total: 5000, Cash: 3000}}}),
		},
		"05 Z2": {ended(onetrans.TransRecharge, "another's", txn.Trade{Order: txn.Order{Amount: 1}})},
	}
	serve(t, func(k *stand) {
		k.core.news = news
		k.person()
		want := []view.NewsLine{{Kind: view.NewsPaid, Amount: "1,200.00"}, {Kind: view.NewsSettled, Amount: "50.00"}, {Kind: view.NewsGivenBack, Amount: "30.00"}}
		if got := k.page().Content.(view.Person).News; !reflect.DeepEqual(got, want) {
			t.Errorf("%+v", got)
		}
		k.do(view.Wrong) // it was somebody else who looked
		if len(k.core.told) != 0 {
			t.Errorf("told to another: %v", k.core.told)
		}
		k.slot.remove()
		synctest.Wait()
		k.slot.insert(nil)
		synctest.Wait()
		k.do(view.Correct)
		synctest.Wait()
		if got := k.core.told; len(got) != 4 {
			t.Errorf("told: %v", got)
		}
	})
}
