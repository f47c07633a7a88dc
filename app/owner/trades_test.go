package owner

import (
	"testing"
	"time"

	"onetrans/app/tour"
	"onetrans/flows/onetrans"
	"onetrans/flows/reconcile"
	"onetrans/flows/sandbox"
	"onetrans/flows/txn"
)

// A settlement's payment is known by the platform's number, and the share that
// its cancellation gives back is a refund like any other.
func TestSettlementsAndRechargesReconcileWithThePlatform(t *testing.T) {
	w := newTown(t)
	begin := time.Now()
	status := w.settled("S1")
	cancelled, err := w.Core.CancelSettlement(t.Context(), cancellation(t, status))
	if err != nil {
		t.Fatal(err)
	}
	until(t, cancelled.No, w.Core.WatchCancellation, func(s txn.CancelStatus) bool { return s.Final() })
	paid := w.paid("A1")
	if _, err := w.Core.Recharge(t.Context(), recharge(t, "A2")); err != nil { // nobody pays it
		t.Fatal(err)
	}

	trades, err := w.Trades(begin)
	if err != nil || len(trades) != 5 {
		t.Fatalf("%d trades, %v", len(trades), err)
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
	if later, err := w.Trades(time.Now().Add(time.Hour)); err != nil || later != nil {
		t.Errorf("nothing has happened since: %v, %v", later, err)
	}
}

// reconciled is what the platform says of the trades of a day.
func (w town) reconciled(begin time.Time, trades []txn.Trade) reconcile.Report {
	w.t.Helper()
	merchant := reconcile.Merchant{AppID: sandbox.DemoPayAppID, AppSecret: sandbox.DemoPayAppSecret}
	merchants := map[string]reconcile.Merchant{onetrans.AccountOutpatient: merchant, onetrans.AccountInpatient: merchant}
	report, err := reconcile.AskPlatform(w.t.Context(), w.Core, reconcile.DayOf(begin), trades, merchants)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// paid goes through a recharge.
func (w town) paid(no string) onetrans.Fen {
	w.t.Helper()
	status, err := w.Core.Recharge(w.t.Context(), recharge(w.t, no))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := tour.Phone(w.t.Context(), status.Trade.Progress.QRCode); err != nil {
		w.t.Fatal(err)
	}
	return until(w.t, no, w.Core.Watch, func(s txn.Status) bool { return s.Trade.Final() }).Trade.Order.Amount
}
