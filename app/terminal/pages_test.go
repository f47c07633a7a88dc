package terminal

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/app/terminal/call"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/kiosk"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// idleCore has nothing of what is asked for.
type idleCore struct{ call.Core }

func (idleCore) Capabilities() platform.Capabilities {
	return platform.Capabilities{Phases: true}
}
func (idleCore) Acquire() (func(), error) { return func() {}, nil }
func (idleCore) RecallRecharge(onetrans.Asked[onetrans.RechargeIn]) (txn.Status, bool, error) {
	return txn.Status{}, false, nil
}

func (idleCore) Recharge(ctx context.Context, _ onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	<-ctx.Done()
	return orderAt(txn.Unknown), nil
}

func (idleCore) Watch(string) (<-chan txn.Status, func(), error) { return nil, func() {}, nil }

func orderAt(state flow.State) txn.Status {
	return txn.Status{Trade: txn.Trade{Order: txn.Order{No: "N1"}, Progress: txn.Progress{State: state}}}
}

// A caller says how long it waits: it is answered by then whatever the page and the
// platform do, and 600006 only where nothing was sent or the order is closed for good.
func TestACallerWhoSaysHowLongItWaitsIsAnsweredByThen(t *testing.T) {
	untilTold := func(ctx context.Context, after time.Duration) {
		<-ctx.Done()
		time.Sleep(after)
	}
	pages := map[string]struct {
		serve func(context.Context) (kiosk.Outcome, error)
		code  onetrans.Code
	}{
		"nobody did anything": {func(ctx context.Context) (kiosk.Outcome, error) {
			untilTold(ctx, 0)
			return kiosk.Outcome{End: kiosk.Cancelled}, nil
		}, onetrans.CodeTimedOut},
		"no window came": {func(ctx context.Context) (kiosk.Outcome, error) {
			untilTold(ctx, 0)
			return kiosk.Outcome{}, call.ErrCancelled
		}, onetrans.CodeTimedOut},
		"its order was closed": {func(ctx context.Context) (kiosk.Outcome, error) {
			untilTold(ctx, 400*time.Millisecond)
			return kiosk.Outcome{End: kiosk.Cancelled, Trade: orderAt(txn.Closed)}, nil
		}, onetrans.CodeTimedOut},
		"its order can't be closed": {func(ctx context.Context) (kiosk.Outcome, error) {
			untilTold(ctx, 400*time.Millisecond)
			return kiosk.Outcome{End: kiosk.Unsettled, Trade: orderAt(txn.Unknown)}, nil
		}, onetrans.CodeUnknown},
		"its order was paid at the last moment": {func(ctx context.Context) (kiosk.Outcome, error) {
			untilTold(ctx, 400*time.Millisecond)
			return kiosk.Outcome{End: kiosk.Answered, Trade: orderAt(txn.Succ)}, nil
		}, onetrans.CodeOK},
		"it does not end": {func(ctx context.Context) (kiosk.Outcome, error) {
			untilTold(ctx, time.Hour)
			return kiosk.Outcome{End: kiosk.Cancelled}, nil
		}, onetrans.CodeUnknown},
		"the person was quicker": {func(context.Context) (kiosk.Outcome, error) {
			return kiosk.Outcome{End: kiosk.Cancelled}, nil
		}, onetrans.CodeCancelled},
		"the patient was quicker": {func(context.Context) (kiosk.Outcome, error) {
			return kiosk.Outcome{End: kiosk.Answered, Trade: orderAt(txn.Succ)}, nil
		}, onetrans.CodeOK},
	}
	for name, page := range pages {
		for _, wait := range []time.Duration{time.Second, 10 * time.Second, time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				code := answeredWithin(t, wait, rechargeOf(t, ""), func(ctx context.Context, _ kiosk.PageCall) (kiosk.Outcome, error) {
					return page.serve(ctx)
				})
				time.Sleep(2 * time.Hour) // until the page is over, too
				if code != page.code {
					t.Errorf("%s, who waits %v: %s", name, wait, code)
				}
			})
		}
	}
	for _, wait := range []time.Duration{time.Second, 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			if code := answeredWithin(t, wait, rechargeOf(t, `"extra":{"printMode":"1"},`), nil); code != onetrans.CodeUnknown {
				t.Errorf("without a page, who waits %v: %s", wait, code)
			}
		})
	}
}

func TestAPageKnowsItsCallersWindow(t *testing.T) {
	for _, wait := range []int{0, 60_000} {
		ctx, end := call.Waiting(t.Context(), onetrans.Call{Window: 0x1234, WaitMS: wait})
		if got := call.WindowOf(ctx); got != 0x1234 {
			t.Errorf("%#x", got)
		}
		end()
	}
	if got := call.WindowOf(t.Context()); got != 0 {
		t.Errorf("none was said: %#x", got)
	}
}

// answeredWithin is the code of a call whose caller waits so long, in virtual time.
func answeredWithin(t *testing.T, wait time.Duration, in []byte, serve func(context.Context, kiosk.PageCall) (kiosk.Outcome, error)) onetrans.Code {
	t.Helper()
	s := &Station{door: call.Door{UnknownWait: time.Minute, Log: slog.New(slog.DiscardHandler)}, serving: make(chan struct{})}
	terminal := call.Terminal{Core: idleCore{}, Pages: screenPages{serve: serve}}
	s.door.Acquire = func() (call.Terminal, func(), error) { return terminal, func() {}, nil }
	close(s.serving)
	begin := time.Now()
	out := s.call(t.Context(), onetrans.Call{TransType: onetrans.TransRecharge, In: in, WaitMS: int(wait.Milliseconds())}).Out
	if took := time.Since(begin); took >= wait {
		t.Errorf("answered after %v, and waits %v", took, wait)
	}
	text, err := onetrans.DecodeGBK(out)
	var answer onetrans.Answer
	if err := errors.Join(err, onetrans.Unmarshal(text, &answer)); err != nil {
		t.Fatal(err)
	}
	return onetrans.Code(answer.Code.String())
}

func rechargeOf(t *testing.T, more string) []byte {
	t.Helper()
	gbk, err := onetrans.EncodeGBK([]byte(`{"app_id":"I","app_key":"K","recer_sys_code":"HIS","dept_codg":"1","dept_name":"科","opter":"o","opter_name":"员","opter_type":"1",
		"data":{` + more + `"payAppId":"A","payAppSecret":"S","termNo":"T","cardType":"01","cardNo":"C","accountType":"02","hisCustId":"H","userName":"姓名","amount":"0.01","outChargeNo":"N1"}}`))
	if err != nil {
		t.Fatal(err)
	}
	return gbk
}
