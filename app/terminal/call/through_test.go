package call

import (
	"bytes"
	"context"
	"testing"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// Where another program answers HIS, ours answers only for what that one did not.
func TestWhatAnotherDoesNotAnswerIsUnknownOrNotSent(t *testing.T) {
	in := rechargeIn(t, "extra", nil)
	for name, c := range map[string]struct {
		out  string
		err  error
		busy bool
		want onetrans.Code
		exit int
	}{
		"answered":       {out: `{"code":"000000","data":{}}`, want: "000000"},
		"unknown":        {out: `{"code":"600008","data":{}}`, want: "600008", exit: ExitUnknown},
		"never begun":    {err: platform.ErrNotSent, want: onetrans.CodeNotSent},
		"lost":           {err: platform.ErrNoAnswer, want: onetrans.CodeUnknown, exit: ExitUnknown},
		"another's call": {busy: true, want: onetrans.CodeBusy},
	} {
		core := &fakeCore{busy: c.busy}
		d := doorWith(Terminal{Core: core}, nil)
		d.Through = func(context.Context, onetrans.Call) ([]byte, error) { return []byte(c.out), c.err }
		if _, _, refused := d.Refuse(onetrans.Call{TransType: "none"}); refused {
			t.Errorf("%s: it is refused by us", name)
		}
		out, exit := d.Serve(t.Context(), onetrans.Call{TransType: onetrans.TransRecharge, In: in})
		var answer onetrans.Answer
		if err := onetrans.Unmarshal(out, &answer); c.out == "" && err != nil {
			if text, err := onetrans.DecodeGBK(out); err != nil || onetrans.Unmarshal(text, &answer) != nil {
				t.Fatalf("%s: %s", name, out)
			}
		}
		if answer.Code.String() != string(c.want) || exit != c.exit || core.sent != 0 {
			t.Errorf("%s: %s, exit %d, sent %d", name, out, exit, core.sent)
		}
	}
}

// It may have taken what our rules refuse.
func TestACallThatWasLostOnItsWayToAnotherIsUnknownWhateverOurRulesSay(t *testing.T) {
	d := doorWith(Terminal{Core: &fakeCore{}}, nil)
	in := []byte(`{"trans_type":"hop.trade.recharge","data":{"outChargeNo":"N1"}}`)
	if _, _, refused := d.Judge(onetrans.Call{In: in}); !refused {
		t.Fatal("our rules do not refuse it")
	}
	d.Through = func(context.Context, onetrans.Call) ([]byte, error) { return nil, nil }
	for _, transType := range []string{"", onetrans.TransRecharge} {
		out, exit := d.Lost(onetrans.Call{TransType: transType, In: in})
		if exit != ExitUnknown || !bytes.Contains(out, []byte(`"code":"600008"`)) || !bytes.Contains(out, []byte(`"outChargeNo":"N1"`)) {
			t.Errorf("exit %d, %s", exit, out)
		}
	}
}

func TestNothingOfOursIsShownWhileAnotherMayShowAPage(t *testing.T) {
	for transType, shows := range map[string]int{
		onetrans.TransUserGet: 1, onetrans.TransUserThirdGet: 1, onetrans.TransRecharge: 1, onetrans.TransSettle: 1,
		onetrans.TransQuery: 0, onetrans.TransRefund: 0,
	} {
		var lent, back int
		d := doorWith(Terminal{Core: &fakeCore{}, Pages: fakePages{lent: &lent, back: &back}}, nil)
		d.Through = func(context.Context, onetrans.Call) ([]byte, error) {
			if lent != shows || back != 0 {
				t.Errorf("%s: lent %d times, back %d, while it runs", transType, lent, back)
			}
			return []byte(`{"code":"000000","data":{}}`), nil
		}
		d.Serve(t.Context(), onetrans.Call{TransType: transType, In: []byte(`{}`)})
		if back != shows {
			t.Errorf("%s: back %d times", transType, back)
		}
	}
}

func TestAnotherIsNotCalledWhileSomebodyUsesTheScreen(t *testing.T) {
	d := doorWith(Terminal{Core: &fakeCore{}, Pages: fakePages{err: txn.ErrBusy}}, nil)
	d.Through = func(context.Context, onetrans.Call) ([]byte, error) {
		t.Error("it was called")
		return nil, nil
	}
	if code, text, _, _ := call(t, d, onetrans.TransRecharge, rechargeIn(t, "extra", nil)); code != string(onetrans.CodeBusy) {
		t.Errorf("%s %s", code, text)
	}
}
