package owner

import (
	"context"
	"net/http"
	"testing"
	"time"

	"onetrans/app/sandbox"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Who owns the terminal for one call waits until everything open was asked for
// once, a cancellation too.
func TestAnOpenCancellationIsAskedForBeforeItsOwnerGoes(t *testing.T) {
	w := newTown(t)
	status := w.settled("S1")
	w.control(http.MethodPost, "faults", `{"trans_type": "`+onetrans.TransSettleCancel+`", "delay_ms": 500}`, nil)
	leaving, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer leave()
	cancelled, err := w.Core.CancelSettlement(leaving, cancellation(status))
	if err != nil || cancelled.State != txn.Unknown {
		t.Fatalf("its answer is late: %+v, %v", cancelled, err)
	}
	if err := w.AskOpen(t.Context()); err != nil {
		t.Fatal(err)
	}
	stands, found, err := w.Trade(onetrans.TransSettleCancel, status.SetlID)
	if err != nil || !found || stands.Progress.Cancel == nil {
		t.Errorf("it is %s, %v", stands.At(), err)
	}
}

// A balance stands as its refunds do: it is asked for after them.
func TestAnOpenBalanceIsAskedForBeforeItsOwnerGoes(t *testing.T) {
	w := newTown(t)
	w.paid("A1")
	w.control(http.MethodPost, "faults", `{"trans_type": "`+onetrans.TransRefund+`", "delay_ms": 700}`, nil)
	leaving, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer leave()
	status, err := w.Core.RefundBalance(leaving, message(onetrans.RefundIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T1"), CardType: onetrans.T("01"), CardNo: onetrans.T("DD456004X"),
		AccountType: onetrans.T(onetrans.AccountInpatient), HisCustID: onetrans.T("000239281700"), UserName: onetrans.T("姓名"),
		WithdrawMode: onetrans.T(onetrans.WithdrawOriginal), RefundType: onetrans.T(onetrans.RefundHisDecide),
		Amount: onetrans.Yuan(100), OutRefundNo: onetrans.T("W1"),
	}))
	if err != nil || status.Final() {
		t.Fatalf("its answer is late: %+v, %v", status, err)
	}
	if err := w.AskOpen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if stands, found, err := w.Trade(txn.KindBalance, "W1"); err != nil || !found || stands.At() != txn.Succ {
		t.Errorf("it is %s, %v", stands.At(), err)
	}
}
