package txn_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

func TestAWrongTraceNumberIsNobodysWord(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered) // T1
		w.platform.on("query", data(`"result":"succ","traceNo":"T2"`))
		w.begin(in{no: "1"}, time.Minute)
		w.pass(time.Minute)
		w.mustBe("1", txn.Pending)
		if _, err := w.query(`"outTradeNo":"1"`); !errors.Is(err, platform.ErrNoAnswer) {
			t.Errorf("a caller hears it: %v", err)
		}
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`))
		w.pass(time.Minute)
		w.mustBe("1", txn.Succ)
	})
}

func TestACallersQuery(t *testing.T) {
	tests := map[string]struct {
		numbers, answer string
		want            string
	}{
		"not found yet":                       {`"outTradeNo":"1"`, `"result":"notfound"`, "ing"},
		"a word nobody knows":                 {`"outTradeNo":"1"`, `"result":"weird"`, "ing"},
		"no word":                             {`"outTradeNo":"1"`, `"channel":""`, "ing"},
		"open":                                {`"outTradeNo":"1"`, `"result":"init"`, "init"},
		"being credited":                      {`"outTradeNo":"1"`, `"result":"exp"`, "exp"},
		"paid":                                {`"outTradeNo":"1"`, `"result":"succ"`, "succ"},
		"failed, which is final":              {`"outTradeNo":"1"`, `"result":"fail"`, "fail"},
		"closed, which is final":              {`"outTradeNo":"1"`, `"result":"closed"`, "closed"},
		"a trace number nobody can check":     {`"outTradeNo":"1","traceNo":"T9"`, `"result":"notfound"`, "ing"},
		"another's outcome under our number":  {`"outTradeNo":"1","traceNo":"T9"`, `"result":"fail"`, "ing"},
		"a trade that is not in this journal": {`"outTradeNo":"9"`, `"result":"notfound"`, "notfound"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("recharge", lost)
				w.platform.on("query", lost)
				w.begin(in{no: "1", noCode: true}, time.Second)
				w.core.Close() // the polling is no part of this
				w.platform.on("query", data(test.answer+`,"resultDesc":"平台所说"`))
				answer, err := w.query(test.numbers)
				if err != nil {
					t.Fatal(err)
				}
				var out onetrans.QueryOut
				if err := onetrans.UnmarshalData(answer.Data, &out); err != nil || out.Result.String() != test.want {
					t.Errorf("%q %v, want %q", out.Result, err, test.want)
				}
				// Whose result is ours, the words are too: a cashier reads them.
				own := strings.Contains(test.answer, test.want)
				if said := out.ResultDesc.String(); own != (said == "平台所说") || !own && said != onetrans.Result(test.want).Words() {
					t.Errorf("%s is said as %q", test.want, said)
				}
				if strings.Contains(name, "another's") {
					w.mustBe("1", txn.Unknown)
				}
			})
		})
	}
	play(t, func(w *world) { // by its trace number alone
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`))
		w.query(`"traceNo":"T1"`)
		w.mustBe("1", txn.Succ)
	})
}

// That a question could not be put says nothing of the trade that it was about.
func TestACallersQueryThatIsNotPut(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", notSent)
		w.begin(in{no: "1"}, time.Second)
		if _, err := w.query(`"outTradeNo":"1"`); !errors.Is(err, platform.ErrNoAnswer) || errors.Is(err, platform.ErrNotSent) {
			t.Errorf("the open trade: %v", err)
		}
		if _, err := w.query(`"outTradeNo":"9"`); !errors.Is(err, platform.ErrNotSent) {
			t.Errorf("one that is not in this journal: %v", err)
		}
	})
	play(t, func(w *world) { // somebody else asks all the time
		w.platform.on("recharge", ordered)
		w.platform.on("query", mute)
		w.begin(in{no: "1"}, time.Second)
		w.pass(time.Second)
		ctx, cancel := context.WithTimeout(w.t.Context(), time.Second)
		defer cancel()
		if _, err := w.core.Query(ctx, query(onetrans.TransRecharge, `"outTradeNo":"1"`)); !errors.Is(err, platform.ErrNoAnswer) || errors.Is(err, platform.ErrNotSent) {
			t.Errorf("while another asks: %v", err)
		}
	})
}

// A caller's query finds what is not sent any more as the platform has it.
func TestWhatLeftTheQueueIsNotIng(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", notSent)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, time.Second)
		answer, err := w.query(`"outTradeNo":"1"`)
		if err != nil || !strings.Contains(string(answer.Data), "notfound") {
			t.Errorf("%s %v", answer.Data, err)
		}
	})
}

func TestTheJournalKnowsForWhichAccountATradeWas(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		w.platform.on("recharge", lost)
		w.platform.on("query", lost)
		w.begin(in{no: "2", account: "01"}, time.Second)
		w.platform.on("refund", refundSays("R1", "succ"))
		w.giveBack(aRefund, time.Second)
		for asked, want := range map[[2]string]string{
			{onetrans.TransRecharge, `"outTradeNo":"1"`}: "02",
			{onetrans.TransRecharge, `"traceNo":"T1"`}:   "02",
			{onetrans.TransRecharge, `"outTradeNo":"2"`}: "01",
			{onetrans.TransRefund, `"outTradeNo":"R1"`}:  "02",
			{onetrans.TransRefund, `"outTradeNo":"1"`}:   "",
			{onetrans.TransRecharge, `"outTradeNo":"9"`}: "",
		} {
			if got, err := w.core.AccountOf(query(asked[0], asked[1]).In); got != want || err != nil {
				t.Errorf("%s: %q %v", asked, got, err)
			}
		}
		w.journal.failGet = errDisk
		if _, err := w.core.AccountOf(query(onetrans.TransRecharge, `"outTradeNo":"9"`).In); !errors.Is(err, txn.ErrJournal) {
			t.Error(err)
		}
	})
}

// What goes wrong in this journal while a query is answered is in the log.
func TestAFaultOfAQueryIsInTheLog(t *testing.T) {
	for fault, breaks := range map[string]func(w *world){
		"":                               func(*world) {},
		"looking for what was asked for": func(w *world) { w.journal.failGet = errDisk },
		"passing on what became of a trade": func(w *world) {
			w.journal.set(func(e txn.Entry) error {
				if e.Event == "passed on" {
					return errDisk
				}
				return nil
			})
		},
	} {
		play(t, func(w *world) {
			w.platform.on("recharge", ordered)
			w.platform.on("query", says("init"))
			w.begin(in{no: "1"}, time.Second)
			w.paid()
			breaks(w)
			w.query(`"outTradeNo":"1"`)
			if wrong := strings.Contains(w.log.String(), `"level":"ERROR"`); wrong != (fault != "") || !strings.Contains(w.log.String(), fault) {
				t.Errorf("%q: %s", fault, w.log)
			}
		})
	}
	for _, fails := range []bool{false, true} { // a repeat hears it, too
		play(t, func(w *world) {
			w.platform.on("recharge", ordered)
			w.platform.on("query", says("init"))
			w.begin(in{no: "1"}, time.Second)
			w.paid()
			w.journal.set(func(txn.Entry) error {
				if fails {
					return errDisk
				}
				return nil
			})
			if s := w.begin(in{no: "1"}, time.Second); s.Trade.At() != txn.Succ || strings.Contains(w.log.String(), "passing on") != fails {
				t.Errorf("%q; %s", s.Trade.At(), w.log)
			}
		})
	}
}

// A caller may name any kind of trade, also one that no query is about: what the
// answer says proves nothing of it.
func TestAQueryThatNamesAKindThatIsNeverAskedForProvesNothing(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("cancel", lost)
		w.platform.on("query", data(`"result":"fail"`))
		w.cancel("S1", time.Second)
		answer, err := w.core.Query(w.t.Context(), query(onetrans.TransSettleCancel, `"outTradeNo":"S1"`))
		if err != nil || !strings.Contains(string(answer.Data), `"ing"`) {
			t.Errorf("%s, %v", answer.Data, err)
		}
		if at := w.tradeOf(onetrans.TransSettleCancel, "S1").At(); at != txn.Unknown {
			t.Errorf("it is %s", at)
		}
	})
}
