package txn_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// playPlain is play with a platform that knows the specification's messages alone: no
// close, no hold, no phases, no promise about a number that comes again.
func playPlain(t *testing.T, test func(w *world)) {
	t.Helper()
	play(t, func(w *world) {
		w.platform.can = platform.Capabilities{OwnCashier: true, OwnReaders: true}
		test(w)
	})
}

// vague answers with a code that does not say that nothing was done.
func vague(code, words string) reply {
	return func(context.Context, onetrans.Request) (onetrans.Answer, error) {
		return onetrans.Answer{Code: onetrans.T(code), ErrMsg: onetrans.T(words)}, fmt.Errorf("%w: vague", platform.ErrNoAnswer)
	}
}

// whole names a settlement that is sent in one call: it has no phase.
const whole = ""

func (w *world) settle(no string) txn.SettleStatus {
	w.t.Helper()
	s, err := w.core.Settle(w.t.Context(), bills{no: no}.request())
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestAPlatformWithoutPhasesSettlesInOneCall(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on(whole, data(`"orderList":["O1"],"chargeNo":"C1","traceNo":"T1"`))
		s := w.settle("S-1")
		if s.State != txn.Succ || len(s.OrderList) != 1 || s.OrderList[0] != "O1" || s.TraceNo != "T1" {
			t.Errorf("%+v; %s", s, w.diary)
		}
		if n := len(w.platform.sent()); n != 1 {
			t.Errorf("%d messages; %s", n, w.diary)
		}
	})
}

// A vendor would take a first phase for the whole.
func TestNoPhaseIsSentToAPlatformThatSettlesInOneCall(t *testing.T) {
	playPlain(t, func(w *world) {
		if _, err := w.preSettle(bills{no: "S-1"}, time.Second); !errors.Is(err, txn.ErrInvalid) || len(w.platform.sent()) != 0 {
			t.Errorf("%v; %s", err, w.diary)
		}
	})
}

func TestWhatWasSettledInOneCallHasANumberOrIsUnknown(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on(whole, data(``))
		if s := w.settle("S-1"); s.State != txn.Unknown || s.Desk != txn.ReasonNoAnswer {
			t.Errorf("%+v", s)
		}
	})
}

func TestASettlementInOneCallWhoseAnswerIsLostWaitsForAPersonAndIsNeverSentAgain(t *testing.T) {
	for _, answer := range []reply{lost, vague("100001", "超时"), data(``)} {
		playPlain(t, func(w *world) {
			w.platform.on(whole, answer)
			if s := w.settle("S-1"); s.State != txn.Unknown || s.Desk != txn.ReasonNoAnswer {
				t.Errorf("%+v", s)
			}
			w.restart()
			w.pass(time.Hour)
			if _, err := w.core.Retry(w.t.Context(), onetrans.TransSettle, "S-1", "clerk"); err != nil {
				t.Error(err)
			}
			if n := len(w.platform.sent()); n != 1 {
				t.Errorf("%d messages; %s", n, w.diary)
			}
			if s := w.settle("S-1"); s.State != txn.Unknown || s.Desk != txn.ReasonNoAnswer || len(w.platform.sent()) != 1 {
				t.Errorf("repeated by its caller: %+v", s)
			}
			var doubt *txn.InDoubtError
			if _, err := w.core.Settle(w.t.Context(), bills{no: "S-2"}.request()); !errors.As(err, &doubt) || doubt.No != "S-1" {
				t.Errorf("another of the same person: %v", err)
			}
		})
	}
}

func TestAPersonSaysWhatBecameOfASettlementInOneCall(t *testing.T) {
	for verdict, want := range map[txn.Verdict]string{txn.VerdictDone: string(txn.Succ), txn.VerdictFailed: string(txn.Abandoned)} {
		playPlain(t, func(w *world) {
			w.platform.on(whole, lost)
			w.settle("S-1")
			word := txn.Word{Verdict: verdict, By: "clerk", Why: "called the vendor"}
			_, err := w.core.Decide(w.t.Context(), onetrans.TransSettle, "S-1", word)
			if early := (*txn.TooEarlyError)(nil); verdict == txn.VerdictFailed {
				if !errors.As(err, &early) {
					t.Fatalf("what was sent may still arrive: %v", err)
				}
				w.pass(time.Until(early.Until))
				_, err = w.core.Decide(w.t.Context(), onetrans.TransSettle, "S-1", word)
			}
			if got := w.tradeOf(onetrans.TransSettle, "S-1").At(); err != nil || string(got) != want {
				t.Errorf("%s: %s, %v", verdict, got, err)
			}
		})
	}
}

// A settlement in phases is still not settled by a word alone.
func TestAPersonCantSayThatASettlementIsDoneWhoseFirstPhaseIsUnknown(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("pre", lost)
		if _, err := w.preSettle(bills{no: "S-1"}, time.Second); err != nil {
			t.Fatal(err)
		}
		_, err := w.core.Decide(w.t.Context(), onetrans.TransSettle, "S-1", txn.Word{Verdict: txn.VerdictDone, By: "clerk", Why: "x"})
		if !errors.Is(err, txn.ErrVerdict) {
			t.Errorf("%v", err)
		}
	})
}

func TestAPlatformWithoutPhasesSeesToTheShareOfACancellationItself(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on("cancel", cancelledShare("30.00"))
		if s := w.cancel("S1", time.Minute); s.State != txn.Succ || s.RefundNo != "" {
			t.Errorf("%+v", s)
		}
		w.pass(time.Hour)
		if n := len(w.platform.sent()); n != 1 {
			t.Errorf("%d messages; %s", n, w.diary)
		}
	})
}

func TestACancellationWhoseAnswerIsLostWaitsForAPersonWhereItCantBeRepeated(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on("cancel", lost)
		if s := w.cancel("S1", time.Minute); s.State != txn.Unknown || s.Desk != txn.ReasonNoAnswer {
			t.Errorf("%+v", s)
		}
		w.pass(time.Hour)
		w.cancel("S1", time.Minute)
		if n := len(w.platform.sent()); n != 1 {
			t.Errorf("%d messages; %s", n, w.diary)
		}
	})
}

// The code is kept for people, and the trade is asked for.
func TestACodeThatProvesNothingLeavesTheOutcomeUnknown(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on("recharge", vague("100001", "超时"))
		w.platform.on("query", lost, says("succ"))
		s := w.begin(in{no: "1", noCode: true}, 100*time.Millisecond)
		if s.Trade.At() != txn.Unknown || s.Trade.Progress.RefusedWith != "100001" || s.Trade.Progress.RefusedWords != "超时" {
			t.Errorf("%+v", s.Trade.Progress)
		}
		w.pass(time.Minute)
		w.mustBe("1", txn.Succ)
	})
}

// A number that comes again might be a second charge, with a second page to pay on.
func TestAChargeIsNotSentAgainWhereItsNumberMightBeTakenTwice(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, time.Minute)
		w.begin(in{no: "1"}, time.Minute)
		w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, time.Minute)
		w.pass(time.Hour)
		if n := len(w.platform.times("recharge", time.Time{})); n != 1 {
			t.Errorf("sent %d times; %s", n, w.diary)
		}
		if tr := w.trade("1"); tr.At() != txn.Unknown || tr.Progress.Desk != txn.ReasonNeverArrived {
			t.Errorf("%s, desk %q", tr.At(), tr.Progress.Desk)
		}
	})
}

// A code that is shown for an order that is unpaid would be another send of its number.
func TestAnUnpaidOrderIsNotSentAgainWithACodeWhereItsNumberMightBeTakenTwice(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on("recharge", says("init"))
		w.platform.on("query", says("init"))
		w.begin(in{no: "1", noCode: true}, time.Minute)
		w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, time.Minute)
		if n := len(w.platform.times("recharge", time.Time{})); n != 1 {
			t.Errorf("sent %d times; %s", n, w.diary)
		}
	})
}

// Leaving a page closes nothing there: what can be paid stays open until it is final.
func TestLeavingAnOrderThatCantBeClosedLeavesItOpenUntilItIsFinal(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on("recharge", says("init"))
		w.platform.on("query", says("init"))
		w.begin(in{no: "1", noCode: true}, time.Second)
		ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
		defer cancel()
		if s, err := w.core.CloseOrder(ctx, "1"); err != nil || s.Trade.Final() {
			t.Errorf("%v, %v", s.Trade.At(), err)
		}
		w.platform.on("query", says("succ"))
		w.pass(time.Minute)
		w.mustBe("1", txn.Succ)
		if n := len(w.platform.times("close", time.Time{})); n != 0 {
			t.Errorf("%d closes", n)
		}
	})
}

// Whoever gave the screen to a page of the platform's own has it back when that page is
// over: what it did not say is asked for in the background, under the same number.
func TestWhatAPageOfThePlatformsOwnDidNotProveIsAskedForBehindItsCaller(t *testing.T) {
	playPlain(t, func(w *world) {
		w.platform.on("recharge", lost)
		begun := time.Now()
		status := w.begin(in{no: "1", noCode: true}, time.Hour)
		if took := time.Since(begun); took > time.Second || status.Trade.Final() || status.Trade.At() == txn.NotSent {
			t.Fatalf("%s after %v; %s", status.Trade.At(), took, w.diary)
		}
		w.platform.on("query", data(`"result":"succ","chargeNo":"C1","traceNo":"T1"`))
		w.pass(time.Minute)
		w.mustBe("1", txn.Succ)
	})
}
