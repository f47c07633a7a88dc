package recharge_test

import (
	"testing"
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/receipt"
	"onetrans/flows/recharge"
)

func TestWhatAReceiptTells(t *testing.T) {
	order := func(s *txn.Status) {
		s.Trade.Order.CardType, s.Trade.Order.CardNo = "05", "Z9"
		s.Trade.Order.CreatedAt = noon.Add(-time.Minute)
	}
	booked := func(s *txn.Status) {
		p := &s.Trade.Progress
		p.TraceNo, p.TraceTime, p.CallSN, p.Channel, p.Balance = "T1", "20260304200001", "C1", "WX_QR", "250.00"
	}
	told := func(s txn.Status) []flow.Event {
		return append(toPay[:4:4], recharge.Update{What: cashier.Changed, Status: s})
	}
	balance := onetrans.Fen(25000)
	tests := map[string]struct {
		events []flow.Event
		want   receipt.Facts
	}{
		"booked": {told(status(txn.Succ, order, booked)), receipt.Facts{
			Kind: receipt.Recharged, At: time.Date(2026, 3, 4, 20, 0, 1, 0, onetrans.Zone()), TraceNo: "T1", TicketNo: "C1",
			Channel: "WX_QR", CardType: "05", CardNo: "Z9", Balance: &balance,
		}},
		"not booked": {toSuccess, receipt.Facts{Kind: receipt.RechargedUnbooked, At: noon, CardNo: "D1"}},
		"in doubt": {append(toClose[:6:6], recharge.Update{What: cashier.CloseDone, Status: status(txn.Pending, silent, order)}), receipt.Facts{
			Kind: receipt.RechargeDoubt, At: noon.Add(-time.Minute), CardType: "05", CardNo: "Z9",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := after(start(), test.events...).Receipt()
			want := test.want
			want.No, want.Name, want.AccountType, want.Amount = "1", patient.Name, "02", 20000
			if !ok || !got.At.Equal(want.At) || (got.Balance == nil) != (want.Balance == nil) ||
				got.Balance != nil && *got.Balance != *want.Balance {
				t.Fatalf("%v %+v, want %+v", ok, got, want)
			}
			got.At, got.Balance, want.At, want.Balance = time.Time{}, nil, time.Time{}, nil
			if got != want {
				t.Errorf("%+v\nwant %+v", got, want)
			}
		})
	}
	for _, events := range [][]flow.Event{nil, toConfirm, toOrder, toPay, toLeave, toClose} {
		m := after(start(), events...)
		if _, ok := m.Receipt(); ok {
			t.Errorf("%s: a receipt of what has no result", screen(m))
		}
	}
}
