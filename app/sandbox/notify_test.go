package sandbox

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

// hears is a HIS that hears of payments; the first answers are as listed.
func hears(t *testing.T, answers ...int) (where string, heard chan []byte) {
	t.Helper()
	heard = make(chan []byte, 16)
	his := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost {
			t.Errorf("%s %v", r.Method, err)
		}
		if len(answers) > 0 {
			if answers[0]/100 == 3 {
				w.Header().Set("Location", "/elsewhere")
			}
			w.WriteHeader(answers[0])
			answers = answers[1:]
		}
		heard <- append([]byte(r.URL.Path+" "), body...)
	}))
	t.Cleanup(his.Close)
	return his.URL + "/paid", heard
}

func notified(out, to string) obj {
	return rechargeOf(patient(), out, "20.00").with("extra", obj{"printMode": "1", "notifyUrl": to})
}

func TestNotifyURLIsCalledWhenPaid(t *testing.T) {
	b := newBench(t)
	to, heard := hears(t)
	order := b.send(onetrans.TransRecharge, notified("C1", to))
	if len(heard) != 0 {
		t.Error("told of what is not paid")
	}
	b.control("pay", obj{"outChargeNo": "C1"})
	told := <-heard
	var n map[string]string
	if err := json.Unmarshal(told[len("/paid "):], &n); err != nil {
		t.Fatal(err)
	}
	if n["outChargeNo"] != "C1" || n["result"] != "succ" || n["amount"] != "20.00" || n["traceNo"] != order.get("traceNo") ||
		n["chargeNo"] != order.get("chargeNo") || n["traceTime"] != "20261123102400" || n["callsn"] == "" || n["channel"] != "WX_QR" {
		t.Errorf("told %s", told)
	}
	b.control("pay", obj{"outChargeNo": "C1"}) // paid already: nothing to tell
	b.srv.notifier.all.Wait()
	if len(heard) != 0 {
		t.Error("told twice")
	}
}

func TestNotifyURLIsTriedAgainAFewTimesAndNeverRedirected(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []int
		want    int
	}{
		{"taken at once", nil, 1},
		{"taken the third time", []int{500, 302, 204}, 3},
		{"never", []int{500, 500, 302, 307, 404, 500, 500}, noticeTries},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.srv.notifier.pause = func(int) time.Duration { return 0 }
			to, heard := hears(t, c.answers...)
			b.send(onetrans.TransRecharge, notified("C1", to))
			b.control("pay", obj{"outChargeNo": "C1"})
			b.srv.notifier.all.Wait()
			if len(heard) != c.want {
				t.Errorf("heard %d times, want %d", len(heard), c.want)
			}
			for range len(heard) {
				if told := <-heard; string(told[:6]) != "/paid " {
					t.Errorf("went to %s", told)
				}
			}
		})
	}
}

func TestNotifyURLMayOnlyBeHereOrConfigured(t *testing.T) {
	n := newNotifier([]string{"his.hospital.example", "192.168.1.9"}, slog.New(slog.DiscardHandler))
	defer n.stop()
	for to, want := range map[string]bool{
		"http://127.0.0.1:8080/paid": true, "http://localhost/paid": true, "https://[::1]:1/": true, "http://[::ffff:127.0.0.1]/": true,
		"http://his.hospital.example:99/paid": true, "http://192.168.1.9/": true,
		"http://192.168.1.10/": false, "http://his.hospital.example.evil.example/": false, "ftp://127.0.0.1/": false,
		"file:///etc/passwd": false, "http://localhost.evil.example/": false, "http://user@127.0.0.1/": false, "http:///": false,
		"127.0.0.1": false, "": false, "http://169.254.169.254/": false, "http://%zz": false,
	} {
		if got := n.allowed(to); got != want {
			t.Errorf("%q: %v, want %v", to, got, want)
		}
	}
}

func TestClosingDoesNotWaitForADeafHIS(t *testing.T) {
	b := newBench(t)
	b.srv.notifier.pause = func(int) time.Duration { return time.Hour }
	to, heard := hears(t, 500)
	b.send(onetrans.TransRecharge, notified("C1", to))
	b.control("pay", obj{"outChargeNo": "C1"})
	<-heard
	if err := b.srv.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsPaidMayTakeItsTimeToBeBooked(t *testing.T) {
	b := newBench(t)
	b.control("faults", obj{"exp": 1, "exp_ms": 2000})
	to, heard := hears(t)
	r := b.send(onetrans.TransRecharge, notified("C1", to))
	b.control("pay", obj{"outChargeNo": "C1"})
	ask := func() reply {
		return b.send(onetrans.TransQuery, queryOf(patient(), onetrans.TransRecharge, "C1").with("isBalance", "1").with("idNo", patient().CertNo))
	}
	wantFields(t, ask(), map[string]string{"result": "exp", "balance": "3000.00"})
	wantFields(t, b.send(onetrans.TransClose, obj{"outTradeNo": "C1"}), map[string]string{"result": "exp"})
	wantCode(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "1.00")), "610006")
	_, page := b.open(r.get("qrcode"))
	wantPage(t, page, []string{"已付款", "不要再次付款"}, "确认付款")
	b.control("faults", obj{})
	wantFields(t, ask(), map[string]string{"result": "exp"})
	if len(heard) != 0 {
		t.Error("told before it was booked")
	}
	b.clock.Advance(2 * time.Second)
	wantFields(t, ask(), map[string]string{"result": "succ", "balance": "3020.00"})
	<-heard
	b.clock.Advance(-time.Second)
	wantFields(t, ask(), map[string]string{"result": "succ"})
}
