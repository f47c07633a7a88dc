package owner

import (
	"fmt"
	"testing"
	"time"

	"onetrans/app/checks/tour"
	"onetrans/app/sandbox"
	"onetrans/flows/core/reconcile"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// A settlement's payment is known by the platform's number, and the share that
// its cancellation gives back is a refund like any other.
func TestSettlementsAndRechargesReconcileWithThePlatform(t *testing.T) {
	w := newTown(t)
	begin := time.Now()
	status := w.settled("S1")
	cancelled, err := w.Core.CancelSettlement(t.Context(), cancellation(status))
	if err != nil {
		t.Fatal(err)
	}
	until(t, cancelled.No, w.Core.WatchCancellation, func(s txn.CancelStatus) bool { return s.Final() })
	paid := w.paid("A1")
	if _, err := w.Core.Recharge(t.Context(), recharge("A2")); err != nil { // nobody pays it
		t.Fatal(err)
	}

	trades := all(t, w.Owner)
	if len(trades) != 5 {
		t.Fatalf("%d trades", len(trades))
	}
	for _, trade := range trades {
		if trade.Order.Secrets != (txn.Secrets{}) {
			t.Errorf("%s comes with credentials", trade.Order.No)
		}
	}
	report := w.reconciled(begin, trades)
	charges, refunds := *report.Here[reconcile.Charge], *report.Here[reconcile.Refund]
	if charges != (reconcile.Sum{Count: 2, Amount: status.Cash + paid}) || charges != *report.There[reconcile.Charge] ||
		refunds != (reconcile.Sum{Count: 1, Amount: status.Cash}) || refunds != *report.There[reconcile.Refund] {
		t.Errorf("charges %+v and refunds %+v here", charges, refunds)
	}
	open := report.Of(reconcile.Undecided)
	if len(report.Of(reconcile.Matched)) != 3 || len(open) != 1 || open[0].No() != "A2" || len(report.Items) != 4 {
		t.Errorf("%+v", report.Items)
	}
}

// all are a journal's trades.
func all(t *testing.T, o *Owner) (trades []txn.Trade) {
	t.Helper()
	if err := o.Trades(func(trade txn.Trade) bool { trades = append(trades, trade); return true }); err != nil {
		t.Fatal(err)
	}
	return trades
}

// A clock that was wrong for one entry, between two halves of a day, hides
// neither half, nor what the entry is about.
func TestNoEntrysTimeDecidesWhatIsLookedAt(t *testing.T) {
	w := newTown(t)
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for i, at := range []time.Time{noon, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), noon.Add(time.Hour), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), noon.Add(2 * time.Hour)} {
		trade := txn.Trade{
			Order: txn.Order{
				No: fmt.Sprint("K", i), Content: "h", Amount: 100, CreatedAt: at,
				Request: onetrans.Request{TransType: onetrans.T(onetrans.TransRecharge), Data: []byte(`{}`)},
			},
			Progress: txn.Progress{State: txn.Succ, SentAt: at, TraceTime: "20260304120000"},
		}
		if err := w.Journal().Write(txn.Entry{At: at, Event: "told succ"}, trade); err != nil {
			t.Fatal(err)
		}
	}
	if trades := all(t, w.Owner); len(trades) != 5 {
		t.Errorf("%d of 5 trades", len(trades))
	}
}

// reconciled is what the platform says of the trades of a day.
func (w town) reconciled(begin time.Time, trades []txn.Trade) reconcile.Report {
	w.t.Helper()
	merchant := onetrans.Merchant{PayAppID: sandbox.DemoPayAppID, PayAppSecret: sandbox.DemoPayAppSecret}
	merchants := map[string]onetrans.Merchant{onetrans.AccountOutpatient: merchant, onetrans.AccountInpatient: merchant}
	report, err := reconcile.AskPlatform(w.t.Context(), w.Core, reconcile.DayOf(begin), trades, merchants, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// paid goes through a recharge.
func (w town) paid(no string) onetrans.Fen {
	w.t.Helper()
	status, err := w.Core.Recharge(w.t.Context(), recharge(no))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := tour.Phone(w.t.Context(), status.Trade.Progress.QRCode); err != nil {
		w.t.Fatal(err)
	}
	return until(w.t, no, w.Core.Watch, func(s txn.Status) bool { return s.Trade.Final() }).Trade.Order.Amount
}
