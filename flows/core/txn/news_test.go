package txn_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// news are the numbers that a card's person has not been told of.
func (w *world) news(cardType, cardNo string) (nos []string) {
	w.t.Helper()
	news, err := w.core.News(cardType, cardNo)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range news {
		nos = append(nos, s.Trade.Order.No)
	}
	return nos
}

func (w *world) newsMustBe(nos ...string) {
	w.t.Helper()
	if got := w.news("01", "D1"); fmt.Sprint(got) != fmt.Sprint(nos) {
		w.t.Errorf("news: %v, want %v; %s", got, nos, w.diary)
	}
}

func TestAPaymentThatComesAfterThePersonLeftIsNews(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.platform.on("close", lost)
		w.begin(in{no: "1"}, time.Second)
		w.core.CloseOrder(w.t.Context(), "1") // they leave, and our close loses to their payment
		w.newsMustBe()
		w.platform.on("close", says("succ"))
		w.pass(time.Minute)
		w.mustBe("1", txn.Succ)
		w.newsMustBe("1")
		if other := append(w.news("01", "D2"), w.news("03", "D1")...); len(other) != 0 {
			t.Errorf("told to others: %v", other)
		}
		w.restart()
		w.newsMustBe("1")
		if err := w.core.Tell(onetrans.TransRecharge, "1"); err != nil {
			t.Fatal(err)
		}
		w.newsMustBe()
		w.mustBe("1", txn.Succ)
	})
}

func TestWhatSomebodyHearsIsNoNews(t *testing.T) {
	open := func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1"}, time.Second)
	}
	for name, test := range map[string]func(w *world){
		"who calls":   func(w *world) { w.charged("1") },
		"who watches": func(w *world) { open(w); _, end, _ := w.core.Watch("1"); w.paid(); end() },
		"who asks": func(w *world) {
			open(w)
			w.core.Close()
			w.platform.on("query", says("succ"))
			w.core.Check(w.t.Context(), "1")
		},
		"HIS, by its query": func(w *world) {
			open(w)
			w.paid()
			w.newsMustBe("1")
			w.query(`"outTradeNo":"1"`)
		},
		"HIS, by its repeat": func(w *world) {
			open(w)
			w.paid()
			w.newsMustBe("1")
			w.begin(in{no: "1"}, time.Second)
		},
		"nobody, but nothing was taken": func(w *world) {
			open(w)
			w.platform.on("query", says("closed"))
			w.pass(time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				test(w)
				w.newsMustBe()
			})
		})
	}
}

// paid lets the platform say that the order was paid, to whoever polls.
func (w *world) paid() {
	w.t.Helper()
	w.platform.on("query", says("succ"))
	w.pass(time.Minute)
	w.mustBe("1", txn.Succ)
}

// A settlement that was finished, or given back, without its person.
func TestASettlementThatEndsLaterIsNews(t *testing.T) {
	for _, confirm := range []reply{settledOK, refuses("610007")} {
		play(t, func(w *world) {
			w.ordered("S")
			w.platform.on("confirm", confirm)
			w.platform.on("refund", says("succ"))
			w.platform.on("query", says("succ"))
			w.pass(time.Minute)
			w.newsMustBe("S")
		})
	}
}

// Cards share drawers, and nothing else.
func TestCardsInOneDrawer(t *testing.T) {
	hash := func(card string) string {
		sum := sha256.Sum256([]byte("card " + card))
		return fmt.Sprintf("%x", sum[:2])[:3]
	}
	other := "D2"
	for i := 3; hash(other) != hash("D1"); i++ {
		other = fmt.Sprint("D", i)
	}
	play(t, func(w *world) {
		w.platform.on("recharge", ordered)
		w.platform.on("query", says("init"))
		w.begin(in{no: "1", card: other}, time.Second)
		w.paid()
		shared := false
		for _, r := range w.trade("1").Refs() {
			shared = shared || r == "card "+hash("D1")
		}
		if got := w.news("01", other); len(got) != 1 || !shared {
			t.Errorf("%v, in one drawer: %v", got, shared)
		}
		w.newsMustBe()
		newBank(w)
		if _, err := w.balance(back{no: "W", amount: "1"}, time.Second); !errors.Is(err, txn.ErrExceeds) {
			t.Errorf("another card's money was given back: %v", err)
		}
	})
}

// What has not ended is no news yet, and what came to nothing is none.
func TestASettlementIsNoNewsBeforeItsEnd(t *testing.T) {
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("confirm", lost)
		w.platform.on("query", says("succ"))
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Confirming)
		w.newsMustBe()
		w.platform.on("confirm", refuses("610007"))
		w.platform.on("query", lost)
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Refunding)
		w.newsMustBe()
	})
	play(t, func(w *world) {
		w.ordered("S")
		w.platform.on("query", says("closed"))
		w.platform.on("abandon", data(``))
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Abandoned)
		w.newsMustBe()
	})
}

// Names tie trades together; to be on one list does not.
func TestWhatBelongsTogetherHasANameInCommon(t *testing.T) {
	play(t, func(w *world) {
		w.options.MustBook = true
		w.restart()
		w.charged("1") // with its card's drawer, and at the desk
		w.platform.on("query", says("notfound"))
		w.query(`"outTradeNo":"1"`) // and taken back
		charge := w.trade("1")
		if refs := charge.Refs(); len(refs) != 4 {
			t.Fatalf("%q", refs)
		}
		if got := fmt.Sprint(txn.Ties(onetrans.TransRecharge, "1", charge.Refs())); got != "[no:1 trace:T1]" {
			t.Errorf("a charge: %s", got)
		}
		w.platform.on("refund", refundSays("R1", "succ"))
		w.giveBack(back{no: "R1", amount: "1", trace: "T1"}, time.Second)
		refund := w.tradeOf(onetrans.TransRefund, "R1")
		if got := fmt.Sprint(txn.Ties(onetrans.TransRefund, "R1", refund.Refs())); got != "[trace:T1]" {
			t.Errorf("its refund: %s", got)
		}
	})
}
