package sandbox

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/message/onetrans"
)

// held sends a query that waits, and delivers what it was answered and when.
func held(b *bench, q obj, seconds int) <-chan heldReply {
	done := make(chan heldReply, 1)
	began := time.Now()
	q = q.with("extra", obj{"waitSeconds": seconds})
	go func() {
		r, err := b.try(onetrans.TransQuery, q)
		done <- heldReply{r, err, time.Since(began)}
	}()
	return done
}

type heldReply struct {
	reply
	err  error
	took time.Duration
}

func TestQueryIsHeldUntilItsTradeChanges(t *testing.T) {
	charge := queryOf(patient(), onetrans.TransRecharge, "C1")
	refund := queryOf(patient(), onetrans.TransRefund, "R1")
	for _, c := range []struct {
		name   string
		before func(*bench)
		query  obj
		wait   int
		do     func(*bench) // after 3 seconds
		result string
		took   time.Duration
	}{
		{"paid", nil, charge, 20, func(b *bench) { b.control("pay", obj{"outChargeNo": "C1"}) }, "succ", 3 * time.Second},
		{"cancelled", nil, charge, 20, func(b *bench) { b.control("cancel", obj{"outChargeNo": "C1"}) }, "closed", 3 * time.Second},
		{"nothing happens", nil, charge, 8, func(*bench) {}, "init", 8 * time.Second},
		{"something else happens", nil, charge, 8, func(b *bench) { b.paid("C2", "1") }, "init", 8 * time.Second},
		{"longer than allowed", nil, charge, 3600, func(*bench) {}, "init", 20 * time.Second},
		{"not asked to wait", nil, charge, 0, nil, "init", 0},
		{"already final", func(b *bench) { b.control("pay", obj{"outChargeNo": "C1"}) }, charge, 20, nil, "succ", 0},
		{"never seen", nil, queryOf(patient(), onetrans.TransRecharge, "C9"), 20, nil, "notfound", 0},
		{"expires", func(*bench) { time.Sleep(4*time.Minute + 50*time.Second) }, charge, 20, func(*bench) {}, "closed", 10 * time.Second},
		{"paid, being booked", func(b *bench) {
			b.control("faults", obj{"exp": 1, "exp_ms": 5000})
			b.control("pay", obj{"outChargeNo": "C1"})
		}, charge, 20, func(*bench) {}, "succ", 5 * time.Second},
		{"a refund under way", func(b *bench) {
			b.control("pay", obj{"outChargeNo": "C1"})
			b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "1.00").with("withdrawMode", "2"))
		}, refund, 20, func(b *bench) { b.control("refund", obj{"outRefundNo": "R1", "result": "succ"}) }, "succ", 3 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, stop := newPipeBench(t)
				b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
				if c.before != nil {
					c.before(b)
				}
				done := held(b, c.query, c.wait)
				if c.do != nil {
					time.Sleep(3 * time.Second)
					c.do(b)
				}
				r := <-done
				if r.err != nil || r.get("result") != c.result || r.took != c.took {
					t.Errorf("%q after %v, %v; want %q after %v", r.get("result"), r.took, r.err, c.result, c.took)
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestHeldQueriesAreReleasedWhenTheListenerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, stop := newPipeBench(t)
		b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
		done := held(b, queryOf(patient(), onetrans.TransRecharge, "C1"), 20)
		synctest.Wait()
		if err := stop(); err != nil {
			t.Errorf("serving ended with %v", err)
		}
		r := <-done
		if r.err != nil || r.get("result") != "init" || r.took >= 20*time.Second {
			t.Errorf("%q after %v, %v", r.get("result"), r.took, r.err)
		}
	})
}

func TestHeldQueryEndsWithItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, stop := newPipeBench(t)
		b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
		q := queryOf(patient(), onetrans.TransRecharge, "C1").with("extra", obj{"waitSeconds": 20})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.post(ctx, b.seal(b.plain("M1", onetrans.TransQuery, q))); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("answered, %v", err)
		}
		// The abandoned message was not answered, so its number is still free.
		synctest.Wait()
		if r, err := b.post(t.Context(), b.seal(b.plain("M1", onetrans.TransQuery, q.with("extra", nil)))); err != nil || r.Code != "000000" {
			t.Errorf("%s %s, %v", r.Code, r.ErrMsg, err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestDelayRunsOnVirtualTimeAndOutlivesItsSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, stop := newPipeBench(t)
		if status, answer := b.control("faults", obj{"delay_ms": 60_000, "trans_type": onetrans.TransRecharge}); status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		sealed := b.seal(b.plain("M1", onetrans.TransRecharge, rechargeOf(patient(), "C1", "10")))
		if _, err := b.post(ctx, sealed); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("answered, %v", err)
		}
		wantFields(t, b.ask("C1"), map[string]string{"result": "notfound"})
		time.Sleep(time.Minute)
		wantFields(t, b.ask("C1"), map[string]string{"result": "init"})
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// A test has no other way to know that a message is there which was not answered.
func TestAMessageThatIsHeldHasMetTheFaultsAndGoesOnWhenTheyAreSetAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, stop := newPipeBench(t)
		met := func() string {
			_, said := b.control("faults", nil)
			return string(said)
		}
		if got := met(); got != `{"met":{}}` {
			t.Errorf("before there are faults: %s", got)
		}
		b.control("faults", obj{"hold": true, "trans_type": onetrans.TransRecharge})
		b.ask("C1") // which is not held
		answer := make(chan reply, 1)
		go func() {
			r, _ := b.try(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
			answer <- r
		}()
		time.Sleep(time.Hour)
		wantFields(t, b.ask("C1"), map[string]string{"result": "notfound"})
		if got := met(); got != `{"met":{"hop.trade.recharge":1}}` {
			t.Errorf("held: %s", got)
		}
		b.control("faults", obj{})
		wantFields(t, <-answer, map[string]string{"result": "init"})
		if got := met(); got != `{"met":{}}` {
			t.Errorf("set anew: %s", got)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
