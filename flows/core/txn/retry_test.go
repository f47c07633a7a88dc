package txn_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// sends are when the refund was sent in the given time, on a platform that has
// never heard of it.
func sends(t *testing.T, seed byte, long time.Duration, also func(w *world)) (times []time.Duration) {
	play(t, func(w *world) {
		w.options.Random = rand.NewChaCha8([32]byte{seed})
		w.restart()
		w.platform.on("refund", lost)
		w.platform.on("query", refundSays("R1", "notfound"))
		start := time.Now()
		w.giveBack(aRefund, time.Second)
		if also != nil {
			also(w)
		}
		w.pass(long)
		w.refundMustBe("R1", txn.Unknown)
		times = w.platform.times("refund", start)
	})
	return times
}

func TestARefundIsRetriedEverMoreSeldomAndNeverGivenUp(t *testing.T) {
	times := sends(t, 1, 24*time.Hour, nil)
	var gaps []time.Duration
	for i := 1; i < len(times); i++ {
		gaps = append(gaps, times[i]-times[i-1])
	}
	if len(gaps) < 24*6 || len(gaps) > 24*8+20 {
		t.Fatalf("sent %d times in a day", len(gaps))
	}
	for i, pause := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 10 * time.Minute} {
		if gap := gaps[3+i]; gap < pause*3/4 || gap > pause+time.Second {
			t.Errorf("pause %d is %v, want three quarters of %v at least", i, gap, pause)
		}
	}
	if longest := slices.Max(gaps); longest > 10*time.Minute+time.Second {
		t.Errorf("the longest pause is %v", longest)
	}
	if again := sends(t, 1, 2*time.Hour, nil); !slices.Equal(times[:len(again)], again) {
		t.Error("the same randomness, another course")
	}
	if other := sends(t, 2, 2*time.Hour, nil); slices.Equal(times[:len(other)], other) {
		t.Error("two terminals come back to the platform at once")
	}
}

// Its pause is durable: a terminal that is started again and again is no
// reason to send more often.
func TestARestartDoesNotHurryARetry(t *testing.T) {
	times := sends(t, 1, time.Minute, func(w *world) {
		w.pass(30 * time.Minute)
		before, next := w.count("send refund"), w.tradeOf(onetrans.TransRefund, "R1")
		waits := next.Waits()
		if waits.For != txn.ForResend || time.Until(waits.Until) < 0 || time.Until(waits.Until) > 10*time.Minute {
			t.Fatalf("%+v at %v", waits, time.Now())
		}
		for time.Until(waits.Until) > 2*time.Second {
			w.restart()
			w.pass(time.Second)
		}
		if n := w.count("send refund"); n != before {
			t.Errorf("sent %d times before its time", n-before)
		}
		w.pass(time.Until(waits.Until) + time.Second)
		if n := w.count("send refund"); n != before+1 {
			t.Errorf("sent %d times at its time", n-before)
		}
	})
	if len(times) == 0 {
		t.Error("nothing was sent")
	}
}

func TestWhatATradeWaitsFor(t *testing.T) {
	refund := func(mode, result string) func(w *world) txn.Trade {
		return func(w *world) txn.Trade {
			w.platform.on("refund", refundSays("R1", result))
			w.platform.on("query", refundSays("R1", result))
			return w.giveBack(back{no: "R1", amount: "1", charge: "1", mode: mode}, time.Second).Trade
		}
	}
	for name, test := range map[string]struct {
		of   func(w *world) txn.Trade
		want txn.WaitsFor
	}{
		"an order": {func(w *world) txn.Trade {
			w.platform.on("recharge", ordered)
			return w.begin(in{no: "1"}, time.Second).Trade
		}, txn.ForPayment},
		"an order being credited": {func(w *world) txn.Trade {
			w.platform.on("recharge", says("exp"))
			return w.begin(in{no: "1"}, time.Second).Trade
		}, txn.ForPlatform},
		"an unknown order": {func(w *world) txn.Trade {
			w.platform.on("recharge", lost)
			return w.begin(in{no: "1"}, time.Second).Trade
		}, txn.ForAnswer},
		"what is paid":             {func(w *world) txn.Trade { w.charged("1"); return w.trade("1") }, txn.ForNothing},
		"a refund the same way":    {refund(onetrans.WithdrawOriginal, "ing"), txn.ForPlatform},
		"a transfer":               {refund(onetrans.WithdrawTransfer, "ing"), txn.ForTransfer},
		"a transfer to a unit":     {refund(onetrans.WithdrawUnit, "ing"), txn.ForTransfer},
		"cash":                     {refund(onetrans.WithdrawCash, "ing"), txn.ForCashier},
		"a refund that was closed": {refund(onetrans.WithdrawOriginal, "closed"), txn.ForPerson},
		"a bill to be paid":        {func(w *world) txn.Trade { w.ordered("S"); return w.tradeOf(onetrans.TransSettle, "S") }, txn.ForPayment},
		"a share on its way": {func(w *world) txn.Trade {
			w.canReturn()
			w.platform.on("cancel", cancelledShare("30.00"))
			w.platform.on("refund", says("ing"))
			w.cancel("S1", time.Second)
			return w.tradeOf(onetrans.TransSettleCancel, "S1")
		}, txn.ForRefund},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				if got := test.of(w).Waits(); got.For != test.want {
					t.Errorf("%+v, want %q", got, test.want)
				}
			})
		})
	}
}
