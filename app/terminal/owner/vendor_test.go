package owner

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"onetrans/app/checks/standin"
	"onetrans/app/checks/tour"
	"onetrans/app/sandbox"
	"onetrans/app/vendorlib"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

func TestMain(m *testing.M) { standin.Main(m) }

// vendored is a terminal on another vendor's library, behind which is a sandbox.
func vendored(t *testing.T) (*Owner, *standin.Library) {
	t.Helper()
	l, o := standin.New(t), options(t)
	o.Sandbox = nil
	o.Vendor = &vendorlib.Options{DLL: l.DLL, Helper: l.Helper, Keys: standin.Keys(), Institution: "H35010200275", Reads: true, Limit: 2 * time.Second}
	return open(t, o), l
}

// booked is what the sandbox has of an order.
type booked struct {
	Result  onetrans.Result
	Amount  string
	Refunds []struct {
		Amount string
		Result onetrans.Result
	}
}

func bookOf(t *testing.T, l *standin.Library, no string) (orders []booked) {
	t.Helper()
	resp, err := http.Get(l.URL + "/control/orders?outChargeNo=" + no)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&orders); err != nil {
		t.Fatal(err)
	}
	return orders
}

// becomes waits until a trade stands so.
func becomes(t *testing.T, watch func(string) (<-chan txn.Status, func(), error), no string, stands func(txn.Trade) bool) txn.Trade {
	t.Helper()
	statuses, end, err := watch(no)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	late := time.After(30 * time.Second)
	for {
		select {
		case s := <-statuses:
			if stands(s.Trade) {
				return s.Trade
			}
		case <-late:
			t.Fatalf("%s never came so far", no)
		}
	}
}

// vendorCharge is a charge that the sandbox takes.
func vendorCharge(no string) onetrans.Asked[onetrans.RechargeIn] {
	p := sandbox.Persons()[0]
	in := onetrans.RechargeIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret), TermNo: onetrans.T("T1"),
		CardType: onetrans.T(onetrans.CardAdmission), CardNo: onetrans.T(p.AdmissionNo), AccountType: onetrans.T(onetrans.AccountInpatient),
		HisCustID: onetrans.T(p.HisCustID), UserName: onetrans.T(p.Name), Amount: onetrans.Yuan(20000), OutChargeNo: onetrans.T(no),
	}
	in.Extra.Value.PrintMode = onetrans.T("1")
	return message(in)
}

// Whatever takes the library down when the money has been sent, the trade is found by its
// number, once, and so is its refund.
func TestMoneyThatALibraryLostIsFoundByItsNumberAndIsThereOnce(t *testing.T) {
	for _, how := range []string{"crash", "9000 more", "no end", "utf8", "refuses"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			owner, l := vendored(t)
			l.Behave(how)
			asking, enough := context.WithTimeout(t.Context(), 2*time.Second) // its code is lost with its answer
			defer enough()
			status, err := owner.Core.Recharge(asking, vendorCharge("A1"))
			if err != nil || status.Trade.At() == txn.Refused || status.Trade.At() == txn.NotSent {
				t.Fatalf("%s, %v", status.Trade.At(), err)
			}
			becomes(t, owner.Core.Watch, "A1", func(t txn.Trade) bool { return t.Unpaid() })
			answer, err := owner.Core.Call(t.Context(), vendorPayCode(t, "A1"))
			var out onetrans.RechargeOut
			if err != nil || onetrans.UnmarshalData(answer.Data, &out) != nil || out.QRCode.Empty() {
				t.Fatalf("%s, %v", answer.Data, err)
			}
			if err := tour.Phone(t.Context(), out.QRCode.String()); err != nil {
				t.Fatal(err)
			}
			becomes(t, owner.Core.Watch, "A1", func(t txn.Trade) bool { return t.At() == txn.Succ })

			l.Behave(how)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			given, err := owner.Core.Refund(ctx, vendorRefund("A1", "B1"))
			if err != nil {
				t.Fatal(err)
			}
			if !given.Trade.Final() {
				given.Trade = becomes(t, owner.Core.WatchRefund, "B1", func(t txn.Trade) bool { return t.Final() })
			}
			book := bookOf(t, l, "A1")
			if given.Trade.At() != txn.Succ || len(book) != 1 || book[0].Result != onetrans.ResultSucc || len(book[0].Refunds) != 1 ||
				book[0].Refunds[0].Amount != "50.00" || book[0].Refunds[0].Result != onetrans.ResultSucc {
				t.Errorf("here %s, there %+v", given.Trade.At(), book)
			}
		})
	}
}

// vendorPayCode asks the sandbox itself for an order's code, as its phone's owner sees it.
func vendorPayCode(t *testing.T, no string) onetrans.Request {
	t.Helper()
	asked := vendorCharge(no)
	request, err := asked.Request.With(onetrans.TransRecharge, asked.In)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func vendorRefund(of, no string) onetrans.Asked[onetrans.RefundIn] {
	p := sandbox.Persons()[0]
	return message(onetrans.RefundIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret), TermNo: onetrans.T("T1"),
		CardType: onetrans.T(onetrans.CardAdmission), CardNo: onetrans.T(p.AdmissionNo), AccountType: onetrans.T(onetrans.AccountInpatient),
		HisCustID: onetrans.T(p.HisCustID), UserName: onetrans.T(p.Name), Amount: onetrans.Yuan(5000),
		OutChargeNo: onetrans.T(of), OutRefundNo: onetrans.T(no), WithdrawMode: onetrans.T(onetrans.WithdrawOriginal), RefundType: onetrans.T(onetrans.RefundHisDecide),
	})
}

// A query is never in doubt: it is asked again.
func TestAVendorsLibraryThatHangsInAQueryIsAskedAgain(t *testing.T) {
	owner, l := vendored(t)
	l.Behave("end", "hang before", "crash before")
	asking, enough := context.WithTimeout(t.Context(), time.Second)
	defer enough()
	if _, err := owner.Core.Recharge(asking, vendorCharge("A1")); err != nil {
		t.Fatal(err)
	}
	becomes(t, owner.Core.Watch, "A1", func(t txn.Trade) bool { return t.Unpaid() })
	if book := bookOf(t, l, "A1"); len(book) != 1 {
		t.Errorf("%+v", book)
	}
}
