package txn_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// failOnce makes the journal write the next such event and say that it could not.
func (w *world) failOnce(event string) {
	w.journal.fooled = true
	done := false
	w.journal.set(func(e txn.Entry) error {
		if done || e.Event != event {
			return nil
		}
		done = true
		return errDisk
	})
}

// A beginning that was written and not acknowledged would be taken up by the
// next run: it is not said to be not sent, and asked for before it is sent.
func TestABeginningThatWasNotAcknowledgedIsInDoubt(t *testing.T) {
	play(t, func(w *world) {
		w.failOnce("sent")
		w.platform.on("query", data(`"result":"notfound","outRefundNo":"R1"`))
		w.platform.on("refund", says("succ"))
		status := w.giveBack(back{no: "R1", amount: "1.00", charge: "elsewhere"}, time.Minute)
		if status.Trade.At() != txn.Succ || w.count("send refund") != 1 {
			t.Errorf("it is %s, sent %d times", status.Trade.At(), w.count("send refund"))
		}
		if calls := w.platform.sent(); calls[0].kind != "query" {
			t.Errorf("the first message was %s", calls[0].kind)
		}
	})
	play(t, func(w *world) { // and after a restart
		w.failOnce("sent")
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, time.Second)
		w.restart()
		w.platform.on("query", says("closed"))
		w.pass(time.Minute)
		w.mustBe("1", txn.Closed)
	})
}

// An answer that could not be written leaves its send in doubt: what refuses the
// next one does not end the trade.
func TestAnAnswerThatCouldNotBeWrittenLeavesTheSendInDoubt(t *testing.T) {
	play(t, func(w *world) {
		w.failOnce("priced")
		w.journal.fooled = false
		w.platform.on("pre", pre("10.00"), refuses("610099"), pre("10.00"))
		if _, err := w.preSettle(bills{no: "S1"}, time.Minute); err != nil {
			t.Fatal(err)
		}
		w.pass(10 * time.Second)
		w.settlementMustBe("S1", txn.PreSettled)
	})
}

// A step that was written and not acknowledged is read again before the next:
// what is final in the journal does not change.
func TestAStepThatWasNotAcknowledgedIsReadAgain(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("closed"), says("init"))
		w.failOnce("told closed")
		w.begin(in{no: "1"}, time.Second)
		w.pass(time.Minute)
		w.mustBe("1", txn.Closed)
		states := []string{}
		for _, e := range w.journal.entries {
			if e.Kind == onetrans.TransRecharge {
				states = append(states, e.State)
			}
		}
		if states[len(states)-1] != "closed" {
			t.Errorf("it went through %v", states)
		}
	})
}

// Nor is one of which the journal can't be read again: that it is in doubt is
// written, or nothing is sent.
func TestABeginningThatCantBeReadAgainIsInDoubt(t *testing.T) {
	for writable, want := range map[bool]string{
		true:  "journal no normal answer, send query, journal told succ",
		false: "",
	} {
		play(t, func(w *world) {
			w.journal.set(func(e txn.Entry) error {
				if e.Event == "sent" {
					w.journal.failGet = errDisk
					return errDisk
				}
				if !writable {
					return errDisk
				}
				return nil
			})
			w.platform.on("query", says("succ"))
			s, err := w.recharge(in{no: "1"}, time.Minute)
			if errors.Is(err, txn.ErrJournal) == writable || writable && s.Trade.At() != txn.Succ || w.diary.String() != want {
				t.Errorf("%q %v; %s", s.Trade.At(), err, w.diary)
			}
		})
	}
}

// That it is in doubt can't be written either: the log has it, and it goes on.
func TestABeginningThatIsNeverAcknowledgedIsInTheLog(t *testing.T) {
	for event, logged := range map[string]bool{"": false, "no normal answer": true} {
		play(t, func(w *world) {
			w.journal.fooled = true
			left := map[string]bool{"sent": true, event: true}
			w.journal.set(func(e txn.Entry) error {
				if left[e.Event] {
					delete(left, e.Event)
					return errDisk
				}
				return nil
			})
			w.platform.on("query", says("succ"))
			if s := w.begin(in{no: "1"}, time.Minute); s.Trade.At() != txn.Succ || w.count("send recharge") != 0 {
				t.Errorf("%q; %s", s.Trade.At(), w.diary)
			}
			if got := strings.Contains(w.log.String(), "not acknowledged"); got != logged {
				t.Errorf("in the log: %v; %s", got, w.log)
			}
		})
	}
}

// What the journal has as final is final, also where nobody heard that it was written.
func TestAnEndThatWasNotAcknowledgedStands(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("closed"), says("fail"))
		w.failOnce("told closed")
		w.begin(in{no: "1"}, time.Second)
		w.pass(time.Minute)
		w.mustBe("1", txn.Closed)
		if n := w.count("send query"); n != 1 {
			t.Errorf("asked %d times for what is final", n)
		}
	})
}

// repeatsInVain lets a refund that failed be repeated, and loses what came of that
// send: its answer can't be written.
func (w *world) repeatsInVain() {
	w.charged("1")
	w.platform.on("refund", refundSays("R1", "fail"), mute)
	w.platform.on("query", refundSays("R1", "fail"))
	w.giveBack(aRefund, time.Second)
	w.journal.set(func(e txn.Entry) error {
		if e.Event == "no normal answer" {
			return errDisk
		}
		return nil
	})
	w.giveBack(aRefund, time.Second)
	w.platform.on("refund", refundSays("R1", "fail"))
}

// mayStillArrive: a refund has not failed while one of its sends may still arrive,
// and does not go another way.
func (w *world) mayStillArrive() {
	w.t.Helper()
	w.pass(time.Minute)
	w.refundMustBe("R1", txn.Unknown)
	inCash := back{no: "R1", amount: "50", charge: "1", mode: onetrans.WithdrawCash}
	if _, err := w.refund(inCash, time.Second); !errors.Is(err, txn.ErrNumberReused) {
		w.t.Errorf("another way: %v; %s", err, w.diary)
	}
	w.pass(txn.RequestArrival + 30*time.Minute)
	w.refundMustBe("R1", txn.Fail)
}

// A send whose answer the program did not live to write is a send without an answer.
func TestASendThatOutlivedItsProgramMayStillArrive(t *testing.T) {
	play(t, func(w *world) {
		w.repeatsInVain()
		w.core.Close()
		w.journal.set(nil)
		w.open()
		w.mayStillArrive()
	})
}

// And so is one whose answer the disk had no room for.
func TestASendWhoseAnswerCouldNotBeWrittenMayStillArrive(t *testing.T) {
	play(t, func(w *world) {
		w.repeatsInVain()
		w.journal.set(nil)
		w.mayStillArrive()
	})
}

// Nor does a caller's query end it.
func TestACallersQueryDoesNotPassAnAnswerThatCouldNotBeWritten(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		w.platform.on("refund", mute)
		w.platform.on("query", refundSays("R1", "fail"))
		w.journal.set(func(e txn.Entry) error {
			if e.Event == "no normal answer" {
				return errDisk
			}
			return nil
		})
		w.giveBack(aRefund, time.Second)
		w.journal.set(nil)
		answer, err := w.core.Query(w.t.Context(), query(onetrans.TransRefund, `"outTradeNo":"R1"`))
		var out onetrans.QueryOut
		if err != nil || onetrans.UnmarshalData(answer.Data, &out) != nil || out.Result.String() != "ing" {
			t.Errorf("%s %v; %s", answer.Data, err, w.diary)
		}
		w.refundMustBe("R1", txn.Unknown)
	})
}
