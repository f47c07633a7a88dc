package txn_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// waysSent are the withdrawModes of the refunds that went out, in their order.
func (w *world) waysSent() (ways []string) {
	w.t.Helper()
	for _, c := range w.platform.sent() {
		if c.kind != "refund" {
			continue
		}
		var in onetrans.RefundIn
		if err := onetrans.UnmarshalData(c.request.Data, &in); err != nil {
			w.t.Fatal(err)
		}
		ways = append(ways, in.WithdrawMode.String())
	}
	return ways
}

func TestAFailedRefundMayGoAnotherWayUnderItsNumber(t *testing.T) {
	inCash := back{no: "R1", amount: "50", charge: "1", mode: onetrans.WithdrawCash}
	for name, first := range map[string]reply{
		"it failed": refundSays("R1", "fail"), "it was refused": refuses("610006"), "it was not sent": notSent,
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.charged("1")
				w.platform.on("refund", first, refundSays("R1", "succ"))
				w.platform.on("query", refundSays("R1", "fail"))
				w.giveBack(aRefund, time.Second)
				status := w.giveBack(inCash, time.Second)
				var in onetrans.RefundIn
				if err := onetrans.UnmarshalData(status.Trade.Order.Request.Data, &in); err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprint(w.waysSent()); got != "[1 0]" || status.Trade.At() != txn.Succ || in.WithdrawMode.String() != "0" {
					t.Errorf("sent by %s, answered for %q, %q; %s", got, in.WithdrawMode, status.Trade.At(), w.diary)
				}
				if !strings.HasSuffix(w.diary.String(), "journal sent, send refund, journal told succ") {
					t.Errorf("it went: %s", w.diary)
				}
				if kept := w.tradeOf(onetrans.TransRefund, "R1"); !strings.Contains(string(kept.Order.Request.Data), `"withdrawMode":"0"`) {
					t.Errorf("journaled: %s", kept.Order.Request.Data)
				}
			})
		})
	}
}

// A refund's way is part of what is under way: whoever hears that another way
// was taken hands out the money a second time.
func TestARefundsWayStandsWhileItIsNotProvenFailed(t *testing.T) {
	lookHowItFailed := func(w *world) {
		w.platform.on("refund", refundSays("R1", "fail"))
		w.giveBack(aRefund, time.Second)
	}
	for name, stand := range map[string]func(w *world){
		"it is done": func(w *world) {
			w.platform.on("refund", refundSays("R1", "succ"))
			w.giveBack(aRefund, time.Second)
		},
		"it is under way": func(w *world) {
			w.platform.on("refund", refundSays("R1", "ing"))
			w.platform.on("query", refundSays("R1", "ing"))
			w.giveBack(aRefund, time.Second)
		},
		"it is unknown": func(w *world) { w.giveBack(aRefund, time.Second) },
		"it failed, and a send before may still arrive": func(w *world) {
			w.platform.on("refund", lost, refundSays("R1", "fail"))
			w.platform.on("query", refundSays("R1", "fail"))
			w.giveBack(aRefund, time.Second)
		},
		"it failed, and is done after all": func(w *world) {
			lookHowItFailed(w)
			w.platform.on("query", refundSays("R1", "succ"))
		},
		"it failed, and is being tried by itself": func(w *world) {
			lookHowItFailed(w)
			w.platform.on("query", refundSays("R1", "ing"))
		},
		"a person has said that it failed": func(w *world) {
			w.platform.on("refund", lost)
			w.giveBack(aRefund, time.Second)
			w.pass(txn.RequestArrival + time.Minute)
			if _, err := w.core.Decide(w.t.Context(), onetrans.TransRefund, "R1", txn.Word{Verdict: txn.VerdictFailed, By: "王五", Why: "查过"}); err != nil {
				w.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.charged("1")
				w.platform.on("refund", lost)
				w.platform.on("query", lost)
				stand(w)
				before := len(w.waysSent())
				for _, other := range []back{
					{no: "R1", amount: "50", charge: "1", mode: onetrans.WithdrawCash},
					{no: "R1", amount: "50", charge: "1", process: onetrans.RefundHisDecide},
				} {
					_, err := w.refund(other, time.Second)
					way, ok := errors.AsType[*txn.WayError](err)
					if !ok || !errors.Is(err, txn.ErrNumberReused) || way.WithdrawMode != "1" || way.RefundType != onetrans.RefundDirect {
						t.Errorf("%+v: %v", other, err)
					}
				}
				if got := w.waysSent()[before:]; strings.Contains(fmt.Sprint(got), "0") {
					t.Errorf("sent by %v", got)
				}
			})
		})
	}
}

// Nothing goes another way while nobody can say that what failed is still failed.
func TestAnotherWayWaitsForThePlatformsWordOnTheFirst(t *testing.T) {
	play(t, func(w *world) {
		w.charged("1")
		w.platform.on("refund", refundSays("R1", "fail"), refundSays("R1", "succ"))
		w.platform.on("query", lost)
		w.giveBack(aRefund, time.Second)
		inCash := back{no: "R1", amount: "50", charge: "1", mode: onetrans.WithdrawCash}
		if _, err := w.refund(inCash, time.Second); !errors.Is(err, txn.ErrUnclear) || w.count("send refund") != 1 {
			t.Fatalf("%v; %s", err, w.diary)
		}
		w.refundMustBe("R1", txn.Fail)
		w.pass(time.Hour) // nor by itself
		if n := w.count("send refund"); n != 1 {
			t.Fatalf("sent %d times", n)
		}
		w.platform.on("query", refundSays("R1", "notfound"))
		if status := w.giveBack(inCash, time.Second); status.Trade.At() != txn.Succ {
			t.Errorf("%q; %s", status.Trade.At(), w.diary)
		}
	})
}

func TestTheTwoNamesOfAChargeAreOneOriginal(t *testing.T) {
	names := []back{
		{no: "R1", amount: "50", charge: "1"},
		{no: "R1", amount: "50", trace: "T1"},
		{no: "R1", amount: "50", charge: "1", trace: "T1"},
	}
	for n, first := range names {
		for m, again := range names {
			t.Run(fmt.Sprint(n, " then ", m), func(t *testing.T) {
				play(t, func(w *world) {
					w.charged("1")
					w.platform.on("refund", lost)
					w.platform.on("query", lost)
					w.giveBack(first, time.Second)
					w.platform.on("query", refundSays("R1", "succ"))
					if at := w.giveBack(again, 10*time.Second).Trade.At(); at != txn.Succ {
						t.Errorf("while it was unknown: %q", at)
					}
					if at := w.giveBack(again, 10*time.Second).Trade.At(); at != txn.Succ || w.count("send refund") != 1 {
						t.Errorf("when it is done: %q; %s", at, w.diary)
					}
				})
			})
		}
	}
	t.Run("another order's names are not", func(t *testing.T) {
		play(t, func(w *world) {
			w.charged("1")
			w.charged("2")
			w.platform.on("refund", refundSays("R1", "succ"))
			w.giveBack(names[0], time.Second)
			for _, other := range []back{{no: "R1", amount: "50", charge: "2"}, {no: "R1", amount: "50", trace: "T2"}, {no: "R1", amount: "50", trace: "T9"}} {
				if _, err := w.refund(other, time.Second); !errors.Is(err, txn.ErrNumberReused) {
					t.Errorf("%+v: %v", other, err)
				}
			}
		})
	})
}

func TestARefundThatNamesItsOrderTwiceIsCountedOnce(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", lost)
		w.platform.on("query", lost)
		w.giveBack(back{no: "R1", amount: "120", charge: "1"}, time.Second) // before this journal knows the charge
		w.platform.onQuery(data(`"outRefundNo":"R1","result":"succ","origTraceNo":"T1"`), lost)
		w.giveBack(back{no: "R1", amount: "120", trace: "T1"}, time.Second)
		w.refundMustBe("R1", txn.Succ)
		w.charged("1") // 200.00
		w.platform.on("refund", refundSays("R2", "succ"))
		w.giveBack(back{no: "R2", amount: "80", charge: "1"}, time.Second)
		w.refundMustBe("R2", txn.Succ)
		if _, err := w.refund(back{no: "R3", amount: "0.01", trace: "T1"}, time.Second); !errors.Is(err, txn.ErrExceeds) {
			t.Error(err)
		}
	})
}

// Where this journal does not know the charge, the platform is asked for the
// refund's number, and for the charge where that does not tell.
func TestNamesThatTheJournalCantCompareAreAskedFor(t *testing.T) {
	byNo, byTrace := back{no: "R1", amount: "50", charge: "1"}, back{no: "R1", amount: "50", trace: "T1"}
	type answers struct{ refund, charge reply }
	for name, test := range map[string]struct {
		first, again back
		answers
		want   error
		failed bool // the platform's word on the refund is that it failed
	}{
		"silence":                                  {byNo, byTrace, answers{lost, lost}, txn.ErrUnclear, false},
		"the platform can't be reached":            {byNo, byTrace, answers{notSent, notSent}, txn.ErrUnclear, false},
		"another refund's outcome":                 {byNo, byTrace, answers{refundSays("R2", "succ"), lost}, txn.ErrUnclear, false},
		"no echo":                                  {byNo, byTrace, answers{says("succ"), lost}, txn.ErrUnclear, false},
		"it has the refund":                        {byNo, byTrace, answers{refundSays("R1", "succ"), lost}, nil, false},
		"it has the refund, by the other name":     {byTrace, byNo, answers{refundSays("R1", "succ"), lost}, nil, false},
		"it names the original":                    {byNo, byTrace, answers{data(`"outRefundNo":"R1","result":"succ","origTraceNo":"T1"`), lost}, nil, false},
		"the charge has this trace number":         {byTrace, byNo, answers{refundSays("R1", "notfound"), data(`"result":"succ","traceNo":"T1"`)}, nil, true},
		"the charge has another trace number":      {byTrace, byNo, answers{refundSays("R1", "succ"), data(`"result":"succ","traceNo":"T7"`)}, txn.ErrNumberReused, false},
		"it never came, and nobody knows the name": {byNo, byTrace, answers{refundSays("R1", "notfound"), lost}, txn.ErrUnclear, true},
		"it failed, and nobody knows the name":     {byNo, byTrace, answers{refundSays("R1", "fail"), lost}, txn.ErrUnclear, true},
	} {
		for _, lostAnswer := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", unknown before: ", lostAnswer), func(t *testing.T) {
				play(t, func(w *world) {
					first := refundSays("R1", "succ")
					if lostAnswer {
						first = lost
					} else if test.failed {
						first = refundSays("R1", "fail")
					}
					w.platform.on("refund", first, refundSays("R1", "succ"))
					w.platform.on("query", lost)
					w.giveBack(test.first, time.Second)
					w.core.Close() // the polling is no part of this
					w.platform.onQuery(test.refund, test.charge)
					_, err := w.refund(test.again, 10*time.Second)
					if !errors.Is(err, test.want) {
						t.Fatalf("%v, want %v; %s", err, test.want, w.diary)
					}
					if test.want != nil && w.count("send refund") != 1 {
						t.Errorf("it went: %s", w.diary)
					}
					if test.want == nil {
						w.refundMustBe("R1", txn.Succ)
					}
				})
			})
		}
	}
	t.Run("the charge is in an archive", func(t *testing.T) {
		play(t, func(w *world) {
			w.journal.archived = map[key]bool{{onetrans.TransRecharge, "1"}: true}
			w.platform.on("refund", refundSays("R1", "succ"))
			w.giveBack(byNo, time.Second)
			w.platform.on("query", lost)
			if _, err := w.refund(byTrace, 10*time.Second); !errors.Is(err, txn.ErrUnclear) || w.count("send refund") != 1 {
				t.Errorf("%v; %s", err, w.diary)
			}
			w.platform.on("query", refundSays("R1", "succ"))
			if status := w.giveBack(byTrace, 10*time.Second); status.Trade.At() != txn.Succ || w.count("send refund") != 1 {
				t.Errorf("%q; %s", status.Trade.At(), w.diary)
			}
		})
	})
	t.Run("and once only", func(t *testing.T) {
		play(t, func(w *world) {
			w.platform.on("refund", refundSays("R1", "succ"))
			w.giveBack(byNo, time.Second)
			w.platform.on("query", data(`"outRefundNo":"R1","result":"succ","origTraceNo":"T1"`))
			w.giveBack(byTrace, time.Second)
			w.platform.on("query", lost)
			w.restart()
			if status := w.giveBack(byTrace, time.Second); status.Trade.At() != txn.Succ || w.count("send query") != 1 {
				t.Errorf("%q; %s", status.Trade.At(), w.diary)
			}
			if _, err := w.refund(back{no: "R1", amount: "50", trace: "T2"}, time.Second); !errors.Is(err, txn.ErrNumberReused) {
				t.Errorf("a third name: %v", err)
			}
		})
	})
}

// A name that was told once is known for good, also once the refund went out by it.
func TestARefundThatWasSentByBothNamesStillKnowsBoth(t *testing.T) {
	byNo, byTrace := back{no: "R1", amount: "50", charge: "1"}, back{no: "R1", amount: "50", trace: "T1"}
	play(t, func(w *world) {
		w.platform.on("refund", refuses("610006"), refuses("610006"), refundSays("R1", "succ"))
		w.platform.on("query", data(`"outRefundNo":"R1","result":"notfound","origTraceNo":"T1"`))
		w.giveBack(byNo, time.Second)
		w.giveBack(byTrace, time.Second)
		w.platform.on("query", lost)
		if status := w.giveBack(byNo, time.Second); status.Trade.At() != txn.Succ {
			t.Errorf("%q; %s", status.Trade.At(), w.diary)
		}
	})
}

// onQuery answers queries for refunds and for charges apart.
func (s *script) onQuery(refund, charge reply) {
	s.on("query", func(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
		var in onetrans.QueryIn
		if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
			return onetrans.Answer{}, err
		}
		if in.TradeType.String() == onetrans.TransRefund {
			return refund(ctx, request)
		}
		return charge(ctx, request)
	})
}

func TestTheAccountIsPartOfWhatANumberStandsFor(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", says("succ"))
		w.begin(in{no: "1"}, time.Second)
		if _, err := w.recharge(in{no: "1", account: "01"}, time.Second); !errors.Is(err, txn.ErrNumberReused) {
			t.Errorf("a charge: %v", err)
		}
		w.platform.on("refund", refundSays("R1", "succ"))
		w.giveBack(aRefund, time.Second)
		other := aRefund
		other.account = "01"
		if _, err := w.refund(other, time.Second); !errors.Is(err, txn.ErrNumberReused) {
			t.Errorf("a refund: %v", err)
		}
		w.priced("S", "30.00")
		if _, err := w.preSettle(bills{no: "S", account: "02"}, time.Second); !errors.Is(err, txn.ErrNumberReused) {
			t.Errorf("a settlement: %v", err)
		}
	})
}

// Journals of older versions hashed no account, and a refund's original.
func TestTradesOfOlderJournalsAreStillTheSame(t *testing.T) {
	hashed := func(parts ...string) string {
		h := sha256.New()
		for _, part := range parts {
			fmt.Fprintf(h, "%d:%s", len(part), part)
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	play(t, func(w *world) {
		w.charged("1")
		w.platform.on("refund", refundSays("R1", "succ"))
		w.giveBack(aRefund, time.Second)
		w.settled()
		for _, old := range []struct{ kind, no, content string }{
			{onetrans.TransSettle, "S", hashed(onetrans.TransSettle, "S", "", "0", "01", "D1")},
			{onetrans.TransRecharge, "1", hashed(onetrans.TransRecharge, "1", "", "20000", "01", "D1")},
			{onetrans.TransRefund, "R1", hashed(onetrans.TransRefund, "R1", "no:1", "5000", "01", "D1")},
		} {
			trade := w.tradeOf(old.kind, old.no)
			trade.Order.Content = old.content
			if err := w.journal.Write(txn.Entry{Kind: old.kind, No: old.no, Event: "as it was"}, trade); err != nil {
				t.Fatal(err)
			}
		}
		w.restart()
		before := len(w.platform.sent())
		w.begin(in{no: "1"}, time.Second)
		w.giveBack(aRefund, time.Second)
		w.giveBack(back{no: "R1", amount: "50", trace: "T1"}, time.Second)
		if s, err := w.preSettle(bills{no: "S"}, time.Second); err != nil || s.State != txn.Succ {
			t.Errorf("%s %v", s.State, err)
		}
		if n := len(w.platform.sent()); n != before {
			t.Errorf("%d messages", n-before)
		}
		for what, again := range map[string]func() error{
			"another account":     func() error { _, err := w.recharge(in{no: "1", account: "01"}, time.Second); return err },
			"another amount":      func() error { _, err := w.recharge(in{no: "1", amount: "1"}, time.Second); return err },
			"another card":        func() error { _, err := w.recharge(in{no: "1", card: "D2"}, time.Second); return err },
			"a refund of another": func() error { _, err := w.refund(back{no: "R1", amount: "50", charge: "2"}, time.Second); return err },
			"a refund of more":    func() error { _, err := w.refund(back{no: "R1", amount: "51", charge: "1"}, time.Second); return err },
			"a settlement for an account": func() error {
				_, err := w.preSettle(bills{no: "S", account: "02"}, time.Second)
				return err
			},
			"a refund to an account": func() error {
				_, err := w.refund(back{no: "R1", amount: "50", charge: "1", account: "01"}, time.Second)
				return err
			},
		} {
			if err := again(); !errors.Is(err, txn.ErrNumberReused) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// Polling may learn how a refund ended while its repeat waits to ask.
func TestARepeatIsToldWhatPollingHasJustLearned(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("refund", lost)
		w.platform.on("query", lost)
		w.giveBack(back{no: "R1", amount: "50", charge: "1"}, time.Second)
		said := data(`"outRefundNo":"R1","result":"succ","origTraceNo":"T1"`)
		asked, answer := make(chan struct{}), make(chan struct{})
		w.platform.on("query", func(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
			close(asked)
			<-answer // it is on the way, and nobody stops it
			return said(ctx, request)
		}, said)
		<-asked
		repeated := make(chan struct{})
		go func() {
			defer close(repeated)
			status, err := w.refund(back{no: "R1", amount: "50", trace: "T1"}, 10*time.Second)
			if err != nil || status.Trade.At() != txn.Succ || w.count("send refund") != 1 {
				t.Errorf("%q %v; %s", status.Trade.At(), err, w.diary)
			}
		}()
		synctest.Wait() // it stands in line
		close(answer)
		<-repeated
	})
}
