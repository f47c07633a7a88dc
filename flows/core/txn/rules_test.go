package txn_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
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

func answer(code, data string) reply { return answerOf(code, "", data) }

func answerOf(code, words, data string) reply {
	return func(context.Context, onetrans.Request) (onetrans.Answer, error) {
		return onetrans.Answer{Code: onetrans.T(code), ErrMsg: onetrans.T(words), Data: []byte(data)}, nil
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

func TestWhatIsNoTrade(t *testing.T) {
	tests := map[string]onetrans.Asked[onetrans.RechargeIn]{
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

// What goes wrong after a send fails no call, so the log has it. That a caller
// waits no longer is nothing wrong.
func TestAFaultAfterTheSendIsInTheLog(t *testing.T) {
	const afterSending = `"after sending"`
	patient := func(w *world, patience time.Duration) context.Context {
		ctx, cancel := context.WithTimeout(w.t.Context(), patience)
		w.t.Cleanup(cancel)
		return ctx
	}
	for name, c := range map[string]struct {
		prepare func(w *world)
		kind    string
		answer  reply
		call    func(w *world, patience time.Duration)
	}{
		"a recharge": {func(*world) {}, "recharge", says("succ"), func(w *world, patience time.Duration) {
			w.core.Recharge(patient(w, patience), in{no: "1"}.request())
		}},
		"a refund": {func(*world) {}, "refund", refundSays("R1", "succ"), func(w *world, patience time.Duration) {
			w.core.Refund(patient(w, patience), aRefund.request())
		}},
		"a price": {func(*world) {}, "pre", pre("30.00"), func(w *world, patience time.Duration) {
			w.core.PreSettle(patient(w, patience), bills{no: "S"}.request(), nil)
		}},
		"a bill's order": {func(w *world) { w.priced("S", "30.00") }, "pay", payCode, func(w *world, patience time.Duration) {
			w.core.PaySettlement(patient(w, patience), "S")
		}},
		"leaving a bill": {func(w *world) { w.priced("S", "30.00") }, "abandon", data(``), func(w *world, patience time.Duration) {
			w.core.AbandonSettlement(patient(w, patience), "S")
		}},
		"a cancellation": {func(*world) {}, "cancel", cancelledShare("0.00"), func(w *world, patience time.Duration) {
			w.core.CancelSettlement(patient(w, patience), cancelRequest("S1", "M1"))
		}},
		"a balance": {func(w *world) { w.paidIn("a 100") }, "refund", says("succ"), func(w *world, patience time.Duration) {
			w.core.RefundBalance(patient(w, patience), back{no: "W", amount: "100"}.request())
		}},
	} {
		for trouble, logged := range map[string]bool{"none": false, "the caller leaves": false, "the journal fails": true} {
			t.Run(name+": "+trouble, func(t *testing.T) {
				play(t, func(w *world) {
					c.prepare(w)
					if trouble != "the caller leaves" {
						w.platform.on(c.kind, c.answer)
					}
					if trouble == "the journal fails" {
						w.journal.set(func(e txn.Entry) error {
							if e.Event == "sent" || e.Event == "pay asked" || e.Event == "close asked" {
								return nil
							}
							return errDisk
						})
					}
					c.call(w, 10*time.Second)
					if got := strings.Contains(w.log.String(), afterSending); got != logged {
						t.Errorf("in the log: %v\n%s", got, w.log)
					}
				})
			})
		}
	}
}

// Nobody hears of what goes wrong while it is polled, but by the log.
func TestAFaultOfThePollingIsInTheLog(t *testing.T) {
	play(t, func(w *world) {
		const polling = `"msg":"polling"`
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		w.pass(10 * time.Second)
		if strings.Contains(w.log.String(), polling) {
			t.Errorf("nothing is wrong: %s", w.log)
		}
		w.journal.set(func(txn.Entry) error { return errDisk })
		w.platform.on("query", says("succ"))
		w.pass(10 * time.Second)
		if !strings.Contains(w.log.String(), polling) {
			t.Errorf("%s", w.log)
		}
	})
}

// A code is six letters or digits; what has none is not answered.
func TestACodeIsSixLettersOrDigits(t *testing.T) {
	codes := map[string]bool{"61000": false, "6100000": false}
	for _, c := range "09AZaz" {
		codes["61000"+string(c)] = true
	}
	for _, c := range "/:@[`{ " {
		codes["61000"+string(c)] = false
	}
	for code, counts := range codes {
		play(t, func(w *world) {
			w.platform.on("recharge", answer(code, `{}`))
			w.platform.on("query", lost)
			if at := w.begin(in{no: "1"}, time.Second).Trade.At(); (at == txn.Refused) != counts || !counts && at != txn.Unknown {
				t.Errorf("%q: %q", code, at)
			}
		})
	}
}

// A platform that takes everything for a replay is not sent to without end.
func TestAReplayIsSentAnewAFewTimes(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", func(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
			if w.count("send recharge") > 20 {
				return notSent(ctx, request)
			}
			return refuses("610002")(ctx, request)
		})
		w.begin(in{no: "1"}, time.Minute)
		if n := w.count("send recharge"); n != 4 {
			t.Errorf("sent %d times", n)
		}
	})
}
