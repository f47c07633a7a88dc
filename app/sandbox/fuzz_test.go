package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"onetrans/flows/message/onetrans"
)

// FuzzWire throws bytes at the wire: none may be answered with a fault.
func FuzzWire(f *testing.F) {
	b := newBench(f)
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"app_id":"` + DemoAppID + `","signtype":"SM3","enc_type":"SM4","encData":"00","signData":"00","msgid":"1"}`))
	f.Add(b.seal(b.plain("M1", onetrans.TransQuery, queryOf(patient(), onetrans.TransRecharge, "C1"))))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := httptest.NewRecorder()
		b.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("status %d %s", w.Code, w.Body)
		}
	})
}

// FuzzData seals any data under any trans_type: every message is answered
// under seal, with a code, and the books stay whole.
func FuzzData(f *testing.F) {
	b := newBench(f)
	for _, seed := range []struct {
		transType string
		data      obj
	}{
		{onetrans.TransUserGet, obj{"cert": obj{"code": patient().Voucher}}},
		{onetrans.TransRecharge, rechargeOf(patient(), "C1", "1.00")},
		{onetrans.TransRecharge, withCode(rechargeOf(patient(), "C2", "1.00"), "WX_BAR", wxGood)},
		{onetrans.TransQuery, queryOf(patient(), onetrans.TransRecharge, "C2").with("isBalance", "1").with("idNo", "x")},
		{onetrans.TransRefund, refundOf(patient(), "C2", "R1", "0.50")},
		{onetrans.TransClose, obj{"outTradeNo": "C3"}},
		{onetrans.TransSettle, settleOf(patient(), "S1", onetrans.PhasePre)},
		{onetrans.TransSettle, forBills(settleOf(patient(), "S1", onetrans.PhasePay), "MZ26010101")},
		{onetrans.TransSettle, settleOf(patient(), "S1", onetrans.PhaseConfirm)},
		{onetrans.TransSettle, settleOf(patient(), "S1", onetrans.PhaseAbandon)},
		{onetrans.TransSettleCancel, cancelOf(patient(), reply{Data: []byte(`{"mdtrt_id":"1","setl_id":"2"}`)})},
		{onetrans.TransAuthURL, authOf("A1")},
		{onetrans.TransAuthQuery, authOf("A1")},
		{onetrans.TransRecharge, creditOf("C4")},
		{onetrans.TransRecharge, chsOneOf(patient(), "C5", "2", nil)},
	} {
		raw, err := onetrans.Marshal(seed.data)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed.transType, raw)
	}
	n := 0
	f.Fuzz(func(t *testing.T, transType string, data []byte) {
		if bytes.Contains(data, []byte("waitSeconds")) {
			return // it would be held for as long
		}
		n++
		msgID := fmt.Sprintf("F%d", n) // of this process and its sandbox
		plain, err := onetrans.Marshal(onetrans.Request{
			AppID: onetrans.T(DemoAppID), MsgID: onetrans.T(msgID), TransType: onetrans.T(transType),
			Timestamp: onetrans.T(onetrans.FormatTimestamp(b.now())), Data: data,
		})
		if err != nil {
			return // no JSON
		}
		sealed, err := b.keys.Seal(plain)
		if err != nil {
			return // can't be said on the wire
		}
		w := httptest.NewRecorder()
		b.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(sealed)))
		if w.Code != http.StatusOK {
			t.Fatalf("status %d %s", w.Code, w.Body)
		}
		if _, err := b.keys.Open(w.Body.Bytes()); err != nil {
			t.Fatal(err)
		}
	})
}
