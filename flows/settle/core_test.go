package settle_test

import (
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/settle"
)

// Every state of the core's machine means one thing to the page.
func TestWhatTheCoresStatesMean(t *testing.T) {
	for state, want := range map[flow.State]settle.Stage{
		txn.Created: settle.Unknown, txn.Unknown: settle.Unknown, txn.PreSettled: settle.Priced, txn.Paying: settle.Unpaid,
		txn.Confirming: settle.Unconfirmed, txn.Succ: settle.Done, txn.Abandoning: settle.Undoing, txn.Abandoned: settle.Undone,
		txn.Refunding: settle.RefusedPaid, txn.Refunded: settle.Refunded, txn.Refused: settle.Refused, txn.NotSent: settle.NotSent,
		txn.Cancelled: settle.Cancelled,
	} {
		if got := settle.StatusOf(txn.SettleStatus{State: state}).Stage; got != want {
			t.Errorf("%q: %v, want %v", state, got, want)
		}
	}
	if got := settle.StatusOf(txn.SettleStatus{State: txn.Paying, Paid: true}).Stage; got != settle.Paid {
		t.Errorf("paid: %v", got)
	}
}

func TestWhatTheCoreSays(t *testing.T) {
	silent := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := settle.StatusOf(txn.SettleStatus{
		No: "S1", Total: 12000, Cash: 3560, Result: onetrans.ResultIng, SilentSince: silent, RefundNo: "R1",
		Bills: []txn.Bill{{No: "B1", Dept: "心内科", Amount: 7000}},
		Steps: []txn.Step{{Code: "registration", State: "skipped"}, {Code: "person", State: "odd"}},
	})
	if s.No != "S1" || s.Cash != 3560 || !s.Moving || s.SilentSince != silent || s.RefundNo != "R1" ||
		len(s.Bills) != 1 || s.Bills[0].Amount != 7000 || len(s.Steps) != 1 {
		t.Errorf("%+v", s)
	}
}
