package sandbox

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

// answerFrom is the status of a POST that comes from an address.
func answerFrom(b *bench, from, path string, body []byte) int {
	q := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	q.Host, q.RemoteAddr = "localhost:8123", from
	q.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	b.srv.Handler().ServeHTTP(w, q)
	return w.Code
}

func TestControlIsForThisMachineOnly(t *testing.T) {
	b := newBench(t)
	for from, want := range map[string]int{
		"127.0.0.1:4000": http.StatusOK, "[::1]:4000": http.StatusOK, "[::ffff:127.0.0.1]:4000": http.StatusOK, "pipe": http.StatusOK,
		"192.168.1.9:4000": http.StatusForbidden, "[2001:db8::1]:4000": http.StatusForbidden, "": http.StatusForbidden, "@": http.StatusForbidden,
	} {
		if got := answerFrom(b, from, "/control/faults", []byte("{}")); got != want {
			t.Errorf("from %q: %d, want %d", from, got, want)
		}
	}
}

func TestControlRefusesWhatAForeignPageSends(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"a program", func(*http.Request) {}, http.StatusOK},
		{"a form", func(q *http.Request) { q.Header.Set("Content-Type", "text/plain") }, http.StatusUnsupportedMediaType},
		{"no type", func(q *http.Request) { q.Header.Del("Content-Type") }, http.StatusUnsupportedMediaType},
		{"another site's page", func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		{"another origin", func(q *http.Request) { q.Header.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		{"a name made to point here", func(q *http.Request) { q.Host = "evil.example:8123" }, http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := httptest.NewRequest(http.MethodPost, "/control/faults", strings.NewReader("{}"))
			q.Host, q.RemoteAddr = "127.0.0.1:8123", "127.0.0.1:4000"
			q.Header.Set("Content-Type", "application/json; charset=utf-8")
			c.change(q)
			w := httptest.NewRecorder()
			b.srv.Handler().ServeHTTP(w, q)
			if w.Code != c.want {
				t.Errorf("status %d, want %d", w.Code, c.want)
			}
		})
	}
}

func TestControlSaysWhatItCannotDo(t *testing.T) {
	b := newBench(t)
	b.send(onetrans.TransClose, obj{"outTradeNo": "C1"})
	b.paid("C2", "10")
	b.send(onetrans.TransRefund, refundOf(patient(), "C2", "R2", "1.00"))
	for _, c := range []struct {
		path string
		body obj
		want int
	}{
		{"pay", obj{"outChargeNo": "C9"}, http.StatusNotFound},
		{"pay", obj{"outChargeNo": "C1"}, http.StatusConflict},
		{"pay", obj{"outChargeNo": "C2"}, http.StatusOK},
		{"pay", obj{"outChargeNo": "C2", "cash": 1}, http.StatusBadRequest},
		{"cancel", obj{"outChargeNo": "C2"}, http.StatusConflict},
		{"cancel", obj{"outChargeNo": "C1"}, http.StatusOK},
		{"refund", obj{"outRefundNo": "R9", "result": "succ"}, http.StatusNotFound},
		{"refund", obj{"outRefundNo": "R2", "result": "succ"}, http.StatusConflict},
		{"refund", obj{"outRefundNo": "R2", "result": "ing"}, http.StatusBadRequest},
		{"faults", obj{"refuse": 1.5}, http.StatusBadRequest},
		{"faults", obj{"refuse": -0.1}, http.StatusBadRequest},
		{"faults", obj{"delay_ms": -1}, http.StatusBadRequest},
		{"faults", obj{"explode": 1}, http.StatusBadRequest},
	} {
		if got, answer := b.control(c.path, c.body); got != c.want {
			t.Errorf("%s %v: %d %s, want %d", c.path, c.body, got, answer, c.want)
		}
	}
}

func TestControlCancelClosesTheOrder(t *testing.T) {
	b := newBench(t)
	b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
	b.control("cancel", obj{"outChargeNo": "C1"})
	wantFields(t, b.ask("C1"), map[string]string{"result": "closed"})
}

func TestControlListsOrders(t *testing.T) {
	b := newBench(t)
	unpaid := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "0.10"))
	paid := b.paid("C2", "200")
	b.send(onetrans.TransRefund, refundOf(patient(), "C2", "R1", "50.00"))
	b.send(onetrans.TransRefund, refundOf(patient(), "C2", "R2", "1.00").with("withdrawMode", "2"))
	status, answer := b.control("orders", nil)
	want := `[{"outChargeNo":"C1","traceNo":"` + unpaid.get("traceNo") + `","chargeNo":"` + unpaid.get("chargeNo") +
		`","cardNo":"` + patient().AdmissionNo + `","accountType":"02","amount":"0.10","result":"init","refunds":[]},` +
		`{"outChargeNo":"C2","traceNo":"` + paid.get("traceNo") + `","chargeNo":"` + paid.get("chargeNo") +
		`","cardNo":"` + patient().AdmissionNo + `","accountType":"02","amount":"200.00","result":"succ","paidAt":"2026-11-23T10:24:00+08:00",` +
		`"refunds":[{"outRefundNo":"R1","amount":"50.00","withdrawMode":"1","refundType":"hisDecide","result":"succ"},{"outRefundNo":"R2","amount":"1.00","withdrawMode":"2","refundType":"hisDecide","result":"ing"}]}]`
	if status != http.StatusOK || string(answer) != want {
		t.Errorf("%d\n%s\nwant\n%s", status, answer, want)
	}
}

func TestControlListIsEmptyAtFirst(t *testing.T) {
	b := newBench(t)
	_, answer := b.control("orders", nil)
	var list []orderList
	if err := json.Unmarshal(answer, &list); err != nil || list == nil || len(list) != 0 {
		t.Errorf("%s %v", answer, err)
	}
}
