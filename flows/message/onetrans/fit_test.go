package onetrans_test

import (
	"errors"
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
)

func answer(t *testing.T, text string) onetrans.Answer {
	t.Helper()
	var a onetrans.Answer
	if err := onetrans.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFit(t *testing.T) {
	long := strings.Repeat("x", 500)
	charge := `{"code":"600008","err_msg":"结果未知","data":{"chargeNo":"C1","traceNo":"T1","traceTime":"","result":"ing",` +
		`"outChargeNo":"N1","callsn":"H1","undocumented":"` + long + `","expireTime":"20240417104503"}}`
	t.Run("without a buffer nothing is cut", func(t *testing.T) {
		out, err := onetrans.Fit(onetrans.TransRecharge, answer(t, charge), 0)
		if err != nil || !strings.Contains(string(out), long) {
			t.Errorf("%v %s", err, out)
		}
	})
	t.Run("a read that does not fit is refused", func(t *testing.T) {
		_, err := onetrans.Fit(onetrans.TransUserGet, answer(t, `{"code":"000000","data":{"phone":"`+long+`"}}`), 100)
		if !errors.Is(err, onetrans.ErrTooLong) {
			t.Error(err)
		}
	})
	for _, c := range []struct {
		buffer     int
		has, lacks []string
	}{
		{400, []string{`"callsn":"H1"`, `"outChargeNo":"N1"`, `"result":"ing"`}, []string{"undocumented", "expireTime"}},
		{120, []string{`"outChargeNo":"N1"`, `"result":"ing"`, `"traceNo":"T1"`}, []string{"callsn"}},
		{10, []string{`"code":"600008"`, `"outChargeNo":"N1"`, `"result":"ing"`}, []string{"callsn"}},
	} {
		out, err := onetrans.Fit(onetrans.TransRecharge, answer(t, charge), c.buffer)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range c.has {
			if !strings.Contains(string(out), part) {
				t.Errorf("buffer of %d: %s lacks %s", c.buffer, out, part)
			}
		}
		for _, part := range c.lacks {
			if strings.Contains(string(out), part) {
				t.Errorf("buffer of %d: %s still has %s", c.buffer, out, part)
			}
		}
	}
}

func TestAnAnswerExactlyAsLongAsTheBufferIsNotCut(t *testing.T) {
	a := answer(t, `{"code":"600008","err_msg":"结果未知","data":{"result":"ing","outChargeNo":"N1","undocumented":"x","expireTime":"20240417104503"}}`)
	whole, err := onetrans.Fit(onetrans.TransRecharge, a, 0)
	if err != nil {
		t.Fatal(err)
	}
	fit := func(buffer int) []byte {
		t.Helper()
		out, err := onetrans.Fit(onetrans.TransRecharge, a, buffer)
		if err != nil || len(out) > buffer {
			t.Fatalf("%d bytes for %d, %v", len(out), buffer, err)
		}
		return out
	}
	if out := fit(len(whole)); string(out) != string(whole) {
		t.Errorf("cut: %s", out)
	}
	documented := fit(len(whole) - 1)
	if strings.Contains(string(documented), "undocumented") || !strings.Contains(string(documented), `"err_msg"`) {
		t.Errorf("%s", documented)
	}
	if out := fit(len(documented)); string(out) != string(documented) {
		t.Errorf("what is cut once and fits is cut again: %s", out)
	}
	if _, err := onetrans.Fit(onetrans.TransUserGet, a, len(whole)); err != nil {
		t.Errorf("a read that just fits: %v", err)
	}
	if _, err := onetrans.Fit(onetrans.TransUserGet, a, len(whole)-1); !errors.Is(err, onetrans.ErrTooLong) {
		t.Errorf("a read that is one byte too long: %v", err)
	}
}

func TestACancellationKeepsItsSettlementWhenCut(t *testing.T) {
	long := strings.Repeat("x", 500)
	cancel := `{"code":"000000","data":{"setlinfo":{"setl_id":"S1","balc":0.10,"undocumented":"` + long + `"},` +
		`"setldetail":[{"fund_payamt":"1.00","undocumented":1}],"undocumented":1,"traceNo":"T1"}}`
	out, err := onetrans.Fit(onetrans.TransSettleCancel, answer(t, cancel), 400)
	want := `{"code":"000000","data":{"setldetail":[{"fund_payamt":"1.00"}],"setlinfo":{"balc":0.10,"setl_id":"S1"}}}`
	if err != nil || content(t, out) != content(t, []byte(want)) {
		t.Errorf("%s, %v", out, err)
	}
}
