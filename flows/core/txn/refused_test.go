package txn_test

import (
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// refusesSaying is a platform that says why.
func refusesSaying(code, words string) reply { return answerOf(code, words, "{}") }

// What a platform said when it refused is kept with the trade, cleaned, as long
// as the refusal counts.
func TestTheWordsOfARefusalAreKept(t *testing.T) {
	const said, kept = "该卡有\u202e未完成\r\n的结算：HH4 \x1b[31m", "该卡有未完成 的结算：HH4 [31m"
	refusal := refusesSaying("610003", said)
	for name, c := range map[string]struct {
		kind, no string
		do       func(w *world)
	}{
		"a recharge": {onetrans.TransRecharge, "1", func(w *world) {
			w.platform.on("recharge", refusal)
			w.begin(in{no: "1"}, time.Minute)
		}},
		"a recharge that may have arrived before": {onetrans.TransRecharge, "1", func(w *world) {
			w.platform.on("recharge", lost, refusal)
			w.platform.on("query", says("notfound"))
			w.begin(in{no: "1"}, time.Minute)
		}},
		"a code for an order that is there": {onetrans.TransRecharge, "1", func(w *world) {
			w.platform.on("recharge", ordered, refusal)
			w.platform.on("query", says("init"))
			w.begin(in{no: "1"}, time.Second)
			w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, time.Second)
		}},
		"a refund": {onetrans.TransRefund, "R1", func(w *world) {
			w.platform.on("refund", refusal)
			w.giveBack(aRefund, time.Minute)
		}},
		"a pre-settlement": {onetrans.TransSettle, "S", func(w *world) {
			w.platform.on("pre", refusal)
			if s, err := w.preSettle(bills{no: "S"}, time.Minute); err != nil || s.RefusedWords != kept {
				w.t.Errorf("told %+v, %v", s, err)
			}
		}},
		"a confirmation": {onetrans.TransSettle, "S", func(w *world) {
			w.ordered("S")
			w.platform.on("confirm", refusal)
			w.platform.on("query", says("succ"))
			w.pass(time.Minute)
		}},
		"a cancellation": {onetrans.TransSettleCancel, "S1", func(w *world) {
			w.platform.on("cancel", refusal)
			if s := w.cancel("S1", time.Minute); s.RefusedWords != kept {
				w.t.Errorf("told %+v", s)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				c.do(w)
				if p := w.tradeOf(c.kind, c.no).Progress; p.RefusedWith != "610003" || p.RefusedWords != kept {
					t.Errorf("kept as %s %q", p.RefusedWith, p.RefusedWords)
				}
				if strings.Contains(w.log.String(), "HH4") {
					t.Error("they may name a person, and are logged")
				}
			})
		})
	}
	play(t, func(w *world) { // and no longer
		w.platform.on("recharge", lost, refusal)
		w.platform.on("query", says("notfound"), says("succ"))
		if p := w.begin(in{no: "1"}, time.Minute).Trade.Progress; p.State != txn.Succ || p.RefusedWith != "" || p.RefusedWords != "" {
			t.Errorf("%+v", p)
		}
	})
	play(t, func(w *world) { // nor there
		w.platform.on("refund", refusal, says("succ"))
		w.giveBack(aRefund, time.Minute)
		w.giveBack(aRefund, time.Minute)
		if p := w.tradeOf(onetrans.TransRefund, "R1").Progress; p.State != txn.Succ || p.RefusedWith != "" || p.RefusedWords != "" {
			t.Errorf("%+v", p)
		}
	})
}

// Where it is the refund that undoes a trade that is refused, that is why the
// trade waits for a person.
func TestWhyTheRefundThatUndoesATradeIsRefusedIsKept(t *testing.T) {
	refusal := refusesSaying("610006", "原交易已全部退款")
	want := txn.Refusal{With: "610006", Words: "原交易已全部退款"}
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("confirm", refusesSaying("610007", "医保结算被拒绝"))
		w.platform.on("query", says("succ"), lost)
		w.platform.on("refund", refusal)
		w.pass(10 * time.Second)
		if got := w.tradeOf(onetrans.TransSettle, "S"); got.Refusal() != want || got.Progress.RefusedWith != "610007" {
			t.Errorf("%+v", got.Progress)
		}
	})
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", refusal)
		s := w.cancel("S1", time.Minute)
		if got := w.tradeOf(onetrans.TransSettleCancel, "S1").Refusal(); got != want || s.RefusedWith != want.With || s.RefusedWords != want.Words {
			t.Errorf("%+v, told %+v", got, s)
		}
		w.platform.on("query", refundSays("XS1", "succ"))
		w.pass(10 * time.Minute)
		if got := w.tradeOf(onetrans.TransSettleCancel, "S1"); got.At() != txn.Succ || got.Refusal().With != "" {
			t.Errorf("%+v", got.Progress)
		}
	})
}

// A refusal that a platform words anew each time is written once.
func TestTheSameRefusalInOtherWordsIsNoNews(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		var replies []reply
		for second := range 60 {
			replies = append(replies, refusesSaying("610099", time.Unix(int64(second), 0).String()))
		}
		w.platform.on("confirm", replies...)
		w.platform.on("query", says("succ"))
		w.pass(5 * time.Minute)
		if sent, written := w.count("send confirm"), w.count("journal refused"); sent < 10 || written != 1 {
			t.Errorf("sent %d times, refused %d times in the journal", sent, written)
		}
	})
}
