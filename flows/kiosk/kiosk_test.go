package kiosk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/devices"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/view"
)

// The ways to each screen.
func (k *stand) home()   { k.do(view.Start) }
func (k *stand) choose() { k.home(); k.tap(view.PickService, string(view.ServiceInpatientDeposit)) }
func (k *stand) present() {
	k.choose()
	k.tap(view.ChooseWay, string(view.WaySocialSecurityCard))
}
func (k *stand) person()  { k.choose(); k.slot.insert(nil); synctest.Wait() }
func (k *stand) scanned() { k.choose(); k.codes <- code; synctest.Wait() }
func (k *stand) amount()  { k.person(); k.do(view.Correct) }
func (k *stand) confirm() { k.amount(); k.tap(view.Quick, "1"); k.do(view.Next) }
func (k *stand) cashier() { k.confirm(); k.do(view.Pay) }
func (k *stand) result()  { k.cashier(); k.core.becomes(is(txn.Succ)) }
func (k *stand) doubt() {
	k.core.close = func(_ context.Context, s txn.Status) (txn.Status, error) {
		s.SilentSince = time.Now()
		return s, nil
	}
	k.cashier()
	k.do(view.LeavePay, view.ReallyLeave)
}

func TestTheTableIsWhole(t *testing.T) {
	table := Table()
	for _, problem := range table.Check(Attracting) {
		t.Error(problem)
	}
}

func TestTheMainJob(t *testing.T) {
	serve(t, func(k *stand) {
		k.shows(view.Attract{})
		k.home()
		k.shows(view.Home{})
		k.tap(view.PickService, string(view.ServiceInpatientDeposit))
		k.shows(view.PickWay{})
		k.tap(view.ChooseWay, string(view.WaySocialSecurityCard))
		k.shows(view.Present{})
		k.slot.insert(nil)
		synctest.Wait()
		k.shows(view.Person{})
		if p := k.page().Content.(view.Person); p.Name != "欧阳*珺" || p.Balance != "50.00" || !p.CardIn {
			t.Errorf("%+v", p)
		}
		k.do(view.Correct)
		k.shows(view.Amount{})
		k.tap(view.Quick, "1")
		k.do(view.Next)
		k.shows(view.Confirm{})
		k.do(view.Pay)
		k.shows(view.Cashier{})
		k.wait(10 * time.Second)
		if c := k.page().Content.(view.Cashier); c.QRCode != qrcode || c.Left < 289 || c.Left > 291 || c.Total != 300 {
			t.Errorf("%+v", c)
		}
		k.core.becomes(is(txn.Succ))
		k.shows(view.Result{})
		k.do(view.Done)
		k.shows(view.TakeCard{})
		k.slot.remove()
		synctest.Wait()
		k.shows(view.Attract{})
		if left := k.traces(); len(left) != 0 || k.core.busy {
			t.Errorf("left: %q; the terminal is taken: %v", left, k.core.busy)
		}

		in := k.core.orders[0]
		if len(k.core.orders) != 1 || in.Amount.String() != "200.00" || in.CardNo.String() != "Z1" || in.HisCustID.String() != hisID ||
			in.Extra.Value.PrintMode.String() != "1" || len(in.OutChargeNo.String()) != 26 {
			t.Errorf("%+v", k.core.orders)
		}
		for _, secret := range []string{name, idNo, cardNo, qrcode} {
			if strings.Contains(k.log.String(), secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
	})
}

// Whoever walks away is asked, on every screen, and then forgotten.
func TestWhoWalksAwayIsForgotten(t *testing.T) {
	troubled := func(k *stand) {
		k.core.recharge = func(_ context.Context, s txn.Status) (txn.Status, error) { is(txn.Refused)(&s); return s, nil }
		k.cashier()
	}
	for screen, way := range map[string]func(*stand){
		"home": (*stand).home, "choosing a way": (*stand).choose, "presenting": (*stand).present, "checking": (*stand).person,
		"checking, by code": (*stand).scanned, "amount": (*stand).amount, "confirming": (*stand).confirm, "trouble": troubled,
		"busy": func(k *stand) { k.core.busy = true; k.choose(); k.core.busy = false },
	} {
		t.Run(screen, func(t *testing.T) {
			serve(t, func(k *stand) {
				way(k)
				k.wait(timeout - 2*time.Second)
				if p := k.page(); p.Ask != nil || p.Countdown.Left < 1 || p.Countdown.Left > 3 || p.Countdown.Total != 60 {
					t.Fatalf("%+v %+v", p.Ask, p.Countdown)
				}
				k.wait(3 * time.Second)
				if p := k.page(); p.Ask == nil || p.Ask.Kind != view.AskStillThere || p.Ask.Left < 18 || p.Ask.Left > 20 {
					t.Fatalf("not asked: %+v", p.Ask)
				}
				k.wait(20 * time.Second)
				if k.slot.inside {
					k.shows(view.TakeCard{})
					k.wait(time.Hour)
					k.shows(view.TakeCard{})
					k.slot.remove()
					synctest.Wait()
				}
				k.shows(view.Attract{})
				if k.core.busy {
					t.Error("the terminal is not given free")
				}
				// What still comes of them disturbs nobody.
				k.wait(time.Hour)
				k.shows(view.Attract{})
				if left := k.traces(); len(left) != 0 {
					t.Errorf("left: %q", left)
				}
			})
		})
	}
}

func TestWhoAnswersStays(t *testing.T) {
	serve(t, func(k *stand) {
		k.amount()
		k.tap(view.Key, "7")
		for range 12 { // ten times at least
			k.wait(timeout + 2*time.Second)
			if k.page().Ask == nil {
				t.Fatal("not asked")
			}
			k.do(view.Continue)
			if a, ok := k.page().Content.(view.Amount); !ok || a.Typed != "7" || k.page().Ask != nil {
				t.Fatalf("%+v", k.page())
			}
		}
		k.wait(timeout + 2*time.Second)
		k.tap(view.Key, "8") // any touch is an answer, and does nothing below the question
		if a := k.page().Content.(view.Amount); a.Typed != "7" || k.page().Ask != nil {
			t.Fatalf("%+v", k.page())
		}
		k.wait(timeout + 2*time.Second)
		k.do(view.GoHome)
		k.shows(view.TakeCard{})
	})
	serve(t, func(k *stand) { // a card that comes is an answer, too
		k.present()
		k.wait(timeout + 2*time.Second)
		k.slot.insert(nil)
		synctest.Wait()
		k.shows(view.Person{})
		if k.page().Ask != nil {
			t.Error("still asked")
		}
	})
}

func TestEveryTouchBeginsTheTimeAnew(t *testing.T) {
	serve(t, func(k *stand) {
		k.amount()
		for range 10 {
			k.wait(timeout - 5*time.Second)
			k.tap(view.Key, "1")
			if k.page().Ask != nil {
				t.Fatal("asked")
			}
		}
	})
}

// Nothing about money under way ends because nobody touches the screen.
func TestMoneyInFlightIsNotAbandoned(t *testing.T) {
	for screen, test := range map[string]struct {
		way  func(*stand)
		want view.Content
	}{
		"paying":             {(*stand).cashier, view.Doubt{}},
		"not paying: really": {func(k *stand) { k.cashier(); k.do(view.LeavePay) }, view.Doubt{}},
		"doubt":              {(*stand).doubt, view.Doubt{}},
	} {
		t.Run(screen, func(t *testing.T) {
			serve(t, func(k *stand) {
				test.way(k)
				k.slot.remove() // not even when the card goes
				k.wait(3 * time.Hour)
				k.shows(test.want)
				if k.page().Ask != nil || k.page().Countdown.Running() {
					t.Errorf("%+v", k.page())
				}
				k.core.becomes(is(txn.Succ))
				k.shows(view.Result{})
			})
		})
	}
}

func TestAResultStaysHalfAMinute(t *testing.T) {
	serve(t, func(k *stand) {
		k.result()
		k.wait(time.Hour) // not while the card is in
		k.shows(view.Result{})
		k.slot.remove()
		k.wait(28 * time.Second)
		k.shows(view.Result{})
		k.wait(4 * time.Second)
		k.shows(view.Attract{})
		if left := k.traces(); len(left) != 0 {
			t.Errorf("left: %q", left)
		}
	})
}

func TestLargeTextTakesTwiceTheTime(t *testing.T) {
	serve(t, func(k *stand) {
		k.home()
		k.do(view.SetLarge)
		k.wait(2*timeout - 2*time.Second)
		if p := k.page(); p.Ask != nil || p.Countdown.Total != 120 {
			t.Fatalf("%+v", p)
		}
		k.wait(3 * time.Second)
		if k.page().Ask == nil {
			t.Fatal("not asked")
		}
		k.do(view.Continue)
		k.tap(view.PickService, string(view.ServiceInpatientDeposit))
		k.slot.insert(nil)
		synctest.Wait()
		k.do(view.Correct)
		k.tap(view.Quick, "0")
		k.do(view.Next, view.Pay)
		k.core.becomes(is(txn.Succ))
		k.slot.remove()
		k.wait(58 * time.Second)
		k.shows(view.Result{})
	})
}

// How a screen looks lasts for one person.
func TestTheNextPersonFindsTheScreenAsItWas(t *testing.T) {
	for name, leave := range map[string]func(*stand){
		"walked away from home": func(k *stand) { k.wait(5 * time.Minute) },
		"walked away later":     func(k *stand) { k.tap(view.PickService, string(view.ServiceInpatientDeposit)); k.wait(5 * time.Minute) },
		"took the card": func(k *stand) {
			k.tap(view.PickService, string(view.ServiceInpatientDeposit))
			k.slot.insert(nil)
			synctest.Wait()
			k.do(view.GoHome)
			k.slot.remove()
			synctest.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				k.home()
				k.do(view.SetLarge, view.SetContrast)
				k.tap(view.SetLanguage, string(view.English))
				if k.page().Look != (view.Look{Language: view.English, Large: true, Contrast: true}) {
					t.Errorf("%+v", k.page().Look)
				}
				leave(k)
				k.shows(view.Attract{})
				if k.page().Look != (view.Look{Language: view.Chinese}) {
					t.Errorf("%+v", k.page().Look)
				}
			})
		})
	}
	serve(t, func(k *stand) { // who only goes home is the same person
		k.home()
		k.do(view.SetLarge)
		k.tap(view.PickService, string(view.ServiceInpatientDeposit))
		k.do(view.GoHome)
		k.shows(view.Home{})
		if !k.page().Look.Large {
			t.Error("the text is small again")
		}
	})
}

// What an earlier person's call still brings is for nobody.
func TestLateNewsOfTheLastPerson(t *testing.T) {
	for range 10 { // it is for chance which of two ends a goroutine sees first
		serve(t, func(k *stand) {
			release := make(chan struct{})
			k.core.lookUp = func(context.Context) (onetrans.Answer, error) { // deaf to its context
				<-release
				return found(t.Context())
			}
			k.scanned()
			k.shows(view.Busy{})
			k.do(view.GoHome)
			k.shows(view.Home{})
			k.core.lookUp = func(ctx context.Context) (onetrans.Answer, error) {
				<-ctx.Done()
				return onetrans.Answer{}, platform.ErrNoAnswer
			}
			k.tap(view.PickService, string(view.ServiceInpatientDeposit))
			k.codes <- code
			synctest.Wait()
			close(release)
			synctest.Wait()
			k.shows(view.Busy{})
			if left := k.traces(); len(left) != 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// A screen that came by itself has its whole time.
func TestAScreenThatComesLaterHasItsWholeTime(t *testing.T) {
	serve(t, func(k *stand) {
		k.core.lookUp = func(ctx context.Context) (onetrans.Answer, error) {
			time.Sleep(14 * time.Second)
			return found(ctx)
		}
		k.person()
		k.wait(14 * time.Second)
		k.shows(view.Person{})
		k.wait(timeout - 2*time.Second)
		if k.page().Ask != nil {
			t.Error("asked too early")
		}
	})
}

func TestTapsAreTakenInTheirOrder(t *testing.T) {
	serve(t, func(k *stand) {
		k.amount()
		for _, digit := range "1234567" { // faster than the kiosk is
			k.runner.Tap(k.t.Context(), view.Tap{Action: view.Key, Value: string(digit)})
		}
		synctest.Wait()
		if a := k.page().Content.(view.Amount); a.Typed != "1234567" {
			t.Errorf("typed %q", a.Typed)
		}
	})
}

func TestDoubleTapsMakeOneOrder(t *testing.T) {
	serve(t, func(k *stand) {
		release := make(chan struct{})
		k.core.recharge = func(_ context.Context, s txn.Status) (txn.Status, error) { <-release; return s, nil }
		k.confirm()
		for range 5 {
			k.runner.Tap(k.t.Context(), view.Tap{Action: view.Pay})
		}
		synctest.Wait()
		k.shows(view.Busy{})
		close(release)
		synctest.Wait()
		k.shows(view.Cashier{})
		k.do(view.Pay, view.Pay)
		if len(k.core.orders) != 1 {
			t.Errorf("%d orders", len(k.core.orders))
		}
	})
}

func TestNotPaying(t *testing.T) {
	closes := func(at func(*txn.Status)) func(*stand) {
		return func(k *stand) {
			k.core.close = func(_ context.Context, s txn.Status) (txn.Status, error) { at(&s); return s, nil }
		}
	}
	for name, test := range map[string]struct {
		platform func(*stand)
		want     view.Content
	}{
		"closed":         {closes(is(txn.Closed)), view.TakeCard{}},
		"paid after all": {closes(is(txn.Succ)), view.Result{}},
		"nobody answers": {closes(func(s *txn.Status) { s.SilentSince = time.Now() }), view.Doubt{}},
		"the journal can't tell": {func(k *stand) {
			k.core.close = func(context.Context, txn.Status) (txn.Status, error) { return txn.Status{}, txn.ErrJournal }
		}, view.Doubt{}},
		"the platform hangs": {func(k *stand) {
			k.core.close = func(ctx context.Context, s txn.Status) (txn.Status, error) { <-ctx.Done(); return s, ctx.Err() }
		}, view.Doubt{}},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				test.platform(k)
				k.cashier()
				k.do(view.LeavePay)
				if k.page().Ask == nil || k.page().Ask.Kind != view.AskLeavePay {
					t.Fatalf("%+v", k.page().Ask)
				}
				k.do(view.ReallyLeave)
				k.wait(13 * time.Second)
				k.shows(test.want)
				if d, ok := k.page().Content.(view.Doubt); ok && len(d.Reference) != 26 {
					t.Errorf("no reference: %+v", d)
				}
			})
		})
	}
	serve(t, func(k *stand) { // closed, without a card in the slot: home, as the same person
		closes(is(txn.Closed))(k)
		k.scanned()
		k.do(view.Correct)
		k.tap(view.Quick, "1")
		k.do(view.Next, view.Pay, view.LeavePay, view.ReallyLeave)
		k.shows(view.Home{})
		if left := k.traces(); len(left) != 0 {
			t.Errorf("left: %q", left)
		}
	})
	serve(t, func(k *stand) { // in doubt, and off to the counter
		k.doubt()
		k.do(view.GoToCounter)
		k.shows(view.TakeCard{})
	})
}

func TestAskingWhetherItIsPaid(t *testing.T) {
	serve(t, func(k *stand) {
		answer := make(chan txn.Status)
		k.core.check = func(_ context.Context, s txn.Status) (txn.Status, error) { return <-answer, nil }
		k.cashier()
		k.do(view.CheckPaid, view.CheckPaid)
		if c := k.page().Content.(view.Cashier); !c.Checking {
			t.Errorf("%+v", c)
		}
		answer <- k.core.current
		synctest.Wait()
		if c := k.page().Content.(view.Cashier); c.Checking || !c.NotPaidYet {
			t.Errorf("%+v", c)
		}
		k.do(view.CheckPaid)
		paid := k.core.current
		is(txn.Succ)(&paid)
		answer <- paid
		synctest.Wait()
		k.shows(view.Result{})
	})
}

// An order that never got its code is closed, and what is heard of it later is
// not taken for news of the next.
func TestTheEndOfAnOrderBefore(t *testing.T) {
	serve(t, func(k *stand) {
		k.core.recharge = func(_ context.Context, s txn.Status) (txn.Status, error) {
			is(txn.Unknown)(&s)
			s.Trade.Progress.QRCode = ""
			return s, nil
		}
		k.confirm()
		k.do(view.Pay)
		k.troubled(view.TroubleNoOrder)
		first := k.core.current
		k.core.recharge = nil
		k.do(view.Retry, view.Next, view.Pay)
		k.shows(view.Cashier{})
		second := k.core.current
		k.core.becomes(func(s *txn.Status) { *s = first; is(txn.Closed)(s) })
		k.shows(view.Cashier{})
		k.core.becomes(func(s *txn.Status) { *s = second; is(txn.Succ)(s) })
		k.shows(view.Result{})
	})
}

func TestALikeChargeInDoubt(t *testing.T) {
	serve(t, func(k *stand) {
		k.core.recharge = func(context.Context, txn.Status) (txn.Status, error) {
			return txn.Status{}, &txn.InDoubtError{No: "9", Amount: 20000}
		}
		k.cashier()
		if a := k.page().Ask; a == nil || a.Kind != view.AskPayAgain || a.Charge.Reference != "9" || a.Charge.Amount != "200.00" {
			t.Fatalf("%+v", a)
		}
		k.core.recharge = nil
		k.do(view.PayAnyway)
		k.shows(view.Cashier{})
		if got := k.core.orders[1].Extra.Value.Despite.String(); got != "9" {
			t.Errorf("despite %q", got)
		}
	})
}

func TestABusyTerminal(t *testing.T) {
	serve(t, func(k *stand) {
		k.core.busy = true
		k.choose()
		k.troubled(view.TroubleBusy)
		k.do(view.GoHome)
		k.shows(view.Home{})
		k.core.busy = false
		k.tap(view.PickService, string(view.ServiceInpatientDeposit))
		k.shows(view.PickWay{})
		k.tap(view.PickService, string(view.ServiceInpatientDeposit))
		if k.core.taken != 1 {
			t.Errorf("taken %d times", k.core.taken)
		}
		k.do(view.GoHome)
		if k.core.busy {
			t.Error("the terminal is not given free")
		}
	})
}

func TestAReaderThatComesAndGoes(t *testing.T) {
	serve(t, func(k *stand) {
		k.slot.unplug()
		k.choose()
		k.wait(10 * time.Second)
		k.shows(view.PickWay{}) // codes are read all the same
		k.tap(view.ChooseWay, string(view.WaySocialSecurityCard))
		k.troubled(view.TroubleNoReader)
		k.do(view.Retry)
		k.slot.plug()
		k.wait(3 * time.Second)
		k.slot.insert(nil)
		synctest.Wait()
		k.shows(view.Person{})
		k.slot.unplug() // it takes the card along
		synctest.Wait()
		k.troubled(view.TroubleCardPulled)
	})
	serve(t, func(k *stand) {
		k.slot.unplug()
		k.scanned()
		k.shows(view.Person{})
	})
}

func TestCardsThatAreNotTheOne(t *testing.T) {
	for kind, fault := range map[view.TroubleKind]error{
		view.TroubleWrongCard: devices.ErrWrongCard, view.TroubleUnreadable: devices.ErrUnreadable,
	} {
		serve(t, func(k *stand) {
			k.present()
			k.slot.insert(fault)
			synctest.Wait()
			k.troubled(kind)
			k.do(view.Retry)
			k.wait(10 * time.Second)
			k.shows(view.PickWay{}) // the same card is not read again
			k.slot.remove()
			synctest.Wait()
			k.slot.insert(nil)
			synctest.Wait()
			k.shows(view.Person{})
		})
	}
	serve(t, func(k *stand) { // nor is that of somebody else
		k.person()
		k.do(view.Wrong)
		k.wait(10 * time.Second)
		k.shows(view.PickWay{})
		k.slot.remove()
		synctest.Wait()
		k.slot.insert(nil)
		synctest.Wait()
		k.shows(view.Person{})
	})
	serve(t, func(k *stand) { // pulled before paying
		k.confirm()
		k.slot.remove()
		synctest.Wait()
		k.troubled(view.TroubleCardPulled)
		k.do(view.GoHome)
		k.shows(view.Home{})
	})
}

// A card's answer that comes after the next card was put in is not the next one's.
func TestALateAnswerForTheCardBefore(t *testing.T) {
	serve(t, func(k *stand) {
		release := make(chan struct{})
		k.core.lookUp = func(context.Context) (onetrans.Answer, error) { <-release; return found(t.Context()) }
		k.person()
		k.slot.remove()
		synctest.Wait()
		k.troubled(view.TroubleCardPulled)
		k.core.lookUp = func(ctx context.Context) (onetrans.Answer, error) {
			<-ctx.Done()
			return onetrans.Answer{}, platform.ErrNoAnswer
		}
		k.do(view.Retry)
		k.slot.insert(nil)
		synctest.Wait()
		close(release)
		synctest.Wait()
		k.shows(view.Busy{})
		k.wait(16 * time.Second)
		k.troubled(view.TroubleOffline)
	})
}

func TestWhatALookUpMeans(t *testing.T) {
	answers := func(code, text string) func(context.Context) (onetrans.Answer, error) {
		return func(ctx context.Context) (onetrans.Answer, error) {
			a, err := found(ctx)
			a.Code, a.ErrMsg = onetrans.T(code), onetrans.T(text)
			return a, err
		}
	}
	for name, test := range map[string]struct {
		answer func(context.Context) (onetrans.Answer, error)
		want   view.TroubleKind // none: the person is found
	}{
		"found":                      {answers("000000", ""), ""},
		"without a code, as sampled": {answers("", "success"), ""},
		"without anything":           {answers("", ""), view.TroubleOffline},
		"nobody":                     {answers("610004", ""), view.TroubleNoPerson},
		"no such code":               {answers("610009", ""), view.TroubleNoPerson},
		"busy":                       {answers("610099", "success"), view.TroubleOffline},
		"no answer":                  {func(context.Context) (onetrans.Answer, error) { return onetrans.Answer{}, platform.ErrNoAnswer }, view.TroubleOffline},
		"nonsense": {func(context.Context) (onetrans.Answer, error) {
			return onetrans.Answer{Code: onetrans.T("000000"), Data: []byte("[]")}, nil
		}, view.TroubleOffline},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				k.core.lookUp = test.answer
				k.scanned()
				if test.want == "" {
					k.shows(view.Person{})
					return
				}
				k.troubled(test.want)
			})
		})
	}
}

func TestBackToTheCheck(t *testing.T) {
	serve(t, func(k *stand) {
		k.amount()
		k.do(view.Back)
		k.shows(view.Person{})
		k.do(view.Correct)
		k.shows(view.Amount{})
		k.do(view.Back)
		k.slot.remove()
		synctest.Wait()
		k.troubled(view.TroubleCardPulled)
	})
	serve(t, func(k *stand) { // the wrong card that lay there went meanwhile
		k.present()
		k.slot.insert(devices.ErrWrongCard)
		synctest.Wait()
		k.do(view.Retry)
		k.codes <- code
		synctest.Wait()
		k.do(view.Correct)
		k.slot.remove()
		synctest.Wait()
		k.shows(view.Amount{})
		k.do(view.Back)
		k.shows(view.Person{})
		k.do(view.GoHome)
		k.shows(view.Home{})
	})
}

// The kiosk can be stopped on every screen, and leaves nothing running.
func TestStopping(t *testing.T) {
	for name, way := range map[string]func(*stand){
		"attract": func(*stand) {}, "home": (*stand).home, "choose": (*stand).choose, "person": (*stand).person, "amount": (*stand).amount,
		"cashier": (*stand).cashier, "result": (*stand).result, "doubt": (*stand).doubt,
		"looking up": func(k *stand) {
			k.core.lookUp = func(ctx context.Context) (onetrans.Answer, error) { <-ctx.Done(); return onetrans.Answer{}, ctx.Err() }
			k.scanned()
		},
		"ordering": func(k *stand) {
			k.core.recharge = func(ctx context.Context, s txn.Status) (txn.Status, error) { <-ctx.Done(); return s, nil }
			k.cashier()
		},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				way(k)
				k.quit()
				synctest.Wait()
				if k.core.busy {
					t.Error("the terminal is not given free")
				}
			})
		})
	}
}

// Run ends only when nothing of it can touch the core any more, which is
// closed next.
func TestStoppingWaitsForWhatRuns(t *testing.T) {
	serve(t, func(k *stand) {
		release := make(chan struct{})
		k.core.recharge = func(_ context.Context, s txn.Status) (txn.Status, error) { <-release; return s, nil }
		k.cashier()
		k.quit()
		synctest.Wait()
		select {
		case <-k.ended:
			t.Error("ended while an order was being made")
		default:
		}
		close(release)
	})
}

// Wherever somebody is led, no page says more of them than it must.
func TestPagesAreMasked(t *testing.T) {
	serve(t, func(k *stand) {
		k.result()
		for _, p := range k.pages {
			for _, secret := range []string{name, idNo, cardNo, hisID} {
				if strings.Contains(fmt.Sprintf("%+v", p), secret) {
					t.Errorf("%T shows %q", p.Content, secret)
				}
			}
		}
	})
}
