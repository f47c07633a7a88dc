package txn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// bank is a platform's book of refunds: each number is carried out once.
type bank struct {
	mu      sync.Mutex
	given   map[string]onetrans.Fen // by outRefundNo
	of      map[string]string       // its outChargeNo
	refuses map[string]string       // code, by outChargeNo
	deaf    bool                    // nothing arrives
	dumb    bool                    // no answer comes back
}

func newBank(w *world) *bank {
	b := &bank{given: map[string]onetrans.Fen{}, of: map[string]string{}, refuses: map[string]string{}}
	w.platform.on("refund", b.refund)
	w.platform.on("query", b.query)
	return b
}

func (b *bank) set(deaf, dumb bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deaf, b.dumb = deaf, dumb
}

func (b *bank) refund(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var in onetrans.RefundIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil || b.deaf || in.PayAppSecret.String() != payKey {
		return lost(ctx, request)
	}
	if code := b.refuses[in.OutChargeNo.String()]; code != "" {
		return refuses(code)(ctx, request)
	}
	no := in.OutRefundNo.String()
	b.given[no], _ = in.Amount.Fen()
	b.of[no] = in.OutChargeNo.String()
	if b.dumb {
		return lost(ctx, request)
	}
	return refundSays(no, "succ")(ctx, request)
}

func (b *bank) query(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var in onetrans.QueryIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil || b.deaf || b.dumb {
		return lost(ctx, request)
	}
	no, result := in.OutTradeNo.String(), "notfound"
	if _, ok := b.given[no]; ok {
		result = "succ"
	}
	return refundSays(no, result)(ctx, request)
}

// sums are what was given back of each order.
func (b *bank) sums() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	sums := map[string]onetrans.Fen{}
	for no, amount := range b.given {
		sums[b.of[no]] += amount
	}
	return fmt.Sprint(sums)
}

// paidIn makes charges that are paid, the oldest first: "a 100", "b 50".
func (w *world) paidIn(charges ...string) {
	w.t.Helper()
	w.platform.on("recharge", says("succ"))
	for _, c := range charges {
		no, amount, _ := strings.Cut(c, " ")
		w.begin(in{no: no, amount: amount}, time.Second)
		w.pass(time.Minute)
	}
}

func (w *world) balance(b back, patience time.Duration) (txn.BalanceStatus, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	return w.core.RefundBalance(ctx, b.request())
}

func lines(s txn.BalanceStatus) (all []string) {
	for _, l := range s.Lines {
		all = append(all, fmt.Sprintf("%s %s %s", l.ChargeNo, l.Amount, l.State))
	}
	return all
}

func TestABalanceIsSplitOverItsOrdersNewestFirst(t *testing.T) {
	play(t, func(w *world) {
		w.paidIn("a 100", "b 50", "c 30")
		w.platform.on("recharge", says("fail"))
		w.begin(in{no: "unpaid", amount: "500"}, time.Second)
		w.platform.on("recharge", says("succ"))
		w.begin(in{no: "another's", amount: "500", card: "D2"}, time.Second)
		b := newBank(w)
		w.giveBack(back{no: "R1", amount: "20", charge: "b"}, time.Second)

		s, err := w.balance(back{no: "W1", amount: "100"}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(lines(s)); got != "[c 30.00 succ b 30.00 succ a 40.00 succ]" || s.State != txn.Succ || s.Given != 10000 || s.Open+s.Kept != 0 {
			t.Errorf("%s %+v", got, s)
		}
		if got := b.sums(); got != "map[a:40.00 b:50.00 c:30.00]" {
			t.Errorf("%s", got)
		}
		// Two parts and the whole have three numbers.
		if s.Lines[0].No == s.Lines[1].No || s.Lines[0].No == "W1" {
			t.Errorf("%+v", s.Lines)
		}
		// The whole was journaled before the first part was.
		if !strings.Contains(w.diary.String(), "journal told succ, journal sent, journal sent, send refund, journal told succ, journal part stands, journal sent, send refund") {
			t.Errorf("it went: %s", w.diary)
		}
		// The same again is the same; 60.00 are left.
		again, err := w.balance(back{no: "W1", amount: "100"}, time.Minute)
		if err != nil || again.State != txn.Succ || len(again.Lines) != 3 {
			t.Errorf("%+v %v", again, err)
		}
		if _, err := w.balance(back{no: "W1", amount: "99"}, time.Minute); !errors.Is(err, txn.ErrNumberReused) {
			t.Error(err)
		}
		if _, err := w.balance(back{no: "W2", amount: "60.01"}, time.Minute); !errors.Is(err, txn.ErrExceeds) {
			t.Error(err)
		}
		if s, err := w.balance(back{amount: "60"}, time.Minute); err != nil || s.State != txn.Succ || len(s.No) != 26 {
			t.Errorf("%+v %v", s, err)
		}
	})
}

func TestWhatIsNoBalance(t *testing.T) {
	play(t, func(w *world) {
		w.paidIn("a 100")
		before := w.diary.String()
		for name, b := range map[string]back{
			"nothing": {no: "W", amount: "0"}, "no cancelled settlement": {no: "W", amount: "1", mode: onetrans.WithdrawInsurance},
		} {
			if _, err := w.balance(b, time.Minute); !errors.Is(err, txn.ErrInvalid) || w.diary.String() != before {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// What the platform contradicts itself about is no money to give back.
func TestABalanceLeavesDoubtfulOrdersOut(t *testing.T) {
	play(t, func(w *world) {
		w.paidIn("a 100", "b 50")
		w.platform.on("query", says("closed"))
		w.query(`"outTradeNo":"b"`)
		w.deskMustBe("b")
		newBank(w)
		if _, err := w.balance(back{no: "W1", amount: "100.01"}, time.Minute); !errors.Is(err, txn.ErrExceeds) {
			t.Error(err)
		}
		if s, err := w.balance(back{no: "W2", amount: "100"}, time.Minute); err != nil || fmt.Sprint(lines(s)) != "[a 100.00 succ]" {
			t.Errorf("%+v %v", s, err)
		}
	})
}

// Some of it is given back, some is a person's, and it is told line by line.
func TestABalanceIsToldLineByLine(t *testing.T) {
	play(t, func(w *world) {
		w.paidIn("a 100", "b 50", "c 30")
		b := newBank(w)
		b.refuses["b"] = "610006"
		s, err := w.balance(back{no: "W", amount: "180"}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(lines(s)); got != "[c 30.00 succ b 50.00 unknown a 100.00 succ]" || s.State != txn.Refunding ||
			s.Given != 13000 || s.Open != 5000 || s.Lines[1].Desk == "" || s.Lines[1].RefusedWith != "610006" || s.Desk == "" {
			t.Errorf("%s %+v", got, s)
		}
		w.deskMustBe(s.Lines[1].No, "W")
		w.refuse(txn.KindBalance, "W", txn.VerdictFailed)
		w.pass(txn.RequestArrival)
		w.say(onetrans.TransRefund, s.Lines[1].No, txn.VerdictFailed)
		w.pass(time.Minute)
		final, _, err := w.core.WatchBalance("W")
		if err != nil {
			t.Fatal(err)
		}
		if s := <-final; s.State != txn.Partly || s.Given != 13000 || s.Kept != 5000 || s.Open != 0 || !s.Final() {
			t.Errorf("%+v", s)
		}
		w.deskMustBe()
	})
	play(t, func(w *world) { // what a retry cures
		w.paidIn("a 100", "b 50")
		b := newBank(w)
		b.refuses["a"] = "610006"
		w.balance(back{no: "W", amount: "150"}, time.Minute)
		b.mu.Lock()
		delete(b.refuses, "a")
		b.mu.Unlock()
		if _, err := w.core.Retry(w.t.Context(), txn.KindBalance, "W", "0042"); err != nil {
			t.Error(err)
		}
		if at := w.tradeOf(txn.KindBalance, "W").At(); at != txn.Succ {
			t.Errorf("%q", at)
		}
	})
}

// Wherever the process dies, every part is given back once, and all is in the end.
func TestABalanceOutlivesItsProcess(t *testing.T) {
	for _, how := range []string{"before it arrives", "after it arrived"} {
		for writes := range 12 {
			t.Run(fmt.Sprintf("killed after %d writes, %s", writes, how), func(t *testing.T) {
				play(t, func(w *world) {
					w.paidIn("a 100", "b 50", "c 30")
					b := newBank(w)
					left := writes
					w.journal.set(func(txn.Entry) error {
						if left--; left < 0 {
							b.set(how == "before it arrives", true)
							return errDisk
						}
						return nil
					})
					_, err := w.balance(back{no: "W", amount: "120"}, time.Minute)
					w.core.Close()
					w.journal.set(nil)
					b.set(false, false)
					w.open()
					w.pass(time.Hour)
					if want := "map[a:40.00 b:50.00 c:30.00]"; err == nil && b.sums() != want || err != nil && b.sums() != "map[]" {
						t.Errorf("%v: %s; %s", err, b.sums(), w.diary)
					}
					if err == nil && w.tradeOf(txn.KindBalance, "W").At() != txn.Succ {
						t.Errorf("%+v", w.tradeOf(txn.KindBalance, "W").Progress)
					}
				})
			})
		}
	}
}

// Planned parts count, made or not: no refund besides them passes what was paid.
func TestABalanceAndRefundsAtOnce(t *testing.T) {
	play(t, func(w *world) {
		w.paidIn("a 100", "b 50", "c 30")
		b := newBank(w)
		w.platform.on("refund", holds(time.Second, b.refund))
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() { w.balance(back{no: fmt.Sprint("W", i), amount: "70"}, time.Minute) })
			for _, charge := range []string{"a", "b", "c"} {
				wait.Go(func() {
					w.refund(back{no: fmt.Sprint("R", i, charge), amount: "20", charge: charge}, time.Minute)
				})
			}
		}
		wait.Wait()
		w.pass(time.Hour)
		var sum onetrans.Fen
		of := map[string]onetrans.Fen{}
		for no, amount := range b.given {
			sum += amount
			of[b.of[no]] += amount
		}
		if of["a"] > 10000 || of["b"] > 5000 || of["c"] > 3000 || sum < 11000 {
			t.Errorf("%s", b.sums())
		}
		w.deskMustBe()
	})
}

func TestTheWayBackFitsItsOriginal(t *testing.T) {
	for name, test := range map[string]struct {
		before func(w *world)
		back   back
		fits   bool
	}{
		"insurance, of a deposit": {func(w *world) { w.charged("1") }, back{charge: "1", mode: onetrans.WithdrawInsurance}, false},
		"insurance, of a bill's payment by 医保一码付": {func(w *world) {
			w.platform.on("recharge", says("succ"))
			w.begin(in{no: "1", deposit: onetrans.DepositChsOne}, time.Minute)
		}, back{charge: "1", mode: onetrans.WithdrawInsurance}, true},
		"insurance, of a settlement that stands":    {settledOne, back{trace: "T1", mode: onetrans.WithdrawInsurance}, false},
		"insurance, of a settlement not known here": {func(*world) {}, back{trace: "T9", mode: onetrans.WithdrawInsurance}, true},
		"at a POS, what was paid with a code": {func(w *world) {
			w.platform.on("recharge", says("succ"))
			w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, time.Minute)
		}, back{charge: "1", mode: onetrans.WithdrawMisPOS}, false},
		"at a POS, what was paid with the order's code": {func(w *world) {
			w.platform.on("recharge", ordered)
			w.platform.on("query", says("succ"))
			w.begin(in{no: "1"}, time.Minute)
			w.pass(10 * time.Second)
		}, back{charge: "1", mode: onetrans.WithdrawMisPOS}, false},
		"at a POS, what was paid without a code": {func(w *world) { w.charged("1") }, back{charge: "1", mode: onetrans.WithdrawMisPOS}, true},
		"at a POS, what was paid with our code":  {settledOne, back{trace: "T1", mode: onetrans.WithdrawOffline}, false},
		"at a POS, what is not known here":       {func(*world) {}, back{trace: "T9", mode: onetrans.WithdrawOffline}, true},
		"cash, of whatever":                      {func(w *world) { w.charged("1") }, back{charge: "1", mode: onetrans.WithdrawCash}, true},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				test.before(w)
				newBank(w)
				test.back.no, test.back.amount = "R1", "1"
				_, err := w.refund(test.back, time.Second)
				field, named := errors.AsType[*onetrans.FieldError](err)
				if test.fits && err != nil || !test.fits && (!errors.Is(err, txn.ErrInvalid) || !named || field.Code != "withdrawMode") {
					t.Error(err)
				}
			})
		})
	}
}

// settledOne is a settlement that stands, paid under T1.
func settledOne(w *world) {
	w.ordered("S")
	w.platform.on("confirm", settledOK)
	w.platform.on("query", says("succ"))
	w.pass(10 * time.Second)
	w.settlementMustBe("S", txn.Succ)
}

// A balance of which a part can't even be made is given up by a person, once
// the other parts are over.
func TestABalanceThatIsStuckIsGivenUpByHand(t *testing.T) {
	play(t, func(w *world) {
		w.options.Random = bytes.NewReader(bytes.Repeat([]byte{7}, 1<<16)) // both parts get one number
		w.restart()
		w.paidIn("a 100", "b 50")
		w.platform.on("refund", says("ing"))
		w.platform.on("query", lost)
		s, err := w.balance(back{no: "W", amount: "150"}, time.Minute)
		if err != nil || len(s.Lines) != 2 || s.Lines[0].State != txn.Pending || s.Lines[1].State != "" || s.Lines[1].Desk != txn.ReasonReused {
			t.Fatalf("%+v %v", s, err)
		}
		w.refuse(txn.KindBalance, "W", txn.VerdictFailed)
		w.platform.on("query", refundSays(s.Lines[0].No, "succ"))
		w.pass(10 * time.Minute)
		w.say(txn.KindBalance, "W", txn.VerdictFailed)
		if at := w.tradeOf(txn.KindBalance, "W").At(); at != txn.Partly {
			t.Errorf("%q", at)
		}
	})
}

// A part of which nothing is told yet is one that is still owed.
func TestAPartThatNoLineTellsOfIsOwed(t *testing.T) {
	trade := txn.Trade{
		Order: txn.Order{
			No: "W", Request: onetrans.Request{TransType: onetrans.T(txn.KindBalance)},
			Parts: []txn.Part{{No: "1", ChargeNo: "a"}, {No: "2", ChargeNo: "b"}, {No: "3", ChargeNo: "c"}},
		},
		Progress: txn.Progress{State: txn.Refunding, Lines: []txn.Line{{State: txn.Succ}, {}}},
	}
	if got := fmt.Sprint(trade.Refs()); got != "[refund of no:b refund of no:c]" {
		t.Error(got)
	}
}
