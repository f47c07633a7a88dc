package kiosk

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

// caller is a call of HIS and what it is told.
type caller struct {
	hangUp  context.CancelFunc
	told    atomic.Bool
	outcome Outcome
	err     error
}

func request(transType, data string) onetrans.Request {
	return onetrans.Request{AppID: onetrans.T("HIS-APP"), TransType: onetrans.T(transType), Data: []byte(data)}
}

// read is data in its type.
func read[In any](data string, values ...any) (in In) {
	if err := onetrans.UnmarshalData(fmt.Appendf(nil, data, values...), &in); err != nil {
		panic(err)
	}
	return in
}

func identification() PageCall {
	return PageCall{Kind: PageIdentify, Request: request(onetrans.TransUserGet, `{"mdtrt_cert_type":"09","business_type":"01101","odd":"kept"}`)}
}

func charge() PageCall {
	return PageCall{Kind: PageCashier, Request: request(onetrans.TransRecharge, ""), Order: read[onetrans.RechargeIn](
		`{"outChargeNo":"HIS-1","amount":"200.00","accountType":"02","userName":%q,"origBalance":"50.00"}`, name)}
}

func settlement() PageCall {
	return PageCall{Kind: PageSettle, No: "HIS-S1", Request: request(onetrans.TransSettle, ""), Bills: read[onetrans.SettleIn](
		`{"psn_name":%q,"certno":%q,"extra":{"outSettleNo":"HIS-S1"}}`, name, idNo)}
}

func (k *stand) call(c PageCall) *caller {
	ctx, hangUp := context.WithCancel(k.t.Context())
	result := &caller{hangUp: hangUp}
	go func() {
		result.outcome, result.err = k.runner.Serve(ctx, c)
		result.told.Store(true)
		hangUp()
	}()
	synctest.Wait()
	return result
}

func (c *caller) ends(t *testing.T, end End) {
	t.Helper()
	if !c.told.Load() || c.err != nil || c.outcome.End != end {
		t.Fatalf("told %v: %+v, %v, want end %v", c.told.Load(), c.outcome, c.err, end)
	}
}

// The platform's answer goes to the caller as it came, and nobody is asked
// whether it is right: HIS does that.
func TestACallIdentifies(t *testing.T) {
	serve(t, func(k *stand) {
		c := k.call(identification())
		k.shows(view.PickWay{})
		if p := k.page(); !p.Single || p.Back || p.Steps != nil {
			t.Errorf("%+v", p)
		}
		k.slot.insert(nil)
		synctest.Wait()
		c.ends(t, Answered)
		want, _ := found(t.Context())
		if string(c.outcome.Answer.Data) != string(want.Data) {
			t.Errorf("%s", c.outcome.Answer.Data)
		}
		k.shows(view.TakeCard{})
		k.slot.remove()
		synctest.Wait()
		k.shows(view.Attract{})
		sent := k.core.requests[0]
		var in onetrans.UserGetIn
		if err := onetrans.UnmarshalData(sent.Data, &in); err != nil || sent.AppID.String() != "HIS-APP" ||
			in.BusinessType.String() != "01101" || in.Cert.CardNo.String() != cardNo || len(in.Unknown) == 0 {
			t.Errorf("%s %v", sent.Data, err)
		}
		c.outcome = Outcome{}
		if left := k.traces(); len(left) != 0 {
			t.Errorf("left: %q", left)
		}
	})
}

func TestACallForACode(t *testing.T) {
	serve(t, func(k *stand) {
		c := k.call(PageCall{Kind: PageScan})
		if p, ok := k.page().Content.(view.Present); !ok || p.Way != view.WayCode || k.page().Back {
			t.Fatalf("%+v", k.page())
		}
		k.codes <- code
		synctest.Wait()
		c.ends(t, Answered)
		if c.outcome.Code != code {
			t.Errorf("%q", c.outcome.Code)
		}
	})
}

// A payment code is scanned, checked by its looks, and charged with HIS's own
// order; nothing of it stays here.
func TestACallIsPaidWithTheCodeOnThePhone(t *testing.T) {
	c := charge()
	c.Order = read[onetrans.RechargeIn](`{"outChargeNo":"HIS-1","amount":"200.00","accountType":"02","userName":%q,"depositType":"WX_BAR"}`, name)
	const payCode = "134567890123456789"
	serve(t, func(k *stand) {
		k.core.recharge = func(_ context.Context, s txn.Status) (txn.Status, error) {
			s.Trade.Progress.State, s.Trade.Progress.Result = txn.Succ, onetrans.ResultSucc
			return s, nil
		}
		paying := k.call(c)
		k.shows(view.PayCode{})
		k.codes <- code // a health code pays nothing
		synctest.Wait()
		if p := k.page().Content.(view.PayCode); p.Problem != view.PayCodeHealth || len(k.core.orders) != 0 {
			t.Fatalf("%+v, %d orders", p, len(k.core.orders))
		}
		k.codes <- payCode
		synctest.Wait()
		k.shows(view.Result{})
		k.do(view.Done)
		paying.ends(t, Answered)
		if sent := k.core.orders[0]; sent.Extra.Value.AuthCode.String() != payCode || sent.DepositType.String() != onetrans.DepositWeChat || !sent.Extra.Value.PrintMode.Empty() {
			t.Errorf("%+v", sent)
		}
	})
	serve(t, func(k *stand) {
		k.runner.out.Codes = nil
		if paying := k.call(c); !errors.Is(paying.err, ErrNoScanner) {
			t.Errorf("without a scanner: %+v", paying.err)
		}
	})
}

func TestNobodyIsThereForACall(t *testing.T) {
	for name, call := range map[string]PageCall{"identify": identification(), "scan": {Kind: PageScan}} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				c := k.call(call)
				k.wait(timeout + view.AskPatience + 2*time.Second)
				c.ends(t, TimedOut)
				k.shows(view.Attract{})
			})
			serve(t, func(k *stand) {
				c := k.call(call)
				k.do(view.GoHome)
				c.ends(t, Cancelled)
			})
			serve(t, func(k *stand) {
				c := k.call(call)
				c.hangUp()
				synctest.Wait()
				c.ends(t, Cancelled)
				k.shows(view.Attract{})
			})
		})
	}
}

// Who leaves after a refusal has not cancelled: HIS hears the platform's code.
func TestARefusalReachesTheCaller(t *testing.T) {
	serve(t, func(k *stand) {
		k.core.lookUp = func(context.Context) (onetrans.Answer, error) {
			return onetrans.Answer{Code: onetrans.T("610004")}, nil
		}
		c := k.call(identification())
		k.slot.insert(nil)
		synctest.Wait()
		k.troubled(view.TroubleNoPerson)
		k.do(view.GoHome)
		c.ends(t, Answered)
		if c.outcome.Answer.Code.String() != "610004" {
			t.Errorf("%+v", c.outcome)
		}
	})
}

func TestACallsCashier(t *testing.T) {
	serve(t, func(k *stand) {
		c := k.call(charge())
		v, ok := k.page().Content.(view.Cashier)
		if !ok || v.Amount != "200.00" || v.Name != "欧阳*珺" || v.Balance != "50.00" || v.Payee != "一院" {
			t.Fatalf("%+v", k.page().Content)
		}
		if in := k.core.orders[0]; in.OutChargeNo.String() != "HIS-1" || in.Extra.Value.PrintMode.String() != "1" {
			t.Errorf("%+v", in)
		}
		k.core.becomes(is(txn.Succ))
		c.ends(t, Answered)
		if c.outcome.Trade.Trade.At() != txn.Succ {
			t.Errorf("%+v", c.outcome.Trade)
		}
		k.shows(view.Result{})
		k.wait(view.ResultPatience + 2*time.Second)
		k.shows(view.Attract{})
		c.outcome = Outcome{}
		if left := k.traces(); len(left) != 0 {
			t.Errorf("left: %q", left)
		}
	})
}

// Nobody has to touch the page, nor to see it, for HIS to have its answer.
func TestHISIsAnsweredWhenTheOutcomeIsFinal(t *testing.T) {
	failsWith := func(err error) func(*stand) {
		return func(k *stand) {
			k.core.recharge = func(context.Context, txn.Status) (txn.Status, error) { return txn.Status{}, err }
		}
	}
	answers := func(state flow.State) func(*stand) {
		return func(k *stand) {
			k.core.recharge = func(_ context.Context, s txn.Status) (txn.Status, error) {
				is(state)(&s)
				return s, nil
			}
		}
	}
	for name, test := range map[string]struct {
		call   PageCall
		before func(*stand)
		then   func(*stand)
		end    End
		err    error
		shows  view.Content
	}{
		"paid":              {charge(), nil, func(k *stand) { k.core.becomes(is(txn.Succ)) }, Answered, nil, view.Result{}},
		"failed":            {charge(), nil, func(k *stand) { k.core.becomes(is(txn.Fail)) }, Answered, nil, view.Trouble{}},
		"closed":            {charge(), nil, func(k *stand) { k.core.becomes(is(txn.Closed)) }, Answered, nil, view.Trouble{}},
		"refused":           {charge(), answers(txn.Refused), nil, Answered, nil, view.Trouble{}},
		"not sent":          {charge(), answers(txn.NotSent), nil, Answered, nil, view.Trouble{}},
		"nothing was tried": {charge(), failsWith(txn.ErrJournal), nil, Answered, txn.ErrJournal, view.Trouble{}},
		"without a code": {charge(), func(k *stand) {
			k.core.recharge = func(_ context.Context, s txn.Status) (txn.Status, error) {
				s.Trade.Progress.QRCode = ""
				return s, nil
			}
			k.core.close = func(_ context.Context, s txn.Status) (txn.Status, error) {
				is(txn.Closed)(&s)
				k.core.mu.Lock()
				defer k.core.mu.Unlock()
				k.core.current = s
				return s, nil
			}
		}, nil, Answered, nil, view.Trouble{}},
		"settled":            {settlement(), nil, func(k *stand) { k.do(view.Next, view.Pay); k.bills.comes(txn.Confirming) }, Answered, nil, view.Settled{}},
		"settlement refused": {settlement(), func(k *stand) { k.bills.becomes = map[string]flow.State{"pre": txn.Refused} }, nil, Answered, nil, view.Trouble{}},
		"another's number":   {settlement(), func(k *stand) { k.bills.refuse = txn.ErrNumberReused }, nil, Answered, txn.ErrNumberReused, view.Trouble{}},
		"nothing to settle":  {settlement(), func(k *stand) { k.bills.none = true }, nil, Answered, nil, view.Trouble{}},
		"given back": {settlement(), func(k *stand) { k.bills.becomes = map[string]flow.State{"confirm": txn.Refunding} }, func(k *stand) {
			k.do(view.Next, view.Pay)
			k.bills.comes(txn.Confirming)
			k.bills.comes(txn.Refunded)
		}, Answered, nil, view.Refunding{}},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				if test.before != nil {
					test.before(k)
				}
				c := k.call(test.call)
				if test.then != nil {
					test.then(k)
				}
				if !c.told.Load() || !errors.Is(c.err, test.err) || c.outcome.End != test.end {
					t.Fatalf("told %v: %+v, %v", c.told.Load(), c.outcome, c.err)
				}
				k.shows(test.shows)
				if k.runner.model.Page().Home {
					t.Error("what HIS was told can be cancelled")
				}
			})
		})
	}
}

// The page stays for who reads it, by itself: whoever comes next has the screen.
func TestAPageThatIsAnsweredGivesWay(t *testing.T) {
	serve(t, func(k *stand) {
		first := k.call(charge())
		k.core.becomes(is(txn.Succ))
		first.ends(t, Answered)
		k.shows(view.Result{})
		second := k.call(settlement())
		k.shows(view.Bills{})
		if m := k.runner.model; !reflect.DeepEqual(m.recharge, recharge.Model{}) || m.answered {
			t.Error("the first one is still there")
		}
		if second.hangUp(); k.core.busy {
			t.Error("the terminal is taken")
		}
		synctest.Wait()
	})
	serve(t, func(k *stand) { // a patient
		c := k.call(charge())
		k.core.becomes(is(txn.Succ))
		c.ends(t, Answered)
		k.do(view.Done, view.Start)
		k.shows(view.Home{})
	})
}

func TestACallForWhom(t *testing.T) {
	for name, test := range map[string]struct {
		call PageCall
		want view.Caller
	}{
		"recharge": {
			PageCall{Kind: PageCashier, Order: read[onetrans.RechargeIn](
				`{"outChargeNo":"1","amount":"1.00","accountType":"02","userName":"欧阳小珺","cardNo":"ZY00000000000000000026110301"}`)},
			view.Caller{Name: "欧阳*珺", Card: "0301", From: "门诊收费处 李四"},
		},
		"settlement": {PageCall{Kind: PageSettle, Bills: read[onetrans.SettleIn](`{"psn_name":"张\u202e三\u0007","cardno":"123"}`)}, view.Caller{Name: "张*", Card: "123", From: "门诊收费处 李四"}},
		"code":       {PageCall{Kind: PageScan}, view.Caller{From: "门诊收费处 李四"}},
	} {
		serve(t, func(k *stand) {
			r := &test.call.Request
			test.call.No, r.DeptName, r.Opter, r.OpterName = "S", onetrans.T("门诊收费处\n"), onetrans.T("0012"), onetrans.T("李四")
			c := k.call(test.call)
			if got := k.page().Caller; got != test.want {
				t.Errorf("%s: %+v", name, got)
			}
			c.hangUp()
			synctest.Wait()
			if got := k.page().Caller; got != (view.Caller{}) {
				t.Errorf("%s: left %+v", name, got)
			}
		})
	}
}

func TestHowACashierEnds(t *testing.T) {
	closed := func(asked bool) func(*txn.Status) {
		return func(s *txn.Status) { s.Trade.Progress.State, s.Trade.Progress.CloseAsked = txn.Closed, asked }
	}
	for name, test := range map[string]struct {
		act func(*stand, *caller)
		end End
	}{
		"not wanted": {func(k *stand, _ *caller) {
			k.core.close = func(_ context.Context, s txn.Status) (txn.Status, error) {
				closed(true)(&s)
				k.core.mu.Lock()
				k.core.current = s
				k.core.mu.Unlock()
				return s, nil
			}
			k.do(view.LeavePay, view.ReallyLeave)
		}, Cancelled},
		"nobody paid": {func(k *stand, _ *caller) {
			k.wait(5 * time.Minute)
			k.core.becomes(closed(false))
			k.wait(view.GlancePatience + 2*time.Second)
		}, TimedOut},
		// The wallet or the platform ended it, and nobody here: that is no cancelling.
		"declined":       {func(k *stand, _ *caller) { k.core.becomes(closed(false)); k.wait(view.GlancePatience + 2*time.Second) }, Answered},
		"failed":         {func(k *stand, _ *caller) { k.core.becomes(is(txn.Fail)); k.do(view.GoHome) }, Answered},
		"in doubt":       {func(k *stand, _ *caller) { k.wait(5*time.Minute + view.DoubtPatience + 20*time.Second) }, Unsettled},
		"to the counter": {func(k *stand, _ *caller) { k.wait(5*time.Minute + 10*time.Second); k.do(view.GoToCounter) }, Unsettled},
		"hung up": {func(k *stand, c *caller) {
			k.core.close = func(_ context.Context, s txn.Status) (txn.Status, error) { closed(true)(&s); return s, nil }
			c.hangUp()
			synctest.Wait()
		}, Cancelled},
		"hung up, unknown": {func(_ *stand, c *caller) { c.hangUp(); synctest.Wait() }, Unsettled},
		"kiosk stopped":    {func(k *stand, _ *caller) { k.quit(); <-k.ended; synctest.Wait() }, Unsettled},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				c := k.call(charge())
				k.shows(view.Cashier{})
				test.act(k, c)
				c.ends(t, test.end)
			})
		})
	}
}

func TestWhyNothingWasSentForACall(t *testing.T) {
	serve(t, func(k *stand) {
		k.core.recharge = func(context.Context, txn.Status) (txn.Status, error) { return txn.Status{}, txn.ErrJournal }
		c := k.call(charge())
		k.troubled(view.TroubleJournal)
		k.do(view.GoHome)
		if !c.told.Load() || !errors.Is(c.err, txn.ErrJournal) {
			t.Errorf("%+v %v", c.outcome, c.err)
		}
	})
	serve(t, func(k *stand) { // a like charge is in doubt: a person decides
		k.core.recharge = func(context.Context, txn.Status) (txn.Status, error) {
			return txn.Status{}, &txn.InDoubtError{No: "OLD", Amount: 20000}
		}
		c := k.call(charge())
		if k.page().Ask == nil || k.page().Ask.Kind != view.AskPayAgain {
			t.Fatalf("%+v", k.page())
		}
		k.do(view.Back)
		var doubt *txn.InDoubtError
		if !c.told.Load() || !errors.As(c.err, &doubt) || doubt.No != "OLD" {
			t.Errorf("%+v %v", c.outcome, c.err)
		}
	})
}

func TestACallsSettlement(t *testing.T) {
	serve(t, func(k *stand) {
		c := k.call(settlement())
		k.shows(view.Bills{})
		if p := k.page(); p.Steps == nil || p.Steps.Now != 0 || len(p.Steps.Names) != 3 || p.Back {
			t.Errorf("%+v", p)
		}
		k.do(view.Next, view.Pay)
		k.bills.comes(txn.Confirming)
		k.shows(view.Settled{})
		k.do(view.Done)
		c.ends(t, Answered)
		if c.outcome.Settlement.State != txn.Succ || c.outcome.Settlement.No != "HIS-S1" {
			t.Errorf("%+v", c.outcome.Settlement)
		}
	})
	for name, test := range map[string]struct {
		leave func(*stand, *caller)
		end   End
	}{
		"left":        {func(k *stand, _ *caller) { k.do(view.GoHome) }, Cancelled},
		"walked away": {func(k *stand, _ *caller) { k.wait(timeout + view.AskPatience + 2*time.Second) }, TimedOut},
		"hung up":     {func(_ *stand, c *caller) { c.hangUp(); synctest.Wait() }, Cancelled},
		"not paid":    {func(k *stand, _ *caller) { k.do(view.Next, view.Pay, view.LeavePay, view.ReallyLeave) }, Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				c := k.call(settlement())
				test.leave(k, c)
				c.ends(t, test.end)
				if last := k.bills.asked[len(k.bills.asked)-1]; last != "abandon" {
					t.Errorf("%q", k.bills.asked)
				}
			})
		})
	}
}

// Whoever calls waits for a silent platform no longer than money in doubt is
// asked for, counted from when the settlement was confirmed, and no less long
// than a platform may take.
func TestAConfirmationThatIsNotAnsweredIsToldInTime(t *testing.T) {
	for given, want := range map[time.Duration]time.Duration{
		time.Minute: time.Minute, 40 * time.Second: 40 * time.Second, time.Second: view.ConfirmPatience,
	} {
		serve(t, func(k *stand) {
			k.bills.mute = true
			settling := settlement()
			settling.Patience = given
			c := k.call(settling)
			k.do(view.Next, view.Pay)
			begin := time.Now()
			k.bills.comes(txn.Confirming)
			for !c.told.Load() && time.Since(begin) < 5*time.Minute {
				k.wait(time.Second)
			}
			c.ends(t, Unsettled)
			if took := time.Since(begin); took < want || took > want+2*time.Second {
				t.Errorf("told after %v, want %v", took, want)
			}
		})
	}
}

// The screen is a call's only when nobody is being served.
func TestOneAtATime(t *testing.T) {
	serve(t, func(k *stand) {
		k.amount()
		if c := k.call(charge()); !c.told.Load() || !errors.Is(c.err, txn.ErrBusy) {
			t.Errorf("%+v", c)
		}
		k.shows(view.Amount{})
	})
	serve(t, func(k *stand) {
		first := k.call(charge())
		if c := k.call(identification()); !c.told.Load() || !errors.Is(c.err, txn.ErrBusy) {
			t.Errorf("%+v", c)
		}
		k.shows(view.Cashier{})
		first.hangUp()
	})
	serve(t, func(k *stand) {
		first := k.call(charge())
		k.core.becomes(is(txn.Succ))
		first.ends(t, Answered) // that its result is still there keeps nobody
		c := k.call(identification())
		k.shows(view.PickWay{})
		c.hangUp()
	})
}

// Whoever was there within the page's own time is served first: no stranger's
// code comes up before them.
func TestWhoIsThereIsServedBeforeHISCalls(t *testing.T) {
	for name, there := range map[string]func(*stand){
		"the menu was touched": func(k *stand) { k.home() },
		"take your card":       func(k *stand) { k.amount(); k.do(view.GoHome) },
		"another call runs":    func(k *stand) { k.core.busy = true; k.choose() },
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				there(k)
				before := k.page().Content
				k.wait(timeout - 2*time.Second)
				if c := k.call(charge()); !c.told.Load() || !errors.Is(c.err, txn.ErrBusy) {
					t.Fatalf("%+v", c)
				}
				k.shows(before)
				k.wait(4 * time.Second) // and nobody did anything
				c := k.call(charge())
				k.shows(view.Cashier{})
				c.hangUp()
				synctest.Wait()
			})
		})
	}
}

func TestACallAlone(t *testing.T) {
	serve(t, func(k *stand) {
		k.quit()
		<-k.ended
		pages := len(k.pages)
		alone := NewRunner(k.runner.model.options, k.runner.out)
		c := &caller{}
		go func() {
			alone.Alone(k.t.Context(), identification(), func(o Outcome, err error) {
				c.outcome, c.err = o, err
				c.told.Store(true)
			})
		}()
		synctest.Wait()
		k.mu.Lock()
		_, first := k.pages[pages].Content.(view.PickWay)
		k.mu.Unlock()
		if !first {
			t.Error("something else stood there first")
		}
		k.slot.insert(nil)
		synctest.Wait()
		c.ends(t, Answered)
		if _, err := alone.Serve(k.t.Context(), identification()); !errors.Is(err, ErrStopped) {
			t.Error(err)
		}
	})
}

// A page alone stays for who reads it, too, until they are done, its time is
// over or somebody wants the screen.
func TestACallAloneIsAnsweredBeforeItsPageIsOver(t *testing.T) {
	for name, test := range map[string]struct {
		leave func(*stand, *Runner, context.CancelFunc)
	}{
		"done":             {func(k *stand, r *Runner, _ context.CancelFunc) { r.Tap(k.t.Context(), view.Tap{Action: view.Done}) }},
		"its time is over": {func(k *stand, _ *Runner, _ context.CancelFunc) { k.wait(view.ResultPatience + 2*time.Second) }},
		"another wants it": {func(_ *stand, _ *Runner, leave context.CancelFunc) { leave() }},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				k.quit()
				<-k.ended
				alone, c := NewRunner(k.runner.model.options, k.runner.out), &caller{}
				ctx, leave := context.WithCancel(k.t.Context())
				var over atomic.Bool
				go func() {
					alone.Alone(ctx, charge(), func(o Outcome, err error) {
						c.outcome, c.err = o, err
						c.told.Store(true)
					})
					over.Store(true)
				}()
				synctest.Wait()
				k.core.becomes(is(txn.Succ))
				c.ends(t, Answered)
				k.shows(view.Result{})
				if over.Load() {
					t.Fatal("the page is over")
				}
				test.leave(k, alone, leave)
				synctest.Wait()
				if !over.Load() {
					t.Error("the page is not over")
				}
				leave()
			})
		})
	}
}

// What was being sent when the caller hung up is closed, never taken for unsent.
func TestACallerHangsUpWhileTheOrderIsOnItsWay(t *testing.T) {
	for name, test := range map[string]struct {
		sends error // why nothing left; nil: it did
		close flow.State
		end   End
		err   error
	}{
		"it left, and is closed":     {nil, txn.Closed, Cancelled, nil},
		"it left, and was paid":      {nil, txn.Succ, Answered, nil},
		"it left, nobody knows more": {nil, txn.Unknown, Unsettled, nil},
		"it never left":              {txn.ErrJournal, "", Answered, txn.ErrJournal},
		"the line never opened":      {nil, txn.NotSent, Cancelled, nil},
		"it was given up before":     {fmt.Errorf("%w: %w", txn.ErrNotNow, context.Canceled), "", Cancelled, nil},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				k.core.recharge = func(ctx context.Context, s txn.Status) (txn.Status, error) {
					<-ctx.Done()
					return s, test.sends
				}
				k.core.close = func(_ context.Context, s txn.Status) (txn.Status, error) {
					s.Trade.Order.No, s.Trade.Progress.State = "HIS-1", test.close
					return s, nil
				}
				c := k.call(charge())
				k.shows(view.Busy{})
				c.hangUp()
				synctest.Wait()
				if !c.told.Load() || !errors.Is(c.err, test.err) || c.outcome.End != test.end {
					t.Errorf("%+v, %v", c.outcome, c.err)
				}
				if sent := c.outcome.Trade.Trade.Order.No; test.close != "" && sent != "HIS-1" {
					t.Errorf("the order is %q", sent)
				}
			})
		})
	}
}

// A number that stands for somebody else's settlement is refused; that one is
// neither told nor abandoned.
func TestASettlementsNumberThatIsAnothers(t *testing.T) {
	for name, leave := range map[string]func(*stand, *caller){
		"left":    func(k *stand, _ *caller) { k.do(view.GoHome) },
		"hung up": func(_ *stand, c *caller) { c.hangUp(); synctest.Wait() },
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				k.bills.refuse = txn.ErrNumberReused
				c := k.call(settlement())
				k.shows(view.Trouble{})
				leave(k, c)
				if !c.told.Load() || !errors.Is(c.err, txn.ErrNumberReused) || c.outcome.Settlement.No != "" {
					t.Errorf("%+v, %v", c.outcome, c.err)
				}
				k.bills.wants(t, "pre")
			})
		})
	}
}

// A repeat shows what became of the settlement, and asks nobody to pay again.
func TestASettlementThatIsRepeatedGoesOnWhereItStands(t *testing.T) {
	for name, test := range map[string]struct {
		state flow.State
		shows view.Content
		asked []string
	}{
		"settled":       {txn.Succ, view.Settled{}, []string{"pre"}},
		"refunding":     {txn.Refunding, view.Refunding{}, []string{"pre"}},
		"paying":        {txn.Paying, view.Cashier{}, []string{"pre"}},
		"being settled": {txn.Confirming, view.Settled{}, []string{"pre", "confirm"}},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, func(k *stand) {
				k.bills.becomes = map[string]flow.State{"pre": test.state}
				k.bills.code = qrcode
				c := k.call(settlement())
				k.shows(test.shows)
				k.bills.wants(t, test.asked...)
				c.hangUp()
				synctest.Wait()
			})
		})
	}
}

// A card that the last person left keeps no call waiting, is not read for it,
// and is asked to be taken afterwards.
func TestACardThatWasLeftBelongsToNoCall(t *testing.T) {
	serve(t, func(k *stand) {
		first := k.call(identification())
		k.slot.insert(nil)
		synctest.Wait()
		first.ends(t, Answered)
		k.shows(view.TakeCard{})
		asked := len(k.core.requests)

		second := k.call(identification())
		k.shows(view.PickWay{})
		k.wait(5 * time.Second)
		if len(k.core.requests) != asked {
			t.Error("the card that was left was read")
		}
		second.hangUp()
		synctest.Wait()
		k.shows(view.TakeCard{})

		third := k.call(charge())
		k.shows(view.Cashier{})
		k.slot.remove()
		synctest.Wait()
		k.core.becomes(is(txn.Succ))
		k.do(view.Done)
		third.ends(t, Answered)
		k.shows(view.Attract{})
	})
}

// HIS asks nobody whether the answer is right, so that what lay there before
// the call may be the last patient's.
func TestACardThatWasThereBeforeACallHasToBePutInAgain(t *testing.T) {
	serve(t, func(k *stand) {
		k.slot.insert(nil) // and nobody saw it
		c := k.call(identification())
		k.wait(view.CardPatience + 2*time.Second)
		if p, _ := k.page().Content.(view.PickWay); p.Before != view.BeforeCard || len(k.core.requests) != 0 {
			t.Fatalf("%+v, %d look-ups", k.page().Content, len(k.core.requests))
		}
		k.tap(view.ChooseWay, string(view.WaySocialSecurityCard))
		k.wait(view.CardPatience + 2*time.Second)
		if p, _ := k.page().Content.(view.Present); p.Before != view.BeforeCard || len(k.core.requests) != 0 {
			t.Fatalf("%+v, %d look-ups", k.page().Content, len(k.core.requests))
		}
		k.slot.remove()
		synctest.Wait()
		if p, _ := k.page().Content.(view.Present); p.Before != "" {
			t.Errorf("%+v", p)
		}
		k.slot.insert(nil)
		synctest.Wait()
		c.ends(t, Answered)
	})
	// Nor is one that comes back with its reader.
	serve(t, func(k *stand) {
		k.slot.unplug()
		c := k.call(identification())
		k.wait(time.Second)
		k.slot.set(func() { k.slot.inside, k.slot.away = true, false })
		k.wait(view.ReaderPause + view.CardPatience + 2*time.Second)
		if p, _ := k.page().Content.(view.PickWay); p.Before != view.BeforeCard || len(k.core.requests) != 0 {
			t.Fatalf("%+v, %d look-ups", k.page().Content, len(k.core.requests))
		}
		c.hangUp()
		synctest.Wait()
	})
	// Who came by a code is not kept by it, and it is asked to be taken.
	serve(t, func(k *stand) {
		k.slot.insert(nil)
		c := k.call(identification())
		k.wait(view.CardPatience + 2*time.Second)
		k.codes <- code
		synctest.Wait()
		c.ends(t, Answered)
		k.shows(view.TakeCard{})
		k.slot.remove()
		synctest.Wait()
		k.shows(view.Attract{})
	})
}

// Who does not show a code has cancelled: nothing was sent.
func TestNobodyShowsACode(t *testing.T) {
	c := charge()
	c.Order = read[onetrans.RechargeIn](`{"outChargeNo":"HIS-1","amount":"200.00","accountType":"02","userName":%q,"depositType":"ALI_BAR"}`, name)
	serve(t, func(k *stand) {
		paying := k.call(c)
		k.shows(view.PayCode{})
		k.do(view.GoHome)
		paying.ends(t, Cancelled)
		if len(k.core.orders) != 0 {
			t.Error("something was sent")
		}
	})
	// One that was declined may be followed by another; who gives up then has the order closed.
	serve(t, func(k *stand) {
		k.core.close = func(_ context.Context, s txn.Status) (txn.Status, error) {
			s.Trade.Progress.State, s.Trade.Progress.CloseAsked = txn.Closed, true
			k.core.mu.Lock()
			k.core.current = s
			k.core.mu.Unlock()
			return s, nil
		}
		paying := k.call(c)
		k.codes <- "281234567890123456"
		synctest.Wait()
		if p, ok := k.page().Content.(view.PayCode); !ok || p.Problem != view.PayCodeRefused {
			t.Fatalf("%+v", k.page().Content)
		}
		k.do(view.GoHome)
		paying.ends(t, Cancelled)
	})
}

// Nothing of ours may lie over a page of the platform's own, and nobody is served under it.
func TestAScreenIsLentToAnothersPageAndComesBackAsItWas(t *testing.T) {
	serve(t, func(k *stand) {
		back, err := k.runner.Lend(k.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		shown := k.shown()
		k.runner.Tap(k.t.Context(), view.Tap{Action: view.Start})
		time.Sleep(time.Hour)
		synctest.Wait()
		if k.shown() != shown {
			t.Errorf("something was shown: %T", k.page().Content)
		}
		back()
		back()
		synctest.Wait()
		k.shows(view.Attract{})
		if k.shown() != shown+1 {
			t.Errorf("%d pages were shown when it came back", k.shown()-shown)
		}
	})
}

func TestAScreenThatSomebodyUsesIsNotTaken(t *testing.T) {
	serve(t, func(k *stand) {
		c := k.call(identification())
		k.shows(view.PickWay{})
		if _, err := k.runner.Lend(k.t.Context()); !errors.Is(err, txn.ErrBusy) {
			t.Errorf("%v", err)
		}
		c.hangUp()
		synctest.Wait()
	})
}

// shown is how many pages were shown.
func (k *stand) shown() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.pages)
}
