package txn_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
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

		before, written := len(w.platform.sent()), len(w.journal.entries)
		w.restart()
		w.mustBe("created", txn.Unknown)
		if begun := w.journal.entries[written:]; len(begun) != 1 || begun[0].No != "created" || begun[0].Note != "interrupted" {
			t.Errorf("at the start it was written: %+v", begun)
		}
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

// counting is a journal that counts what is read of it.
type counting struct {
	*memory
	reads, listed int
}

func (c *counting) Trade(kind, no string) (txn.Trade, bool, error) {
	c.reads++
	return c.memory.Trade(kind, no)
}

func (c *counting) Related(ref string) ([]txn.Trade, error) {
	c.reads++
	return c.memory.Related(ref)
}

func (c *counting) Open() ([]txn.Trade, error) {
	open, err := c.memory.Open()
	c.listed += len(open)
	return open, err
}

// The cost of a start follows what is open, not what was ever written; all of
// it is being asked for when the core is there, whatever the platform does, and
// nobody finds the terminal busy for it.
func TestAStartCostsWhatIsOpen(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", says("succ"))
		for i := range 200 {
			w.begin(in{no: fmt.Sprint("done", i)}, time.Second)
		}
		w.platform.on("recharge", ordered)
		w.platform.on("query", mute)
		for i := range 5 {
			w.begin(in{no: fmt.Sprint("open", i), card: fmt.Sprint("D", i)}, 10*time.Millisecond)
		}
		w.core.Close()
		entries, asked := len(w.journal.entries), w.count("send query")
		journal := &counting{memory: w.journal}
		start := time.Now()
		var err error
		if w.core, err = txn.Open(journal, w.platform, txn.Options{Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Fatal(err)
		}
		if journal.reads != 0 || journal.listed != 5 || len(w.journal.entries) != entries || time.Since(start) != 0 {
			t.Errorf("%d reads, %d listed, %d entries, %v", journal.reads, journal.listed, len(w.journal.entries)-entries, time.Since(start))
		}
		synctest.Wait()
		if n := w.count("send query") - asked; n != 5 {
			t.Errorf("asked for %d", n)
		}
		release, err := w.core.Acquire()
		if err != nil {
			t.Fatal(err)
		}
		release()
	})
}

// A journal that was brought back has lost its open trades' credentials. They are
// asked for with the configuration's, until their caller comes again.
func TestATradeWhoseCredentialsAreLostIsAskedForWithTheConfigurations(t *testing.T) {
	merchant := func(id string) map[string]onetrans.Merchant {
		m := onetrans.Merchant{PayAppID: id, PayAppSecret: payKey}
		return map[string]onetrans.Merchant{"01": m, "02": m}
	}
	for name, c := range map[string]struct {
		begin func(w *world)
		sends string
	}{
		"a charge": {func(w *world) {
			w.platform.on("recharge", lost)
			w.begin(in{no: "1"}, time.Second)
		}, "query"},
		"a refund": {func(w *world) {
			w.platform.on("refund", lost)
			w.giveBack(aRefund, time.Second)
		}, "query"},
		"a bill's order": {func(w *world) { w.ordered("S") }, "query"},
		"a bill that is paid": {func(w *world) {
			w.ordered("S")
			w.platform.on("confirm", lost)
			w.platform.on("query", says("succ"))
			w.pass(time.Minute)
		}, "confirm"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.core.Close()
				w.options.AppID = "A"
				w.open()
				w.platform.on("query", lost)
				c.begin(w)
				w.core.Close()
				w.journal.mu.Lock()
				clear(w.journal.secrets)
				w.journal.mu.Unlock()
				w.options.Merchants = merchant("P")
				before := len(w.platform.sent())
				w.open()
				w.pass(time.Minute)
				asked := 0
				for _, call := range w.platform.sent()[before:] {
					var in onetrans.QueryIn
					if err := onetrans.UnmarshalData(call.request.Data, &in); err != nil || in.PayAppID.String() != "P" || in.PayAppSecret.String() != payKey {
						t.Fatalf("%s: %s %v", call.kind, call.request.Data, err)
					}
					if call.kind == c.sends {
						asked++
					}
				}
				if asked == 0 {
					t.Errorf("not asked for; %s", w.diary)
				}
			})
		})
	}
	for name, begin := range map[string]func(w *world){
		"a bill that is paid elsewhere never had any": func(w *world) {
			w.platform.on("pre", lost)
			w.preSettle(bills{no: "S", noCredentials: true}, time.Second)
			w.options.Merchants = merchant("P")
		},
		"another application's word is none": func(w *world) {
			w.platform.on("recharge", lost)
			w.begin(in{no: "1"}, time.Second) // by "A"
			w.options.Merchants = merchant("P")
		},
		"another merchant's word is none": func(w *world) {
			w.platform.on("recharge", lost)
			w.begin(in{no: "1"}, time.Second)
			w.options.AppID, w.options.Merchants = "A", merchant("Q")
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				begin(w)
				w.core.Close()
				w.journal.mu.Lock()
				clear(w.journal.secrets)
				w.journal.mu.Unlock()
				before := len(w.platform.sent())
				w.open()
				w.pass(time.Minute)
				for _, call := range w.platform.sent()[before:] {
					if strings.Contains(string(call.request.Data), payKey) {
						t.Errorf("%s: %s", call.kind, call.request.Data)
					}
				}
			})
		})
	}
}
