package txn_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
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

// What could not be sealed never left, and that is no fault of the network's or
// the platform's; a repeat that can be sealed is sent.
func TestATradeThatCouldNotBeSealedIsKeptAsOurOwnFault(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", unsealable, ordered)
		if p := w.begin(in{no: "1"}, time.Minute).Trade.Progress; p.State != txn.NotSent || !p.Unsealed {
			t.Errorf("recharge: %+v", p)
		}
		if p := w.begin(in{no: "1"}, time.Minute).Trade.Progress; p.State != txn.Pending || p.Unsealed {
			t.Errorf("a recharge that is repeated: %+v", p)
		}
		w.platform.on("recharge", notSent)
		if p := w.begin(in{no: "2", card: "D2"}, time.Minute).Trade.Progress; p.State != txn.NotSent || p.Unsealed {
			t.Errorf("a line that does not open: %+v", p)
		}
		w.platform.on("refund", unsealable)
		if p := w.giveBack(aRefund, time.Second).Trade.Progress; p.State != txn.NotSent || !p.Unsealed {
			t.Errorf("refund: %+v", p)
		}
		w.platform.on("pre", unsealable)
		if s, _ := w.preSettle(bills{no: "S"}, time.Minute); s.State != txn.NotSent || !s.Unsealed {
			t.Errorf("settlement: %+v", s)
		}
		w.platform.on("cancel", unsealable)
		if s := w.cancel("S1", 5*time.Second); s.State != txn.NotSent || !s.Unsealed {
			t.Errorf("cancellation: %+v", s)
		}
	})
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
		today.Request.AppKey = onetrans.T("today")
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

// The order asks for its code; the code that a person shows pays that order.
func TestACodeThatIsShownPaysTheOrderThatIsThere(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered, says("succ"))
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
		w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, time.Second)
		w.mustBe("1", txn.Succ)
		want := []string{"print 1, deposit , code ", "print , deposit " + onetrans.DepositWeChat + ", code " + authCode}
		for _, c := range w.platform.sent() {
			if c.kind != "recharge" {
				continue
			}
			var in onetrans.RechargeIn
			if err := onetrans.UnmarshalData(c.request.Data, &in); err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("print %s, deposit %s, code %s", in.Extra.Value.PrintMode, in.DepositType, in.Extra.Value.AuthCode)
			if len(want) == 0 || got != want[0] || in.OutChargeNo.String() != "1" {
				t.Fatalf("sent: %s, want %q", got, want)
			}
			want = want[1:]
		}
		if len(want) != 0 {
			t.Errorf("not sent: %q", want)
		}
	})
}

// What a repeat would hear is known without anything being sent.
func TestARechargeIsRecalled(t *testing.T) {
	play(t, func(w *world) {
		recall := func(i in) string {
			before := len(w.platform.sent())
			s, known, err := w.core.RecallRecharge(i.request())
			if len(w.platform.sent()) != before {
				t.Errorf("%+v was sent", i)
			}
			return fmt.Sprint(s.Trade.At(), " ", known, " ", errors.Is(err, txn.ErrNumberReused), errors.Is(err, txn.ErrInvalid), errors.Is(err, txn.ErrJournal))
		}
		w.platform.on("query", says("init"))
		w.platform.on("recharge", refuses("610004"), ordered, says("succ"))
		w.begin(in{no: "refused"}, time.Second)
		w.begin(in{no: "open"}, time.Second)
		w.begin(in{no: "paid", amount: "1"}, time.Second)
		w.core.Close() // the polling is no part of this
		for _, test := range []struct {
			of   in
			want string
		}{
			{in{no: "new"}, " false false false false"},
			{in{no: "refused"}, "refused false false false false"},
			{in{no: "open"}, "pending true false false false"},
			{in{no: "paid", amount: "1"}, "succ true false false false"},
			{in{no: "open", amount: "2"}, "pending true true false false"},
			{in{no: "paid", amount: "2"}, "succ true true false false"},
			{in{no: "open", amount: "0"}, " false false true false"},
		} {
			if got := recall(test.of); got != test.want {
				t.Errorf("%+v: %s, want %s", test.of, got, test.want)
			}
		}
		w.journal.failGet = errDisk
		if got := recall(in{no: "paid", amount: "1"}); got != " false false false true" {
			t.Errorf("without a journal: %s", got)
		}
	})
}
