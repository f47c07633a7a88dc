package txn_test

import (
	"errors"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// A bill that was paid by a charge of its own is no charge: what the platform says
// of the money is the charge's, and contradicts no settlement, cancelled or not.
func TestTheMoneyOfACancelledBillThatWasPaidElsewhereIsNoContradiction(t *testing.T) {
	for name, here := range map[string]bool{"paid by a charge of this journal": true, "paid at another terminal": false} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.canReturn()
				if here {
					w.platform.on("recharge", data(`"result":"succ","traceNo":"T1"`))
					w.begin(in{no: "z", amount: "30.00"}, time.Second)
				}
				w.platform.on("pre", pre("30.00"))
				if _, err := w.preSettle(bills{no: "S", noCredentials: true}, time.Minute); err != nil {
					t.Fatal(err)
				}
				w.platform.on("confirm", settledOK)
				w.must(w.core.ConfirmSettlement, "S", time.Minute)
				w.settlementMustBe("S", txn.Succ)
				w.platform.on("cancel", cancelledShare("0.00"))
				w.cancel("S1", time.Minute)
				w.settlementMustBe("S", txn.Cancelled)
				w.platform.on("query", data(`"traceNo":"T1","result":"succ"`))
				answer, err := w.query(`"traceNo":"T1"`)
				var out onetrans.QueryOut
				if err != nil || onetrans.UnmarshalData(answer.Data, &out) != nil || out.Result.String() != "succ" {
					t.Errorf("HIS hears %s, %v", answer.Data, err)
				}
				w.deskMustBe()
			})
		})
	}
}

// The share of a bill that was paid elsewhere goes back all the same, also where its
// confirmation named that payment.
func TestTheShareOfABillThatWasPaidElsewhereGoesBack(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("pre", pre("30.00"))
		if _, err := w.preSettle(bills{no: "S", noCredentials: true}, time.Minute); err != nil {
			t.Fatal(err)
		}
		w.platform.on("confirm", settledOK)
		w.must(w.core.ConfirmSettlement, "S", time.Minute)
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", refundSays("XS1", "succ"))
		if s := w.cancel("S1", time.Minute); s.State != txn.Succ {
			t.Errorf("%+v; %s", s, w.diary)
		}
	})
}

// What the platform says of money counts as money, whatever it said before and
// whatever a person has said: it can be given back.
func TestMoneyThatProvesPaidAfterItsEndCanBeGivenBack(t *testing.T) {
	gives := func(w *world, b back) {
		w.t.Helper()
		w.platform.on("refund", refundSays(b.no, "succ"))
		if s, err := w.refund(b, time.Second); err != nil || s.Trade.At() != txn.Succ {
			w.t.Errorf("%q %v", s.Trade.At(), err)
		}
		if _, err := w.refund(back{no: "R9", amount: "0.01", trace: b.trace, charge: b.charge}, time.Second); !errors.Is(err, txn.ErrExceeds) {
			w.t.Errorf("more than that: %v", err)
		}
	}
	play(t, func(w *world) { // a bill's order that was left
		w.ordered("S")
		w.platform.on("close", says("closed"))
		w.platform.on("abandon", data(``))
		w.must(w.core.AbandonSettlement, "S", time.Minute)
		w.platform.on("query", data(`"traceNo":"T1","result":"succ"`))
		w.query(`"traceNo":"T1"`)
		gives(w, back{no: "R1", amount: "30.00", trace: "T1"})
	})
	play(t, func(w *world) { // a charge that a person has given up
		w.platform.on("recharge", lost)
		w.platform.on("query", lost)
		w.begin(in{no: "1"}, time.Second)
		w.pass(time.Hour)
		w.say(onetrans.TransRecharge, "1", txn.VerdictFailed)
		w.platform.on("query", says("succ"))
		w.query(`"outTradeNo":"1"`)
		gives(w, back{no: "R1", amount: "200.00", charge: "1"})
	})
}

// A refund that a person has given up, and that the platform has after all, takes of
// what was paid.
func TestARefundThatIsDoneAfterAPersonGaveItUpTakesOfWhatWasPaid(t *testing.T) {
	for _, word := range []string{"succ", "ing"} {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("refund", lost)
			w.platform.on("query", lost)
			w.giveBack(aRefund, time.Second)
			w.pass(time.Hour)
			w.say(onetrans.TransRefund, "R1", txn.VerdictFailed)
			w.platform.on("query", refundSays("R1", word))
			if _, err := w.core.Retry(w.t.Context(), onetrans.TransRefund, "R1", "王五"); err != nil {
				t.Fatal(err)
			}
			if _, err := w.refund(back{no: "R2", amount: "150.01", charge: "1"}, time.Second); !errors.Is(err, txn.ErrExceeds) {
				t.Errorf("%s: %v; %s", word, err, w.diary)
			}
		})
	}
}
