package txn_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

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
