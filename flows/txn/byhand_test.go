package txn_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

const why = "seen on the bank's statement of 欧阳小珺"

func word(o txn.Outcome) txn.PersonsWord { return txn.PersonsWord{Outcome: o, By: "0042", Why: why} }

// say is a person's word that must be taken.
func (w *world) say(kind, no string, o txn.Outcome) txn.Status {
	w.t.Helper()
	s, err := w.core.Settle(w.t.Context(), kind, no, word(o))
	if err != nil {
		w.t.Fatalf("Settle %s %s: %v; %s", no, o, err, w.diary)
	}
	return s
}

// refuse is a person's word that must not be taken.
func (w *world) refuse(kind, no string, o txn.Outcome, want error) {
	w.t.Helper()
	before := w.tradeOf(kind, no).At()
	if _, err := w.core.Settle(w.t.Context(), kind, no, word(o)); !errors.Is(err, want) {
		w.t.Errorf("%s of %s, which is %s: %v", o, no, before, err)
	}
	if words := w.tradeOf(kind, no).Progress.Words; len(words) > 0 && words[len(words)-1].Outcome == o {
		w.t.Errorf("%s of %s was journaled", o, no)
	}
}

func TestAWordIsJournaledWithWhoAndWhy(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", lost)
		w.begin(in{no: "1"}, time.Second)
		w.say(onetrans.TransRecharge, "1", txn.OutcomeNote)
		w.mustBe("1", txn.Unknown)
		w.say(onetrans.TransRecharge, "1", txn.OutcomeSucc)
		w.mustBe("1", txn.Succ)
		p := w.trade("1").Progress
		if len(p.Words) != 2 || p.Words[1].Outcome != txn.OutcomeSucc || p.Words[1].By != "0042" || p.Words[1].Why != why || p.Words[1].At.IsZero() {
			t.Errorf("%+v", p.Words)
		}
		last := w.journal.entries[len(w.journal.entries)-1]
		if last.By != "0042" || last.Event != "a person says succ" {
			t.Errorf("%+v", last)
		}
		// What they wrote may name somebody.
		if strings.Contains(w.log.String(), userName) {
			t.Error("the log has what a person wrote")
		}
		asked := w.count("send query")
		w.pass(time.Hour)
		if w.count("send query") != asked {
			t.Error("what a person has ended is still asked for")
		}
	})
}

func TestWhatIsNoWord(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		for name, bad := range map[string]txn.PersonsWord{
			"nobody's": {Outcome: txn.OutcomeNote, Why: why}, "without a reason": {Outcome: txn.OutcomeNote, By: "1"},
			"no outcome": {By: "1", Why: why}, "another outcome": {Outcome: "perhaps", By: "1", Why: why},
			"too long": {Outcome: txn.OutcomeNote, By: "1", Why: strings.Repeat("长", 501)}, "not text": {Outcome: txn.OutcomeNote, By: "1", Why: "\xff"},
		} {
			if _, err := w.core.Settle(w.t.Context(), onetrans.TransRecharge, "1", bad); !errors.Is(err, txn.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.core.Settle(w.t.Context(), onetrans.TransRecharge, "9", word(txn.OutcomeNote)); !errors.Is(err, txn.ErrUnknownTrade) {
			t.Error(err)
		}
		for range 200 {
			w.say(onetrans.TransRecharge, "1", txn.OutcomeNote)
		}
		w.refuseMore()
	})
}

func (w *world) refuseMore() {
	w.t.Helper()
	if _, err := w.core.Settle(w.t.Context(), onetrans.TransRecharge, "1", word(txn.OutcomeNote)); !errors.Is(err, txn.ErrInvalid) {
		w.t.Errorf("words without end: %v", err)
	}
}

// The platform is asked once more before a person's word ends a trade, and what
// it proves counts.
func TestThePlatformIsAskedBeforeAPersonIsBelieved(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", lost)
		w.begin(in{no: "1"}, time.Second)
		w.platform.on("query", says("succ"))
		w.refuse(onetrans.TransRecharge, "1", txn.OutcomeFail, txn.ErrNotNow)
		w.mustBe("1", txn.Succ)
		w.refuse(onetrans.TransRecharge, "1", txn.OutcomeFail, txn.ErrNotNow)
		w.refuse(onetrans.TransRecharge, "1", txn.OutcomeSucc, txn.ErrNotNow)
	})
}

func TestAChargeThatNobodyPaid(t *testing.T) {
	const kind = onetrans.TransRecharge
	play(t, func(w *world) {
		w.platform.on("recharge", ordered) // for five minutes
		w.platform.on("query", says("ing"))
		w.begin(in{no: "1"}, time.Second)
		w.refuse(kind, "1", txn.OutcomeFail, txn.ErrNotNow) // money moves
		w.platform.on("query", says("init"))
		w.refuse(kind, "1", txn.OutcomeSeen, txn.ErrNotNow)
		_, err := w.core.Settle(w.t.Context(), kind, "1", word(txn.OutcomeFail))
		early, ok := errors.AsType[*txn.TooEarlyError](err)
		if !ok || time.Until(early.Until).Round(time.Minute) != 5*time.Minute+txn.ArrivalMargin {
			t.Fatalf("%v", err)
		}
		w.pass(time.Until(early.Until) + time.Second)
		w.say(kind, "1", txn.OutcomeFail)
		w.mustBe("1", txn.Fail)
		// It was paid after all: the word stands, and the alarm is a person's.
		w.platform.on("query", says("succ"))
		w.query(`"outTradeNo":"1"`)
		w.mustBe("1", txn.Fail)
		w.deskMustBe("1")
		w.say(kind, "1", txn.OutcomeSeen)
		w.deskMustBe()
	})
}

// While nobody knows how long an order can be paid, that takes longer.
func TestAChargeThatNobodyKnowsTheTimeOf(t *testing.T) {
	const kind = onetrans.TransRecharge
	play(t, func(w *world) {
		w.platform.can.Close = false
		w.platform.on("recharge", lost)
		w.platform.on("query", lost)
		w.begin(in{no: "1"}, time.Second)
		w.pass(txn.RefundArrival - 5*time.Second)
		w.refuse(kind, "1", txn.OutcomeFail, txn.ErrNotNow)
		w.pass(5 * time.Second)
		w.say(kind, "1", txn.OutcomeFail)
		w.mustBe("1", txn.Fail)
	})
}

// A refund that is not found may still arrive, for twenty minutes after its
// last send: nobody ends it by hand before, and nothing is sent meanwhile.
func TestARefundIsNotSettledByHandBeforeItCanNoLongerArrive(t *testing.T) {
	const kind = onetrans.TransRefund
	play(t, func(w *world) {
		w.platform.on("refund", lost)
		w.platform.on("query", refundSays("R1", "notfound"))
		w.giveBack(aRefund, 5*time.Second)
		w.pass(3 * time.Minute)
		sends, last := w.count("send refund"), w.tradeOf(kind, "R1").Progress.SentAt
		for _, o := range []txn.Outcome{txn.OutcomeFail, txn.OutcomeSucc} {
			w.refuse(kind, "R1", o, txn.ErrNotNow)
		}
		w.restart()
		w.pass(time.Until(last.Add(txn.RefundArrival)) - time.Second)
		w.refuse(kind, "R1", txn.OutcomeFail, txn.ErrNotNow)
		if n := w.count("send refund") - sends; n != 0 {
			t.Errorf("sent %d times while a person waits", n)
		}
		w.pass(2 * time.Second)
		w.say(kind, "R1", txn.OutcomeFail)
		w.refundMustBe("R1", txn.Fail)
		// It is the person's word that a repeat hears, and nothing is sent.
		if s := w.giveBack(aRefund, time.Second); s.Trade.At() != txn.Fail || w.count("send refund") != sends {
			t.Errorf("%+v", s.Trade.Progress)
		}
	})
	play(t, func(w *world) { // who would rather have it sent again says so
		w.platform.on("refund", lost)
		w.platform.on("query", refundSays("R1", "notfound"))
		w.giveBack(aRefund, 5*time.Second)
		w.refuse(kind, "R1", txn.OutcomeFail, txn.ErrNotNow)
		w.platform.on("refund", refundSays("R1", "succ"))
		w.pass(time.Hour)
		w.refundMustBe("R1", txn.Unknown)
		if s, err := w.core.Retry(w.t.Context(), kind, "R1"); err != nil || s.Trade.At() != txn.Succ {
			t.Errorf("%q %v", s.Trade.At(), err)
		}
	})
}

// Cash is handed out when the cashier says so; what the platform has under way
// can't be said to have failed.
func TestCashIsGivenWhenTheCashierSaysSo(t *testing.T) {
	const kind = onetrans.TransRefund
	play(t, func(w *world) {
		w.platform.on("refund", refundSays("R1", "ing"))
		w.platform.on("query", refundSays("R1", "ing"))
		s := w.giveBack(back{no: "R1", amount: "50", charge: "1", mode: onetrans.WithdrawCash}, time.Second)
		if waits := s.Trade.Waits(); waits.For != txn.ForCashier {
			t.Errorf("%+v", waits)
		}
		w.pass(24 * time.Hour)
		w.refundMustBe("R1", txn.Pending)
		w.refuse(kind, "R1", txn.OutcomeFail, txn.ErrNotNow)
		w.say(kind, "R1", txn.OutcomeSucc)
		w.refundMustBe("R1", txn.Succ)
	})
}

// What no retry cures is at the desk; a person asks for it to be tried again.
func TestARetryTakesARefundOffTheDesk(t *testing.T) {
	const kind = onetrans.TransRefund
	play(t, func(w *world) {
		w.platform.on("refund", lost, refuses("610006"))
		w.platform.on("query", refundSays("R1", "notfound"))
		w.giveBack(aRefund, time.Minute)
		w.deskMustBe("R1")
		w.platform.on("refund", refundSays("R1", "succ"))
		w.pass(time.Hour)
		w.refundMustBe("R1", txn.Unknown)
		if s, err := w.core.Retry(w.t.Context(), kind, "R1"); err != nil || s.Trade.At() != txn.Succ {
			t.Errorf("%q %v", s.Trade.At(), err)
		}
		w.deskMustBe()
	})
	play(t, func(w *world) { // still refused: the desk has it again
		w.platform.on("refund", lost, refuses("610006"))
		w.platform.on("query", refundSays("R1", "notfound"))
		w.giveBack(aRefund, time.Minute)
		if _, err := w.core.Retry(w.t.Context(), kind, "R1"); err != nil {
			t.Error(err)
		}
		w.deskMustBe("R1")
	})
	play(t, func(w *world) { // the platform is silent: that is no error
		w.charged("1")
		w.platform.on("query", lost)
		s, err := w.core.Retry(w.t.Context(), onetrans.TransRecharge, "1")
		if err != nil || s.SilentSince.IsZero() || s.Trade.At() != txn.Succ {
			t.Errorf("%+v %v", s, err)
		}
		if _, err := w.core.Retry(w.t.Context(), kind, "R9"); !errors.Is(err, txn.ErrUnknownTrade) {
			t.Error(err)
		}
	})
}

func TestASettlementIsSettledByHand(t *testing.T) {
	const kind = onetrans.TransSettle
	paid := func(w *world) {
		w.ordered("S")
		w.platform.on("confirm", lost)
		w.platform.on("query", says("succ"))
		w.pass(10 * time.Second)
		w.settlementMustBe("S", txn.Confirming)
	}
	refused := func(w *world) {
		paid(w)
		w.platform.on("confirm", refuses("610004"))
		w.pass(time.Minute)
		w.deskMustBe("S")
	}
	for name, test := range map[string]struct {
		before func(*world)
		word   txn.Outcome
		err    error
		want   flow.State
	}{
		"nobody knows what came of its pre-settlement: it is none": {func(w *world) {
			w.platform.on("pre", lost)
			w.preSettle(bills{no: "S"}, time.Second)
		}, txn.OutcomeFail, nil, txn.Abandoned},
		"priced, and not in doubt":               {func(w *world) { w.priced("S", "30.00") }, txn.OutcomeFail, txn.ErrNotNow, txn.PreSettled},
		"to be paid: it was, and is confirmed":   {func(w *world) { w.ordered("S"); w.platform.on("confirm", settledOK) }, txn.OutcomeSucc, nil, txn.Succ},
		"to be paid, and it still can be":        {func(w *world) { w.ordered("S") }, txn.OutcomeFail, txn.ErrNotNow, txn.Paying},
		"to be paid, and nobody can any more":    {func(w *world) { w.ordered("S"); w.pass(8 * time.Minute) }, txn.OutcomeFail, nil, txn.Abandoned},
		"confirmed without an answer: it stands": {paid, txn.OutcomeSucc, nil, txn.Succ},
		"confirmed without an answer: who knows": {paid, txn.OutcomeFail, txn.ErrNotNow, txn.Confirming},
		"confirm is refused: it stands":          {refused, txn.OutcomeSucc, nil, txn.Succ},
		"confirm is refused: it does not, and what was paid is given back": {func(w *world) {
			refused(w)
			w.platform.on("refund", says("succ"))
		}, txn.OutcomeFail, nil, txn.Refunded},
		"what was paid is being given back: not by hand as well": {func(w *world) {
			paid(w)
			w.platform.on("confirm", refuses("610007"))
			w.platform.on("refund", lost)
			w.platform.on("query", lost)
			w.pass(time.Minute)
		}, txn.OutcomeSucc, txn.ErrNotNow, txn.Refunding},
		"it can't be left: it was, elsewhere": {func(w *world) {
			w.ordered("S")
			w.platform.on("close", says("closed"))
			w.platform.on("abandon", refuses("610004"))
			w.must(w.core.AbandonSettlement, "S", time.Second)
		}, txn.OutcomeFail, nil, txn.Abandoned},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				test.before(w)
				if test.err != nil {
					w.refuse(kind, "S", test.word, test.err)
				} else {
					w.say(kind, "S", test.word)
				}
				w.platform.on("abandon", data(``))
				w.pass(31 * time.Second)
				w.settlementMustBe("S", test.want)
			})
		})
	}
}

// What is owed after a cancellation is given back once: by its refund, or by
// hand when that has ended.
func TestWhatIsOwedIsGivenBackByHand(t *testing.T) {
	const kind = onetrans.TransSettleCancel
	play(t, func(w *world) { // no credentials: cash
		w.platform.on("cancel", cancelledShare("30.00"))
		w.cancel("S1", time.Second)
		w.deskMustBe("S1")
		w.refuse(kind, "S1", txn.OutcomeFail, txn.ErrNotNow)
		w.options.PayAppID, w.options.PayAppSecret = "P", payKey
		w.core.Close() // so that nothing but the word is carried out
		w.say(kind, "S1", txn.OutcomeSucc)
		if w.count("send refund") != 0 {
			t.Error("it was given back twice")
		}
		if s := w.tradeOf(kind, "S1"); s.At() != txn.Succ {
			t.Errorf("%q", s.At())
		}
	})
	play(t, func(w *world) { // its refund is under way: that ends first
		w.canReturn()
		w.platform.on("cancel", cancelledShare("30.00"))
		w.platform.on("refund", lost)
		w.platform.on("query", lost)
		s := w.cancel("S1", time.Second)
		w.refuse(kind, "S1", txn.OutcomeSucc, txn.ErrNotNow)
		w.pass(txn.RefundArrival)
		w.say(onetrans.TransRefund, s.RefundNo, txn.OutcomeFail)
		w.pass(time.Minute)
		w.deskMustBe("S1")
		w.pass(time.Hour)
		if n := w.count("send refund"); n != 1 {
			t.Errorf("sent %d times", n)
		}
		w.say(kind, "S1", txn.OutcomeSucc)
		w.deskMustBe()
	})
	play(t, func(w *world) { // unknown: it may have been carried out
		w.platform.on("cancel", lost)
		w.cancel("S1", time.Second)
		w.refuse(kind, "S1", txn.OutcomeFail, txn.ErrNotNow)
		w.platform.on("cancel", refuses("610004"))
		w.pass(time.Minute)
		w.deskMustBe("S1")
		w.say(kind, "S1", txn.OutcomeFail)
		if s := w.tradeOf(kind, "S1"); s.At() != txn.Refused {
			t.Errorf("%q", s.At())
		}
	})
}
