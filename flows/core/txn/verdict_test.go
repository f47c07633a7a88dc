package txn_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

func (w *world) decide(kind, no string, v txn.Verdict) error {
	_, err := w.core.Decide(w.t.Context(), kind, no, txn.Word{Verdict: v, By: "王五", Why: "欧阳小珺's statement"})
	return err
}

// say is a person's word that must be taken.
func (w *world) say(kind, no string, v txn.Verdict) {
	w.t.Helper()
	if err := w.decide(kind, no, v); err != nil {
		w.t.Fatalf("%s of %s: %v; %s", v, no, err, w.diary)
	}
}

// refuse is a person's word that must not be taken.
func (w *world) refuse(kind, no string, v txn.Verdict) {
	w.t.Helper()
	before := w.tradeOf(kind, no)
	if err := w.decide(kind, no, v); !errors.Is(err, txn.ErrVerdict) {
		w.t.Errorf("%s of %s, which is %s: %v", v, no, before.At(), err)
	}
	if w.tradeOf(kind, no).At() != before.At() {
		w.t.Errorf("%s of %s was carried out", v, no)
	}
}

// What the platform has under way can't be said to have failed, and cash is
// handed out when the cashier says so.
func TestWhatIsUnderWayHasNotFailed(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", refundSays("R1", "ing"))
		w.platform.on("query", refundSays("R1", "ing"))
		s := w.giveBack(back{no: "R1", amount: "50", charge: "1", mode: onetrans.WithdrawCash}, time.Second)
		if waits := s.Trade.Waits(); waits.For != txn.ForCashier {
			t.Errorf("%+v", waits)
		}
		w.refuse(onetrans.TransRefund, "R1", txn.VerdictFailed)
		w.say(onetrans.TransRefund, "R1", txn.VerdictDone)
	})
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("ing"))
		w.begin(in{no: "1"}, time.Second)
		w.pass(time.Hour)
		w.refuse(onetrans.TransRecharge, "1", txn.VerdictFailed)
	})
}

// What is owed after a cancellation is given back once: by its refund, or by
// hand when that has ended.
func TestWhatIsOwedIsGivenBackOnce(t *testing.T) {
	play(t, func(w *world) {
		s := w.shareLost()
		w.refuse(onetrans.TransSettleCancel, "S1", txn.VerdictDone)
		w.pass(txn.RequestArrival)
		w.say(onetrans.TransRefund, s.RefundNo, txn.VerdictFailed)
		w.say(onetrans.TransSettleCancel, "S1", txn.VerdictDone)
		w.deskMustBe()
		w.pass(time.Hour)
		if n := w.count("send refund"); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
}

// shareLost is a cancellation whose share's refund is lost on its way.
func (w *world) shareLost() txn.CancelStatus {
	w.t.Helper()
	w.canReturn()
	w.platform.on("cancel", cancelledShare("30.00"))
	w.platform.on("refund", lost)
	w.platform.on("query", lost)
	return w.cancel("S1", time.Second)
}

// givenUp is a cancellation whose share's refund, lost on its way, a person gave up.
func (w *world) givenUp() {
	w.t.Helper()
	w.charged("1") // which the share was paid by
	w.shareLost()
	w.pass(txn.RequestArrival)
	w.say(onetrans.TransRefund, "XS1", txn.VerdictFailed)
	w.pass(time.Minute)
	if desk := w.tradeOf(onetrans.TransSettleCancel, "S1").Progress.Desk; desk != txn.ReasonGivenUp {
		w.t.Fatalf("it waits as %q", desk)
	}
}

// A person who has a cancellation tried again takes up the refund that was given
// up: under its own number, and asked for before it is sent.
func TestARetryTakesUpTheRefundThatWasGivenUp(t *testing.T) {
	for word, sends := range map[string]int{"notfound": 2, "succ": 1} {
		play(t, func(w *world) {
			w.givenUp()
			w.platform.on("query", refundSays("XS1", word))
			w.platform.on("refund", says("succ"))
			if s := w.cancel("S1", time.Minute); s.Desk != txn.ReasonGivenUp || w.count("send refund") != 1 {
				t.Fatalf("the caller's repeat: %+v", s)
			}
			s, err := w.core.Retry(w.t.Context(), onetrans.TransSettleCancel, "S1", "王五")
			if n := w.count("send refund"); err != nil || s.Trade.At() != txn.Succ || n != sends {
				t.Errorf("%s: it is %s, %v, sent %d times", word, s.Trade.At(), err, n)
			}
			w.refundMustBe("XS1", txn.Succ)
			if p := w.tradeOf(onetrans.TransRefund, "XS1").Progress; p.Hand != nil || p.Desk != "" {
				t.Errorf("%+v", p)
			}
			taken := func(e txn.Entry) bool {
				return e.Event == "retry asked" && e.By == "王五" && e.No == "XS1" && e.State == string(txn.Unknown)
			}
			if !slices.ContainsFunc(w.journal.entries, taken) {
				t.Error("the journal does not say who took it up")
			}
		})
	}
}

// Not even a person takes up a refund once others have given back what it would.
func TestARetryTakesUpNoRefundThatIsTooMuchByNow(t *testing.T) {
	play(t, func(w *world) {
		w.givenUp()
		w.platform.on("refund", says("succ"))
		if s := w.giveBack(back{no: "R1", amount: "180.00", charge: "1"}, time.Second); s.Trade.At() != txn.Succ {
			t.Fatalf("%+v", s)
		}
		before := w.count("send refund")
		w.platform.on("query", refundSays("XS1", "notfound"))
		_, err := w.core.Retry(w.t.Context(), onetrans.TransSettleCancel, "S1", "王五")
		if !errors.Is(err, txn.ErrExceeds) || w.count("send refund") != before {
			t.Errorf("%v, sent %d times", err, w.count("send refund")-before)
		}
		w.say(onetrans.TransSettleCancel, "S1", txn.VerdictDone)
	})
}

// lostRefund is a refund of which nothing is heard for so long.
func (w *world) lostRefund(wait time.Duration) {
	w.t.Helper()
	w.platform.on("refund", lost)
	w.platform.on("query", lost)
	w.giveBack(aRefund, time.Second)
	w.pass(wait)
}

// A refund that a person has ended is not sent again by its caller's repeat.
func TestARepeatHearsThePersonsWord(t *testing.T) {
	play(t, func(w *world) {
		w.lostRefund(txn.RequestArrival)
		w.say(onetrans.TransRefund, "R1", txn.VerdictFailed)
		w.platform.on("query", refundSays("R1", "notfound"))
		if s := w.giveBack(aRefund, time.Second); s.Trade.At() != txn.Fail || w.count("send refund") != 1 {
			t.Errorf("%+v", s.Trade.Progress)
		}
	})
}

// A refund in doubt waits for twenty minutes after its last send, and is not
// sent again once a person has it.
func TestARefundIsDecidedByHand(t *testing.T) {
	for verdict, want := range map[txn.Verdict]flow.State{txn.VerdictDone: txn.Succ, txn.VerdictFailed: txn.Fail} {
		play(t, func(w *world) {
			w.platform.on("refund", lost)
			w.platform.on("query", lost)
			w.giveBack(aRefund, time.Second)
			var early *txn.TooEarlyError
			if err := w.decide(onetrans.TransRefund, "R1", verdict); !errors.As(err, &early) {
				t.Fatalf("at once: %v", err)
			}
			if !w.tradeOf(onetrans.TransRefund, "R1").AtDesk() {
				t.Error("nobody sees that it waits for a person")
			}
			w.platform.on("query", refundSays("R1", "notfound"))
			w.pass(txn.RequestArrival - 2*time.Minute)
			if err := w.decide(onetrans.TransRefund, "R1", verdict); !errors.As(err, &early) {
				t.Errorf("too early: %v", err)
			}
			w.restart()
			w.pass(2 * time.Minute)
			if err := w.decide(onetrans.TransRefund, "R1", verdict); err != nil {
				t.Fatal(err)
			}
			w.refundMustBe("R1", want)
			w.pass(time.Hour)
			if n := w.count("send refund"); n != 1 {
				t.Errorf("sent %d times", n)
			}
			last := w.journal.entries[len(w.journal.entries)-1]
			if last.By != "王五" || last.Note != "欧阳小珺's statement" {
				t.Errorf("journaled: %+v", last)
			}
			if strings.Contains(w.log.String(), "欧阳小珺") {
				t.Error("what a person said is in the log")
			}
			if err := w.decide(onetrans.TransRefund, "R1", txn.VerdictDone); !errors.Is(err, txn.ErrVerdict) {
				t.Errorf("decided twice: %v", err)
			}
		})
	}
}

// inHandFor: what is sent again and again can't be said to have failed before
// the last of it can't arrive any more; nothing is sent meanwhile.
func (w *world) inHandFor(kind, no, send string) {
	w.t.Helper()
	var early *txn.TooEarlyError
	if err := w.decide(kind, no, txn.VerdictFailed); !errors.As(err, &early) || !w.tradeOf(kind, no).AtDesk() {
		w.t.Errorf("at once: %v", err)
	}
	sends := w.count(send)
	w.pass(txn.RequestArrival - time.Minute)
	w.restart()
	if err := w.decide(kind, no, txn.VerdictFailed); !errors.As(err, &early) {
		w.t.Errorf("too early: %v", err)
	}
	w.pass(time.Minute)
	if n := w.count(send) - sends; n != 0 {
		w.t.Errorf("sent %d times while it is in hand", n)
	}
}

// A cancellation that nobody answers is repeated, until a person takes it in
// hand; or a person knows that it was carried out.
func TestACancellationIsDecidedByHand(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("cancel", lost)
		w.cancel("S1", time.Second)
		w.inHandFor(onetrans.TransSettleCancel, "S1", "send cancel")
		if _, err := w.core.Retry(w.t.Context(), onetrans.TransSettleCancel, "S1", "王五"); err != nil || w.tradeOf(onetrans.TransSettleCancel, "S1").AtDesk() {
			t.Errorf("out of hand: %v", err)
		}
		w.inHandFor(onetrans.TransSettleCancel, "S1", "send cancel")
		w.say(onetrans.TransSettleCancel, "S1", txn.VerdictFailed)
		if at := w.tradeOf(onetrans.TransSettleCancel, "S1").At(); at != txn.Refused {
			t.Errorf("it is %s", at)
		}
	})
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("cancel", lost)
		w.cancel("S1", time.Second)
		w.say(onetrans.TransSettleCancel, "S1", txn.VerdictDone)
	})
}

// The platform is asked before a person's word counts, and its own goes first.
func TestThePlatformsWordGoesBeforeAPersons(t *testing.T) {
	play(t, func(w *world) {
		w.lostRefund(txn.RequestArrival + time.Minute)
		w.platform.on("query", refundSays("R1", "succ"))
		if err := w.decide(onetrans.TransRefund, "R1", txn.VerdictFailed); !errors.Is(err, txn.ErrVerdict) {
			t.Error(err)
		}
		w.refundMustBe("R1", txn.Succ)
	})
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", lost)
		w.begin(in{no: "1"}, time.Minute)
		w.pass(time.Hour)
		w.platform.on("query", data(`"result":"ing"`))
		if err := w.decide(onetrans.TransRecharge, "1", txn.VerdictFailed); !errors.Is(err, txn.ErrVerdict) {
			t.Error(err)
		}
		w.mustBe("1", txn.Pending)
	})
}

func TestARechargeIsDecidedByHand(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Minute)
		var early *txn.TooEarlyError
		if err := w.decide(onetrans.TransRecharge, "1", txn.VerdictFailed); !errors.As(err, &early) {
			t.Errorf("while it can be paid: %v", err)
		}
		w.platform.on("query", lost)
		w.pass(5*time.Minute + txn.ArrivalMargin)
		if err := w.decide(onetrans.TransRecharge, "1", txn.VerdictFailed); err != nil {
			t.Fatal(err)
		}
		w.mustBe("1", txn.Fail)

		// The platform knows better afterwards: a person looks, and says so.
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`))
		w.query(`"outTradeNo":"1"`)
		if tr := w.trade("1"); tr.At() != txn.Fail || !tr.AtDesk() || tr.Progress.Desk != txn.ReasonDisputed {
			t.Errorf("%+v", tr.Progress)
		}
		if err := w.decide(onetrans.TransRecharge, "1", txn.VerdictSeen); err != nil || w.trade("1").AtDesk() {
			t.Errorf("seen to: %v", err)
		}
		if err := w.decide(onetrans.TransRecharge, "1", txn.VerdictSeen); !errors.Is(err, txn.ErrVerdict) {
			t.Errorf("there is nothing more to see to: %v", err)
		}
	})
}

// What failed by a person's word is no alarm, however the platform has it.
func TestThePlatformAgreesWithAPersonInItsOwnWords(t *testing.T) {
	for _, word := range []string{"notfound", "closed", "fail", "succ"} {
		play(t, func(w *world) {
			w.platform.on("recharge", ordered)
			w.platform.on("query", lost)
			w.begin(in{no: "1"}, time.Minute)
			w.pass(time.Hour)
			w.say(onetrans.TransRecharge, "1", txn.VerdictFailed)
			w.platform.on("query", says(word))
			w.query(`"outTradeNo":"1"`)
			if alarmed := w.trade("1").AtDesk(); alarmed != (word == "succ") {
				t.Errorf("%s: at the desk: %v", word, alarmed)
			}
		})
	}
}

func TestWhatCantBeDecided(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		for name, test := range map[string]struct {
			no   string
			word txn.Word
			want error
		}{
			"nobody's word":  {"1", txn.Word{Verdict: txn.VerdictSeen, Why: "why"}, txn.ErrInvalid},
			"without reason": {"1", txn.Word{Verdict: txn.VerdictSeen, By: "who"}, txn.ErrInvalid},
			"final":          {"1", txn.Word{Verdict: txn.VerdictFailed, By: "who", Why: "why"}, txn.ErrVerdict},
			"no such trade":  {"2", txn.Word{Verdict: txn.VerdictDone, By: "who", Why: "why"}, txn.ErrUnknownTrade},
		} {
			if _, err := w.core.Decide(w.t.Context(), onetrans.TransRecharge, test.no, test.word); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		}
	})
}

// A payment whose settlement a person says to have failed is given back.
func TestASettlementIsDecidedByHand(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("confirm", lost)
		w.platform.on("refund", lost)
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`))
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Confirming)
		w.inHandFor(onetrans.TransSettle, "S", "send confirm")
		w.say(onetrans.TransSettle, "S", txn.VerdictFailed)
		w.platform.on("query", lost)
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Refunding)
		no := w.tradeOf(onetrans.TransSettle, "S").Progress.RefundNo
		if no == "" {
			t.Fatal("nothing is given back")
		}
		// The refund is given up by hand: it is not made again, and the settlement waits.
		w.pass(txn.RequestArrival)
		if err := w.decide(onetrans.TransRefund, no, txn.VerdictFailed); err != nil {
			t.Fatal(err)
		}
		sends := w.count("send refund")
		w.restart()
		w.pass(time.Hour)
		if tr := w.tradeOf(onetrans.TransSettle, "S"); tr.At() != txn.Refunding || !tr.AtDesk() || w.count("send refund") != sends {
			t.Errorf("%+v, refund sent %d times more", tr.Progress, w.count("send refund")-sends)
		}
		if err := w.decide(onetrans.TransSettle, "S", txn.VerdictDone); err != nil {
			t.Fatal(err)
		}
		w.settlementMustBe("S", txn.Refunded)
	})
}

// What a person took in hand moves on all the same, and is held back no more.
func TestASettlementInHandThatIsPaidIsConfirmed(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("confirm", settledOK)
		var early *txn.TooEarlyError
		if err := w.decide(onetrans.TransSettle, "S", txn.VerdictFailed); !errors.As(err, &early) {
			t.Fatalf("while it can be paid: %v", err)
		}
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`))
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Succ)
	})
}

// A person's word is about what they saw: not about what the platform says it is now.
func TestAWordDoesNotOutliveItsState(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("query", lost)
		w.pass(5*time.Minute + txn.ArrivalMargin)
		w.platform.on("query", says("fail"))
		w.platform.on("abandon", lost)
		if err := w.decide(onetrans.TransSettle, "S", txn.VerdictFailed); !errors.Is(err, txn.ErrVerdict) {
			t.Errorf("%v", err)
		}
		w.settlementMustBe("S", txn.Abandoning)
	})
}

func TestRetryTriesNow(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", lost, refuses("610006"), refundSays("R1", "succ"))
		w.platform.on("query", refundSays("R1", "notfound"))
		w.giveBack(aRefund, 10*time.Second)
		if p := w.tradeOf(onetrans.TransRefund, "R1").Progress; p.Desk == "" {
			t.Fatalf("%+v; %s", p, w.diary)
		}
		before := w.count("send query")
		status, err := w.core.Retry(w.t.Context(), onetrans.TransRefund, "R1", "王五")
		if err != nil || status.Trade.At() != txn.Succ || w.count("send query") == before {
			t.Errorf("%v: %+v; %s", err, status.Trade.Progress, w.diary)
		}
		if status, err = w.core.Retry(w.t.Context(), onetrans.TransRefund, "R1", "王五"); err != nil || status.Trade.At() != txn.Succ {
			t.Errorf("one that is final: %v", err)
		}
	})
}

// One retry sends once at most, and only what was proven not to be there.
func TestRetrySendsOnce(t *testing.T) {
	for name, test := range map[string]struct {
		answer reply
		sends  int
	}{"not there": {refundSays("R1", "notfound"), 1}, "silence": {lost, 0}, "under way": {refundSays("R1", "ing"), 0}} {
		play(t, func(w *world) {
			w.platform.on("refund", lost)
			w.platform.on("query", refundSays("R1", "notfound"))
			w.giveBack(aRefund, 30*time.Second)
			w.pass(3 * time.Hour) // its pauses are long by now
			w.platform.on("query", test.answer)
			w.pass(time.Second)
			before := w.count("send refund")
			if _, err := w.core.Retry(w.t.Context(), onetrans.TransRefund, "R1", "王五"); err != nil {
				t.Fatal(err)
			}
			if n := w.count("send refund") - before; n != test.sends {
				t.Errorf("%s: sent %d times", name, n)
			}
		})
	}
}

// What was archived is not used again, and does not keep a refund from being made.
func TestArchivedNumbers(t *testing.T) {
	play(t, func(w *world) {
		w.journal.failGet = fmt.Errorf("%w: 1", txn.ErrArchived)
		if _, err := w.recharge(in{no: "1"}, time.Second); !errors.Is(err, txn.ErrNumberReused) {
			t.Errorf("err = %v", err)
		}
		_, _, err := w.core.RecallRecharge(in{no: "1"}.request())
		_, _, errOfBills := w.core.RecallSettlement(w.t.Context(), bills{no: "1"}.request())
		for _, err := range []error{err, errOfBills} {
			if !errors.Is(err, txn.ErrNumberReused) || errors.Is(err, txn.ErrJournal) {
				t.Errorf("recalled: %v", err)
			}
		}
	})
}

// A person's word on a settlement is kept apart from the platform's: where the
// two differ that waits for a person, and the platform is not said to contradict
// itself.
func TestAPersonsWordOnASettlementIsNoAlarm(t *testing.T) {
	asked := func(w *world, word string, why txn.Reason) {
		w.t.Helper()
		w.platform.on("query", data(`"traceNo":"T1","result":"`+word+`"`))
		w.query(`"traceNo":"T1"`)
		if p := w.tradeOf(onetrans.TransSettle, "S").Progress; p.Alarm != "" || p.Desk != why {
			w.t.Errorf("%s: alarm %q, desk %q, want %q", word, p.Alarm, p.Desk, why)
		}
	}
	play(t, func(w *world) { // paid, by their word
		w.ordered("S")
		w.platform.on("query", lost)
		w.platform.on("confirm", settledOK)
		w.say(onetrans.TransSettle, "S", txn.VerdictDone)
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Succ)
		asked(w, "ing", "")
		asked(w, "closed", txn.ReasonDisputed)
		asked(w, "closed", txn.ReasonDisputed)
		asked(w, "succ", "")
	})
	play(t, func(w *world) { // not paid, by their word
		w.ordered("S")
		w.platform.on("query", lost)
		w.platform.on("abandon", data(``))
		w.pass(20 * time.Minute)
		w.say(onetrans.TransSettle, "S", txn.VerdictFailed)
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Abandoned)
		asked(w, "ing", "")
		asked(w, "closed", "")
		asked(w, "succ", txn.ReasonDisputed)
	})
	play(t, func(w *world) { // paid, by the platform's
		w.settled()
		w.platform.on("query", data(`"traceNo":"T1","result":"closed"`))
		w.query(`"traceNo":"T1"`)
		if p := w.tradeOf(onetrans.TransSettle, "S").Progress; p.Alarm == "" || p.Desk != txn.ReasonContradiction {
			t.Errorf("alarm %q, desk %q", p.Alarm, p.Desk)
		}
	})
}

// What stands by a person's word alone is disputed by a refusal, and borne out
// by an answer, which brings the numbers.
func TestASettlementThatStandsByAPersonsWord(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("query", says("succ"))
		w.platform.on("confirm", lost)
		w.pass(time.Minute)
		w.say(onetrans.TransSettle, "S", txn.VerdictDone)
		w.settlementMustBe("S", txn.Succ)
		w.platform.on("confirm", refuses("610007"))
		if s := w.recallSettlement(); s.State != txn.Succ || s.Alarm != "" || s.Desk != txn.ReasonDisputed || s.Said == "" {
			t.Errorf("%+v", s)
		}
		w.platform.on("confirm", settledOK)
		if s := w.recallSettlement(); s.State != txn.Succ || s.SetlID != "S1" || len(s.OrderList) != 2 || s.Desk != "" || s.Said != "" {
			t.Errorf("%+v", s)
		}
		w.platform.on("confirm", refuses("610007")) // of what it has said itself
		if s := w.recallSettlement(); s.Alarm == "" || s.Desk != txn.ReasonContradiction {
			t.Errorf("%+v", s)
		}
	})
}

// What a person took in hand is in nobody's hand once it has moved on.
func TestWhatMovesOnIsInNobodysHand(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("confirm", lost)
		var early *txn.TooEarlyError
		if err := w.decide(onetrans.TransSettle, "S", txn.VerdictFailed); !errors.As(err, &early) {
			t.Fatalf("while it can be paid: %v", err)
		}
		w.deskMustBe("S")
		w.platform.on("query", data(`"result":"succ","traceNo":"T1"`))
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Confirming)
		w.deskMustBe()
	})
}

// A platform that says nothing does not keep a person from deciding.
func TestAPersonsWordWaitsForNoSilentPlatform(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", lost)
		w.platform.on("query", mute)
		w.giveBack(aRefund, time.Second)
		w.pass(txn.RequestArrival + time.Minute)
		start := time.Now()
		w.say(onetrans.TransRefund, "R1", txn.VerdictDone)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// What the platform said last can't be written: a person's word does not pass it.
func TestAPersonsWordDoesNotPassOneThatCouldNotBeWritten(t *testing.T) {
	play(t, func(w *world) {
		w.lostRefund(txn.RequestArrival + time.Minute)
		w.platform.on("query", refundSays("R1", "ing"))
		w.journal.set(func(e txn.Entry) error {
			if e.Event == "told ing" {
				return errDisk
			}
			return nil
		})
		if err := w.decide(onetrans.TransRefund, "R1", txn.VerdictFailed); !errors.Is(err, txn.ErrJournal) {
			t.Error(err)
		}
		w.refundMustBe("R1", txn.Unknown)
	})
}

// Of a settlement that cost its person nothing there is nothing to give back.
func TestASettlementWithoutAPaymentIsDecidedByHand(t *testing.T) {
	for verdict, want := range map[txn.Verdict]flow.State{txn.VerdictDone: txn.Succ, txn.VerdictFailed: txn.Abandoned} {
		play(t, func(w *world) {
			w.priced("S", "0.00")
			w.platform.on("confirm", lost)
			w.must(w.core.ConfirmSettlement, "S", time.Second)
			if verdict == txn.VerdictFailed {
				w.inHandFor(onetrans.TransSettle, "S", "send confirm")
			}
			w.say(onetrans.TransSettle, "S", verdict)
			w.pass(time.Minute)
			w.settlementMustBe("S", want)
			if w.count("send refund") != 0 {
				t.Error(w.diary)
			}
		})
	}
}

// While the platform moves a bill's payment, nobody can say that it failed.
func TestAPaymentThatMovesHasNotFailed(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("query", says("ing"))
		w.pass(time.Hour)
		w.refuse(onetrans.TransSettle, "S", txn.VerdictFailed)
	})
}

// The platform has ten seconds to say how it stands before a person's word counts.
func TestASlowPlatformsWordGoesBeforeAPersons(t *testing.T) {
	play(t, func(w *world) {
		w.lostRefund(txn.RequestArrival + time.Minute)
		w.platform.on("query", holds(9*time.Second, refundSays("R1", "succ")))
		if err := w.decide(onetrans.TransRefund, "R1", txn.VerdictFailed); !errors.Is(err, txn.ErrVerdict) {
			t.Error(err)
		}
		w.refundMustBe("R1", txn.Succ)
	})
}

// What a person says of a cancellation is true of its settlement, too.
func TestAPersonsWordOnACancellationIsItsSettlements(t *testing.T) {
	for verdict, want := range map[txn.Verdict]flow.State{txn.VerdictDone: txn.Cancelled, txn.VerdictFailed: txn.Succ} {
		play(t, func(w *world) {
			w.canReturn()
			w.settled()
			w.platform.on("cancel", lost)
			w.cancel("S1", time.Second)
			if verdict == txn.VerdictFailed {
				w.inHandFor(onetrans.TransSettleCancel, "S1", "send cancel")
			}
			w.say(onetrans.TransSettleCancel, "S1", verdict)
			w.settlementMustBe("S", want)
		})
	}
}

// Who retries a trade that is being undone retries its refund; what has ended
// is asked for by the message of its kind.
func TestARetryReachesWhatTheTradeNeeds(t *testing.T) {
	play(t, func(w *world) {
		w.canReturn()
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", lost)
		w.platform.on("query", refundSays("XS1", "notfound"))
		w.cancel("S1", time.Minute)
		w.pass(3 * time.Hour) // its pauses are long by now
		before := w.count("send refund")
		w.platform.on("refund", says("succ"))
		s, err := w.core.Retry(w.t.Context(), onetrans.TransSettleCancel, "S1", "王五")
		if err != nil || s.Trade.At() != txn.Succ || w.count("send refund") != before+1 {
			t.Errorf("%q %v, sent %d times", s.Trade.At(), err, w.count("send refund")-before)
		}
	})
	play(t, func(w *world) {
		w.charged("1")
		w.platform.on("refund", refundSays("R1", "succ"))
		w.giveBack(aRefund, time.Second)
		w.platform.on("query", lost)
		for kind, no := range map[string]string{onetrans.TransRecharge: "1", onetrans.TransRefund: "R1"} {
			if _, err := w.core.Retry(w.t.Context(), kind, no, "王五"); err != nil {
				t.Fatal(err)
			}
			sent := w.platform.sent()
			var q onetrans.QueryIn
			if err := onetrans.UnmarshalData(sent[len(sent)-1].request.Data, &q); err != nil || q.TradeType.String() != kind || q.OutTradeNo.String() != no {
				t.Errorf("%s %s is asked for as %s %s", kind, no, q.TradeType, q.OutTradeNo)
			}
		}
		if n := w.count("send query"); n != 2 {
			t.Errorf("asked %d times", n)
		}
	})
}
