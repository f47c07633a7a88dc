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
	"onetrans/flows/message/platform"
)

// asks is HIS's own query for a trade: its result, or the error that it hears.
func (w *world) asks(kind, numbers string) (string, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	answer, err := w.core.Query(ctx, query(kind, numbers))
	if err != nil {
		return "", err
	}
	var out onetrans.QueryOut
	if err := onetrans.UnmarshalData(answer.Data, &out); err != nil {
		w.t.Fatal(err)
	}
	return out.Result.String(), nil
}

// mustHearProven: the caller hears that it is not known, and what was proven.
func mustHearProven(t *testing.T, err error, want onetrans.Result) {
	t.Helper()
	proven, ok := errors.AsType[*txn.ProvenError](err)
	if !ok || !errors.Is(err, platform.ErrNoAnswer) || proven.Result != want {
		t.Errorf("heard %v, want 600008 with %q", err, want)
	}
}

func TestAQueryForWhatIsFinalIsAnsweredWithWhatWasProven(t *testing.T) {
	finals := map[flow.State]reply{txn.Succ: says("succ"), txn.Fail: says("fail"), txn.Closed: says("closed")}
	for final, first := range finals {
		for _, word := range []string{"init", "succ", "fail", "exp", "ing", "closed", "notfound"} {
			t.Run(string(final)+", then told "+word, func(t *testing.T) {
				play(t, func(w *world) {
					w.platform.on("recharge", first)
					w.begin(in{no: "1"}, time.Second)
					w.platform.on("query", says(word))
					said, err := w.asks(onetrans.TransRecharge, `"outTradeNo":"1"`)
					if word == string(final) || final == txn.Closed && word == "notfound" {
						if said != string(final) || err != nil {
							t.Errorf("%q %v", said, err)
						}
						return
					}
					mustHearProven(t, err, onetrans.Result(final))
					if desk, err := w.core.Desk(); err != nil || len(desk) != 1 || desk[0].Trade.Order.No != "1" {
						t.Errorf("the desk: %v %v", desk, err)
					}
				})
			})
		}
	}
	t.Run("the platform is silent", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("query", lost)
			_, err := w.asks(onetrans.TransRecharge, `"outTradeNo":"1"`)
			mustHearProven(t, err, onetrans.ResultSucc)
		})
	})
	t.Run("the platform refuses to say", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("query", refuses("610099"))
			_, err := w.asks(onetrans.TransRecharge, `"outTradeNo":"1"`)
			mustHearProven(t, err, onetrans.ResultSucc)
		})
	})
	t.Run("it speaks of another trade", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("query", data(`"result":"succ","traceNo":"T9"`))
			_, err := w.asks(onetrans.TransRecharge, `"outTradeNo":"1"`)
			mustHearProven(t, err, onetrans.ResultSucc)
		})
	})
	t.Run("it gives no result", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("query", data(`"balance":"1.00"`))
			if said, err := w.asks(onetrans.TransRecharge, `"outTradeNo":"1"`); said != "succ" || err != nil {
				t.Errorf("%q %v", said, err)
			}
		})
	})
}

// A charge that the platform has taken back is in doubt until a person has seen to it.
func TestALikeChargeOfOneThatWasTakenBackAsksFirst(t *testing.T) {
	for name, first := range map[string]struct {
		is   reply
		then string
	}{"it was paid": {says("succ"), "notfound"}, "it had failed": {says("fail"), "succ"}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("recharge", first.is, ordered)
				w.begin(in{no: "1"}, time.Second)
				w.platform.on("query", says(first.then))
				_, err := w.asks(onetrans.TransRecharge, `"outTradeNo":"1"`)
				if err == nil {
					t.Fatal("nothing was taken back")
				}
				inDoubt := func() {
					t.Helper()
					_, err := w.recharge(in{no: "2"}, time.Second)
					if doubt, ok := errors.AsType[*txn.InDoubtError](err); !ok || doubt.No != "1" || w.count("send recharge") != 1 {
						t.Fatalf("%v; %s", err, w.diary)
					}
				}
				inDoubt()
				w.restart()
				inDoubt()
				// Others are not like it.
				for _, other := range []in{{no: "3", amount: "1"}, {no: "4", card: "D2"}, {no: "5", account: "01"}} {
					w.begin(other, time.Second)
				}
				if _, err := w.core.Decide(w.t.Context(), onetrans.TransRecharge, "1", txn.Word{Verdict: txn.VerdictSeen, By: "王五", Why: "查过"}); err != nil {
					t.Fatal(err)
				}
				w.begin(in{no: "2"}, time.Second)
			})
		})
	}
	t.Run("unless it is named", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("query", says("notfound"))
			w.asks(onetrans.TransRecharge, `"outTradeNo":"1"`)
			w.begin(in{no: "2", despite: "1"}, time.Second)
			w.mustBe("2", txn.Succ)
		})
	})
}

// An answer about a refund counts by its echo, whatever this journal knows of it.
func TestAQueryForARefundCountsByItsEchoAlone(t *testing.T) {
	for knows, prepare := range map[string]func(w *world){
		"nothing": func(*world) {},
		"it is open": func(w *world) {
			w.platform.on("refund", lost)
			w.platform.on("query", lost)
			w.giveBack(aRefund, time.Second)
		},
		"it is done": func(w *world) {
			w.platform.on("refund", refundSays("R1", "succ"))
			w.giveBack(aRefund, time.Second)
		},
		"it failed": func(w *world) {
			w.platform.on("refund", refundSays("R1", "fail"))
			w.giveBack(aRefund, time.Second)
		},
	} {
		for _, word := range []string{"succ", "fail", "notfound", "ing"} {
			for echo, answered := range map[string]reply{"none": says(word), "another's": refundSays("R2", word)} {
				t.Run(fmt.Sprintf("known: %s, echo: %s, %s", knows, echo, word), func(t *testing.T) {
					play(t, func(w *world) {
						prepare(w)
						w.core.Close() // the polling is no part of this
						w.platform.on("query", answered)
						said, err := w.asks(onetrans.TransRefund, `"outTradeNo":"R1"`)
						if !errors.Is(err, platform.ErrNoAnswer) {
							t.Errorf("%q %v", said, err)
						}
						want := map[string]onetrans.Result{"it is done": "succ", "it failed": "fail"}[knows]
						if want != "" {
							mustHearProven(t, err, want)
						}
					})
				})
			}
		}
	}
}

// An answer without its echo may carry the result of another refund: what its
// sums prove of the one that was asked for is what the caller hears.
func TestTheResultOfAnotherRefundIsNeverHeard(t *testing.T) {
	for name, first := range map[string]reply{"unknown here": lost, "refused": refuses("610099"), "failed": refundSays("R1", "fail")} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.charged("1")
				w.platform.on("refund", first)
				w.platform.on("query", lost)
				w.giveBack(aRefund, time.Second)
				w.core.Close() // the polling is no part of this
				w.platform.on("query", data(`"result":"succ","origTraceNo":"T1","refundedAmt":"1.00","refundingAmt":"0.00"`))
				if said, err := w.asks(onetrans.TransRefund, `"outTradeNo":"R1"`); said == "succ" {
					t.Errorf("%q %v; %s", said, err, w.diary)
				}
			})
		})
	}
}

// While the journal can't be read nobody knows what was proven, so that the
// platform's own word is not passed on.
func TestAQueryIsUnknownWhileTheJournalCantBeRead(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		w.platform.on("query", says("notfound"))
		w.journal.failGet = errDisk
		if said, err := w.asks(onetrans.TransRecharge, `"outTradeNo":"1"`); !errors.Is(err, platform.ErrNoAnswer) {
			t.Errorf("%q %v", said, err)
		}
	})
}

// A person's word is no word of the platform's: it does not contradict itself
// when it contradicts a clerk, and what it says stands beside.
func TestWhatAPersonDecidedStandsApartFromThePlatform(t *testing.T) {
	for _, test := range []struct {
		verdict txn.Verdict
		result  string
		heard   string // by HIS; empty: 600008
		said    onetrans.Result
	}{
		{txn.VerdictDone, "ing", "succ", "ing"},
		{txn.VerdictDone, "succ", "succ", ""},
		{txn.VerdictDone, "fail", "", "fail"},
		{txn.VerdictDone, "notfound", "", "notfound"},
		{txn.VerdictFailed, "fail", "fail", ""},
		{txn.VerdictFailed, "notfound", "fail", ""},
		{txn.VerdictFailed, "init", "", "init"},
		{txn.VerdictFailed, "ing", "", "ing"}, // the money that was given up is on its way
		{txn.VerdictFailed, "exp", "", "exp"},
		{txn.VerdictFailed, "succ", "", "succ"},
	} {
		t.Run(string(test.verdict)+", and the platform says "+test.result, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("refund", lost)
				w.platform.on("query", lost)
				w.giveBack(aRefund, time.Second)
				w.pass(txn.RequestArrival + time.Minute)
				if _, err := w.core.Decide(w.t.Context(), onetrans.TransRefund, "R1", txn.Word{Verdict: test.verdict, By: "王五", Why: "查过"}); err != nil {
					t.Fatal(err)
				}
				w.platform.on("query", refundSays("R1", test.result))
				for range 2 {
					heard, err := w.asks(onetrans.TransRefund, `"outTradeNo":"R1"`)
					if test.heard == "" {
						mustHearProven(t, err, map[txn.Verdict]onetrans.Result{txn.VerdictDone: "succ", txn.VerdictFailed: "fail"}[test.verdict])
					} else if heard != test.heard || err != nil {
						t.Errorf("%q %v", heard, err)
					}
				}
				kept := w.tradeOf(onetrans.TransRefund, "R1")
				if kept.Progress.Alarm != "" || kept.AtDesk() != (test.heard == "") || kept.Progress.Said != test.said || kept.Progress.Hand.By != "王五" {
					t.Errorf("%+v", kept.Progress)
				}
				if kept.AtDesk() { // seen to once, and decided by who decided it
					for range 2 {
						w.core.Decide(w.t.Context(), onetrans.TransRefund, "R1", txn.Word{Verdict: txn.VerdictSeen, By: "赵六", Why: "对过账"})
						w.asks(onetrans.TransRefund, `"outTradeNo":"R1"`)
						kept = w.tradeOf(onetrans.TransRefund, "R1")
					}
					if kept.AtDesk() || kept.Progress.Hand.By != "王五" || kept.Progress.Alarm != "" {
						t.Errorf("seen to: %+v", kept.Progress)
					}
				}
				if strings.Contains(w.log.String(), "contradicts itself") {
					t.Error("the log says that the platform contradicts itself")
				}
			})
		})
	}
}

// Who compares the books hears the platform itself.
func TestWhoComparesHearsThePlatformsOwnWord(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		for _, word := range []string{"notfound", "succ", "closed"} {
			w.platform.on("query", says(word))
			answer, err := w.core.Ask(w.t.Context(), query(onetrans.TransRecharge, `"outTradeNo":"1"`))
			if err != nil || !strings.Contains(string(answer.Data), word) {
				t.Errorf("%s: %s %v", word, answer.Data, err)
			}
		}
		w.platform.on("query", lost)
		if _, err := w.core.Ask(w.t.Context(), query(onetrans.TransRecharge, `"outTradeNo":"1"`)); !errors.Is(err, platform.ErrNoAnswer) {
			t.Error(err)
		}
	})
}

// What a person said of a bill's payment is what stands, whatever the platform
// said before.
func TestTheWordOnABillsPaymentIsWhatWasProven(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("query", lost)
		w.platform.on("confirm", settledOK)
		w.say(onetrans.TransSettle, "S", txn.VerdictDone)
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Succ)
		_, err := w.asks(onetrans.TransRecharge, `"traceNo":"T1"`)
		mustHearProven(t, err, onetrans.ResultSucc)
	})
}
