package vendorlib

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

func TestACallThatIsHandedOnArrivesAndComesBackAsItIs(t *testing.T) {
	w := newWorld(t)
	asked := charge(t, "1")
	text, err := onetrans.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	in, err := onetrans.EncodeGBK(text)
	if err != nil {
		t.Fatal(err)
	}
	for how, want := range map[string]string{"": `"code":"000000"`, "no json": "", "utf8": "成功", "refuses": `"code"`, "return 5": `"code"`} {
		if how != "" {
			w.Behave(how)
		}
		out, returned, err := w.OneTrans(t.Context(), onetrans.Call{TransType: onetrans.TransRecharge, In: append(bytes.Clone(in), 0, 'x')})
		if err != nil || (returned == 5) != (how == "return 5") || len(out) == 0 || !bytes.Contains(out, []byte(want)) {
			t.Errorf("%q: %q, %d, %v", how, out, returned, err)
		}
	}
	if got := w.Requests()[0]; got.MsgID != asked.MsgID || got.AppID != asked.AppID || string(got.Data) != string(asked.Data) {
		t.Errorf("it was handed %+v, not %+v", got, asked)
	}
}

func TestACallThatIsHandedOnIsNotSentOrUnknownAsAnyOther(t *testing.T) {
	w := newWorld(t)
	w.Behave("crash")
	if _, _, err := w.OneTrans(t.Context(), onetrans.Call{TransType: onetrans.TransRecharge, In: []byte(`{}`)}); !errors.Is(err, platform.ErrNoAnswer) {
		t.Errorf("a crash: %v", err)
	}
	for _, how := range []string{"empty", "no end"} {
		w.Behave(how)
		if out, _, err := w.OneTrans(t.Context(), onetrans.Call{TransType: onetrans.TransRecharge, In: []byte(`{}`)}); !errors.Is(err, platform.ErrNoAnswer) {
			t.Errorf("%s: %q, %v", how, out, err)
		}
	}
	long := []byte(strings.Repeat("x", capacity))
	if _, _, err := w.OneTrans(t.Context(), onetrans.Call{TransType: onetrans.TransRecharge, In: long}); !errors.Is(err, platform.ErrNotSent) {
		t.Errorf("too long: %v", err)
	}
}
