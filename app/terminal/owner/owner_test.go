package owner

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"onetrans/app/checks/tour"
	"onetrans/app/sandbox"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/store"
)

// options are a terminal on its embedded sandbox.
func options(t *testing.T) Options {
	folder := t.TempDir()
	return Options{
		Journal:  filepath.Join(folder, "journal.db"),
		Platform: platform.Options{Keys: demoKeys(), Institution: "H35010200275"},
		Sandbox:  &sandbox.Options{Dir: filepath.Join(folder, "sandbox")},
		Log:      slog.New(slog.DiscardHandler),
	}
}

func demoKeys() wire.Keys {
	return wire.Keys{AppID: sandbox.DemoAppID, AppKey: sandbox.DemoAppKey, SignType: wire.SM3, EncType: wire.SM4}
}

func open(t *testing.T, o Options) *Owner {
	t.Helper()
	owner, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := owner.Close(); err != nil {
			t.Error(err)
		}
	})
	return owner
}

func recharge(no string) onetrans.Asked[onetrans.RechargeIn] {
	in := onetrans.RechargeIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T1"), CardType: onetrans.T("01"), CardNo: onetrans.T("DD456004X"),
		AccountType: onetrans.T(onetrans.AccountInpatient), HisCustID: onetrans.T("000239281700"),
		UserName: onetrans.T("姓名"), Amount: onetrans.Yuan(20000), OutChargeNo: onetrans.T(no),
	}
	in.Extra.Value.PrintMode = onetrans.T("1")
	return message(in)
}

func TestAPaymentOnThePhoneIsHeardAndJournaled(t *testing.T) {
	o := options(t)
	owner := open(t, o)
	status, err := owner.Core.Recharge(t.Context(), recharge("A1"))
	if err != nil {
		t.Fatal(err)
	}
	if status.Trade.At() != txn.Pending || status.Trade.Progress.QRCode == "" {
		t.Fatalf("after the order: %+v", status.Trade.Progress)
	}
	statuses, end, err := owner.Core.Watch("A1")
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if err := tour.Phone(t.Context(), status.Trade.Progress.QRCode); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for !status.Trade.Final() {
		select {
		case status = <-statuses:
		case <-ctx.Done():
			t.Fatalf("never heard: %+v", status)
		}
	}
	if status.Trade.At() != txn.Succ {
		t.Errorf("ended as %s", status.Trade.At())
	}
}

func TestATerminalHasOneOwner(t *testing.T) {
	o := options(t)
	open(t, o)
	start := time.Now()
	second, err := Open(o)
	if !errors.Is(err, store.ErrInUse) {
		t.Errorf("the second owner: %v, %v", second, err)
	}
	t.Logf("refused after %v", time.Since(start))
}

// The code that a person shows pays the order that is there; an order that has
// been paid, or is being paid, is not paid again.
func TestAnOrderThatIsThereIsPaidWithACode(t *testing.T) {
	owner := open(t, options(t))
	first, err := owner.Core.Recharge(t.Context(), recharge("A1"))
	if err != nil || !first.Trade.Unpaid() {
		t.Fatalf("%+v, %v", first.Trade.Progress, err)
	}
	shown := func(code string) onetrans.Asked[onetrans.RechargeIn] {
		in := recharge("A1").In
		in.DepositType, in.Extra.Value = onetrans.T(onetrans.DepositWeChat), onetrans.RechargeExtra{AuthCode: onetrans.T(code)}
		return message(in)
	}
	paying, err := owner.Core.Recharge(t.Context(), shown("134567890123456789"))
	if err != nil || paying.Trade.Progress.Result != onetrans.ResultIng || paying.Trade.Progress.Sends != 2 {
		t.Fatalf("%+v, %v", paying.Trade.Progress, err)
	}
	again, err := owner.Core.Recharge(t.Context(), shown("134567890123456780"))
	if err != nil || again.Trade.Progress.Sends != 2 {
		t.Errorf("another code while the first is being charged: %+v, %v", again.Trade.Progress, err)
	}
	town{owner, t}.control(http.MethodPost, "pay", `{"outChargeNo":"A1"}`, nil)
	paid := until(t, "A1", owner.Core.Watch, func(s txn.Status) bool { return s.Trade.Final() })
	if paid.Trade.At() != txn.Succ {
		t.Errorf("%+v", paid.Trade.Progress)
	}
	if last, _ := owner.Core.Recharge(t.Context(), shown("134567890123456781")); last.Trade.Progress.Sends != 2 {
		t.Errorf("after it was paid: %+v", last.Trade.Progress)
	}
}

// A code whose charging is not answered leaves the order in doubt, not unpaid.
func TestAnUnansweredCodeIsNoUnpaidOrder(t *testing.T) {
	w := town{open(t, options(t)), t}
	if _, err := w.Core.Recharge(t.Context(), recharge("A1")); err != nil {
		t.Fatal(err)
	}
	in := recharge("A1").In
	in.DepositType, in.Extra.Value = onetrans.T(onetrans.DepositWeChat), onetrans.RechargeExtra{AuthCode: onetrans.T("134567890123456789")}
	w.control(http.MethodPost, "faults", `{"trans_type": "hop.trade.recharge", "drop_answer": 1}`, nil)
	status, err := w.Core.Recharge(t.Context(), message(in))
	if err != nil || status.Trade.Unpaid() || status.Trade.Final() {
		t.Errorf("%+v, %v", status.Trade.Progress, err)
	}
	until(t, "A1", w.Core.Watch, func(s txn.Status) bool { return s.Trade.Progress.Result == onetrans.ResultIng })
}
