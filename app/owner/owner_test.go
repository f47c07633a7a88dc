package owner

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"onetrans/app/tour"
	"onetrans/flows/onetrans"
	"onetrans/flows/platform"
	"onetrans/flows/sandbox"
	"onetrans/flows/txn"
	"onetrans/flows/wire"
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

func recharge(t *testing.T, no string) onetrans.Request {
	t.Helper()
	in := onetrans.RechargeIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T1"), CardType: onetrans.T("01"), CardNo: onetrans.T("DD456004X"),
		AccountType: onetrans.T(onetrans.AccountInpatient), HisCustID: onetrans.T("000239281700"),
		UserName: onetrans.T("姓名"), Amount: onetrans.Yuan(20000), OutChargeNo: onetrans.T(no),
	}
	in.Extra.Value.PrintMode = onetrans.T("1")
	data, err := onetrans.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return onetrans.Request{Data: data}
}

func TestAPaymentOnThePhoneIsHeardAndJournaled(t *testing.T) {
	o := options(t)
	owner := open(t, o)
	status, err := owner.Core.Recharge(t.Context(), recharge(t, "A1"))
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
