package txn_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// codesSent are the payment codes of the orders that went out, in their order.
func (w *world) codesSent() (codes []string) {
	w.t.Helper()
	for _, c := range w.platform.sent() {
		if c.kind != "recharge" {
			continue
		}
		var in onetrans.RechargeIn
		if err := onetrans.UnmarshalData(c.request.Data, &in); err != nil {
			w.t.Fatal(err)
		}
		codes = append(codes, in.Extra.Value.AuthCode.String())
	}
	return codes
}

// The first code may be charged already: a second one would be, too.
func TestARepeatsCodeDoesNotReplaceTheOneThatWasSent(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", lost)
		w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, time.Second)
		again := in{no: "1", deposit: onetrans.DepositWeChat}.request()
		again.In.Extra.Value.AuthCode = onetrans.T("139999999999999999")
		w.platform.on("query", says("notfound"))
		w.platform.on("recharge", says("succ"))
		if _, err := w.core.Recharge(w.t.Context(), again); err != nil {
			t.Fatal(err)
		}
		w.mustBe("1", txn.Succ)
		if got := w.codesSent(); len(got) != 2 || got[0] != authCode || got[1] != authCode {
			t.Errorf("sent %q", got)
		}
	})
}

// An order's time may be over, and a code for it on its way.
func TestNotFoundWaitsForTheLastSendToArrive(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered, lost) // five minutes
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		w.pass(6*time.Minute + 30*time.Second)
		w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, time.Second)
		if n := w.count("send recharge"); n != 2 {
			t.Fatalf("sent %d times", n)
		}
		w.platform.on("query", says("notfound"))
		w.pass(txn.ArrivalMargin - 10*time.Second) // the order's own margin is long over
		w.mustBe("1", txn.Pending)
		w.pass(time.Minute)
		w.mustBe("1", txn.NotFound)
	})
}

func TestAnOrdersTimeIsBounded(t *testing.T) {
	for name, test := range map[string]struct {
		after time.Duration
		taken bool
	}{
		"a day": {24 * time.Hour, true}, "at this moment": {0, true}, "more than a day": {24*time.Hour + time.Second, false}, "in the past": {-time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				expire := onetrans.FormatTime(time.Now().Add(test.after))
				w.platform.on("recharge", data(fmt.Sprintf(`"result":"init","qrcode":"Q","traceNo":"T1","expireTime":%q`, expire)))
				at := w.begin(in{no: "1"}, time.Second).Trade.Progress.ExpireAt
				if at.IsZero() == test.taken {
					t.Errorf("it closes at %v", at)
				}
			})
		})
	}
}

func TestARefundThatIsUnderWayTakesOfWhatWasPaid(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1") // 200.00
		w.platform.on("refund", refundSays("R1", "ing"))
		w.platform.on("query", refundSays("R1", "ing"))
		w.giveBack(back{no: "R1", amount: "120", charge: "1"}, time.Second)
		w.refundMustBe("R1", txn.Pending)
		for _, name := range []back{{no: "R2", amount: "80.01", charge: "1"}, {no: "R2", amount: "80.01", trace: "T1"}} {
			if _, err := w.refund(name, time.Second); !errors.Is(err, txn.ErrExceeds) || w.count("send refund") != 1 {
				t.Errorf("%+v: %v", name, err)
			}
		}
	})
}

// What could not be written is true for nobody.
func TestAStepThatCouldNotBeWrittenIsNotTold(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		statuses, end, err := w.core.Watch("1")
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		w.journal.set(func(txn.Entry) error { return errDisk })
		w.platform.on("query", says("succ"))
		status, err := w.core.Check(w.t.Context(), "1")
		if status.Trade.At() != txn.Pending || !errors.Is(err, txn.ErrJournal) {
			t.Errorf("checked: %q %v", status.Trade.At(), err)
		}
		if again := w.begin(in{no: "1"}, time.Second); again.Trade.At() != txn.Pending {
			t.Errorf("repeated: %q", again.Trade.At())
		}
		if watched := <-statuses; watched.Trade.At() != txn.Pending {
			t.Errorf("watched: %q", watched.Trade.At())
		}
		w.journal.set(nil)
		w.pass(time.Minute)
		w.mustBe("1", txn.Succ)
	})
}

// What the platform said of the first way is nothing that the second has.
func TestAnotherWayHasAnAnswerOfItsOwn(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", data(`"outRefundNo":"R1","result":"fail","traceNo":"B1","chargeNo":"C1","tradeMode":"WX","more":"old"`), lost)
		w.platform.on("query", refundSays("R1", "fail"))
		w.giveBack(aRefund, time.Second)
		w.platform.on("query", holds(0, lostAfter(refundSays("R1", "fail"), 1)))
		w.giveBack(back{no: "R1", amount: "50", charge: "1", mode: onetrans.WithdrawCash}, time.Second)
		if p := w.tradeOf(onetrans.TransRefund, "R1").Progress; p.TraceNo+p.ChargeNo+p.Channel+p.Answer+string(p.Result) != "" {
			t.Errorf("%+v", p)
		}
	})
}

// lostAfter answers so often, and then no more.
func lostAfter(first reply, times int) reply {
	return func(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
		if times--; times < 0 {
			return lost(ctx, request)
		}
		return first(ctx, request)
	}
}
