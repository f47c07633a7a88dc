package txn_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

func cancelRequest(setlID, mdtrtID string) onetrans.Asked[onetrans.SettleCancelIn] {
	return asked(onetrans.SettleCancelIn{
		FixmedinsCode: onetrans.T("H1"), FixmedinsName: onetrans.T("H"),
		MdtrtID: onetrans.T(mdtrtID), SetlID: onetrans.T(setlID), PsnNo: onetrans.T("PSN9"),
	})
}

func (w *world) cancel(setlID string, patience time.Duration) txn.CancelStatus {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	s, err := w.core.CancelSettlement(ctx, cancelRequest(setlID, "M1"))
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// canReturn gives the core the configuration's credentials.
func (w *world) canReturn() {
	w.core.Close()
	w.options = txn.Options{PayAppID: "CONF", PayAppSecret: payKey, TermNo: "T7"}
	w.open()
}

// cancelledShare answers a cancellation whose person paid so much under T1.
func cancelledShare(share string) reply {
	return data(fmt.Sprintf(`"setlinfo":{"setl_id":"S1","medfee_sumamt":"100.00","psn_cash_pay":%q},"setldetail":[],"traceNo":"T1","psn_cash_pay":%q`, share, share))
}

func TestACancellationIsCompleteWhenTheShareIsRefunded(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", says("succ"))
		s := w.cancel("S1", time.Minute)
		if s.State != txn.Succ || !s.Final() || s.Share != 3000 || s.RefundState != txn.Succ || s.Desk != "" ||
			!strings.Contains(string(s.Answer), `"medfee_sumamt":"100.00"`) {
			t.Errorf("%+v", s)
		}
		if got := w.diary.String(); !strings.HasPrefix(got, "journal sent, send cancel, journal cancelled, journal refund named, journal sent, send refund, ") {
			t.Errorf("it went: %s", got)
		}
		var in onetrans.RefundIn
		if err := onetrans.UnmarshalData(w.platform.sent()[1].request.Data, &in); err != nil {
			t.Fatal(err)
		}
		if in.WithdrawMode.String() != onetrans.WithdrawInsurance || in.Amount.String() != "30.00" || in.TraceNo.String() != "T1" ||
			in.OutRefundNo.String() != s.RefundNo || in.PayAppID.String() != "CONF" || in.PayAppSecret.String() != payKey || in.TermNo.String() != "T7" {
			t.Errorf("%+v", in)
		}
		// Repeated, it is the same cancellation, also by another run of the program.
		w.restart()
		if again := w.cancel("S1", time.Minute); again.State != txn.Succ || string(again.Answer) != string(s.Answer) ||
			w.count("send cancel") != 1 || w.count("send refund") != 1 {
			t.Errorf("%+v; %s", again, w.diary)
		}
		if _, err := w.core.CancelSettlement(w.t.Context(), cancelRequest("S1", "M2")); !errors.Is(err, txn.ErrNumberReused) {
			t.Error(err)
		}
	})
}

func TestNothingWasPaidInWhatIsCancelled(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("cancel", data(`"setlinfo":{"setl_id":"S1","psn_cash_pay":0}`))
		if s := w.cancel("S1", time.Minute); s.State != txn.Succ || w.count("send refund") != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestACancellationIsNotCompleteBefore(t *testing.T) {
	for name, test := range map[string]struct {
		refund reply
		desk   bool
	}{
		"the refund is under way":   {says("ing"), false},
		"the refund is unknown":     {lost, false},
		"the refund is refused":     {refuses("610006"), true},
		"the refund exceeds":        {refuses("610005"), true},
		"the refund was never sent": {notSent, false},
		"the refund failed":         {says("fail"), false},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.canReturn()
				w.platform.on("cancel", cancelledShare("30.00"))
				w.platform.on("refund", test.refund)
				s := w.cancel("S1", 5*time.Second)
				if s.State != txn.Refunding || (s.Desk != "") != test.desk {
					t.Errorf("%+v", s)
				}
				w.restart()
				w.pass(time.Minute)
				w.platform.on("query", refundSays(s.RefundNo, "succ"))
				w.pass(10 * time.Minute)
				if s := w.cancel("S1", time.Second); s.State != txn.Succ || s.Desk != "" || w.count("send cancel") != 1 {
					t.Errorf("%+v; %s", s, w.diary)
				}
			})
		})
	}
}

func TestWhatWaitsAtTheDesk(t *testing.T) {
	t.Run("no credentials, until there are", func(t *testing.T) {
		play(t, func(w *world) {
			w.platform.on("cancel", cancelledShare("30.00"))
			w.platform.on("refund", says("succ"))
			s := w.cancel("S1", time.Minute)
			if s.State != txn.Refunding || s.Desk == "" || w.count("send refund") != 0 || len(s.Answer) == 0 {
				t.Errorf("%+v", s)
			}
			if again := w.cancel("S1", time.Minute); again.Desk == "" || w.count("send cancel") != 1 {
				t.Errorf("%+v", again)
			}
			w.canReturn()
			if s = w.cancel("S1", time.Minute); s.State != txn.Succ || s.Desk != "" {
				t.Errorf("%+v", s)
			}
		})
	})
	for name, answered := range map[string]string{
		"no payment": `"setlinfo":{"setl_id":"S1","psn_cash_pay":"30.00"}`,
		"no share":   `"setlinfo":{"setl_id":"S1"},"traceNo":"T1"`,
		"wild share": `"psn_cash_pay":"-1","traceNo":"T1"`,
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.canReturn()
				w.platform.on("cancel", data(answered))
				if s := w.cancel("S1", time.Minute); s.State != txn.Refunding || s.Desk == "" {
					t.Errorf("%+v", s)
				}
				w.restart()
				w.pass(time.Hour)
				if s := w.cancel("S1", time.Minute); s.Desk == "" || w.count("send refund") != 0 {
					t.Errorf("%+v; %s", s, w.diary)
				}
			})
		})
	}
}

func TestAnUnknownCancellationIsRepeated(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("cancel", lost, notSent, refuses("610099"), answer("000000", "[]"), data(`"setlinfo":{"setl_id":"S9"}`), lost)
		if s := w.cancel("S1", 20*time.Second); s.State != txn.Unknown {
			t.Errorf("%+v", s)
		}
		w.restart()
		w.platform.on("cancel", cancelledShare("0.00"))
		w.pass(time.Minute)
		if s := w.cancel("S1", time.Second); s.State != txn.Succ {
			t.Errorf("%+v", s)
		}
	})
	for name, test := range map[string]struct {
		replies []reply
		want    flow.State
	}{
		"refused":              {[]reply{refuses("610004")}, txn.Refused},
		"not sent":             {[]reply{notSent}, txn.NotSent},
		"refused for good":     {[]reply{lost, refuses("610007")}, txn.Refused},
		"refused, but unknown": {[]reply{lost, refuses("610004")}, txn.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("cancel", test.replies...)
				s := w.cancel("S1", 5*time.Second)
				if s.State != test.want {
					t.Errorf("%+v", s)
				}
				w.platform.on("cancel", cancelledShare("0.00"))
				w.pass(time.Minute)
				if s := w.cancel("S1", 5*time.Second); s.State != txn.Succ {
					t.Errorf("repeated: %+v", s)
				}
			})
		})
	}
}

// Where this journal has the settlement, its card and its bound are known.
func TestTheShareOfASettlementOfThisJournal(t *testing.T) {
	settle := func(w *world) {
		w.canReturn()
		w.ordered("S")
		w.platform.on("confirm", settledOK)
		w.platform.on("query", says("succ"))
		w.pass(10 * time.Second)
		w.settlementMustBe("S", txn.Succ)
	}
	play(t, func(w *world) {
		settle(w)
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", says("succ"))
		if s := w.cancel("S1", time.Minute); s.State != txn.Succ {
			t.Errorf("%+v", s)
		}
		sent := w.platform.sent()
		if last := string(sent[len(sent)-1].request.Data); !strings.Contains(last, `"cardNo":"D1"`) || !strings.Contains(last, userName) {
			t.Error(last)
		}
	})
	play(t, func(w *world) {
		settle(w)
		w.platform.on("refund", says("succ"))
		w.giveBack(back{no: "R1", amount: "20", trace: "T1"}, time.Second) // by hand
		w.platform.on("cancel", cancelledShare("30.00"))
		if s := w.cancel("S1", time.Minute); s.State != txn.Refunding || s.Desk == "" || w.count("send refund") != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestWatchingACancellation(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("cancel", lost)
		w.cancel("S1", time.Second)
		statuses, end, err := w.core.WatchCancellation("S1")
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		w.platform.on("cancel", cancelledShare("0.00"))
		w.pass(time.Minute)
		if s := <-statuses; s.State != txn.Succ {
			t.Errorf("%+v", s)
		}
	})
}

func TestWhatIsNoCancellation(t *testing.T) {
	play(t, func(w *world) {
		_, err := w.core.CancelSettlement(w.t.Context(), cancelRequest("", "M1"))
		_, settle := w.core.PreSettle(w.t.Context(), onetrans.Asked[onetrans.SettleIn]{}, nil)
		if !errors.Is(err, txn.ErrInvalid) || !errors.Is(settle, txn.ErrInvalid) || w.diary.String() != "" {
			t.Errorf("%v %v %s", err, settle, w.diary)
		}
	})
}

// Checked, a cancellation is repeated at once, without its polling.
func TestACancellationIsCheckedNow(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("cancel", lost)
		w.cancel("S1", time.Second)
		w.core.Close() // the polling is no part of this
		before := w.count("send cancel")
		check := func(want flow.State) {
			t.Helper()
			if s, err := w.core.CheckCancellation(w.t.Context(), "S1"); err != nil || s.State != want {
				t.Errorf("%s, %v; want %s", s.State, err, want)
			}
		}
		check(txn.Unknown)
		w.platform.on("cancel", cancelledShare("0.00"))
		check(txn.Succ)
		check(txn.Succ) // final: nothing is sent
		if sent := w.count("send cancel") - before; sent != 2 {
			t.Errorf("%d sent", sent)
		}
		if _, err := w.core.CheckCancellation(w.t.Context(), "S9"); !errors.Is(err, txn.ErrUnknownTrade) {
			t.Error(err)
		}
	})
}

// The payment of what was settled elsewhere may be a recharge of this journal.
func TestTheShareGoesBackToWhateverPaymentTheCancellationNames(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("succ"))
		w.begin(in{no: "Q"}, time.Minute)
		w.pass(10 * time.Second)
		w.mustBe("Q", txn.Succ)
		byInsurance := back{no: "R1", amount: "1", trace: "T1", mode: onetrans.WithdrawInsurance}
		if _, err := w.refund(byInsurance, time.Second); !errors.Is(err, txn.ErrInvalid) {
			t.Errorf("before it is cancelled: %v", err)
		}
		w.platform.on("cancel", cancelledShare("199.00"))
		w.platform.on("refund", says("succ"))
		if s := w.cancel("S1", time.Minute); s.State != txn.Succ || s.RefundState != txn.Succ || s.Desk != "" {
			t.Errorf("%+v; %s", s, w.diary)
		}
		if _, err := w.refund(byInsurance, time.Second); err != nil {
			t.Errorf("once it is cancelled: %v", err)
		}
	})
}

// The share's refund is one and the same wherever the cancellation is asked for.
func TestTheNumberOfASharesRefundFollowsFromTheSettlement(t *testing.T) {
	for setlID, want := range map[string]string{
		"S1":                               "XS1",
		"1234567890123456789012345678901":  "X1234567890123456789012345678901",
		"12345678901234567890123456789012": "Xe1b85b27d6bcb05846c18e6a48f118e",
	} {
		var first string
		for range 2 { // two terminals, two journals
			play(t, func(w *world) {
				w.canReturn()
				w.platform.on("cancel", data(`"traceNo":"T1","psn_cash_pay":"30.00"`))
				w.platform.on("refund", says("succ"))
				s := w.cancel(setlID, time.Minute)
				if s.State != txn.Succ || s.RefundNo != want || first != "" && s.RefundNo != first {
					t.Errorf("%s: %+v", setlID, s)
				}
				first = s.RefundNo
			})
		}
	}
}

// A journal of an older version has made the share's refund under a number of its own.
func TestASharesRefundKeepsTheNumberThatItHas(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", lost)
		w.platform.on("query", lost)
		w.cancel("S1", 2*time.Second)
		w.core.Close()
		w.journal.renumber(t, onetrans.TransSettleCancel, "S1", "26030412345678901234567890")
		w.platform.on("refund", says("succ"))
		w.open()
		w.pass(time.Minute)
		if got := w.tradeOf(onetrans.TransSettleCancel, "S1").Progress; got.State != txn.Succ || got.RefundNo != "26030412345678901234567890" {
			t.Errorf("%+v", got)
		}
	})
}

// renumber gives a trade's refund another number, as another version did.
func (m *memory) renumber(t *testing.T, kind, no, refundNo string) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	trade, found, err := m.read(key{kind, no})
	if err != nil || !found {
		t.Fatal(found, err)
	}
	trade.Progress.RefundNo = refundNo
	if m.trades[key{kind, no}], err = json.Marshal(trade); err != nil {
		t.Fatal(err)
	}
}

// settled makes a settlement S of which the person paid 30.00, known as S1.
func (w *world) settled() {
	w.t.Helper()
	w.ordered("S")
	w.platform.on("confirm", settledOK)
	w.platform.on("query", says("succ"))
	w.pass(10 * time.Second)
	w.settlementMustBe("S", txn.Succ)
}

// recallSettlement is what a repeat of settlement S hears.
func (w *world) recallSettlement() txn.SettleStatus {
	w.t.Helper()
	s, known, err := w.core.RecallSettlement(w.t.Context(), bills{no: "S"}.request())
	if err != nil || !known {
		w.t.Fatal(known, err)
	}
	return s
}

func TestASettlementThatIsCancelledIsToldAsThat(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.settled()
		if s := w.recallSettlement(); s.State != txn.Succ {
			t.Errorf("before: %s", s.State)
		}
		must := func(when string, told flow.State, journaled flow.State) {
			t.Helper()
			if s := w.recallSettlement(); s.State != told {
				t.Errorf("%s it is told as %s, want %s", when, s.State, told)
			}
			w.settlementMustBe("S", journaled)
		}
		w.platform.on("cancel", lost)
		w.cancel("S1", time.Second)
		must("while its cancellation is unknown", txn.Cancelling, txn.Succ)
		w.platform.on("refund", lost)
		w.platform.on("query", lost)
		w.platform.on("cancel", cancelledShare("30.00"))
		w.pass(time.Minute)
		must("while the share is given back", txn.Cancelling, txn.Cancelled)
		if s := w.recallSettlement(); s.RefundNo != "XS1" {
			t.Errorf("the share's refund is %q", s.RefundNo)
		}
		w.restart()
		w.platform.on("query", refundSays("XS1", "succ"))
		w.pass(10 * time.Minute)
		must("once the share is given back", txn.Cancelled, txn.Cancelled)
	})
}

// Who was not there when it was settled is not told so once it is cancelled.
func TestACancelledSettlementIsNoNews(t *testing.T) {
	play(t, func(w *world) {
		w.settled() // by itself: nobody watched
		news := func() int {
			all, err := w.core.News("01", "D1")
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		if news() != 1 {
			t.Error("that it was settled is no news")
		}
		w.platform.on("cancel", cancelledShare("30.00"))
		w.cancel("S1", time.Second)
		if news() != 0 {
			t.Error("it is told as settled")
		}
	})
}

func TestASettlementStandsWhoseCancellationIsRefusedForGood(t *testing.T) {
	play(t, func(w *world) {
		w.settled()
		w.platform.on("cancel", refuses("610007"))
		w.cancel("S1", time.Second)
		if s := w.recallSettlement(); s.State != txn.Succ {
			t.Errorf("%s", s.State)
		}
	})
}

// That a settlement is cancelled is written before its cancellation is complete,
// so that no end of the program can come between.
func TestThatASettlementIsCancelledIsWrittenFirst(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S", "0.00")
		w.platform.on("confirm", settledOK)
		w.must(w.core.ConfirmSettlement, "S", time.Minute)
		w.platform.on("cancel", cancelledShare("0.00"))
		w.journal.set(func(e txn.Entry) error {
			if e.Event == "cancelled since" {
				return errDisk
			}
			return nil
		})
		if s := w.cancel("S1", time.Second); s.State == txn.Succ {
			t.Errorf("complete, and the settlement does not say so: %s", w.diary)
		}
		w.journal.set(nil)
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Cancelled)
		if got := w.tradeOf(onetrans.TransSettleCancel, "S1").At(); got != txn.Succ {
			t.Errorf("the cancellation is %s", got)
		}
	})
}

// cancelledElsewhere repeats the answer to a phase of what was cancelled since.
var cancelledElsewhere = data(`"setl_id":"S1","traceNo":"T1","orderList":["O1"],"mdtrt_id":"M1",
	"preSetl":{"medfee_sumamt":"100.00","fund_pay_sumamt":"70.00","psn_cash_pay":"30.00"},
	"steps":[{"code":"confirmation","name":"结算确认","state":"cancelled"}]`)

func TestASettlementThatWasCancelledElsewhereIsToldAsThat(t *testing.T) {
	t.Run("after it was settled here", func(t *testing.T) {
		play(t, func(w *world) {
			w.settled()
			w.platform.on("confirm", lost)
			if s := w.recallSettlement(); s.State != txn.Succ || s.Alarm != "" {
				t.Errorf("a silent platform: %+v", s)
			}
			w.platform.on("confirm", mute)
			if begin := time.Now(); w.recallSettlement().State != txn.Succ || time.Since(begin) > 10*time.Second {
				t.Errorf("waited %v", time.Since(begin))
			}
			w.platform.on("confirm", cancelledElsewhere)
			if s := w.recallSettlement(); s.State != txn.Cancelled || s.Desk != "" {
				t.Errorf("%+v", s)
			}
			w.settlementMustBe("S", txn.Cancelled)
		})
	})
	t.Run("of another settlement, or another payment", func(t *testing.T) {
		play(t, func(w *world) {
			w.settled()
			for _, other := range []string{`"setl_id":"S9"`, `"setl_id":"S1","traceNo":"T9"`, `"traceNo":"T1"`, `"setl_id":"S1","outSettleNo":"X"`} {
				w.platform.on("confirm", data(other+`,"steps":[{"code":"confirmation","state":"cancelled"}]`))
				if s := w.recallSettlement(); s.State != txn.Succ {
					t.Errorf("%s: %+v", other, s)
				}
			}
		})
	})
	t.Run("before it was known to be settled", func(t *testing.T) {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("confirm", lost, cancelledElsewhere)
			w.platform.on("query", says("succ"))
			w.pass(time.Minute)
			w.settlementMustBe("S", txn.Cancelled)
			// Whether the person has the share back is for a person to find out.
			if got := w.tradeOf(onetrans.TransSettle, "S").Progress; got.Desk != txn.ReasonCancelledElsewhere || got.Settle.SetlID != "S1" {
				t.Errorf("%+v", got)
			}
			if n := w.count("send refund"); n != 0 {
				t.Errorf("%d refunds", n)
			}
		})
	})
	t.Run("by this number at another terminal", func(t *testing.T) {
		play(t, func(w *world) {
			w.platform.on("pre", cancelledElsewhere)
			if s, err := w.preSettle(bills{no: "S"}, time.Minute); err != nil || s.State != txn.Cancelled || s.Desk != "" {
				t.Errorf("%+v %v", s, err)
			}
		})
	})
	t.Run("where it is not settled in phases nothing is asked", func(t *testing.T) {
		play(t, func(w *world) {
			w.settled()
			w.platform.can.Phases = false
			before := len(w.platform.sent())
			if s := w.recallSettlement(); s.State != txn.Succ || len(w.platform.sent()) != before {
				t.Errorf("%+v; %s", s, w.diary)
			}
		})
	})
	t.Run("said as a refusal", func(t *testing.T) {
		play(t, func(w *world) {
			w.settled()
			w.platform.on("confirm", refuses("610007"))
			if s := w.recallSettlement(); s.State != txn.Succ || s.Alarm == "" || s.Desk != txn.ReasonContradiction {
				t.Errorf("%+v", s)
			}
		})
	})
}

// What a cancellation's answer leaves out this journal may know; what it says
// otherwise than this journal's payment is for a person, who alone can tell
// whose money it is.
func TestASloppyAnswerToACancellationCostsNobodyMoney(t *testing.T) {
	for name, c := range map[string]struct {
		answered string
		why      txn.Reason
	}{
		"no payment":              {`"psn_cash_pay":"30.00"`, ""},
		"no share":                {`"traceNo":"T1"`, ""},
		"neither":                 {``, ""},
		"a wild share":            {`"traceNo":"T1","psn_cash_pay":"3e1"`, ""},
		"two shares":              {`"traceNo":"T1","psn_cash_pay":"30.00","setlinfo":{"psn_cash_pay":"0.00"}`, ""},
		"nothing to be refunded":  {`"psn_cash_pay":"0.00"`, txn.ReasonOtherPayment},
		"more than was paid":      {`"traceNo":"T1","psn_cash_pay":"31.00"`, txn.ReasonOtherPayment},
		"less than was paid":      {`"traceNo":"T1","psn_cash_pay":"3.00"`, txn.ReasonOtherPayment},
		"somebody else's payment": {`"traceNo":"T2","psn_cash_pay":"30.00"`, txn.ReasonOtherPayment},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.canReturn()
				w.settled()
				w.platform.on("cancel", data(c.answered))
				w.platform.on("refund", says("succ"))
				s := w.cancel("S1", time.Minute)
				w.restart()
				w.pass(time.Hour)
				refunds := w.count("send refund")
				if c.why == "" && (s.State != txn.Succ || s.Share != 3000 || refunds != 1) {
					t.Errorf("%+v, %d refunds", s, refunds)
				}
				if c.why != "" && (s.State != txn.Refunding || s.Desk != c.why || refunds != 0) {
					t.Errorf("%+v, %d refunds", s, refunds)
				}
				if got := w.tradeOf(onetrans.TransSettleCancel, "S1").Progress; got.Desk != c.why {
					t.Errorf("an hour later it is at the desk for %q", got.Desk)
				}
			})
		})
	}
}

// A cancellation never takes the payment of another settlement.
func TestACancellationOfWhatIsNotHereTakesNoPaymentThatIsNotItsOwn(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.settled() // S1, paid under T1
		w.platform.on("cancel", data(`"traceNo":"T1","psn_cash_pay":"30.00"`))
		w.platform.on("refund", says("succ"))
		if s := w.cancel("S9", time.Minute); s.State != txn.Refunding || s.Desk != txn.ReasonInvalid || w.count("send refund") != 0 {
			t.Errorf("%+v; %s", s, w.diary)
		}
		w.settlementMustBe("S", txn.Succ)
	})
}

// A platform that gave a settlement no setl_id names its payment when it is cancelled.
func TestACancellationFindsItsSettlementByThePayment(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.ordered("S")
		w.platform.on("confirm", data(`"orderList":["O1"],"traceNo":"T1"`))
		w.platform.on("query", says("succ"))
		w.pass(10 * time.Second)
		w.settlementMustBe("S", txn.Succ)
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", says("succ"))
		if s := w.cancel("S1", time.Minute); s.State != txn.Succ {
			t.Errorf("%+v", s)
		}
		if s := w.recallSettlement(); s.State != txn.Cancelled || s.SetlID != "S1" || s.RefundNo != "XS1" {
			t.Errorf("%+v", s)
		}
	})
}

// Of two settlements with one setl_id it is the payment that tells which is
// cancelled; without that nobody can.
func TestTwoSettlementsUnderOneNumber(t *testing.T) {
	for answered, want := range map[string]flow.State{
		`"traceNo":"T2","psn_cash_pay":"30.00"`: txn.Succ,
		`"psn_cash_pay":"30.00"`:                txn.Refunding,
		`"traceNo":"T9","psn_cash_pay":"30.00"`: txn.Refunding,
	} {
		play(t, func(w *world) {
			w.canReturn()
			w.settled() // S1, paid under T1
			w.priced("U", "30.00")
			w.platform.on("pay", data(`"chargeNo":"C2","traceNo":"T2","qrcode":"https://pay/2"`))
			w.platform.on("query", says("init"))
			w.pay("U", time.Minute)
			w.platform.on("confirm", data(`"setl_id":"S1","traceNo":"T2"`))
			w.platform.on("query", says("succ"))
			w.pass(10 * time.Second)
			w.platform.on("cancel", data(answered))
			w.platform.on("refund", says("succ"))
			s := w.cancel("S1", time.Minute)
			if s.State != want || want != txn.Succ && s.Desk != txn.ReasonOtherPayment {
				t.Errorf("%s: %+v", answered, s)
			}
			w.settlementMustBe("S", txn.Succ)
			if got := w.tradeOf(onetrans.TransSettle, "U").At(); (got == txn.Cancelled) != (want == txn.Succ) {
				t.Errorf("%s: the other is %s", answered, got)
			}
		})
	}
}

// A repeat finds that what stood in the way of the share's refund is over, and
// sees it through.
func TestARepeatedCancellationWaitsForItsShare(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", refuses("610006"))
		if s := w.cancel("S1", time.Minute); s.Desk != txn.ReasonRefused {
			t.Fatalf("%+v", s)
		}
		w.core.Close() // the polling is no part of this
		asked := func(result string) {
			w.platform.on("query", refundSays("XS1", result))
			if _, err := w.core.CheckRefund(w.t.Context(), "XS1"); err != nil {
				t.Error(err)
			}
		}
		asked("ing")
		go func() {
			time.Sleep(10 * time.Second)
			asked("succ")
		}()
		if s := w.cancel("S1", time.Minute); s.State != txn.Succ {
			t.Errorf("%+v", s)
		}
	})
}

// The number of the share's refund is written before it is made, and it is made
// at once then; while it can't be written, nothing is wrong with the refund.
func TestAShareWhoseRefundCantBeNamedIsNotGivenBack(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.journal.set(func(e txn.Entry) error {
			if e.Event == "refund named" {
				return errDisk
			}
			return nil
		})
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", says("succ"))
		if s := w.cancel("S1", time.Minute); s.State != txn.Refunding || s.Desk != "" || w.count("send refund") != 0 {
			t.Errorf("%+v", s)
		}
		w.pass(time.Minute)
		w.journal.set(nil)
		w.pass(time.Minute)
		if at := w.tradeOf(onetrans.TransSettleCancel, "S1").At(); at != txn.Succ {
			t.Errorf("it is %s; %s", at, w.diary)
		}
		for _, e := range w.journal.entries {
			if made := w.platform.times("refund", e.At); e.Event == "refund named" && (len(made) != 1 || made[0] != 0) {
				t.Errorf("made %v after it was named", made)
			}
		}
	})
}
