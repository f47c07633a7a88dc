package txn_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

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
