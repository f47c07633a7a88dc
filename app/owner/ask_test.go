package owner

import (
	"context"
	"net/http"
	"testing"
	"time"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// Who owns the terminal for one call waits until everything open was asked for
// once, a cancellation too.
func TestAnOpenCancellationIsAskedForBeforeItsOwnerGoes(t *testing.T) {
	w := newTown(t)
	status := w.settled("S1")
	w.control(http.MethodPost, "faults", `{"trans_type": "`+onetrans.TransSettleCancel+`", "delay_ms": 500}`, nil)
	leaving, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer leave()
	cancelled, err := w.Core.CancelSettlement(leaving, cancellation(t, status))
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
