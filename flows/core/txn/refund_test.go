package txn_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// back is what a refund asks for.
type back struct{ no, amount, charge, trace, mode, process, account string }

func (b back) request() onetrans.Asked[onetrans.RefundIn] {
	r := onetrans.RefundIn{
		PayAppID: onetrans.T("P"), PayAppSecret: onetrans.T(payKey), TermNo: onetrans.T("T"),
		CardType: onetrans.T("01"), CardNo: onetrans.T("D1"), AccountType: onetrans.T("02"),
		UserName: onetrans.T(userName), HisCustID: onetrans.T("H1"),
		WithdrawMode: onetrans.T("1"), RefundType: onetrans.T(onetrans.RefundDirect),
		Amount: onetrans.AmountOf(onetrans.T(b.amount)), OutRefundNo: onetrans.T(b.no),
	}
	if b.mode != "" {
		r.WithdrawMode = onetrans.T(b.mode)
	}
	if b.process != "" {
		r.RefundType = onetrans.T(b.process)
	}
	if b.account != "" {
		r.AccountType = onetrans.T(b.account)
	}
	if b.charge != "" {
		r.OutChargeNo = onetrans.T(b.charge)
	}
	if b.trace != "" {
		r.TraceNo = onetrans.T(b.trace)
	}
	return asked(r)
}

// refund makes a refund and gives it so long.
func (w *world) refund(b back, patience time.Duration) (txn.Status, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	return w.core.Refund(ctx, b.request())
}

// giveBack makes a refund that must not be refused by the core.
func (w *world) giveBack(b back, patience time.Duration) txn.Status {
	w.t.Helper()
	status, err := w.refund(b, patience)
	if err != nil {
		w.t.Fatalf("Refund: %v", err)
	}
	return status
}

func (w *world) refundMustBe(no string, want flow.State) {
	w.t.Helper()
	if got := w.tradeOf(onetrans.TransRefund, no).At(); got != want {
		w.t.Fatalf("%s is %q, want %q; %s", no, got, want, w.diary)
	}
}

// charged makes a recharge over 200.00 that is paid, known as T1.
func (w *world) charged(no string) {
	w.t.Helper()
	w.platform.on("recharge", data(`"result":"succ","traceNo":"T`+no+`"`))
	w.begin(in{no: no}, time.Minute)
	w.mustBe(no, txn.Succ)
}

// refundSays is an answer that names the refund it is about.
func refundSays(no, result string) reply {
	return data(fmt.Sprintf(`"outRefundNo":%q,"result":%q`, no, result))
}

var aRefund = back{no: "R1", amount: "50", charge: "1"}

func TestARefundIsSentOnceAndAnswered(t *testing.T) {
	for word, want := range map[string]flow.State{
		"succ": txn.Succ, "fail": txn.Fail, "ing": txn.Pending, "exp": txn.Pending, "init": txn.Pending, "weird": txn.Pending,
	} {
		t.Run(word, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("refund", refundSays("R1", word))
				if at := w.giveBack(aRefund, time.Minute).Trade.At(); at != want {
					t.Errorf("%q, want %q", at, want)
				}
				if got := w.diary.String(); !strings.HasPrefix(got, "journal sent, send refund, journal ") {
					t.Errorf("it went: %s", got)
				}
				w.pass(time.Hour)
				if n := w.count("send refund"); n != 1 {
					t.Errorf("sent %d times", n)
				}
			})
		})
	}
}

func TestARefundsMessage(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", lost)
		w.platform.on("query", lost)
		w.giveBack(back{no: "R1", amount: "50", charge: "1", trace: "T1"}, time.Second)
		sent := w.platform.sent()
		var refund onetrans.RefundIn
		var query onetrans.QueryIn
		if err := errors.Join(onetrans.UnmarshalData(sent[0].request.Data, &refund), onetrans.UnmarshalData(sent[1].request.Data, &query)); err != nil {
			t.Fatal(err)
		}
		if refund.Amount.String() != "50.00" || refund.PayAppSecret.String() != payKey || refund.TraceNo.String() != "T1" {
			t.Errorf("%s", sent[0].request.Data)
		}
		if query.TradeType.String() != onetrans.TransRefund || query.OutTradeNo.String() != "R1" || !query.TraceNo.IsZero() {
			t.Errorf("%s", sent[1].request.Data)
		}
	})
}

func TestARefundIsAskedForBeforeItIsSentAgain(t *testing.T) {
	for _, word := range []string{"notfound", "fail"} {
		play(t, func(w *world) {
			w.platform.on("refund", lost, refundSays("R1", "succ"))
			w.platform.on("query", lost, refundSays("R1", word))
			if at := w.giveBack(aRefund, time.Minute).Trade.At(); at != txn.Succ {
				t.Errorf("%q", at)
			}
			want := "journal sent, send refund, journal no normal answer, send query, send query, journal told " +
				word + ", journal sent, send refund, journal told succ"
			if w.diary.String() != want {
				t.Errorf("it went: %s", w.diary)
			}
			for _, c := range w.platform.sent() {
				if c.kind == "refund" && !strings.Contains(string(c.request.Data), `"outRefundNo":"R1"`) {
					t.Errorf("%s", c.request.Data)
				}
			}
		})
	}
}

// What is not proven is unknown, however it is said, and is not sent again.
func TestWhatProvesNothingOfARefund(t *testing.T) {
	for name, answered := range map[string]reply{
		"silence":                    lost,
		"another refund's fate":      refundSays("R2", "notfound"),
		"no number and no sums":      says("notfound"),
		"no number, and failed":      says("fail"),
		"no number, and done":        says("succ"),
		"a word nobody knows":        refundSays("R1", "weird"),
		"sums that may hold it":      data(`"result":"notfound","refundedAmt":"50.00","refundingAmt":"0","origTraceNo":"T1"`),
		"sums of nobody knows what":  data(`"result":"notfound","refundedAmt":"0","refundingAmt":"0"`),
		"sums of another order":      data(`"result":"notfound","refundedAmt":"0","refundingAmt":"0","origTraceNo":"T9"`),
		"a refusing code":            refuses("610004"),
		"the charge's own last word": data(`"result":"succ","traceNo":"T1"`),
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.charged("1")
				w.platform.on("refund", lost)
				w.platform.on("query", answered)
				status := w.giveBack(aRefund, 10*time.Second)
				w.pass(time.Hour)
				w.restart()
				w.pass(time.Hour)
				w.refundMustBe("R1", txn.Unknown)
				if n := w.count("send refund"); n != 1 || status.Trade.At() != txn.Unknown {
					t.Errorf("sent %d times, told as %q", n, status.Trade.At())
				}
			})
		})
	}
}

// Where another terminal or a counter may have given back the same sum, sums
// prove what was not done alone.
func TestSumsProveThatARefundWasNotDone(t *testing.T) {
	sums := func(done, underWay string) reply {
		return data(fmt.Sprintf(`"result":"succ","refundedAmt":%q,"refundingAmt":%q,"origTraceNo":"T1"`, done, underWay))
	}
	for name, test := range map[string]struct {
		answer reply
		proven bool
	}{
		"there is none":                            {sums("0.00", "0.00"), true},
		"only the one before is there":             {sums("30.00", "0.00"), true},
		"not enough for both":                      {sums("30.00", "19.99"), true},
		"enough for both":                          {sums("50.00", "0.00"), false},
		"the other half is under way":              {sums("30.00", "20.00"), false},
		"more than both":                           {sums("80.00", "0.00"), false},
		"half a sum":                               {data(`"result":"fail","refundedAmt":"0.00","origTraceNo":"T1"`), false},
		"of another order":                         {data(`"result":"fail","refundedAmt":"0.00","refundingAmt":"0.00","origTraceNo":"T2"`), false},
		"in an answer that names another refund":   {data(`"outRefundNo":"R9","result":"succ","refundedAmt":"50.00","refundingAmt":"0.00","origTraceNo":"T1"`), false},
		"too small in one that names another":      {data(`"outRefundNo":"R9","result":"succ","refundedAmt":"30.00","refundingAmt":"0.00","origTraceNo":"T1"`), true},
		"no sum at all, and the result is of none": {says("succ"), false},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.charged("1")
				w.platform.on("refund", data(`"outRefundNo":"R1","result":"succ","refundedAmt":"30.00","refundingAmt":"0.00"`), lost, refundSays("R2", "succ"))
				w.giveBack(back{no: "R1", amount: "30", charge: "1"}, time.Second)
				w.platform.on("query", test.answer)
				status := w.giveBack(back{no: "R2", amount: "20", trace: "T1"}, 10*time.Second)
				want, sends := txn.Unknown, 2
				if test.proven {
					want, sends = txn.Succ, 3
				}
				if n := w.count("send refund"); status.Trade.At() != want || n != sends || status.Trade.AtDesk() == test.proven {
					t.Errorf("%q, sent %d times; %+v", status.Trade.At(), n, status.Trade.Progress)
				}
			})
		})
	}
}

// What must be in the sums is what was there before, from here or elsewhere, by
// the platform's word alone.
func TestWhatTheSumsMustHold(t *testing.T) {
	second := back{no: "R2", amount: "20", charge: "1"}
	sums := func(done string) reply {
		return data(fmt.Sprintf(`"result":"succ","refundedAmt":%q,"refundingAmt":"0.00","origTraceNo":"T1"`, done))
	}
	t.Run("what another terminal gave back", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("refund", data(`"outRefundNo":"R1","result":"succ","refundedAmt":"70.00","refundingAmt":"0.00"`), lost, refundSays("R2", "succ"))
			w.giveBack(back{no: "R1", amount: "30", charge: "1"}, time.Second)
			w.platform.on("query", sums("80.00")) // 70.00 and 20.00 are not in it
			w.giveBack(second, 10*time.Second)
			w.refundMustBe("R2", txn.Succ)
			if n := w.count("send refund"); n != 3 {
				t.Errorf("sent %d times", n)
			}
		})
	})
	t.Run("but nothing that a person said", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("refund", lost)
			w.platform.on("query", lost)
			w.giveBack(back{no: "R1", amount: "30", charge: "1"}, time.Second)
			w.pass(txn.RequestArrival + time.Minute)
			w.say(onetrans.TransRefund, "R1", txn.VerdictDone)
			w.platform.on("query", sums("40.00")) // 20.00 may be ours
			w.giveBack(second, 10*time.Second)
			w.refundMustBe("R2", txn.Unknown)
			if n := w.count("send refund"); n != 2 {
				t.Errorf("sent %d times", n)
			}
		})
	})
	t.Run("nor what the platform has taken back", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("refund", refundSays("R1", "succ"), lost)
			w.giveBack(back{no: "R1", amount: "50", charge: "1"}, time.Second)
			w.platform.on("query", refundSays("R1", "fail"))
			if _, err := w.asks(onetrans.TransRefund, `"outTradeNo":"R1"`); err == nil {
				t.Fatal("what was proven is not said again")
			}
			if alarm := w.tradeOf(onetrans.TransRefund, "R1").Progress.Alarm; alarm == "" {
				t.Fatal("it was not taken back")
			}
			w.platform.on("query", sums("50.00")) // which may be R2's
			second := back{no: "R2", amount: "50", charge: "1"}
			w.giveBack(second, 10*time.Second)
			w.pass(txn.RequestArrival + time.Minute)
			w.giveBack(second, 10*time.Second)
			w.refundMustBe("R2", txn.Unknown)
			if n := w.count("send refund"); n != 2 {
				t.Errorf("sent %d times; %s", n, w.diary)
			}
		})
	})
}

// A platform without the echo, and another terminal that gives back the same
// sum of the same order: what never arrived is not done.
func TestAnotherTerminalsRefundIsNotTakenForOurs(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		w.platform.on("refund", lost)
		w.platform.on("query", data(`"result":"succ","refundedAmt":"20.00","refundingAmt":"0.00","origTraceNo":"T1"`))
		ours := back{no: "R1", amount: "20", charge: "1"}
		w.giveBack(ours, 10*time.Second)
		w.pass(time.Hour)
		w.restart()
		status := w.giveBack(ours, 10*time.Second)
		if status.Trade.At() != txn.Unknown || status.Trade.Progress.Desk != txn.ReasonNoEcho || w.count("send refund") != 1 {
			t.Fatalf("%+v; %s", status.Trade.Progress, w.diary)
		}
		// What names it is trusted, and takes it off the desk.
		w.platform.on("query", refundSays("R1", "notfound"))
		w.platform.on("refund", refundSays("R1", "succ"))
		w.pass(10 * time.Minute)
		w.refundMustBe("R1", txn.Succ)
		if w.tradeOf(onetrans.TransRefund, "R1").AtDesk() {
			t.Error("it is still at the desk")
		}
	})
}

func TestSumsProveARefundWhereNobodyElseRefunds(t *testing.T) {
	sums := func(done, underWay string) reply {
		return data(fmt.Sprintf(`"result":"succ","refundedAmt":%q,"refundingAmt":%q,"origTraceNo":"T1"`, done, underWay))
	}
	// R1 over 30 is done; the platform said so with the sums.
	before := func(w *world) {
		w.options.RefundsOnlyHere = true
		w.restart()
		w.charged("1")
		w.platform.on("refund", data(`"outRefundNo":"R1","result":"succ","refundedAmt":"30.00","refundingAmt":"0.00"`))
		w.giveBack(back{no: "R1", amount: "30", charge: "1"}, time.Second)
		w.platform.on("refund", lost, refundSays("R2", "succ"))
	}
	second := back{no: "R2", amount: "20", trace: "T1"}
	for name, test := range map[string]struct {
		answer reply
		want   flow.State
		sends  int
	}{
		"it is in the sum":      {sums("50.00", "0.00"), txn.Succ, 2},
		"it is under way":       {sums("30.00", "20.00"), txn.Pending, 2},
		"it is not there":       {sums("30.00", "0.00"), txn.Succ, 3},
		"it has no room for it": {sums("40.00", "0.00"), txn.Succ, 3},
		"too much was added":    {sums("80.00", "0.00"), txn.Unknown, 2},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				before(w)
				w.platform.on("query", test.answer)
				w.giveBack(second, 10*time.Second)
				w.refundMustBe("R2", test.want)
				if n := w.count("send refund"); n != test.sends {
					t.Errorf("sent %d times, want %d", n, test.sends)
				}
			})
		})
	}
	t.Run("but another refund was made meanwhile", func(t *testing.T) {
		play(t, func(w *world) {
			before(w)
			w.platform.on("query", lost)
			w.giveBack(second, time.Second)
			w.platform.on("refund", lost)
			w.giveBack(back{no: "R3", amount: "20", charge: "1"}, time.Second)
			w.platform.on("query", sums("50.00", "0.00")) // of one or the other
			w.pass(time.Hour)
			w.refundMustBe("R2", txn.Unknown)
		})
	})
	t.Run("and the other is done", func(t *testing.T) {
		play(t, func(w *world) {
			before(w)
			w.platform.on("query", lost)
			w.giveBack(second, time.Second)
			w.platform.on("refund", refundSays("R3", "succ"), refundSays("R2", "succ"))
			w.giveBack(back{no: "R3", amount: "20", charge: "1"}, time.Second)
			w.platform.on("query", sums("50.00", "0.00")) // the other's
			w.pass(time.Hour)
			w.refundMustBe("R2", txn.Succ)
			if n := w.count("send refund"); n != 4 {
				t.Errorf("sent %d times", n)
			}
		})
	})
	t.Run("the first of an order", func(t *testing.T) {
		play(t, func(w *world) {
			w.options.RefundsOnlyHere = true
			w.restart()
			w.charged("1")
			w.platform.on("refund", lost)
			w.platform.on("query", sums("50.00", "0.00"))
			w.giveBack(aRefund, 10*time.Second)
			w.refundMustBe("R1", txn.Succ)
		})
	})
	t.Run("the first of an order that is not in this journal", func(t *testing.T) {
		play(t, func(w *world) {
			w.options.RefundsOnlyHere = true
			w.restart()
			w.platform.on("refund", lost)
			w.platform.on("query", sums("50.00", "0.00"))
			w.giveBack(back{no: "R1", amount: "50", trace: "T1"}, 10*time.Second)
			w.refundMustBe("R1", txn.Unknown)
		})
	})
	t.Run("less than the refund can't hold it", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.platform.on("refund", lost, refundSays("R1", "succ"))
			w.platform.on("query", sums("0.00", "49.99"))
			w.giveBack(aRefund, 10*time.Second)
			w.refundMustBe("R1", txn.Succ)
		})
	})
}

func TestRefundsNeverPassWhatWasPaid(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1") // 200.00
		exceeds := func(b back) {
			t.Helper()
			before := w.count("send refund")
			if _, err := w.refund(b, time.Second); !errors.Is(err, txn.ErrExceeds) || w.count("send refund") != before {
				t.Errorf("%+v: %v", b, err)
			}
		}
		exceeds(back{no: "R0", amount: "200.01", charge: "1"})
		w.platform.on("refund", refundSays("R1", "succ"))
		w.giveBack(back{no: "R1", amount: "120", charge: "1"}, time.Second)
		exceeds(back{no: "R2", amount: "80.01", trace: "T1"}) // the same order by its other number
		// One whose outcome is unknown counts.
		w.platform.on("refund", lost)
		w.platform.on("query", lost)
		w.giveBack(back{no: "R3", amount: "50", trace: "T1"}, time.Second)
		w.core.Close()
		w.open()
		exceeds(back{no: "R4", amount: "30.01", charge: "1"})
		// One that failed does not, until it is repeated.
		w.platform.on("refund", refundSays("R5", "fail"))
		w.giveBack(back{no: "R5", amount: "30", charge: "1"}, time.Second)
		w.refundMustBe("R5", txn.Fail)
		w.platform.on("refund", refundSays("R6", "succ"))
		w.giveBack(back{no: "R6", amount: "30", charge: "1"}, time.Second)
		exceeds(back{no: "R5", amount: "30", charge: "1"})
		w.giveBack(back{no: "R6", amount: "30", charge: "1"}, time.Second) // a repeat is no second one
	})
	t.Run("an order that was never paid", func(t *testing.T) {
		play(t, func(w *world) {
			w.platform.on("recharge", says("fail"))
			w.begin(in{no: "1"}, time.Second)
			if _, err := w.refund(aRefund, time.Second); !errors.Is(err, txn.ErrExceeds) {
				t.Error(err)
			}
		})
	})
	t.Run("an order of elsewhere is the platform's to bound", func(t *testing.T) {
		play(t, func(w *world) {
			w.platform.on("refund", refuses("610005"))
			status := w.giveBack(back{no: "R1", amount: "1000000", trace: "T9"}, time.Second)
			if status.Trade.At() != txn.Refused || status.Trade.Progress.RefusedWith != "610005" {
				t.Errorf("%+v", status.Trade.Progress)
			}
		})
	})
}

func TestTwoRefundsAtOnce(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		w.platform.on("refund", holds(time.Second, says("succ")))
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() {
				_, errs[i] = w.refund(back{no: fmt.Sprint("R", i), amount: "70", charge: "1"}, time.Minute)
			})
		}
		wait.Wait()
		if n := w.count("send refund"); n != 2 { // of 200
			t.Errorf("%d refunds of 70 went out: %v", n, errs)
		}
	})
}

func TestARefundsNumber(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", refundSays("R1", "succ"))
		w.giveBack(aRefund, time.Second)
		for _, other := range []back{
			{no: "R1", amount: "50.01", charge: "1"},
			{no: "R1", amount: "50", charge: "2"},
		} {
			if _, err := w.refund(other, time.Second); !errors.Is(err, txn.ErrNumberReused) {
				t.Errorf("%+v: %v", other, err)
			}
		}
		// traceNo wins: the other number is no part of what it is.
		w.platform.on("refund", refundSays("R2", "succ"))
		w.giveBack(back{no: "R2", amount: "50", trace: "T1", charge: "1"}, time.Second)
		w.giveBack(back{no: "R2", amount: "50.0", trace: "T1"}, time.Second)
		// A recharge may have the same number.
		w.platform.on("recharge", ordered)
		w.begin(in{no: "R1"}, time.Second)
		if n := w.count("send refund"); n != 2 {
			t.Errorf("sent %d times", n)
		}
	})
}

func TestWhatBecomesOfARefusedRefund(t *testing.T) {
	t.Run("no send is unknown: it is refused, and may be repeated", func(t *testing.T) {
		play(t, func(w *world) {
			for _, first := range []reply{refuses("610006"), notSent} {
				w.platform.on("refund", first, refundSays("R1", "succ"))
				if at := w.giveBack(aRefund, time.Second).Trade.At(); at != txn.Refused && at != txn.NotSent {
					t.Errorf("%q", at)
				}
				w.pass(time.Hour)
				if n := w.count("send query"); n != 0 {
					t.Errorf("asked %d times", n)
				}
			}
			w.giveBack(aRefund, time.Second)
			w.refundMustBe("R1", txn.Succ)
		})
	})
	t.Run("a send is unknown: it is not", func(t *testing.T) {
		play(t, func(w *world) {
			w.platform.on("refund", lost, refuses("610006"))
			w.platform.on("query", refundSays("R1", "notfound"))
			status := w.giveBack(aRefund, time.Minute)
			if status.Trade.At() != txn.Unknown || status.Trade.Progress.Desk == "" {
				t.Errorf("%+v", status.Trade.Progress)
			}
			w.pass(time.Hour) // a person has it: it is asked for, and not sent
			if n := w.count("send refund"); n != 2 {
				t.Errorf("sent %d times", n)
			}
			w.platform.on("query", refundSays("R1", "succ"))
			w.pass(10 * time.Minute)
			w.refundMustBe("R1", txn.Succ)
		})
	})
}

// What was told as failed is the caller's to repeat, and asked for before.
func TestAFailedRefundIsRepeatedByItsCaller(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", refundSays("R1", "fail"), refundSays("R1", "succ"))
		w.platform.on("query", refundSays("R1", "fail"))
		w.giveBack(aRefund, time.Second)
		w.refundMustBe("R1", txn.Fail)
		w.pass(time.Hour)
		w.giveBack(aRefund, time.Second)
		w.refundMustBe("R1", txn.Succ)
		if !strings.HasSuffix(w.diary.String(), "journal reopened, send query, journal sent, send refund, journal told succ") {
			t.Error(w.diary)
		}
	})
	play(t, func(w *world) { // it succeeded after all: nothing is sent
		w.platform.on("refund", refundSays("R1", "fail"))
		w.platform.on("query", refundSays("R1", "succ"))
		w.giveBack(aRefund, time.Second)
		w.giveBack(aRefund, time.Second)
		w.refundMustBe("R1", txn.Succ)
		if n := w.count("send refund"); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
	play(t, func(w *world) { // it fails again, and all was answered: it is told so
		w.platform.on("refund", refundSays("R1", "fail"))
		w.platform.on("query", refundSays("R1", "fail"))
		w.giveBack(aRefund, time.Second)
		w.giveBack(aRefund, time.Second)
		w.refundMustBe("R1", txn.Fail)
	})
}

// While a lost send may still arrive, a failure is not told: it might succeed yet.
func TestAFailureIsNotToldWhileASendMayArrive(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", lost, refundSays("R1", "fail"))
		w.platform.on("query", refundSays("R1", "notfound"))
		if at := w.giveBack(aRefund, time.Minute).Trade.At(); at != txn.Unknown {
			t.Errorf("told as %q", at)
		}
		quick := w.count("send refund")
		w.pass(txn.RequestArrival / 2)
		w.refundMustBe("R1", txn.Unknown)
		if n := w.count("send refund"); quick > 6 || n-quick > 6 {
			t.Errorf("sent %d times in a minute, %d times in ten more", quick, n-quick)
		}
	})
}

func TestARefundThatTakesDaysIsNotInDoubt(t *testing.T) {
	for _, mode := range []string{onetrans.WithdrawTransfer, onetrans.WithdrawUnit} {
		play(t, func(w *world) {
			w.platform.on("refund", refundSays("R1", "ing"))
			w.platform.on("query", refundSays("R1", "ing"))
			w.giveBack(back{no: "R1", amount: "50", charge: "1", mode: mode}, time.Minute)
			w.pass(24 * time.Hour)
			w.restart()
			w.pass(24 * time.Hour)
			w.refundMustBe("R1", txn.Pending)
			if n := w.count("send query"); n > 1000 || w.count("send refund") != 1 {
				t.Errorf("asked %d times in two days", n)
			}
			w.platform.on("query", refundSays("R1", "succ"))
			w.pass(10 * time.Minute)
			w.refundMustBe("R1", txn.Succ)
		})
	}
}

func TestARefundGoesOnAfterARestart(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", mute)
		w.giveBack(aRefund, time.Second)
		w.platform.on("refund", refundSays("R1", "succ"))
		w.platform.on("query", refundSays("R1", "notfound"))
		w.restart()
		w.pass(5 * time.Second)
		w.refundMustBe("R1", txn.Succ)
	})
}

func TestACallersQueryForARefund(t *testing.T) {
	for name, test := range map[string]struct {
		numbers string
		answer  reply
		want    string // empty: 600008
	}{
		"not found yet":          {`"outTradeNo":"R1"`, refundSays("R1", "notfound"), "ing"},
		"failed, to be repeated": {`"outTradeNo":"R1"`, refundSays("R1", "fail"), "ing"},
		"done":                   {`"outTradeNo":"R1"`, refundSays("R1", "succ"), "succ"},
		"done, but which":        {`"outTradeNo":"R1","traceNo":"T1"`, says("succ"), ""},
		"not ours, and no echo":  {`"outTradeNo":"R9"`, says("succ"), ""},
		"by a trace number":      {`"traceNo":"T9"`, refundSays("R9", "succ"), "succ"},
		"by one, and no echo":    {`"traceNo":"T9"`, says("succ"), ""},
		"done, and named":        {`"outTradeNo":"R1","traceNo":"T1"`, refundSays("R1", "succ"), "succ"},
		"not ours":               {`"outTradeNo":"R9"`, refundSays("R9", "fail"), "fail"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("refund", lost)
				w.platform.on("query", lost)
				w.giveBack(aRefund, time.Second)
				w.core.Close() // the polling is no part of this
				w.platform.on("query", test.answer)
				got, err := w.asks(onetrans.TransRefund, test.numbers)
				if got != test.want || errors.Is(err, platform.ErrNoAnswer) != (test.want == "") {
					t.Errorf("%q, want %q: %v", got, test.want, err)
				}
			})
		})
	}
}

func TestWatchingARefund(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", refundSays("R1", "ing"))
		w.platform.on("query", refundSays("R1", "ing"))
		w.giveBack(aRefund, time.Second)
		statuses, end, err := w.core.WatchRefund("R1")
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		w.platform.on("query", refundSays("R1", "succ"))
		if status, err := w.core.CheckRefund(w.t.Context(), "R1"); err != nil || status.Trade.At() != txn.Succ {
			t.Errorf("%q %v", status.Trade.At(), err)
		}
		if status := <-statuses; status.Trade.At() != txn.Succ {
			t.Errorf("%q", status.Trade.At())
		}
		if _, _, err := w.core.Watch("R1"); !errors.Is(err, txn.ErrUnknownTrade) {
			t.Errorf("it is no recharge: %v", err)
		}
	})
}

func TestWhatIsNoRefund(t *testing.T) {
	for name, b := range map[string]back{
		"no number": {amount: "1", charge: "1"}, "no original": {no: "R1", amount: "1"}, "zero": {no: "R1", amount: "0.00", charge: "1"},
	} {
		play(t, func(w *world) {
			if _, err := w.refund(b, time.Second); !errors.Is(err, txn.ErrInvalid) || w.diary.String() != "" {
				t.Errorf("%s: %v; %s", name, err, w.diary)
			}
		})
	}
}

// A refund that failed and was refused when it was repeated is still 'fail' at
// the platform: no contradiction.
func TestWhatFailedAndWasRepeatedInVainIsNoContradiction(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", says("fail"), refuses("610005"))
		w.platform.on("query", data(`"result":"fail","outRefundNo":"R1"`))
		again := back{no: "R1", amount: "1.00", charge: "elsewhere"}
		w.giveBack(again, time.Second)
		if status := w.giveBack(again, time.Second); status.Trade.At() != txn.Refused {
			t.Fatalf("it is %s", status.Trade.At())
		}
		_, err := w.core.Query(t.Context(), query(onetrans.TransRefund, `"outTradeNo":"R1"`))
		if err != nil {
			t.Fatal(err)
		}
		w.refundMustBe("R1", txn.Refused)
		if alarm := w.tradeOf(onetrans.TransRefund, "R1").Progress.Alarm; alarm != "" {
			t.Error(alarm)
		}
	})
}

// A platform that mixes up two refunds answers one with the other's fate.
func TestAnAnswerThatNamesAnotherRefundProvesNothingOfThisOne(t *testing.T) {
	for _, result := range []string{"succ", "fail", "ing"} {
		t.Run(result, func(t *testing.T) {
			play(t, func(w *world) {
				w.platform.on("refund", refundSays("R2", result))
				w.platform.on("query", lost)
				w.giveBack(back{no: "R1", amount: "50", charge: "1"}, time.Second)
				w.refundMustBe("R1", txn.Unknown)
			})
		})
	}
}
