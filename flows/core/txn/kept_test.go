package txn_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// mustKeep: this is in what is kept of the platform's answers.
func mustKeep(t *testing.T, trade txn.Trade, members ...string) {
	t.Helper()
	for _, member := range members {
		if !strings.Contains(trade.Progress.Answer, member) {
			t.Errorf("%s is not in %s", member, trade.Progress.Answer)
		}
	}
}

func TestWhatThePlatformAnsweredIsKeptWithTheTrade(t *testing.T) {
	const more = `,"origTraceNo":"O1","origTraceTime":"20260102030405","tradeMode":"WX","refundCount":"2","canRrefundAmt":"7.00","card_sn":{"n":[1,2.50]},"extra":{"externalNo":"E1","ours":"x"}`
	want := []string{
		`"origTraceNo":"O1"`, `"origTraceTime":"20260102030405"`, `"tradeMode":"WX"`, `"refundCount":"2"`,
		`"canRrefundAmt":"7.00"`, `"card_sn":{"n":[1,2.50]}`, `"externalNo":"E1"`, `"ours":"x"`,
	}
	for name, answers := range map[string]struct{ first, asked reply }{
		"by the answer":       {data(`"outRefundNo":"R1","result":"succ"` + more), lost},
		"recovered by asking": {lost, data(`"outRefundNo":"R1","result":"succ"` + more)},
		"by both":             {data(`"outRefundNo":"R1","result":"ing"` + more), refundSays("R1", "succ")},
		"by both, in halves": {
			data(`"outRefundNo":"R1","result":"ing","extra":"{\"externalNo\":\"E1\"}"`),
			data(`"outRefundNo":"R1","result":"succ"` + strings.Replace(more, `"externalNo":"E1",`, "", 1)),
		},
	} {
		t.Run("a refund, "+name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("refund", answers.first)
				w.platform.on("query", answers.asked)
				w.giveBack(aRefund, 10*time.Second)
				w.pass(10 * time.Second)
				w.restart()
				w.refundMustBe("R1", txn.Succ)
				mustKeep(t, w.tradeOf(onetrans.TransRefund, "R1"), want...)
			})
		})
	}
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`+more))
		w.begin(in{no: "1"}, 10*time.Second)
		mustKeep(t, w.trade("1"), want...)
	})
}

func TestWhatIsKeptIsBoundedAndHoldsNothingThatPays(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", data(fmt.Sprintf(
			`"result":"succ","traceNo":"T1","qrcode":"https://pay/1","payAppSecret":%q,"huge":%q,"note":"N","extra":{"BankCardNo":"6222021234567890123","authCode":%q}`,
			payKey, strings.Repeat("x", 20000), authCode)))
		w.begin(in{no: "1"}, time.Second)
		kept := w.trade("1").Progress.Answer
		if len(kept) > 6000 || !strings.Contains(kept, `"note":"N"`) || !strings.Contains(kept, "622**************23") {
			t.Errorf("%d bytes: %.200s", len(kept), kept)
		}
		for _, secret := range []string{payKey, authCode, "https://pay", "6222021234567890123"} {
			if strings.Contains(kept, secret) {
				t.Errorf("%q is in it", secret)
			}
		}
	})
}

// A platform that says the same with other times and counts each time does not
// fill the journal.
func TestWhatIsToldAgainIsNotWrittenAgain(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", refundSays("R1", "ing"))
		w.platform.on("query", holds(0, func(ctx context.Context, r onetrans.Request) (onetrans.Answer, error) {
			return data(fmt.Sprintf(`"outRefundNo":"R1","result":"ing","asked":%q`, time.Now()))(ctx, r)
		}))
		w.giveBack(aRefund, time.Second)
		w.pass(time.Hour)
		if n := w.count("journal told ing"); n > 2 {
			t.Errorf("written %d times", n)
		}
	})
}

// What just fits is kept whole.
func TestAnAnswerIsKeptUpToTheBound(t *testing.T) {
	const frame = len(`{"note":"","result":"succ"}`)
	for size, whole := range map[int]bool{6000: true, 6001: false} {
		play(t, func(w *world) {
			w.platform.on("recharge", data(fmt.Sprintf(`"result":"succ","note":%q`, strings.Repeat("x", size-frame))))
			w.begin(in{no: "1"}, time.Second)
			if kept := w.trade("1").Progress.Answer; (len(kept) == size) != whole || len(kept) > 6000 {
				t.Errorf("%d bytes of %d", len(kept), size)
			}
		})
	}
}
