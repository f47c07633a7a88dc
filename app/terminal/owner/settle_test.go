package owner

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"onetrans/app/checks/tour"
	"onetrans/app/sandbox"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// town is a terminal on a whole platform, whose ledger is the other witness.
type town struct {
	*Owner
	t *testing.T
}

func newTown(t *testing.T) town {
	t.Helper()
	o := options(t)
	o.Core.PayAppID, o.Core.PayAppSecret, o.Core.TermNo = sandbox.DemoPayAppID, sandbox.DemoPayAppSecret, "T1"
	return town{open(t, o), t}
}

// settlement is what HIS says of an insured person's settlement: nothing of
// who they are in HIS.
func settlement(no string) onetrans.Asked[onetrans.SettleIn] {
	p := sandbox.Persons()[0]
	in := onetrans.SettleIn{
		TermNo: onetrans.T("T1"), CertNo: onetrans.T(p.CertNo), PsnName: onetrans.T(p.Name), PsnCertType: onetrans.T("01"),
		PatientType: onetrans.T("01"), CardType: onetrans.T(onetrans.CardSocialSecurity), CardNo: onetrans.T(p.CardNo),
		AccountType: onetrans.T(onetrans.AccountOutpatient), PsnNo: onetrans.T(p.PsnNo),
		Insutype: onetrans.T(p.Insurance.Type), InsuplcAdmdvs: onetrans.T(p.Insurance.Region),
		MdtrtareaAdmvs: onetrans.T(sandbox.DemoRegion), FixmedinsCode: onetrans.T("H35010200275"), FixmedinsName: onetrans.T("医院"),
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
	}
	in.Extra.Value.CardNo, in.Extra.Value.OutSettleNo = onetrans.T(p.CardNo), onetrans.T(no)
	return message(in)
}

func cancellation(s txn.SettleStatus) onetrans.Asked[onetrans.SettleCancelIn] {
	p := sandbox.Persons()[0]
	return message(onetrans.SettleCancelIn{
		InsuplcAdmdvs: onetrans.T(p.Insurance.Region), MdtrtareaAdmvs: onetrans.T(sandbox.DemoRegion),
		FixmedinsCode: onetrans.T("H35010200275"), FixmedinsName: onetrans.T("医院"),
		MdtrtID: onetrans.T(s.MdtrtID), SetlID: onetrans.T(s.SetlID), PsnNo: onetrans.T(p.PsnNo),
	})
}

func message[In any](in In) onetrans.Asked[In] { return onetrans.Asked[In]{In: in} }

// settled goes through a settlement, its payment on the phone included.
func (w town) settled(no string) txn.SettleStatus {
	w.t.Helper()
	status, err := w.Core.PreSettle(w.t.Context(), settlement(no), nil)
	if err != nil || status.State != txn.PreSettled || status.Total != status.Fund+status.Account+status.Cash || status.Cash == 0 {
		w.t.Fatalf("pre-settled: %+v, %v", status, err)
	}
	status, err = w.Core.PaySettlement(w.t.Context(), no)
	if err != nil || status.State != txn.Paying || status.QRCode == "" {
		w.t.Fatalf("ordered: %+v, %v", status, err)
	}
	if err := tour.Phone(w.t.Context(), status.QRCode); err != nil {
		w.t.Fatal(err)
	}
	return until(w.t, no, w.Core.WatchSettlement, func(s txn.SettleStatus) bool {
		return s.State != txn.Paying && s.State != txn.Confirming && s.State != txn.Refunding
	})
}

// until is the first status that serves.
func until[S any](t *testing.T, no string, watch func(string) (<-chan S, func(), error), serves func(S) bool) (status S) {
	t.Helper()
	statuses, end, err := watch(no)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		select {
		case status = <-statuses:
		case <-ctx.Done():
			t.Fatalf("never: the last was %+v", status)
		}
		if serves(status) {
			return status
		}
	}
}

// control reads or changes the platform by its door for tests.
func (w town) control(method, path, body string, out any) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.PlatformURL+"/control/"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		w.t.Fatalf("%s: %s %s %v", path, answer.Status, text, err)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			w.t.Fatal(err)
		}
	}
}

// books are the platform's: what became of the settlement, and of its money.
func (w town) books() (states []string, paid, refunded string) {
	w.t.Helper()
	var settlements []struct {
		State string `json:"state"`
	}
	w.control(http.MethodGet, "settlements", "", &settlements)
	for _, s := range settlements {
		states = append(states, s.State)
	}
	var orders []struct {
		Result  onetrans.Result `json:"result"`
		Amount  string          `json:"amount"`
		Refunds []struct {
			Amount string          `json:"amount"`
			Result onetrans.Result `json:"result"`
		} `json:"refunds"`
	}
	w.control(http.MethodGet, "orders", "", &orders)
	for _, o := range orders {
		if o.Result == onetrans.ResultSucc {
			paid = o.Amount
		}
		for _, r := range o.Refunds {
			refunded += r.Amount + string(r.Result)
		}
	}
	return states, paid, refunded
}

func (w town) booksHave(state, paid, refunded string) {
	w.t.Helper()
	states, hasPaid, hasRefunded := w.books()
	if len(states) != 1 || states[0] != state || hasPaid != paid || hasRefunded != refunded {
		w.t.Errorf("the platform's books: %v, paid %s, refunded %s; want %s, %s, %s", states, hasPaid, hasRefunded, state, paid, refunded)
	}
}

func TestBillsAreSettledAndCancelledWithTheShareGivenBack(t *testing.T) {
	w := newTown(t)
	status := w.settled("S1")
	if status.State != txn.Succ || status.SetlID == "" || len(status.OrderList) == 0 {
		t.Fatalf("settled: %+v", status)
	}
	share := status.Cash.String()
	w.booksHave("settled", share, "")

	cancelled, err := w.Core.CancelSettlement(t.Context(), cancellation(status))
	if err != nil {
		t.Fatal(err)
	}
	cancelled = until(t, cancelled.No, w.Core.WatchCancellation, func(s txn.CancelStatus) bool { return s.Final() || s.Desk != "" })
	if cancelled.State != txn.Succ || cancelled.Share != status.Cash {
		t.Fatalf("cancelled: %+v", cancelled)
	}
	w.booksHave("cancelled", share, share+"succ")

	repeated, _, err := w.Core.RecallSettlement(t.Context(), settlement("S1"))
	if err != nil || repeated.State != txn.Cancelled || repeated.RefundNo != cancelled.RefundNo {
		t.Errorf("the settlement again: %+v, %v", repeated, err)
	}
	again, err := w.Core.CancelSettlement(t.Context(), cancellation(status))
	if err != nil || again.State != txn.Succ || again.RefundNo != cancelled.RefundNo {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	w.booksHave("cancelled", share, share+"succ")
}

func TestASettlementRefusedAfterThePaymentIsPaidBack(t *testing.T) {
	w := newTown(t)
	w.control(http.MethodPost, "faults", `{"fail_confirm": 1}`, nil)
	status := w.settled("S1")
	if status.State != txn.Refunded || status.RefundNo == "" {
		t.Fatalf("refused: %+v", status)
	}
	_, paid, refunded := w.books()
	if paid != status.Cash.String() || refunded != paid+"succ" {
		t.Errorf("paid %s, refunded %s", paid, refunded)
	}
}

// A confirmation whose answer is lost is repeated, never refunded.
func TestALostConfirmationIsRepeated(t *testing.T) {
	w := newTown(t)
	lost := func(what string) {
		w.control(http.MethodPost, "faults", `{"seed": 1, "trans_type": "fsi.outpatient.charge", "`+what+`": 0.7}`, nil)
	}
	status, err := w.Core.PreSettle(t.Context(), settlement("S1"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, err = w.Core.PaySettlement(t.Context(), "S1"); err != nil {
		t.Fatal(err)
	}
	lost("drop_answer")
	if err := tour.Phone(t.Context(), status.QRCode); err != nil {
		t.Fatal(err)
	}
	status = until(t, "S1", w.Core.WatchSettlement, func(s txn.SettleStatus) bool { return s.State == txn.Succ || s.State == txn.Refunding })
	if status.State != txn.Succ {
		t.Fatalf("ended: %+v", status)
	}
	w.booksHave("settled", status.Cash.String(), "")
}

func TestWhoLeavesAfterPreSettlementLeavesNothing(t *testing.T) {
	for name, ordered := range map[string]bool{"before the order": false, "with the order open": true} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			if _, err := w.Core.PreSettle(t.Context(), settlement("S1"), nil); err != nil {
				t.Fatal(err)
			}
			if ordered {
				if _, err := w.Core.PaySettlement(t.Context(), "S1"); err != nil {
					t.Fatal(err)
				}
			}
			status, err := w.Core.AbandonSettlement(t.Context(), "S1")
			if err != nil || status.State != txn.Abandoned {
				t.Fatalf("left: %+v, %v", status, err)
			}
			w.booksHave("abandoned", "", "")
		})
	}
}

// beside is another terminal of the same hospital, on the same platform.
func (w town) beside() town {
	w.t.Helper()
	o := options(w.t)
	o.Sandbox, o.Platform.URL = nil, w.PlatformURL+"/wire"
	o.Core.PayAppID, o.Core.PayAppSecret, o.Core.TermNo = sandbox.DemoPayAppID, sandbox.DemoPayAppSecret, "T2"
	return town{open(w.t, o), w.t}
}

// Cancelled at two terminals, because the first never heard of it, a settlement
// gives its share back once, and neither takes it for settled any more.
func TestASettlementThatIsCancelledAtTwoTerminalsIsGivenBackOnce(t *testing.T) {
	w := newTown(t)
	other := w.beside()
	status := w.settled("S1")
	share := status.Cash.String()
	w.control(http.MethodPost, "faults", `{"seed": 1, "trans_type": "chs.common.outpatient.settle.cancel", "drop_answer": 1}`, nil)
	unheard, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if first, err := w.Core.CancelSettlement(unheard, cancellation(status)); err != nil || first.Final() {
		t.Fatalf("lost: %+v, %v", first, err)
	}
	if repeated, _, err := w.Core.RecallSettlement(t.Context(), settlement("S1")); err != nil || repeated.State != txn.Cancelling {
		t.Errorf("its cancellation being unknown: %+v, %v", repeated, err)
	}
	w.control(http.MethodPost, "faults", `{}`, nil)
	ended := func(s txn.CancelStatus) bool { return s.Final() || s.Desk != "" }
	for _, terminal := range []town{other, w} {
		if _, err := terminal.Core.CancelSettlement(t.Context(), cancellation(status)); err != nil {
			t.Fatal(err)
		}
		done := until(t, status.SetlID, terminal.Core.WatchCancellation, ended)
		if done.State != txn.Succ || done.RefundNo != "X"+status.SetlID {
			t.Errorf("cancelled: %+v", done)
		}
	}
	w.booksHave("cancelled", share, share+"succ")
	if repeated, _, err := w.Core.RecallSettlement(t.Context(), settlement("S1")); err != nil || repeated.State != txn.Cancelled {
		t.Errorf("here: %+v, %v", repeated, err)
	}
	if fresh, err := other.Core.PreSettle(t.Context(), settlement("S1"), nil); err != nil || fresh.State != txn.Cancelled {
		t.Errorf("by its number at the other: %+v, %v", fresh, err)
	}
}

// Cancelled at another terminal alone, it is told as that where it was settled.
func TestASettlementThatAnotherTerminalCancelledIsToldAsThat(t *testing.T) {
	w := newTown(t)
	other := w.beside()
	status := w.settled("S1")
	if repeated, _, err := w.Core.RecallSettlement(t.Context(), settlement("S1")); err != nil || repeated.State != txn.Succ {
		t.Errorf("it stands: %+v, %v", repeated, err)
	}
	if _, err := other.Core.CancelSettlement(t.Context(), cancellation(status)); err != nil {
		t.Fatal(err)
	}
	if repeated, _, err := w.Core.RecallSettlement(t.Context(), settlement("S1")); err != nil || repeated.State != txn.Cancelled {
		t.Errorf("cancelled at another: %+v, %v", repeated, err)
	}
}
