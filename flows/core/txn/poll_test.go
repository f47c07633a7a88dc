package txn_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

func TestAskedAtOnceAndThenEverLessOften(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		start := time.Now()
		w.begin(in{no: "1"}, time.Minute)
		w.pass(20 * time.Second)
		ms := time.Millisecond
		want := []time.Duration{0, 500 * ms, 1250 * ms, 2375 * ms, 4062500 * time.Microsecond, 6593750 * time.Microsecond}
		for len(want) < 10 {
			want = append(want, want[len(want)-1]+3*time.Second)
		}
		got := w.platform.times("query", start)
		if !slices.Equal(got, want[:len(got)]) || len(got) < 8 {
			t.Errorf("asked at %v,\nwant %v", got, want)
		}
	})
}

// When something moves it is asked more often again.
func TestAChangeIsFollowed(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Minute)
		w.pass(20 * time.Second)
		w.platform.on("query", says("ing"), says("ing"), says("succ"))
		start := time.Now()
		w.pass(20 * time.Second)
		got := w.platform.times("query", start)
		if len(got) != 3 || got[1]-got[0] != 500*time.Millisecond || got[2]-got[1] != 750*time.Millisecond {
			t.Errorf("asked at %v", got)
		}
	})
}

// Nobody waits long after an order's time; the platform is left in peace, and
// asked more often as soon as somebody looks.
func TestPatience(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("exp"))
		w.begin(in{no: "1"}, time.Minute)
		w.pass(time.Hour)
		idle := time.Now()
		w.pass(5 * time.Minute)
		if got := len(w.platform.times("query", idle)); got < 9 || got > 11 {
			t.Errorf("asked %d times in five minutes", got)
		}
		_, end, err := w.core.Watch("1")
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		w.pass(31 * time.Second)
		watched := time.Now()
		w.pass(30 * time.Second)
		if got := len(w.platform.times("query", watched)); got < 9 {
			t.Errorf("asked %d times in half a minute while somebody watches", got)
		}
	})
}

// A platform that is merely slow is not asked more often for it.
func TestASlowPlatformIsNotHurried(t *testing.T) {
	for _, slow := range []time.Duration{600 * time.Millisecond, 2 * time.Second, 4 * time.Second} {
		play(t, func(w *world) {
			w.platform.can.Hold = true
			w.platform.on("recharge", lost)
			w.platform.on("query", holds(slow, lost))
			w.begin(in{no: "1"}, time.Second)
			w.pass(10 * time.Second)
			start := time.Now()
			w.pass(time.Minute)
			if got, most := len(w.platform.times("query", start)), int(time.Minute/(slow+3*time.Second))+1; got > most {
				t.Errorf("%v: asked %d times in a minute, at most %d", slow, got, most)
			}
		})
	}
}

func TestHolding(t *testing.T) {
	hold := func(c call) string {
		var q onetrans.QueryIn
		if err := onetrans.UnmarshalData(c.request.Data, &q); err != nil {
			t.Error(err)
		}
		return q.Extra.Value.WaitSeconds.String()
	}
	play(t, func(w *world) {
		w.platform.can.Hold = true
		w.platform.on("recharge", ordered)
		w.platform.on("query", holds(20*time.Second, says("init")))
		start := time.Now()
		w.begin(in{no: "1"}, time.Minute)
		w.pass(65 * time.Second)
		want := []time.Duration{0, 20 * time.Second, 40 * time.Second, 60 * time.Second}
		if got := w.platform.times("query", start); !slices.Equal(got, want) {
			t.Errorf("asked at %v", got)
		}
		if got := hold(w.platform.sent()[len(w.platform.sent())-1]); got != "20" {
			t.Errorf("held for %q s", got)
		}

		// Who wants to know now does not wait for the held query.
		w.platform.on("query", says("succ"))
		now := time.Now()
		status, err := w.core.Check(w.t.Context(), "1")
		if err != nil || status.Trade.At() != txn.Succ || time.Since(now) > 0 {
			t.Errorf("%v %q after %v", err, status.Trade.At(), time.Since(now))
		}
	})
	play(t, func(w *world) { // no silence: the caller went away, not the platform
		w.platform.can.Hold = true
		w.platform.on("recharge", ordered)
		w.platform.on("query", holds(20*time.Second, says("init")), holds(5*time.Second, says("init")), mute)
		w.begin(in{no: "1"}, time.Minute)
		w.pass(time.Second)
		go w.core.Check(w.t.Context(), "1")
		w.pass(time.Second)
		statuses, end, err := w.core.Watch("1")
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		if s := <-statuses; !s.SilentSince.IsZero() {
			t.Errorf("silent since %v", s.SilentSince)
		}
	})
	play(t, func(w *world) { // while a call sees a trade through, nobody else has it held
		w.platform.can.Hold = true
		w.platform.on("recharge", data(`"result":"init"`))
		held := func(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
			if strings.Contains(string(request.Data), "waitSeconds") {
				return holds(20*time.Second, says("init"))(ctx, request)
			}
			return says("init")(ctx, request)
		}
		w.platform.on("query", held)
		w.begin(in{no: "1", noCode: true}, time.Minute)
		w.pass(time.Second)
		w.platform.on("recharge", data(`"result":"init"`), ordered)
		start := time.Now()
		if s := w.begin(in{no: "1"}, time.Minute); s.Trade.Progress.QRCode == "" || time.Since(start) > 2*time.Second {
			t.Errorf("code %q after %v", s.Trade.Progress.QRCode, time.Since(start))
		}
	})
	play(t, func(w *world) { // what is not there yet is not worth holding
		w.platform.can.Hold = true
		w.platform.on("recharge", lost)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1"}, time.Second)
		w.pass(10 * time.Second)
		for _, c := range w.platform.sent() {
			if c.kind == "query" && hold(c) != "" {
				t.Error("held")
			}
		}
	})
}

func TestManyWhoWantToKnowNow(t *testing.T) {
	play(t, func(w *world) {
		w.platform.can.Hold = true
		w.platform.on("recharge", ordered)
		w.platform.on("query", holds(20*time.Second, says("init")), holds(time.Second, says("init")))
		w.begin(in{no: "1"}, time.Minute)
		w.pass(3 * time.Second)
		for range 5 {
			go w.core.Check(w.t.Context(), "1")
			go w.query(`"outTradeNo":"1"`)
			go w.core.CloseOrder(w.t.Context(), "1")
		}
		w.platform.on("close", says("closed"))
		w.pass(20 * time.Second)
		w.mustBe("1", txn.Closed)
	})
}

func TestSilence(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Minute)
		statuses, end, err := w.core.Watch("1")
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		if first := <-statuses; first.Trade.At() != txn.Pending {
			t.Errorf("first %q", first.Trade.At())
		}
		// A platform that refuses to speak of the trade says nothing of it either.
		for _, silent := range []reply{lost, refuses("610099"), mute} {
			w.platform.on("query", silent)
			if s := <-statuses; s.SilentSince.IsZero() || time.Since(s.SilentSince) > 0 {
				t.Errorf("silent since %v", s.SilentSince)
			}
			w.platform.on("query", says("init"))
			if s := <-statuses; !s.SilentSince.IsZero() {
				t.Errorf("still silent since %v", s.SilentSince)
			}
		}
		// Who is slow sees the latest, and the last is final.
		w.platform.on("query", lost, says("ing"), lost, says("succ"))
		w.pass(time.Minute)
		if s := <-statuses; s.Trade.At() != txn.Succ {
			t.Errorf("last %q", s.Trade.At())
		}
		again, end, err := w.core.Watch("1")
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		if s := <-again; s.Trade.At() != txn.Succ {
			t.Errorf("afterwards %q", s.Trade.At())
		}
	})
}

func TestCheckEndsWithItsContext(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", mute)
		w.begin(in{no: "1"}, time.Minute)
		ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()
		if _, err := w.core.Check(ctx, "1"); err == nil || time.Since(start) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestTheCountdown(t *testing.T) {
	play(t, func(w *world) {
		// The platform's clock is its own: only the difference of its two times counts.
		w.platform.on("recharge", func(context.Context, onetrans.Request) (onetrans.Answer, error) {
			return onetrans.Answer{
				Code: onetrans.T("000000"), RespondTime: onetrans.T("20010203040506000"),
				Data: []byte(`{"result":"init","qrcode":"Q","expireTime":"20010203040636"}`),
			}, nil
		})
		w.platform.on("query", says("init"))
		status := w.begin(in{no: "1"}, time.Minute)
		if left := time.Until(status.Trade.Progress.ExpireAt); left != 90*time.Second {
			t.Errorf("%v are left", left)
		}
		w.pass(30 * time.Second)
		if left := time.Until(w.trade("1").Progress.ExpireAt).Round(time.Second); left != 60*time.Second {
			t.Errorf("%v are left", left)
		}
	})
}

// The polling of a closed core ends, and a call that is late begins none.
func TestAClosedCoreIsStill(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", holds(5*time.Second, ordered))
		go w.recharge(in{no: "1"}, time.Minute)
		synctest.Wait()
		w.core.Close()
		w.pass(time.Hour)
		if n := w.count("send query"); n != 0 {
			t.Errorf("asked %d times", n)
		}
	})
}

// A refund may be under way for days: it is not asked for without end.
func TestWhatTakesDaysIsAskedForNowAndThen(t *testing.T) {
	play(t, func(w *world) {
		w.platform.can.Hold = true
		w.platform.on("refund", says("ing"))
		w.platform.on("query", holds(20*time.Second, data(`"result":"ing","outRefundNo":"R1"`)))
		w.giveBack(back{no: "R1", amount: "1.00", charge: "elsewhere", mode: onetrans.WithdrawTransfer}, time.Second)
		w.pass(2 * time.Hour)
		before := w.count("send query")
		w.pass(24 * time.Hour)
		if asked := w.count("send query") - before; asked > 24*12 {
			t.Errorf("asked %d times in a day", asked)
		}
	})
}

// A platform that held the query made the pause itself.
func TestAHeldQueryIsItsOwnPause(t *testing.T) {
	play(t, func(w *world) {
		w.platform.can.Hold = true
		w.platform.on("recharge", ordered)
		w.platform.on("query", holds(3*time.Second, says("init")))
		start := time.Now()
		w.begin(in{no: "1"}, time.Minute)
		w.pass(10 * time.Second)
		want := []time.Duration{0, 3 * time.Second, 6 * time.Second, 9 * time.Second}
		if got := w.platform.times("query", start); !slices.Equal(got, want) {
			t.Errorf("asked at %v", got)
		}
	})
}

// Every answer gives an order's time anew, from two clocks: two seconds more or
// less are the same.
func TestAnOrdersTimeMayWobble(t *testing.T) {
	for wobble, moves := range map[time.Duration]bool{2 * time.Second: false, -2 * time.Second: false, 3 * time.Second: true, -3 * time.Second: true} {
		play(t, func(w *world) {
			w.platform.on("recharge", ordered)
			before := time.Now().Add(5 * time.Minute)
			w.platform.on("query", data(`"result":"init","expireTime":"`+onetrans.FormatTime(before.Add(wobble))+`"`), lost)
			w.begin(in{no: "1"}, time.Minute)
			w.pass(time.Minute)
			want := before
			if moves {
				want = before.Add(wobble)
			}
			if got := w.trade("1").Progress.ExpireAt; !got.Equal(want) {
				t.Errorf("%v: it closes at %v, want %v", wobble, got, want)
			}
		})
	}
}

// A code whose answer was lost may be being charged: its order is not known to
// be unpaid before the platform says so again.
func TestAnOrderIsNotUnpaidWhileACodeForItMayBeCharged(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered, lost)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		w.core.Close() // the polling is no part of this
		w.platform.on("query", says("init"), lost)
		s := w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, time.Second)
		if w.count("send recharge") != 2 || s.Trade.Unpaid() || s.Trade.Progress.UnansweredAt.IsZero() {
			t.Errorf("%+v; %s", s.Trade.Progress, w.diary)
		}
		w.platform.on("query", says("init"))
		if s, err := w.core.Check(w.t.Context(), "1"); err != nil || !s.Trade.Unpaid() {
			t.Errorf("%+v %v", s.Trade.Progress, err)
		}
	})
}

// An answer to a close is the platform's word as any other.
func TestAnAnswerToACloseEndsTheSilence(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", lost)
		w.platform.on("close", says("init"))
		w.begin(in{no: "1"}, time.Second)
		if s, err := w.core.Check(w.t.Context(), "1"); err != nil || s.SilentSince.IsZero() {
			t.Fatalf("%+v %v", s, err)
		}
		if s, err := w.core.CloseOrder(w.t.Context(), "1"); err != nil || !s.SilentSince.IsZero() {
			t.Errorf("silent since %v, %v", s.SilentSince, err)
		}
	})
}

// What the insurance is asked for takes its time, half a minute at most.
func TestAPlatformThatAsksTheInsuranceHasTime(t *testing.T) {
	for slow, confirms := range map[time.Duration]int{25 * time.Second: 1, 35 * time.Second: 2} {
		play(t, func(w *world) {
			w.priced("S", "0.00")
			w.platform.on("confirm", holds(slow, settledOK), settledOK)
			w.must(w.core.ConfirmSettlement, "S", time.Minute)
			w.settlementMustBe("S", txn.Succ)
			if n := w.count("send confirm"); n != confirms {
				t.Errorf("%v: sent %d times", slow, n)
			}
		})
	}
}
