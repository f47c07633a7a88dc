package txn_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// desk are the numbers at the desk, oldest first.
func (w *world) desk() (nos []string) {
	w.t.Helper()
	waiting, err := w.core.Desk()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range waiting {
		if s.Trade.Order.Secrets != (txn.Secrets{}) {
			w.t.Error("the desk has credentials")
		}
		nos = append(nos, s.Trade.Order.No)
	}
	return nos
}

func (w *world) deskMustBe(nos ...string) {
	w.t.Helper()
	if got := w.desk(); !slices.Equal(got, nos) {
		w.t.Fatalf("at the desk: %v, want %v; %s", got, nos, w.diary)
	}
}

func TestAContradictionIsAnAlarmAtTheDesk(t *testing.T) {
	play(t, func(w *world) { // closed, and then paid
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		w.platform.on("close", says("closed"))
		w.core.CloseOrder(w.t.Context(), "1")
		w.pass(time.Second)
		w.mustBe("1", txn.Closed)
		w.deskMustBe()
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`))
		w.query(`"traceNo":"T1"`) // by the platform's number alone
		w.mustBe("1", txn.Closed)
		w.deskMustBe("1")
		p := w.trade("1").Progress
		if p.Alarm == "" || p.Desk == "" {
			t.Errorf("alarm %q, desk %q", p.Alarm, p.Desk)
		}
		w.restart()
		w.deskMustBe("1")
	})
}

// A settlement was left unpaid, and its order proves paid later.
func TestThePaymentOfASettlementThatWasLeft(t *testing.T) {
	ask := func(w *world, result string) {
		w.platform.on("query", data(`"traceNo":"T1","result":"`+result+`"`))
		w.query(`"traceNo":"T1"`)
	}
	left := func(w *world) {
		w.ordered("S")
		w.platform.on("close", says("closed"))
		w.platform.on("abandon", data(``))
		w.must(w.core.AbandonSettlement, "S", time.Minute)
		w.settlementMustBe("S", txn.Abandoned)
	}
	for _, word := range []string{"closed", "fail", "notfound"} {
		play(t, func(w *world) {
			left(w)
			ask(w, word)
			w.deskMustBe()
		})
	}
	for _, word := range []string{"succ", "exp", "ing", "init"} {
		play(t, func(w *world) {
			left(w)
			ask(w, word)
			w.deskMustBe("S")
			w.settlementMustBe("S", txn.Abandoned)
		})
	}
	play(t, func(w *world) { // one that stands, and was never paid
		w.ordered("S")
		w.platform.on("confirm", settledOK)
		w.platform.on("query", says("succ"))
		w.pass(10 * time.Second)
		w.settlementMustBe("S", txn.Succ)
		ask(w, "succ")
		w.deskMustBe()
		ask(w, "closed")
		w.deskMustBe("S")
	})
}

// That a person has seen an alarm makes the money no surer: the bound of what
// may be refunded stays.
func TestAnAlarmThatWasSeen(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1") // 200
		w.platform.on("refund", refundSays("R1", "fail"))
		w.giveBack(back{no: "R1", amount: "200", charge: "1"}, time.Second)
		w.platform.on("query", refundSays("R1", "succ"))
		w.core.Query(w.t.Context(), query(onetrans.TransRefund, `"outTradeNo":"R1"`))
		w.deskMustBe("R1")
		w.say(onetrans.TransRefund, "R1", txn.VerdictSeen)
		w.deskMustBe()
		if _, err := w.refund(back{no: "R2", amount: "200", charge: "1"}, time.Second); err == nil {
			t.Error("what may have been refunded was refunded again")
		}
	})
}

// An order that nobody knows and nobody can close waits for a person.
func TestWhatNeverArrivedAndCannotBeClosed(t *testing.T) {
	play(t, func(w *world) {
		w.platform.can.Close = false
		w.platform.on("recharge", lost)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, 10*time.Second)
		w.pass(txn.ArrivalMargin - 20*time.Second)
		w.deskMustBe()
		w.pass(time.Minute)
		w.deskMustBe("1")
		w.platform.on("query", says("succ"))
		w.pass(time.Minute)
		w.mustBe("1", txn.Succ)
		w.deskMustBe()
	})
}

// Paid, and not booked: the desk has it until an answer brings the number.
func TestWhatTheHospitalMustBook(t *testing.T) {
	play(t, func(w *world) {
		w.options.MustBook = true
		w.options.Merchants = map[string]onetrans.Merchant{"02": {PayAppID: "P", PayAppSecret: payKey}}
		w.restart()
		w.platform.on("recharge", data(`"result":"succ","callsn":"HIS-1"`))
		w.begin(in{no: "booked"}, time.Second)
		w.platform.on("recharge", says("succ"))
		w.begin(in{no: "1"}, time.Second)
		w.begin(in{no: "2"}, time.Second)
		w.deskMustBe("1", "2")
		w.platform.on("query", says("succ"))
		w.query(`"outTradeNo":"1"`)
		w.deskMustBe("1", "2")
		w.platform.on("query", data(`"result":"succ","extra":{"callsn":"HIS-7"}`))
		w.query(`"outTradeNo":"1"`)
		w.deskMustBe("2")
		w.restart()
		// A person asks, with the configuration's credentials: the trade's are forgotten.
		if s, err := w.core.Retry(w.t.Context(), onetrans.TransRecharge, "2", "0042"); err != nil || s.Trade.Progress.CallSN != "HIS-7" {
			t.Errorf("%+v %v", s.Trade.Progress, err)
		}
		w.deskMustBe()
		sent := w.platform.sent()
		var q onetrans.QueryIn
		if err := onetrans.UnmarshalData(sent[len(sent)-1].request.Data, &q); err != nil || q.PayAppSecret.String() != payKey {
			t.Errorf("asked with %q %v", q.PayAppSecret.String(), err)
		}
	})
	play(t, func(w *world) { // where none is given, none is missed
		w.charged("1")
		w.deskMustBe()
	})
	play(t, func(w *world) { // nor for a settlement of which the person pays nothing
		w.options.MustBook = true
		w.restart()
		w.priced("S", "0.00")
		w.platform.on("confirm", data(`"orderList":["O1"],"setl_id":"S1"`))
		w.must(w.core.ConfirmSettlement, "S", time.Minute)
		w.settlementMustBe("S", txn.Succ)
		w.deskMustBe()
	})
	play(t, func(w *world) { // a settlement's payment as well
		w.options.MustBook = true
		w.restart()
		w.ordered("S")
		w.platform.on("confirm", data(`"orderList":["O1"],"setl_id":"S1","traceNo":"T1"`))
		w.platform.on("query", says("succ"))
		w.pass(10 * time.Second)
		w.settlementMustBe("S", txn.Succ)
		w.deskMustBe("S")
	})
}

// The log tells once that a trade waits for a person.
func TestThatATradeWaitsForAPersonIsInTheLog(t *testing.T) {
	play(t, func(w *world) {
		told := func(want int) {
			t.Helper()
			if got := strings.Count(w.log.String(), "a trade waits for a person"); got != want {
				t.Errorf("told %d times, want %d: %s", got, want, w.log)
			}
		}
		w.platform.on("refund", lost, refuses("610006"))
		w.platform.on("query", refundSays("R1", "notfound"))
		w.platform.on("recharge", says("succ"))
		w.begin(in{no: "1"}, time.Second)
		told(0)
		w.giveBack(aRefund, time.Minute)
		w.deskMustBe("R1")
		told(1)
		w.platform.on("query", refundSays("R1", "fail"))
		w.pass(10 * time.Minute) // something else is told of it
		w.deskMustBe("R1")
		told(1)
		w.platform.on("query", refundSays("R1", "succ"))
		w.pass(10 * time.Minute)
		w.deskMustBe()
		told(1)
	})
}
