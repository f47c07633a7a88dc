package txn_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// bills is what a settlement asks for.
type bills struct {
	no, card, msgID string
	person          *person // nil: the one of all tests
	nos             []string
	account         string
	noCredentials   bool
}

func (b bills) request() onetrans.Asked[onetrans.SettleIn] {
	r := onetrans.SettleIn{
		PayAppID: onetrans.T("P"), PayAppSecret: onetrans.T(payKey), TermNo: onetrans.T("T"),
		CertNo: onetrans.T(idNo), PatientType: onetrans.T("01"), CardType: onetrans.T("01"), CardNo: onetrans.T("D1"),
		PsnNo: onetrans.T("PSN1"), PsnName: onetrans.T(userName), AccountType: onetrans.T("01"),
	}
	if b.card != "" {
		r.CardNo = onetrans.T(b.card)
	}
	if p := b.person; p != nil {
		r.CertNo, r.PsnNo, r.PsnName, r.HisCustID = onetrans.T(p.certNo), onetrans.T(p.psnNo), onetrans.T(p.name), onetrans.T(p.custID)
	}
	if b.account != "" {
		r.AccountType = onetrans.T(b.account)
	}
	if b.no != "" {
		r.Extra.Value.OutSettleNo = onetrans.T(b.no)
	}
	if b.noCredentials {
		r.PayAppID, r.PayAppSecret = onetrans.Text{}, onetrans.Text{}
	}
	a := asked(r)
	if b.msgID != "" {
		a.Request.MsgID = onetrans.T(b.msgID)
	}
	return a
}

// person is who a settlement is of.
type person struct{ name, certNo, psnNo, custID string }

// pre answers a pre-settlement over 100.00, of which the person pays cash.
func pre(cash string) reply {
	share, err := onetrans.ParseFen(cash)
	if err != nil {
		panic(err)
	}
	return data(fmt.Sprintf(`"mdtrt_id":"M1","bills":[{"billNo":"B1","dept":"内科","amount":"60.00"},{"billNo":"B2","amount":"40.00"}],
		"steps":[{"code":"person","name":"人员信息","state":"done"}],
		"preSetl":{"medfee_sumamt":"100.00","fund_pay_sumamt":%q,"acct_pay":"0.00","psn_cash_pay":%q}`, 10000-share, cash))
}

// payCode answers pay with an order, to be paid within five minutes.
func payCode(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	expire := onetrans.FormatTime(time.Now().Add(5 * time.Minute))
	return data(fmt.Sprintf(`"chargeNo":"C1","traceNo":"T1","qrcode":"https://pay/1","expireTime":%q`, expire))(ctx, request)
}

// settledOK answers confirm.
var settledOK = data(`"orderList":["O1","O2"],"setl_id":"S1","chargeNo":"C1","traceNo":"T1","traceTime":"20260304050607","callsn":"CS1"`)

func (w *world) preSettle(b bills, patience time.Duration) (txn.SettleStatus, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	return w.core.PreSettle(ctx, b.request(), b.nos)
}

// priced makes a pre-settlement that succeeds, of which the person pays cash.
func (w *world) priced(no, cash string) txn.SettleStatus {
	w.t.Helper()
	w.platform.on("pre", pre(cash))
	s, err := w.preSettle(bills{no: no}, time.Minute)
	if err != nil || s.State != txn.PreSettled {
		w.t.Fatalf("PreSettle: %q %v; %s", s.State, err, w.diary)
	}
	return s
}

// ordered pre-settles and makes the order for the share.
func (w *world) ordered(no string) txn.SettleStatus {
	w.t.Helper()
	w.priced(no, "30.00")
	w.platform.on("pay", payCode)
	w.platform.on("query", says("init"))
	s := w.pay(no, time.Minute)
	if s.State != txn.Paying || s.QRCode == "" {
		w.t.Fatalf("PaySettlement: %+v; %s", s, w.diary)
	}
	return s
}

type settleCall func(context.Context, string) (txn.SettleStatus, error)

// must makes a call about a settlement that must not be refused by the core.
func (w *world) must(call settleCall, no string, patience time.Duration) txn.SettleStatus {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	s, err := call(ctx, no)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) pay(no string, patience time.Duration) txn.SettleStatus {
	w.t.Helper()
	return w.must(w.core.PaySettlement, no, patience)
}

func (w *world) settlementMustBe(no string, want flow.State) {
	w.t.Helper()
	if got := w.tradeOf(onetrans.TransSettle, no).At(); got != want {
		w.t.Fatalf("%s is %q, want %q; %s", no, got, want, w.diary)
	}
}

func TestASettlementFromPriceToReceipt(t *testing.T) {
	play(t, func(w *world) {
		s := w.priced("S", "30.00")
		if s.No != "S" || s.MdtrtID != "M1" || len(s.Bills) != 2 || s.Bills[0].Amount != 6000 || len(s.Steps) != 1 ||
			s.Total != 10000 || s.Fund != 7000 || s.Account != 0 || s.Cash != 3000 {
			t.Errorf("%+v", s)
		}
		w.platform.on("pay", payCode)
		w.platform.on("query", says("init"))
		if s = w.pay("S", time.Minute); s.QRCode != "https://pay/1" || s.ExpireAt.IsZero() || s.TraceNo != "T1" || s.ChargeNo != "C1" {
			t.Errorf("%+v", s)
		}
		w.platform.on("confirm", settledOK)
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`))
		if s = w.must(w.core.ConfirmSettlement, "S", time.Minute); s.State != txn.Succ || s.SetlID != "S1" || s.CallSN != "CS1" ||
			strings.Join(s.OrderList, " ") != "O1 O2" || s.TraceTime != "20260304050607" || !s.Paid {
			t.Errorf("%+v", s)
		}
		w.restart()
		if again, err := w.preSettle(bills{no: "S"}, time.Minute); err != nil || again.State != txn.Succ || again.SetlID != "S1" {
			t.Errorf("%+v %v", again, err)
		}
		want := "journal sent, send pre, journal priced, journal pay asked, journal sent, send pay, journal ordered"
		if !strings.HasPrefix(w.diary.String(), want) || w.count("send confirm") != 1 || w.count("send pay") != 1 {
			t.Error(w.diary)
		}
	})
}

func TestAPaidSettlementIsConfirmedByItself(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("confirm", settledOK)
		w.platform.on("query", says("succ"))
		w.pass(10 * time.Second)
		w.settlementMustBe("S", txn.Succ)
	})
}

func TestNothingToPayIsConfirmedAtOnce(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S", "0.00")
		if _, err := w.core.PaySettlement(w.t.Context(), "S"); !errors.Is(err, txn.ErrNotNow) {
			t.Error(err)
		}
		w.platform.on("confirm", settledOK)
		if s := w.must(w.core.ConfirmSettlement, "S", time.Minute); s.State != txn.Succ {
			t.Errorf("%+v", s)
		}
		if n := w.count("send pay") + w.count("send query"); n != 0 {
			t.Error(w.diary)
		}
	})
}

func TestWhatIsUnpaidIsNotConfirmed(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S", "30.00")
		if _, err := w.core.ConfirmSettlement(w.t.Context(), "S"); !errors.Is(err, txn.ErrNotNow) {
			t.Error(err)
		}
	})
	play(t, func(w *world) { // without credentials the share is paid elsewhere
		w.platform.on("pre", pre("30.00"))
		w.platform.on("confirm", settledOK)
		if _, err := w.preSettle(bills{no: "S", noCredentials: true}, time.Minute); err != nil {
			t.Fatal(err)
		}
		if s := w.must(w.core.ConfirmSettlement, "S", time.Minute); s.State != txn.Succ {
			t.Errorf("%+v", s)
		}
	})
}

func TestASettlementsNumber(t *testing.T) {
	for name, test := range map[string]struct {
		b    bills
		want string
	}{
		"HIS's own":      {bills{no: "OWN", msgID: "MSG"}, "OWN"},
		"else its msgid": {bills{msgID: "MSG"}, "MSG"},
	} {
		play(t, func(w *world) {
			w.platform.on("pre", pre("0.00"))
			if s, err := w.preSettle(test.b, time.Second); err != nil || s.No != test.want {
				t.Errorf("%s: %q %v", name, s.No, err)
			}
			other := test.b
			other.card = "D2"
			w.core.Close()
			if _, err := w.preSettle(other, time.Second); !errors.Is(err, txn.ErrNumberReused) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	play(t, func(w *world) {
		w.platform.on("pre", pre("0.00"))
		if s, err := w.preSettle(bills{}, time.Second); err != nil || len(s.No) != 26 {
			t.Errorf("%q %v", s.No, err)
		}
	})
}

func TestOtherBillsUnderTheSameNumber(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S", "30.00")
		w.platform.on("pre", pre("10.00"))
		s, err := w.preSettle(bills{no: "S", nos: []string{"B2"}}, time.Minute)
		if err != nil || s.Cash != 1000 || strings.Join(s.BillNos, "") != "B2" || w.count("send pre") != 2 {
			t.Errorf("%+v %v", s, err)
		}
		if again, err := w.preSettle(bills{no: "S", nos: []string{"B2"}}, time.Minute); err != nil || again.Cash != 1000 || w.count("send pre") != 2 {
			t.Errorf("the same bills: %+v %v", again, err)
		}
		w.platform.on("pay", payCode)
		w.platform.on("query", says("init"))
		w.pay("S", time.Minute)
		for _, c := range w.platform.sent() {
			if c.kind == "pay" && !strings.Contains(string(c.request.Data), `"billNos":["B2"]`) {
				t.Errorf("%s", c.request.Data)
			}
		}
		if late, err := w.preSettle(bills{no: "S"}, time.Minute); err != nil || late.State != txn.Paying || w.count("send pre") != 2 {
			t.Errorf("too late to choose: %+v %v", late, err)
		}
	})
}

func TestThatThereIsNothingToSettleIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		answered reply
		want     bool
	}{
		"no bills":                {data(`"bills":[],"preSetl":{"medfee_sumamt":"0.00","psn_cash_pay":"0.00"}`), true},
		"bills":                   {pre("30.00"), false},
		"an amount without bills": {data(`"preSetl":{"medfee_sumamt":"5.00","psn_cash_pay":"5.00"}`), false},
	} {
		play(t, func(w *world) {
			w.platform.on("pre", c.answered)
			w.platform.on("abandon", data(``))
			if s, err := w.preSettle(bills{no: "S"}, time.Minute); err != nil || s.NoBills != c.want {
				t.Errorf("%s: %+v %v", name, s, err)
			}
			if s := w.must(w.core.AbandonSettlement, "S", time.Minute); s.State != txn.Abandoned || s.NoBills != c.want {
				t.Errorf("%s, left: %+v", name, s)
			}
		})
	}
}

// Amounts that don't add up, a bill without an amount, another's answer: none
// of it is a price.
func TestWhatIsNoPreSettlement(t *testing.T) {
	for name, answered := range map[string]reply{
		"lost":              lost,
		"busy, once before": refuses("610099"),
		"it doesn't add up": data(`"preSetl":{"medfee_sumamt":"100.00","fund_pay_sumamt":"50.00","psn_cash_pay":"49.99"}`),
		"no share":          data(`"preSetl":{"medfee_sumamt":"100.00","fund_pay_sumamt":"100.00"}`),
		"no amounts":        data(``),
		"a wild bill":       data(`"bills":[{"billNo":"B1","amount":"1.001"}],"preSetl":{"medfee_sumamt":"0.00","psn_cash_pay":"0.00"}`),
		"another's":         data(`"outSettleNo":"X","preSetl":{"medfee_sumamt":"0.00","psn_cash_pay":"0.00"}`),
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("pre", lost, answered)
				if s, err := w.preSettle(bills{no: "S"}, 5*time.Second); err != nil || s.State != txn.Unknown {
					t.Errorf("%q %v", s.State, err)
				}
				w.platform.on("pre", pre("0.00"))
				w.pass(40 * time.Second)
				w.settlementMustBe("S", txn.PreSettled)
			})
		})
	}
}

func TestARefusedPreSettlement(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("pre", refuses("610004"))
		s, err := w.preSettle(bills{no: "S"}, time.Minute)
		if err != nil || s.State != txn.Refused || s.RefusedWith != "610004" || !s.Final() {
			t.Errorf("%+v %v", s, err)
		}
		w.platform.on("pre", notSent)
		if s, _ = w.preSettle(bills{no: "S"}, time.Minute); s.State != txn.NotSent {
			t.Errorf("%+v", s)
		}
		w.priced("S", "1.00")
	})
	play(t, func(w *world) { // for good, whatever became of the send before
		w.platform.on("pre", lost, refuses("610007"))
		if s, err := w.preSettle(bills{no: "S"}, time.Minute); err != nil || s.State != txn.Refused {
			t.Errorf("%+v %v", s, err)
		}
	})
	play(t, func(w *world) { // but what was made before is undone
		w.priced("S", "1.00")
		w.platform.on("pre", lost, refuses("610007"))
		w.platform.on("abandon", data(``))
		if s, err := w.preSettle(bills{no: "S", nos: []string{"B1"}}, time.Minute); err != nil || s.State != txn.Abandoned {
			t.Errorf("%+v %v", s, err)
		}
	})
}

func TestAnUnknownConfirmIsRepeatedAndNeverUndone(t *testing.T) {
	for name, unclear := range map[string]reply{
		"lost": lost, "mute": mute, "not sent": notSent, "busy": refuses("610099"), "another code": refuses("610003"),
		"nonsense": answer("000000", `[]`), "no number": data(``), "another's": data(`"outSettleNo":"X","setl_id":"S1"`),
		"another payment's": data(`"traceNo":"T9","setl_id":"S1"`),
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.ordered("S")
				w.platform.on("confirm", unclear)
				w.platform.on("query", says("succ"))
				w.pass(10 * time.Minute)
				w.settlementMustBe("S", txn.Confirming)
				w.must(w.core.AbandonSettlement, "S", 5*time.Second)
				w.restart()
				w.pass(10 * time.Minute)
				w.settlementMustBe("S", txn.Confirming)
				if w.count("send refund")+w.count("send abandon")+w.count("send close") != 0 || w.count("send confirm") < 10 {
					t.Error(w.diary)
				}
				w.platform.on("confirm", settledOK)
				w.pass(time.Minute)
				w.settlementMustBe("S", txn.Succ)
			})
		})
	}
}

func TestOnlyARefusalForGoodGivesThePaymentBack(t *testing.T) {
	refundOf := func(w *world) (onetrans.RefundIn, string) {
		for _, c := range w.platform.sent() {
			if c.kind == "refund" {
				var in onetrans.RefundIn
				if err := onetrans.UnmarshalData(c.request.Data, &in); err != nil {
					w.t.Fatal(err)
				}
				return in, c.request.AppKey.String()
			}
		}
		w.t.Fatal("nothing was given back: ", w.diary)
		panic("")
	}
	t.Run("refunded", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("confirm", lost, refuses("610007"))
			w.platform.on("refund", says("succ"))
			w.platform.on("query", says("succ"))
			w.pass(10 * time.Second)
			w.settlementMustBe("S", txn.Refunded)
			in, appKeySent := refundOf(w)
			s := w.must(w.core.CheckSettlement, "S", time.Second)
			if in.Amount.String() != "30.00" || in.TraceNo.String() != "T1" || in.OutRefundNo.String() != s.RefundNo ||
				in.PayAppSecret.String() != payKey || appKeySent != appKey || s.RefundState != txn.Succ || s.RefusedWith != "610007" {
				t.Errorf("%+v\n%+v", in, s)
			}
			if !strings.Contains(w.diary.String(), "journal refused, journal sent, send refund") {
				t.Error(w.diary)
			}
		})
	})
	t.Run("under a number that is known as soon as the refusal is", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("confirm", refuses("610007"))
			w.platform.on("query", says("succ"))
			w.journal.set(func(e txn.Entry) error {
				if e.Event == "refund named" || e.Kind == onetrans.TransRefund {
					return errDisk
				}
				return nil
			})
			w.pass(2 * time.Second)
			if s := w.tradeOf(onetrans.TransSettle, "S"); s.At() != txn.Refunding || s.Progress.RefundNo == "" {
				t.Errorf("%q, refund %q; %s", s.At(), s.Progress.RefundNo, w.diary)
			}
		})
	})
	t.Run("under one number, however often it is interrupted", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("confirm", refuses("610007"))
			w.platform.on("refund", refuses("610099"), notSent, lost, says("fail"), says("succ"))
			w.platform.on("query", says("succ"))
			w.pass(2 * time.Second)
			w.settlementMustBe("S", txn.Refunding)
			in, _ := refundOf(w)
			no := in.OutRefundNo.String()
			w.platform.on("query", refundSays(no, "notfound"))
			for range 5 {
				w.restart()
				w.pass(time.Minute)
			}
			w.pass(time.Hour)
			w.settlementMustBe("S", txn.Refunded)
			for _, c := range w.platform.sent() {
				if c.kind == "refund" && !strings.Contains(string(c.request.Data), no) {
					t.Errorf("%s", c.request.Data)
				}
			}
			if n := w.count("send refund"); n != 5 {
				t.Errorf("sent %d times", n)
			}
		})
	})
	t.Run("what can't be given back waits for a person", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("confirm", refuses("610007"))
			w.platform.on("refund", refuses("610006"))
			w.platform.on("query", says("succ"))
			s := w.must(w.core.ConfirmSettlement, "S", time.Minute)
			w.pass(time.Minute)
			s = w.must(w.core.CheckSettlement, "S", time.Second)
			if s.State != txn.Refunding || s.Desk == "" || w.count("send refund") != 1 {
				t.Errorf("%+v; %s", s, w.diary)
			}
		})
	})
	t.Run("nothing was paid", func(t *testing.T) {
		play(t, func(w *world) {
			w.priced("S", "0.00")
			w.platform.on("confirm", refuses("610007"))
			if s := w.must(w.core.ConfirmSettlement, "S", time.Minute); s.State != txn.Refused || s.RefusedWith != "610007" {
				t.Errorf("%+v", s)
			}
			w.pass(time.Hour)
			if w.count("send refund")+w.count("send abandon") != 0 {
				t.Error(w.diary)
			}
		})
	})
}

func TestWhoLeavesLeavesNothingBehind(t *testing.T) {
	t.Run("after pre-settlement", func(t *testing.T) {
		play(t, func(w *world) {
			w.priced("S", "30.00")
			w.platform.on("abandon", data(``))
			if s := w.must(w.core.AbandonSettlement, "S", time.Minute); s.State != txn.Abandoned || !s.Final() {
				t.Errorf("%+v", s)
			}
			if w.count("send abandon") != 1 || w.count("send close") != 0 {
				t.Error(w.diary)
			}
		})
	})
	t.Run("unanswered, it is repeated, also after a restart", func(t *testing.T) {
		play(t, func(w *world) {
			w.priced("S", "30.00")
			w.platform.on("abandon", lost, mute, refuses("610099"), notSent, lost)
			w.must(w.core.AbandonSettlement, "S", time.Second)
			w.pass(time.Minute)
			w.restart()
			w.pass(time.Minute)
			w.settlementMustBe("S", txn.Abandoning)
			w.platform.on("abandon", data(``))
			w.pass(time.Minute)
			w.settlementMustBe("S", txn.Abandoned)
		})
	})
	t.Run("the program ended on the page", func(t *testing.T) {
		play(t, func(w *world) {
			w.priced("S", "30.00")
			w.platform.on("abandon", data(``))
			w.restart()
			w.pass(time.Second)
			w.settlementMustBe("S", txn.Abandoned)
		})
	})
	t.Run("nothing was heard of pre-settlement", func(t *testing.T) {
		play(t, func(w *world) {
			w.platform.on("pre", lost)
			w.platform.on("abandon", data(``))
			w.preSettle(bills{no: "S"}, time.Second)
			w.must(w.core.AbandonSettlement, "S", time.Minute)
			w.settlementMustBe("S", txn.Abandoned)
		})
	})
	t.Run("the page was forgotten", func(t *testing.T) {
		play(t, func(w *world) {
			w.priced("S", "30.00")
			w.platform.on("abandon", data(``))
			w.pass(10 * time.Minute)
			w.settlementMustBe("S", txn.PreSettled)
			w.pass(10 * time.Minute)
			w.settlementMustBe("S", txn.Abandoned)
		})
	})
}

func TestAnOrderIsClosedBeforeItsSettlementIsAbandoned(t *testing.T) {
	t.Run("closed", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("close", says("closed"))
			w.platform.on("abandon", data(``))
			w.must(w.core.AbandonSettlement, "S", time.Minute)
			w.settlementMustBe("S", txn.Abandoned)
			if !strings.Contains(w.diary.String(), "send close, journal told closed, send abandon") {
				t.Error(w.diary)
			}
			for _, c := range w.platform.sent() {
				if c.kind == "close" && !strings.Contains(string(c.request.Data), `"traceNo":"T1"`) {
					t.Errorf("%s", c.request.Data)
				}
			}
		})
	})
	t.Run("not while the close is unknown", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("close", lost)
			w.must(w.core.AbandonSettlement, "S", time.Second)
			w.pass(time.Minute)
			w.restart()
			w.pass(time.Minute)
			if w.count("send abandon") != 0 {
				t.Error(w.diary)
			}
		})
	})
	t.Run("paid after all: confirmed", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("close", says("succ"))
			w.platform.on("confirm", settledOK)
			if s := w.must(w.core.AbandonSettlement, "S", time.Minute); s.State != txn.Succ {
				t.Errorf("%+v", s)
			}
			if w.count("send abandon") != 0 {
				t.Error(w.diary)
			}
		})
	})
	for _, word := range []string{"closed", "fail"} {
		t.Run("by itself: "+word, func(t *testing.T) {
			play(t, func(w *world) {
				w.ordered("S")
				w.platform.on("query", says(word))
				w.platform.on("abandon", data(``))
				w.pass(10 * time.Second)
				w.settlementMustBe("S", txn.Abandoned)
			})
		})
	}
	for _, word := range []string{"init", "ing", "exp", "notfound"} {
		t.Run("never while it is "+word, func(t *testing.T) {
			play(t, func(w *world) {
				w.ordered("S")
				w.platform.on("query", says(word))
				w.platform.on("close", says(word))
				w.must(w.core.AbandonSettlement, "S", 5*time.Second)
				w.pass(time.Hour)
				w.settlementMustBe("S", txn.Paying)
				if w.count("send abandon")+w.count("send confirm") != 0 {
					t.Error(w.diary)
				}
			})
		})
	}
}

func TestAnUnknownPayIsAskedForUntilItsOrderIsKnown(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S", "30.00")
		w.platform.on("pay", lost, refuses("610099"), notSent, payCode)
		w.platform.on("query", says("init"))
		if s := w.pay("S", time.Minute); s.State != txn.Paying || s.QRCode == "" || w.count("send pay") != 4 {
			t.Errorf("%+v; %s", s, w.diary)
		}
	})
	play(t, func(w *world) { // whoever leaves meanwhile: it is not abandoned before it is known and closed
		w.priced("S", "30.00")
		w.platform.on("pay", lost)
		w.pay("S", time.Second)
		w.platform.on("pay", payCode)
		w.platform.on("close", says("closed"))
		w.platform.on("abandon", data(``))
		w.restart()
		w.pass(5 * time.Second)
		w.settlementMustBe("S", txn.Abandoned)
		if !strings.Contains(w.diary.String(), "send pay, journal ordered, send close, journal told closed, send abandon") {
			t.Error(w.diary)
		}
	})
	for _, only := range []reply{refuses("610099"), notSent} {
		play(t, func(w *world) { // of the only send it is known that there is no order
			w.priced("S", "30.00")
			w.platform.on("pay", only)
			if s := w.pay("S", time.Minute); s.State != txn.PreSettled || w.count("send pay") != 1 {
				t.Errorf("%+v; %s", s, w.diary)
			}
			w.platform.on("abandon", data(``))
			w.must(w.core.AbandonSettlement, "S", time.Minute)
			w.settlementMustBe("S", txn.Abandoned)
		})
	}
}

func TestOneSettlementOfACardAtATime(t *testing.T) {
	t.Run("what is only priced is abandoned", func(t *testing.T) {
		play(t, func(w *world) {
			w.priced("S1", "30.00")
			w.platform.on("abandon", data(``))
			w.priced("S2", "30.00")
			w.settlementMustBe("S1", txn.Abandoned)
			if !strings.Contains(w.diary.String(), "send abandon, journal abandoned, journal sent, send pre") {
				t.Error(w.diary)
			}
		})
	})
	t.Run("what is paid is finished", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S1")
			w.platform.on("close", says("succ"))
			w.platform.on("confirm", settledOK)
			w.priced("S2", "30.00")
			w.settlementMustBe("S1", txn.Succ)
		})
	})
	t.Run("what can't be ended stands in the way of its card alone", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S1")
			w.platform.on("close", lost)
			pres := w.count("send pre")
			_, err := w.preSettle(bills{no: "S2"}, time.Minute)
			if doubt, ok := errors.AsType[*txn.InDoubtError](err); !ok || doubt.No != "S1" || doubt.Amount != 3000 || w.count("send pre") != pres {
				t.Errorf("%v; %s", err, w.diary)
			}
			if s, err := w.preSettle(bills{no: "S3", card: "D2", person: &person{name: "李珺", certNo: "2", psnNo: "PSN2"}}, time.Minute); err != nil || s.State != txn.PreSettled {
				t.Errorf("%+v %v", s, err)
			}
		})
	})
}

// Who came by card, and comes again by a code, has another number for the same bills.
func TestOneSettlementOfAPersonAtATimeHoweverTheyCame(t *testing.T) {
	for name, test := range map[string]struct {
		first, then person
		same        bool
	}{
		"the same document":               {person{name: "李珺", certNo: "1"}, person{name: "李珺", certNo: "1"}, true},
		"the same insured":                {person{name: "李珺", psnNo: "7"}, person{name: "李珺", psnNo: "7"}, true},
		"the same in HIS":                 {person{name: "李珺", custID: "9"}, person{name: "李 珺", custID: "9"}, true},
		"others, with a document made up": {person{name: "李珺", certNo: "000000"}, person{name: "王五", certNo: "000000"}, false},
		"others, of one name":             {person{name: "李珺", certNo: "1", custID: "8"}, person{name: "李珺", certNo: "2", custID: "9"}, false},
		"nobody says who":                 {person{}, person{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("pre", pre("30.00"))
				w.platform.on("abandon", lost)
				if s, err := w.preSettle(bills{no: "S1", card: "D1", person: &test.first}, time.Minute); err != nil || s.State != txn.PreSettled {
					t.Fatalf("%+v %v", s, err)
				}
				_, err := w.preSettle(bills{no: "S2", card: "MIN7", person: &test.then}, time.Minute)
				doubt, stands := errors.AsType[*txn.InDoubtError](err)
				if stands != test.same || test.same && doubt.No != "S1" {
					t.Errorf("%v; %s", err, w.diary)
				}
			})
		})
	}
}

func TestWatchingASettlement(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		statuses, end, err := w.core.WatchSettlement("S")
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		if s := <-statuses; s.State != txn.Paying {
			t.Errorf("%+v", s)
		}
		w.platform.on("query", lost)
		w.pass(5 * time.Second)
		if s := <-statuses; s.SilentSince.IsZero() {
			t.Errorf("%+v", s)
		}
		w.platform.on("query", says("succ"))
		w.platform.on("confirm", settledOK)
		w.pass(5 * time.Second)
		if s := <-statuses; s.State != txn.Succ || s.SetlID != "S1" {
			t.Errorf("%+v", s)
		}
	})
}

func TestASettlementsSecretsStayInMessages(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("confirm", refuses("610007"))
		w.platform.on("refund", lost)
		w.platform.on("query", says("succ"))
		w.pass(10 * time.Second)
		s := w.must(w.core.CheckSettlement, "S", time.Second)
		stored := string(w.journal.trades[key{onetrans.TransSettle, "S"}]) + string(w.journal.trades[key{onetrans.TransRefund, s.RefundNo}])
		if s.RefundNo == "" || strings.Contains(stored, appKey) || strings.Contains(stored, payKey) {
			t.Error("credentials in a stored trade")
		}
		for _, secret := range []string{appKey, payKey, idNo, userName, "D1"} {
			if strings.Contains(w.log.String(), secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
	})
}

// Who asks for a settlement hears that the platform contradicts itself.
func TestASettlementsStatusHasItsAlarm(t *testing.T) {
	play(t, func(w *world) {
		trade := txn.Trade{
			Order:    txn.Order{No: "S1", Request: onetrans.Request{TransType: onetrans.T(onetrans.TransSettle)}},
			Progress: txn.Progress{State: txn.Abandoned, Alarm: "was abandoned, now said to be succ"},
		}
		if err := w.journal.Write(txn.Entry{}, trade); err != nil {
			t.Fatal(err)
		}
		if status, err := w.core.CheckSettlement(t.Context(), "S1"); err != nil || status.Alarm != trade.Progress.Alarm {
			t.Errorf("%+v, %v", status, err)
		}
	})
}

func TestAnAccountsShareIsPartOfThePrice(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("pre", data(`"preSetl":{"medfee_sumamt":"100.00","fund_pay_sumamt":"50.00","acct_pay":"20.00","psn_cash_pay":"30.00"}`))
		s, err := w.preSettle(bills{no: "S"}, time.Minute)
		if err != nil || s.State != txn.PreSettled || s.Account != 2000 || s.Cash != 3000 {
			t.Errorf("%+v %v", s, err)
		}
	})
}

// Who pays is answered as soon as there is a code, or none is wanted any more;
// of what is being left, once it is left.
func TestWhoPaysWaitsNoLongerThanForACode(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(w *world)
		want    flow.State
	}{
		"a code":       {func(w *world) { w.priced("S", "30.00"); w.platform.on("pay", payCode) }, txn.Paying},
		"money moves":  {func(w *world) { w.priced("S", "30.00"); w.platform.on("pay", data(`"traceNo":"T1","result":"ing"`)) }, txn.Paying},
		"paid already": {func(w *world) { w.ordered("S"); w.platform.on("query", says("succ")); w.pass(5 * time.Second) }, txn.Confirming},
		"nothing is owed": {func(w *world) {
			w.priced("S", "30.00")
			w.must(w.core.AbandonSettlement, "S", time.Second)
			w.settlementMustBe("S", txn.Abandoning)
			w.platform.on("abandon", data(``))
		}, txn.Abandoned},
	} {
		play(t, func(w *world) {
			c.prepare(w)
			start := time.Now()
			if s := w.pay("S", time.Minute); s.State != c.want || time.Since(start) > 0 {
				t.Errorf("%s: %q after %v", name, s.State, time.Since(start))
			}
		})
	}
}

// That other bills are chosen is written before anything is said of them.
func TestOtherBillsThatCantBeWrittenAreNotSent(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S", "30.00")
		w.journal.set(func(txn.Entry) error { return errDisk })
		s, err := w.preSettle(bills{no: "S", nos: []string{"B2"}}, time.Minute)
		if err != nil || s.State != txn.PreSettled || len(s.BillNos) != 0 || w.count("send pre") != 1 {
			t.Errorf("%+v %v; %s", s, err, w.diary)
		}
	})
}

// It is the journal that stands in the way, and not the other settlement.
func TestAnotherSettlementThatCantBeLeftForTheJournal(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S1", "30.00")
		w.journal.set(func(txn.Entry) error { return errDisk })
		if _, err := w.preSettle(bills{no: "S2"}, time.Minute); !errors.Is(err, txn.ErrJournal) || w.count("send pre") != 1 {
			t.Errorf("%v; %s", err, w.diary)
		}
	})
}

// The platform may hold the question about a bill's order, but not while it
// shall be closed, nor before there is one.
func TestABillsOrderIsHeld(t *testing.T) {
	held := func(w *world) (held, asked int) {
		for _, c := range w.platform.sent() {
			if c.kind == "query" {
				asked++
			}
			if strings.Contains(string(c.request.Data), "waitSeconds") {
				held++
			}
		}
		return held, asked
	}
	play(t, func(w *world) {
		w.platform.can.Hold = true
		w.priced("S", "30.00")
		w.platform.on("pay", lost)
		start := time.Now()
		w.pay("S", 10*time.Second)
		w.pass(20 * time.Second)
		if got := w.platform.times("pay", start); len(got) > 20 {
			t.Errorf("asked without a pause: %v", got)
		}
		w.platform.on("pay", payCode)
		w.platform.on("query", holds(20*time.Second, says("init")))
		w.pass(time.Minute)
		if held, asked := held(w); held != asked || asked < 3 || asked > 4 {
			t.Errorf("%d of %d held", held, asked)
		}
		w.platform.on("query", says("init"))
		w.platform.on("close", lost)
		w.must(w.core.AbandonSettlement, "S", time.Second)
		before, _ := held(w)
		w.pass(time.Minute)
		if after, _ := held(w); after != before {
			t.Errorf("%d held while it shall be closed", after-before)
		}
	})
}

// Whoever has a code may be paying: an end of the program takes it from nobody.
func TestAnOrderThatMayBeBeingPaidOutlivesItsProcess(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.restart()
		w.pass(time.Minute)
		if w.count("send close") != 0 {
			t.Error(w.diary)
		}
		w.platform.on("query", says("succ"))
		w.platform.on("confirm", settledOK)
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Succ)
	})
}

// While a settlement moves it goes on at once; while it does not it is asked for
// ever less often.
func TestASettlementGoesOnAsItMoves(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S", "30.00")
		w.platform.on("pay", payCode)
		w.platform.on("query", says("init"), says("init"), says("init"), says("succ"))
		w.platform.on("confirm", settledOK)
		w.pay("S", time.Minute)
		start := time.Now()
		w.pass(time.Minute)
		asked, confirmed := w.platform.times("query", start), w.platform.times("confirm", start)
		if len(asked) != 4 || len(confirmed) != 1 || confirmed[0] != asked[3] || asked[1]-asked[0] < 500*time.Millisecond {
			t.Errorf("asked at %v, confirmed at %v", asked, confirmed)
		}
	})
}

// Whether it was paid is asked for also where nobody answers the close.
func TestABillThatIsPaidWhileItsCloseIsLostIsConfirmed(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("close", lost)
		w.platform.on("query", says("succ"))
		w.platform.on("confirm", settledOK)
		if s := w.must(w.core.AbandonSettlement, "S", time.Minute); s.State != txn.Succ {
			t.Errorf("%+v; %s", s, w.diary)
		}
	})
}

// What the platform refuses for good while it is ordered is left.
func TestAnOrderThatIsRefusedForGoodLeavesItsSettlement(t *testing.T) {
	for _, replies := range [][]reply{{refuses("610007")}, {lost, refuses("610007")}} {
		play(t, func(w *world) {
			w.priced("S", "30.00")
			w.platform.on("pay", replies...)
			w.platform.on("abandon", data(``))
			if s := w.pay("S", time.Minute); s.State != txn.Abandoned || s.RefusedWith != "610007" {
				t.Errorf("%+v; %s", s, w.diary)
			}
		})
	}
}

// The steps are those of the last answer that has any.
func TestASettlementsStepsAreTheLastThatWereTold(t *testing.T) {
	for more, want := range map[string]string{
		"": "person done",
		`,"steps":[{"code":"person","state":"done"},{"code":"confirmation","state":"done"}]`: "person done, confirmation done",
	} {
		play(t, func(w *world) {
			w.priced("S", "0.00")
			w.platform.on("confirm", data(`"orderList":["O1"],"setl_id":"S1"`+more))
			s := w.must(w.core.ConfirmSettlement, "S", time.Minute)
			var steps []string
			for _, step := range s.Steps {
				steps = append(steps, step.Code+" "+step.State)
			}
			if got := strings.Join(steps, ", "); got != want || s.State != txn.Succ {
				t.Errorf("%s: %s", s.State, got)
			}
		})
	}
}
