package txn_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
	"onetrans/flows/platform"
	"onetrans/flows/txn"
)

func TestNothingIsSentThatIsNotWrittenBefore(t *testing.T) {
	tests := map[string]struct {
		script func(w *world)
		want   string
	}{
		"an order": {
			func(w *world) {
				w.platform.on("recharge", ordered)
				w.begin(in{no: "1"}, time.Minute)
			},
			"journal sent, send recharge, journal told init",
		},
		"an order that is sent again": {
			func(w *world) {
				w.platform.on("recharge", lost, ordered)
				w.platform.on("query", says("notfound"))
				w.begin(in{no: "1"}, time.Minute)
			},
			"journal sent, send recharge, journal no normal answer, send query, journal told notfound, journal sent, send recharge, journal told init",
		},
		"a close": {
			func(w *world) {
				w.platform.on("recharge", ordered)
				w.platform.on("close", says("closed"))
				w.begin(in{no: "1"}, time.Minute)
				w.core.Close() // the polling is no part of this
				w.core.CloseOrder(w.t.Context(), "1")
			},
			"journal close asked, send close, journal told closed",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				test.script(w)
				if !strings.Contains(w.diary.String(), test.want) {
					t.Errorf("it went: %s\nwant: %s", w.diary, test.want)
				}
			})
		})
	}
}

func TestWithoutAJournalNothingIsSent(t *testing.T) {
	tests := map[string]func(w *world){
		"it can't be written": func(w *world) { w.journal.set(func(txn.Entry) error { return errDisk }) },
		"it can't be read":    func(w *world) { w.journal.failGet = errDisk },
	}
	for name, breaks := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				breaks(w)
				_, err := w.recharge(in{no: "1"}, time.Minute)
				if !errors.Is(err, txn.ErrJournal) {
					t.Errorf("err = %v, want ErrJournal", err)
				}
				w.pass(time.Minute)
				if got := w.diary.String(); got != "" {
					t.Errorf("it went: %s", got)
				}
			})
		})
	}
}

// A journal that fails after the send fails nothing: the trade stays as it was
// written, and is asked for until its end can be written.
func TestJournalThatFailsLaterLosesNothing(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("succ"))
		w.journal.set(func(e txn.Entry) error {
			if e.Event != "sent" {
				return errDisk
			}
			return nil
		})
		w.begin(in{no: "1"}, time.Second)
		w.pass(time.Minute)
		w.mustBe("1", txn.Created)
		w.journal.set(nil)
		w.pass(5 * time.Second)
		w.mustBe("1", txn.Succ)
		if n := w.count("send recharge"); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
}

func TestUnknownIsNotFailed(t *testing.T) {
	tests := map[string]reply{
		"the answer is lost":          lost,
		"the platform never answers":  mute,
		"the data is no object":       answer("000000", `[]`),
		"the data is of another kind": answer("000000", `{"result":{}}`),
		"there is no code":            answer("", `{"result":"succ"}`),
		"the code is no code":         answer("fail", `{}`),
		"it is another trade's":       data(`"result":"succ","outChargeNo":"2"`),
	}
	for name, first := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("recharge", first)
				w.platform.on("query", lost)
				status := w.begin(in{no: "1"}, 5*time.Second)
				if status.Trade.At() != txn.Unknown || status.SilentSince.IsZero() && name != "the platform never answers" {
					t.Fatalf("told as %q, silent since %v", status.Trade.At(), status.SilentSince)
				}
				w.pass(10 * time.Minute)
				w.mustBe("1", txn.Unknown)
				if n := w.count("send recharge"); n != 1 {
					t.Errorf("sent %d times without an answer to a query", n)
				}
				w.platform.on("query", says("succ"))
				w.pass(31 * time.Second)
				w.mustBe("1", txn.Succ)
			})
		})
	}
}

func answer(code, data string) reply {
	return func(context.Context, onetrans.Request) (onetrans.Answer, error) {
		return onetrans.Answer{Code: onetrans.T(code), Data: []byte(data)}, nil
	}
}

func TestARefusingCodeEndsATradeOnlyWhenNoSendIsUnknown(t *testing.T) {
	t.Run("the only send", func(t *testing.T) {
		play(t, func(w *world) {
			w.platform.on("recharge", refuses("610004"))
			status := w.begin(in{no: "1"}, time.Minute)
			if status.Trade.At() != txn.Refused || status.Trade.Progress.RefusedWith != "610004" {
				t.Errorf("%+v", status.Trade.Progress)
			}
			w.pass(time.Hour)
			if n := len(w.platform.sent()); n != 1 {
				t.Errorf("%d messages", n)
			}
		})
	})
	for _, second := range map[string]reply{"refused": refuses("610003"), "not sent": notSent} {
		play(t, func(w *world) {
			w.platform.on("recharge", lost, second)
			w.platform.on("query", says("notfound"), lost)
			if at := w.begin(in{no: "1"}, 3*time.Second).Trade.At(); at != txn.Unknown {
				t.Errorf("told as %q, though the first send may have arrived", at)
			}
			w.platform.on("query", says("succ"))
			w.pass(5 * time.Second)
			w.mustBe("1", txn.Succ)
		})
	}
}

func TestAReplayIsSentAnewUnderTheSameNumber(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", refuses("610002"), refuses("610002"), ordered)
		if at := w.begin(in{no: "1"}, time.Minute).Trade.At(); at != txn.Pending {
			t.Errorf("told as %q", at)
		}
		for _, c := range w.platform.sent()[:3] {
			var sent onetrans.RechargeIn
			if err := onetrans.UnmarshalData(c.request.Data, &sent); err != nil || sent.OutChargeNo.String() != "1" {
				t.Errorf("%s: %v", sent.OutChargeNo, err)
			}
		}
	})
}

func TestItIsAskedBeforeItIsSentAgain(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost, lost, lost, lost, lost)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, time.Minute)
		if n := w.count("send recharge"); n != 4 {
			t.Errorf("sent %d times, want 1 and 3 more", n)
		}
		if strings.Contains(strings.ReplaceAll(w.diary.String(), "journal sent, ", ""), "send recharge, journal no normal answer, send recharge") {
			t.Error("sent again without asking: ", w.diary)
		}
	})
}

// Each send again is worth a question of its own, that was answered.
func TestAnOldAnswerDoesNotLetItBeSentAgain(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", says("notfound"), lost)
		w.begin(in{no: "1"}, time.Minute)
		if n := w.count("send recharge"); n != 2 {
			t.Errorf("sent %d times", n)
		}
	})
}

// An order whose code was lost brings it when the same number is sent again.
func TestTheCodeOfAnOrderThatArrivedIsFetched(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost, ordered)
		w.platform.on("query", says("init"))
		status := w.begin(in{no: "1"}, time.Minute)
		if status.Trade.Progress.QRCode == "" || w.count("send recharge") != 2 {
			t.Errorf("%+v; %s", status.Trade.Progress, w.diary)
		}
	})
	play(t, func(w *world) { // but not of one that is being paid
		w.platform.on("recharge", lost, ordered)
		w.platform.on("query", says("ing"))
		w.begin(in{no: "1"}, time.Minute)
		if n := w.count("send recharge"); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
}

func TestWhatEachWordMeans(t *testing.T) {
	for word, want := range map[string]flow.State{
		"init": txn.Pending, "ing": txn.Pending, "exp": txn.Pending,
		"succ": txn.Succ, "fail": txn.Fail, "closed": txn.Closed,
		"notfound": txn.Unknown, "weird": txn.Pending,
	} {
		t.Run("answered to a send: "+word, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("recharge", says(word))
				status := w.begin(in{no: "1", noCode: true}, time.Second)
				if status.Trade.At() != want {
					t.Errorf("%q, want %q", status.Trade.At(), want)
				}
			})
		})
		t.Run("answered to a query: "+word, func(t *testing.T) {
			play(t, func(w *world) {
				want := want
				if word == "weird" {
					want = txn.Unknown // a success without a known result is a reason to ask again
				}
				w.platform.on("recharge", lost)
				w.platform.on("query", lost)
				w.begin(in{no: "1", noCode: true}, time.Second)
				w.platform.on("query", says(word))
				w.pass(3 * time.Second)
				w.mustBe("1", want)
			})
		})
	}
}

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
			harmless := word == string(final) || word == "notfound" && (final == txn.Closed || final == txn.Refused || final == txn.NotSent)
			t.Run(string(final)+", then told "+word, func(t *testing.T) {
				play(t, func(w *world) {
					w.platform.on("recharge", first)
					w.begin(in{no: "1"}, time.Second)
					w.platform.on("query", says(word))
					if _, err := w.query(`"outTradeNo":"1"`); err != nil {
						t.Fatal(err)
					}
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

func TestTheSameNumber(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		for name, other := range map[string]in{
			"another amount": {no: "1", amount: "200.01"}, "another card": {no: "1", card: "D2"},
		} {
			if _, err := w.recharge(other, time.Second); !errors.Is(err, txn.ErrNumberReused) {
				t.Errorf("%s: %v", name, err)
			}
		}
		sends := w.count("send recharge")
		again := w.begin(in{no: "1", amount: "200"}, time.Second) // the same fen
		if again.Trade.Progress.QRCode != "https://pay/1" || w.count("send recharge") != sends {
			t.Errorf("%+v; %s", again.Trade.Progress, w.diary)
		}
		w.platform.on("query", says("succ"))
		w.pass(5 * time.Second)
		if again := w.begin(in{no: "1"}, time.Second); again.Trade.At() != txn.Succ || w.count("send recharge") != sends {
			t.Errorf("%q; %s", again.Trade.At(), w.diary)
		}
	})
}

func TestWhatWasNotSentOrRefusedMayBeRepeated(t *testing.T) {
	for name, first := range map[string]reply{"not sent": notSent, "refused": refuses("610099")} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("recharge", first, ordered)
				w.begin(in{no: "1"}, time.Minute)
				w.pass(time.Hour)
				if n := w.count("send recharge"); n != 1 {
					t.Fatalf("sent %d times by itself", n)
				}
				if at := w.begin(in{no: "1"}, time.Minute).Trade.At(); at != txn.Pending {
					t.Errorf("%q", at)
				}
			})
		})
		t.Run(name+", but then one like it was begun", func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("recharge", first, ordered)
				w.platform.on("query", says("init"))
				w.begin(in{no: "1"}, time.Minute)
				w.begin(in{no: "2"}, time.Minute)
				_, err := w.recharge(in{no: "1"}, time.Minute)
				if doubt, ok := errors.AsType[*txn.InDoubtError](err); !ok || doubt.No != "2" {
					t.Errorf("err = %v", err)
				}
			})
		})
	}
}

func TestALikeChargeInDoubtAsksFirst(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", lost)
		w.begin(in{no: "1"}, time.Second)
		sends := func() int { return w.count("send recharge") }
		refused := func(i in, no string) {
			t.Helper()
			before := sends()
			_, err := w.recharge(i, time.Second)
			doubt, ok := errors.AsType[*txn.InDoubtError](err)
			if !ok || doubt.No != no || doubt.Amount != 20000 || sends() != before {
				t.Errorf("%+v: %v", i, err)
			}
		}
		refused(in{no: "2"}, "1")
		refused(in{no: "2", despite: "3"}, "1")
		w.begin(in{no: "2", despite: "1"}, time.Second)
		// Who names the latest has seen it; the one before does not count any more.
		refused(in{no: "3", despite: "1"}, "2")
		w.begin(in{no: "3", despite: "2"}, time.Second)
		// Others are not in doubt.
		w.begin(in{no: "4", amount: "1"}, time.Second)
		w.begin(in{no: "5", card: "D2"}, time.Second)
		// Nor is what is decided, also after a restart.
		w.restart()
		refused(in{no: "6"}, "3")
		w.platform.on("query", says("fail"))
		w.pass(time.Minute)
		w.begin(in{no: "6"}, time.Second)
	})
}

func TestTheLatestInDoubtIsNamed(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", lost)
		latest := ""
		for _, no := range strings.Fields("8 3 5 1 7 2 6 4") {
			w.begin(in{no: no, despite: latest}, time.Second)
			latest = no
			_, err := w.recharge(in{no: "9"}, time.Second)
			if doubt, ok := errors.AsType[*txn.InDoubtError](err); !ok || doubt.No != latest {
				t.Errorf("%v, want %s", err, latest)
			}
		}
	})
}

// Yesterday's credentials may have expired: those of the repeat count.
func TestARepeatBringsItsCredentials(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		today := in{no: "1"}.request()
		today.AppKey = onetrans.T("today")
		if _, err := w.core.Recharge(w.t.Context(), today); err != nil {
			t.Fatal(err)
		}
		w.pass(5 * time.Second)
		sent := w.platform.sent()
		if got := sent[len(sent)-1].request.AppKey.String(); got != "today" {
			t.Errorf("asked with %q", got)
		}
	})
}

// What shall be closed is not sent any more, whoever repeats it.
func TestWhatShallBeClosedIsNotSentAgain(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, 100*time.Millisecond)
		sends := w.count("send recharge")
		w.platform.on("close", lost)
		w.core.CloseOrder(w.t.Context(), "1")
		w.begin(in{no: "1"}, 10*time.Second)
		if n := w.count("send recharge"); n != sends {
			t.Errorf("sent %d times after it was to be closed", n-sends)
		}
	})
}

func TestAtStartWhatIsOpenIsAsked(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("query", lost)
		w.platform.on("recharge", says("succ"))
		w.begin(in{no: "done"}, time.Second)
		w.platform.on("recharge", ordered)
		w.begin(in{no: "pending", card: "D3"}, time.Second)
		w.platform.on("recharge", mute)
		ctx, cancel := context.WithCancel(w.t.Context())
		go w.core.Recharge(ctx, in{no: "created", card: "D4"}.request())
		synctest.Wait()
		// The process dies here: what it still does leaves no trace.
		w.journal.set(func(txn.Entry) error { return errDisk })
		cancel()
		synctest.Wait()
		w.journal.set(nil)
		w.mustBe("created", txn.Created)

		before := len(w.platform.sent())
		w.restart()
		w.mustBe("created", txn.Unknown)
		synctest.Wait()
		asked := map[string]bool{}
		for _, c := range w.platform.sent()[before:] {
			var q onetrans.QueryIn
			if err := onetrans.UnmarshalData(c.request.Data, &q); err != nil {
				t.Fatal(err)
			}
			if q.PayAppSecret.String() != payKey || c.request.AppKey.String() != appKey {
				t.Error("the credentials did not outlive the process")
			}
			asked[q.OutTradeNo.String()] = true
		}
		if len(asked) != 2 || !asked["pending"] || !asked["created"] {
			t.Errorf("asked for %v", asked)
		}
	})
}

func TestOneCallAtATime(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", holds(time.Second, says("init")))
		w.begin(in{no: "1"}, time.Minute)
		for range 10 { // polling never makes a caller busy
			release, err := w.core.Acquire()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.core.Acquire(); !errors.Is(err, txn.ErrBusy) {
				t.Errorf("a second call: %v", err)
			}
			release()
			release()
			w.pass(100 * time.Millisecond)
		}
	})
}

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
		"no word":                             {`"outTradeNo":"1"`, ``, "ing"},
		"open":                                {`"outTradeNo":"1"`, `"result":"init"`, "init"},
		"being credited":                      {`"outTradeNo":"1"`, `"result":"exp"`, "exp"},
		"paid":                                {`"outTradeNo":"1"`, `"result":"succ"`, "succ"},
		"failed, which is final":              {`"outTradeNo":"1"`, `"result":"fail"`, "fail"},
		"closed, which is final":              {`"outTradeNo":"1"`, `"result":"closed"`, "closed"},
		"a trace number nobody can check":     {`"outTradeNo":"1","traceNo":"T9"`, `"result":"notfound"`, "ing"},
		"another's fate under our number":     {`"outTradeNo":"1","traceNo":"T9"`, `"result":"fail"`, "ing"},
		"a trade that is not in this journal": {`"outTradeNo":"9"`, `"result":"notfound"`, "notfound"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("recharge", lost)
				w.platform.on("query", lost)
				w.begin(in{no: "1", noCode: true}, time.Second)
				w.core.Close() // the polling is no part of this
				w.platform.on("query", data(test.answer))
				answer, err := w.query(test.numbers)
				if err != nil {
					t.Fatal(err)
				}
				var out onetrans.QueryOut
				if err := onetrans.UnmarshalData(answer.Data, &out); err != nil || out.Result.String() != test.want {
					t.Errorf("%q %v, want %q", out.Result, err, test.want)
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

func TestWhatIsNoTrade(t *testing.T) {
	tests := map[string]onetrans.Request{
		"no data":          {},
		"no amount":        in{no: "1", amount: " "}.request(),
		"zero":             in{no: "1", amount: "0.00"}.request(),
		"a third of a fen": in{no: "1", amount: "0.001"}.request(),
		"no number":        in{}.request(),
	}
	for name, request := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				if _, err := w.core.Recharge(w.t.Context(), request); !errors.Is(err, txn.ErrInvalid) {
					t.Errorf("err = %v", err)
				}
				if w.diary.String() != "" {
					t.Error(w.diary)
				}
			})
		})
	}
}

func TestUnknownNumbers(t *testing.T) {
	play(t, func(w *world) {
		_, checked := w.core.Check(w.t.Context(), "9")
		_, closed := w.core.CloseOrder(w.t.Context(), "9")
		_, _, watched := w.core.Watch("9")
		for _, err := range []error{checked, closed, watched} {
			if !errors.Is(err, txn.ErrUnknownTrade) {
				t.Error(err)
			}
		}
	})
}
