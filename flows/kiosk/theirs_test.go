package kiosk

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/view"
)

// A platform with readers and a cashier of its own has the screen for as long as its pages
// take, and is told what any other is, but for what it does itself. Its own calls alone are
// made: no code is asked for, and nothing is closed.
func TestTheMainJobOnAPlatformWithPagesOfItsOwn(t *testing.T) {
	theirs := func(_ *stand, o *Options, _ *Dependencies) {
		o.Can = platform.Capabilities{OwnCashier: true, OwnReaders: true}
	}
	serveWith(t, theirs, func(k *stand) {
		goOn := make(chan struct{})
		wait := func(ctx context.Context) error {
			select {
			case <-goOn:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		elsewhere := func() {
			t.Helper()
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			if k.page().Content != view.Content(view.Busy{Kind: view.BusyElsewhere}) || k.page().Ask != nil || k.page().Home || k.page().Back {
				t.Fatalf("%+v", k.page())
			}
			goOn <- struct{}{}
			synctest.Wait()
		}
		k.core.lookUp = func(ctx context.Context) (onetrans.Answer, error) {
			if err := wait(ctx); err != nil {
				return onetrans.Answer{}, err
			}
			return found(ctx)
		}
		k.core.recharge = func(ctx context.Context, s txn.Status) (txn.Status, error) {
			err := wait(ctx)
			s.Trade.Progress.State, s.Trade.Progress.QRCode, s.Trade.Progress.Result = txn.Unknown, "", ""
			return s, err
		}
		k.choose()
		elsewhere()
		k.shows(view.Person{})
		if asked := string(k.core.requests[0].Data); !strings.Contains(asked, `"mdtrt_cert_type":"09"`) {
			t.Errorf("%s", asked)
		}
		k.do(view.Correct)
		k.tap(view.Quick, "1")
		k.do(view.Next, view.Pay)
		elsewhere()
		doubt, ok := k.page().Content.(view.Doubt)
		if !ok || doubt.Kind != view.DoubtElsewhere || doubt.Reference != k.core.orders[0].OutChargeNo.String() || doubt.Reference == "" {
			t.Fatalf("%+v", k.page().Content)
		}
		if mode := k.core.orders[0].Extra.Value.PrintMode; !mode.Empty() || len(k.core.orders) != 1 {
			t.Errorf("%v, %d orders", mode, len(k.core.orders))
		}
		k.core.becomes(is(txn.Succ))
		k.shows(view.Result{})
	})
}
