package txn_test

import (
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
)

func TestNotFoundIsFinalOnlyWhenTheOrderCanNoLongerArrive(t *testing.T) {
	play(t, func(w *world) { // after a close was answered
		w.platform.on("recharge", lost)
		w.platform.on("query", says("notfound"))
		w.platform.on("close", says("notfound"))
		w.begin(in{no: "1", noCode: true}, time.Second)
		w.mustBe("1", txn.Unknown)
		w.core.CloseOrder(w.t.Context(), "1")
		w.pass(5 * time.Second)
		w.mustBe("1", txn.NotFound)
	})
	play(t, func(w *world) { // after its time and a margin
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, time.Second)
		w.pass(5*time.Minute + txn.ArrivalMargin - 5*time.Second)
		w.mustBe("1", txn.Pending)
		w.pass(10 * time.Second)
		w.mustBe("1", txn.NotFound)
	})
}

// Nobody knows an order's time whose answer never came. Long after it was
// sent, its number is closed, so that it can never arrive.
func TestAnOrderThatNeverArrivedIsClosed(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", says("notfound"))
		w.platform.on("close", says("closed"))
		w.begin(in{no: "1"}, 10*time.Second)
		w.pass(txn.ArrivalMargin - 15*time.Second)
		if w.count("send close") != 0 {
			t.Fatal("closed too early")
		}
		w.pass(20 * time.Second)
		w.mustBe("1", txn.Closed)
	})
	play(t, func(w *world) { // a platform that can't close leaves it to a person
		w.platform.can.Close = false
		w.platform.on("recharge", lost)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, 10*time.Second)
		w.pass(time.Hour)
		w.mustBe("1", txn.Unknown)
	})
}

func TestWhatIsFinalNeverChanges(t *testing.T) {
	finals := map[flow.State]reply{
		txn.Succ: says("succ"), txn.Fail: says("fail"), txn.Closed: says("closed"),
		txn.Refused: refuses("610004"), txn.NotSent: notSent,
	}
	words := []string{"init", "succ", "fail", "exp", "ing", "closed", "notfound"}
	for final, first := range finals {
		for _, word := range words {
			harmless := word == string(final) || word == "notfound" && (final == txn.Closed || final == txn.Refused || final == txn.NotSent) ||
				final == txn.Refused && (word == "fail" || word == "closed") // an order that came to nothing
			t.Run(string(final)+", then told "+word, func(t *testing.T) {
				play(t, func(w *world) {
					w.platform.on("recharge", first)
					w.begin(in{no: "1"}, time.Second)
					w.platform.on("query", says(word))
					w.query(`"outTradeNo":"1"`)
					w.mustBe("1", final)
					if alarm := w.trade("1").Progress.Alarm; (alarm == "") != harmless {
						t.Errorf("alarm %q", alarm)
					}
					w.pass(time.Hour)
					if w.count("send query") != 1 {
						t.Error("something was done by itself")
					}
				})
			})
		}
	}
}

// What comes with a later word is kept: a receipt needs the booking's number.
func TestALaterWordBringsTheBooking(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", says("succ"))
		w.begin(in{no: "1"}, time.Second)
		w.platform.on("query", data(`"result":"succ","extra":{"callsn":"HIS-7"}`))
		w.query(`"outTradeNo":"1"`)
		if got := w.trade("1").Progress; got.CallSN != "HIS-7" || got.Alarm != "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestClosing(t *testing.T) {
	tests := map[string]struct {
		closes, queries []reply
		want            flow.State
	}{
		"it is closed":                             {[]reply{says("closed")}, []reply{says("init")}, txn.Closed},
		"a payment was faster":                     {[]reply{says("succ")}, []reply{says("init")}, txn.Succ},
		"a payment is faster, and then fails":      {[]reply{says("ing"), says("closed")}, []reply{says("init")}, txn.Closed},
		"a payment is under way, and then comes":   {[]reply{says("ing")}, []reply{says("ing"), says("succ")}, txn.Succ},
		"nobody answers at first":                  {[]reply{lost, lost, says("closed")}, []reply{lost}, txn.Closed},
		"the platform knows no close":              {[]reply{refuses("610008")}, []reply{says("init"), says("succ")}, txn.Succ},
		"the answer to the close is another's":     {[]reply{data(`"result":"closed","traceNo":"T2"`)}, []reply{says("succ")}, txn.Succ},
		"the close is lost, and the order is paid": {[]reply{lost}, []reply{says("succ")}, txn.Succ},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("recharge", ordered)
				w.platform.on("query", says("init"))
				w.begin(in{no: "1"}, time.Second)
				w.platform.on("close", test.closes...)
				w.platform.on("query", test.queries...)
				if _, err := w.core.CloseOrder(w.t.Context(), "1"); err != nil {
					t.Fatal(err)
				}
				w.pass(time.Minute)
				w.mustBe("1", test.want)
				if alarm := w.trade("1").Progress.Alarm; alarm != "" {
					t.Errorf("alarm: %s", alarm)
				}
			})
		})
	}
}

// A close that was asked for is asked for again after a restart.
func TestACloseOutlivesItsProcess(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", lost)
		w.platform.on("close", lost)
		w.begin(in{no: "1"}, time.Second)
		w.core.CloseOrder(w.t.Context(), "1")
		w.platform.on("close", says("closed"))
		w.restart()
		w.pass(time.Second)
		w.mustBe("1", txn.Closed)
	})
}

// What never arrived is closed, or is at the desk and asked for once more, as
// soon as that is written; and not while it can't be.
func TestWhatIsDoneAboutAnOrderThatNeverArrivedIsWrittenFirst(t *testing.T) {
	for event, then := range map[string]string{"close asked": "close", "at the desk": "query"} {
		play(t, func(w *world) {
			w.platform.can.Close = event == "close asked"
			w.platform.on("recharge", lost)
			w.platform.on("query", says("notfound"))
			w.platform.on("close", lost)
			w.begin(in{no: "1"}, 10*time.Second)
			w.journal.set(func(e txn.Entry) error {
				if e.Event == event {
					return errDisk
				}
				return nil
			})
			w.pass(txn.ArrivalMargin)
			if asked := len(w.platform.sent()); !strings.Contains(w.log.String(), `"msg":"polling"`) || w.trade("1").AtDesk() || w.count("send close") != 0 {
				t.Errorf("%d messages; %s", asked, w.log)
			}
			start := time.Now()
			w.pass(10 * time.Second)
			if n := len(w.platform.times(then, start)); n != 0 {
				t.Errorf("%s: sent %d times and not written", then, n)
			}
			w.journal.set(nil)
			w.pass(30 * time.Second)
			var at time.Time
			for _, e := range w.journal.entries {
				if e.Event == event {
					at = e.At
				}
			}
			if got := w.platform.times(then, at); at.IsZero() || len(got) == 0 || got[0] != 0 {
				t.Errorf("%s at %v, %s after %v", event, at, then, got)
			}
		})
	}
}
