//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/app/sandbox"
	"onetrans/devices/virtualcard"
	"onetrans/devices/virtualidcard"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// mustBePaidOnce checks journal and ledger: one trade over 200 yuan, on both sides.
func (w *world) mustBePaidOnce() {
	w.t.Helper()
	orders := w.ledger()
	trades := w.trades()
	if len(trades) != 1 || len(orders) != 1 {
		w.t.Fatalf("%d trades in the journal, %d orders in the ledger", len(trades), len(orders))
	}
	trade, order := trades[0], orders[0]
	if trade.At() != txn.Succ || trade.Order.Amount != 20000 {
		w.t.Errorf("the journal has %s over %s", trade.At(), trade.Order.Amount)
	}
	if order.Result != string(onetrans.ResultSucc) || order.Amount != "200.00" || order.OutChargeNo != trade.Order.No {
		w.t.Errorf("the ledger has %+v, the journal %s", order, trade.Order.No)
	}
}

func TestACardIsReadACodeIsPaidAndTheResultIsShown(t *testing.T) {
	w := newWorld(t)
	if err := w.mainJob(byPhone); err != nil {
		t.Fatal(err)
	}
	w.keepPicture("result")
	if err := w.tap("result", view.Done, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.await("take card", 10*time.Second); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{w.person.Name, w.person.CertNo, w.person.CardNo, "demokey", "DEMOPAY"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	w.mustBePaidOnce()
}

// What the main job rests on is broken, one thing at a time: each time it must fail.
func TestTheMainJobFailsWhenSomethingIsBroken(t *testing.T) {
	for name, broken := range map[string]struct {
		change change
		pay    func(*world, string) error
		ends   string
	}{
		"card": {change: func(w *world, _ *configuration) {
			w.person.CardNo = "X00000000"
			w.person.CertNo = "000000190001010000"
		}, pay: byPhone, ends: "no person"},
		"signature": {change: func(_ *world, c *configuration) { c.AppKey = "anotherkey0000000000000000000000" }, pay: byPhone, ends: "offline"},
		"payment":   {pay: func(*world, string) error { return nil }, ends: "cashier"},
	} {
		t.Run(name, func(t *testing.T) {
			var changes []change
			if broken.change != nil {
				changes = append(changes, broken.change)
			}
			w := newWorld(t, changes...)
			if err := w.mainJob(broken.pay); err == nil {
				t.Fatal("the main job went through")
			}
			w.must(w.await(broken.ends, 10*time.Second))
		})
	}
}

// A journal that can't be used: the kiosk says so, nothing is sent, also for HIS,
// and it serves by itself when the journal is there again.
func TestAKioskWithoutAJournalIsOutOfService(t *testing.T) {
	w := newWorld(t)
	w.must(w.await("attract", 15*time.Second))
	w.kill()
	good, err := os.ReadFile(w.journalPath())
	w.must(err)
	w.must(os.WriteFile(w.journalPath(), []byte("no journal at all"), 0o600))
	w.startKiosk()
	w.must(w.await("out of service", 15*time.Second))
	w.keepPicture("out-of-service")
	w.mustHear(onetrans.TransRecharge, unpaidOrder(t), onetrans.CodeJournal)
	if orders := w.ledger(); len(orders) != 0 {
		t.Errorf("sent without a journal: %+v", orders)
	}
	w.must(os.WriteFile(w.journalPath(), good, 0o600))
	w.must(w.await("attract", 30*time.Second))
	w.hears(w.hisCalls(onetrans.TransRecharge, unpaidOrder(t)), onetrans.TransRecharge)
}

func TestAPaymentWhileTheKioskIsDeadIsFoundAfterItsRestart(t *testing.T) {
	w := newWorld(t)
	code, err := w.toCode()
	if err != nil {
		t.Fatal(err)
	}
	w.kill()
	if err := byPhone(w, code); err != nil {
		t.Fatal(err)
	}
	w.startKiosk()
	w.becomesPaid()
	w.mustBePaidOnce()
}

// A lying answer never counts, whatever is wrong with it, and the patient is
// told the truth.
func TestAnAnswerThatIsNotOursNeverCounts(t *testing.T) {
	w := newWorld(t)
	lie := func(what string) { w.faults(fmt.Sprintf(`{"trans_type": "hop.trade.query", %q: 1}`, what)) }
	lie("wrong_signature")
	code, err := w.toCode()
	w.must(err)
	w.must(byPhone(w, code))
	for _, next := range []string{"wrong_msgid", "garble"} {
		w.eventually(time.Minute, "several questions are answered so", func() bool { return w.met(onetrans.TransQuery) > 2 })
		lie(next)
	}
	w.must(w.await("doubt", 40*time.Second))
	w.keepPicture("doubt")
	w.faults("")
	w.must(w.await("result", 15*time.Second))
	w.mustBePaidOnce()
}

func TestNotPayingClosesTheOrder(t *testing.T) {
	w := newWorld(t)
	if _, err := w.toCode(); err != nil {
		t.Fatal(err)
	}
	if err := w.follow([]step{
		touch("cashier", view.LeavePay, ""),
		touch("leave", view.ReallyLeave, ""),
		{"take card", func(*world) error { return nil }},
	}); err != nil {
		t.Fatal(err)
	}
	if orders := w.ledger(); len(orders) != 1 || orders[0].Result != string(onetrans.ResultClosed) {
		t.Errorf("the ledger has %+v", orders)
	}
	if trades := w.trades(); len(trades) != 1 || trades[0].At() != txn.Closed {
		t.Errorf("the journal has %d trades", len(trades))
	}
}

// Each trouble with a card has a screen of its own, and the kiosk goes on.
func TestTroubleWithTheCard(t *testing.T) {
	w := newWorld(t)
	own, err := virtualcard.New(w.person.Card())
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*virtualcard.Quirks)) *virtualcard.Card {
		card := own
		change(&card.Quirks)
		return &card
	}
	toReader := untilCode()[1:3]
	if err := w.follow(untilCode()[:1]); err != nil {
		t.Fatal(err)
	}
	for _, trouble := range []struct {
		card *virtualcard.Card
		page string
	}{
		{with(func(q *virtualcard.Quirks) { q.NoApplication = true }), "wrong card"},
		{with(func(q *virtualcard.Quirks) { q.WantsPIN = true }), "card locked"},
		{with(func(q *virtualcard.Quirks) { q.PullAfter = 4 }), "card pulled"},
	} {
		if err := w.follow(toReader); err != nil {
			t.Fatal(err)
		}
		if err := w.await("insert", 10*time.Second); err != nil {
			t.Fatal(err)
		}
		slot := w.insert(trouble.card)
		if err := w.await(trouble.page, 15*time.Second); err != nil {
			t.Fatal(err)
		}
		w.keepPicture(trouble.page)
		if err := w.tap(trouble.page, view.GoHome, ""); err != nil {
			t.Fatal(err)
		}
		if trouble.page != "card pulled" {
			if err := w.await("take card", 10*time.Second); err != nil {
				t.Fatal(err)
			}
		}
		slot.Remove()
		if err := w.goHome(); err != nil {
			t.Fatal(err)
		}
	}
	// A card pulled while its person is on the screen takes the person along.
	if err := w.follow(toReader); err != nil {
		t.Fatal(err)
	}
	slot := w.insert(nil)
	if err := w.await("person", 15*time.Second); err != nil {
		t.Fatal(err)
	}
	slot.Remove()
	if err := w.await("card pulled", 10*time.Second); err != nil {
		t.Fatal(err)
	}
}

// A reader that goes away has a screen of its own, and serves again when it is back.
func TestTheReaderGoesAwayAndComesBack(t *testing.T) {
	w := newWorld(t)
	if err := w.follow(untilCode()[:3]); err != nil {
		t.Fatal(err)
	}
	if err := w.await("insert", 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pkill", "-x", "pcscd").CombinedOutput(); err != nil {
		t.Fatalf("stopping pcscd: %v: %s", err, out)
	}
	err := w.await("no reader", 15*time.Second)
	w.keepPicture("no-reader")
	if out, startErr := exec.Command("../../../.ci/pcscd").CombinedOutput(); startErr != nil {
		t.Fatalf("starting pcscd: %v: %s", startErr, out)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.tap("no reader", view.Retry, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.follow(untilCode()[2:4]); err != nil {
		t.Fatal(err)
	}
	if err := w.await("person", 15*time.Second); err != nil {
		t.Fatal(err)
	}
}

// A journal that can't be written: nothing is sent, the patient hears it, and
// the kiosk serves again when it can.
func TestNothingIsSentThatIsNotJournaled(t *testing.T) {
	w := newWorld(t)
	steps := untilCode()
	if err := w.follow(steps[:len(steps)-1]); err != nil {
		t.Fatal(err)
	}
	limitFiles := func(bytes string) {
		pid := strconv.Itoa(w.kiosk.Process.Pid)
		if out, err := exec.Command("prlimit", "--pid", pid, "--fsize="+bytes+":unlimited").CombinedOutput(); err != nil {
			t.Fatalf("prlimit: %v: %s", err, out)
		}
	}
	limitFiles("1024")
	if err := w.follow(steps[len(steps)-1:]); err != nil {
		t.Fatal(err)
	}
	if err := w.await("journal", 15*time.Second); err != nil {
		t.Fatal(err)
	}
	w.keepPicture("journal")
	if orders := w.ledger(); len(orders) != 0 {
		t.Fatalf("sent without a journal: %+v", orders)
	}
	limitFiles("unlimited")
	if err := w.tap("journal", view.GoHome, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.await("take card", 10*time.Second); err != nil {
		t.Fatal(err)
	}
	w.slot.Remove()
	if err := w.goHome(); err != nil {
		t.Fatal(err)
	}
	if err := w.follow(steps[1:]); err != nil {
		t.Fatal(err)
	}
	if err := w.await("cashier", 15*time.Second); err != nil {
		t.Fatal(err)
	}
}

// goHome goes to the services from wherever a trouble left the kiosk.
func (w *world) goHome() error {
	var page string
	err := within(15*time.Second, "attract or home", func() bool {
		page = w.sees()
		return page == "attract" || page == "home"
	})
	if err == nil && page == "attract" {
		err = w.tap("attract", view.Start, "")
	}
	return err
}

// settleTwo chooses two of three bills, pays them and sees them settled.
func settleTwo(settled string) []step {
	return []step{
		{"bills", func(w *world) error { w.keepPicture("bills"); return w.tap("bills", view.ToggleBill, "2") }},
		touch("bills fewer", view.Next, ""),
		{"bill review", func(w *world) error { w.keepPicture("review"); return w.tap("bill review", view.Pay, "") }},
		{"bill pay", func(w *world) error { w.payTheCode(); return nil }},
		{settled, func(w *world) error { w.keepPicture("settled"); return w.tap(settled, view.Done, "") }},
	}
}

// Bills are chosen, priced, paid and settled by the person alone.
func TestBillsAreSettledAtTheKiosk(t *testing.T) {
	w := newWorld(t)
	w.must(w.follow(slices.Concat([]step{
		touch("attract", view.Start, ""),
		touch("home", view.PickService, string(view.ServiceOutpatientPayment)),
		touch("identify", view.ChooseWay, string(view.WaySocialSecurityCard)),
		{"insert", func(w *world) error { w.insert(nil); return nil }},
		touch("bill person", view.Correct, ""),
	}, settleTwo("bill settled"), []step{
		{"take card", func(w *world) error { w.slot.Remove(); return nil }},
	})))
	w.must(w.await("attract", 10*time.Second))
	w.mustHaveSettled()
}

// mustHaveSettled: the platform has one paid order, and the journal one
// settlement that is done.
func (w *world) mustHaveSettled() {
	w.t.Helper()
	if orders := w.ledger(); len(orders) != 1 || orders[0].Result != string(onetrans.ResultSucc) {
		w.t.Errorf("the ledger has %+v", orders)
	}
	rig.Stop(w.kiosk)
	for _, trade := range w.journaled() {
		if trade.Order.Kind() == onetrans.TransSettle && trade.At() != txn.Succ {
			w.t.Errorf("the settlement is %s", trade.At())
		}
	}
}

// Who came without the card pays their bills like one with it.
func TestBillsAreSettledHoweverThePersonCame(t *testing.T) {
	for name, comes := range map[string]func(*world, *virtualidcard.Reader) []step{
		"by insurance code": func(w *world, _ *virtualidcard.Reader) []step {
			return []step{
				{"bill ways", func(w *world) error { return w.scan(w.person.Voucher, "bill person, known") }},
				{"bill person, known", func(w *world) error { w.keepPicture("person"); return w.tap("bill person, known", view.Correct, "") }},
			}
		},
		"by identity card": func(w *world, reader *virtualidcard.Reader) []step {
			return []step{
				{"bill ways", func(w *world) error {
					card, err := virtualidcard.New(w.person.IdentityCard())
					reader.Lay(card)
					return err
				}},
				{"bill person, laid", func(w *world) error {
					w.keepPicture("person")
					reader.Lift()
					return w.tap("bill person, laid", view.Correct, "")
				}},
			}
		},
		"by authorisation": func(w *world, _ *virtualidcard.Reader) []step {
			return []step{
				{"bill ways", func(w *world) error {
					return errors.Join(w.tap("bill ways", view.ChooseWay, string(view.WayHealthCard)), w.agreeOnThePhone())
				}},
				{"bill person, known", func(w *world) error { w.keepPicture("person"); return w.tap("bill person, known", view.Correct, "") }},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			reader := &virtualidcard.Reader{}
			path := filepath.Join(t.TempDir(), "identity")
			port, err := virtualidcard.Plug(path, reader)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(port.Unplug)
			w := newWorld(t, func(_ *world, c *configuration) {
				c.More = fmt.Sprintf("[devices.identity]\nport = %q\n[ehc]\napp_id = %q\napp_secret = %q\nterm_id = %q\n",
					path, sandbox.DemoEHCAppID, sandbox.DemoEHCAppSecret, sandbox.DemoEHCTermID)
			})
			w.must(w.follow(slices.Concat([]step{
				touch("attract", view.Start, ""),
				touch("home", view.PickService, string(view.ServiceOutpatientPayment)),
			}, comes(w, reader), settleTwo("bill settled, no card"))))
			w.must(w.await("attract", 10*time.Second))
			w.mustHaveSettled()
		})
	}
}

// scan holds a code to the scanner until a page comes: a machine that is busy
// with other things hears a burst of keys too slowly, and a person tries again.
func (w *world) scan(code, page string) error {
	for range 4 {
		if err := w.display.Type(code); err != nil {
			return err
		}
		if w.await(page, 5*time.Second) == nil {
			return nil
		}
	}
	return fmt.Errorf("the code is not read: the screen shows %s", w.sees())
}

// agreeOnThePhone reads the code off the screen, once there is one, and lets the
// hospital use the person's health card, as its owner would.
func (w *world) agreeOnThePhone() error {
	code := ""
	err := within(15*time.Second, "a code to agree by", func() bool {
		read, err := w.readCode()
		code = read
		return err == nil && strings.Contains(code, "/auth/")
	})
	if err != nil {
		return err
	}
	answer, err := http.PostForm(code, url.Values{"do": {"authorise"}, "person": {w.person.HospitalCard}})
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("agreeing: %s", answer.Status)
	}
	return nil
}
