package txn_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Whatever happens to a trade, the log and the entries hold nothing that a
// thief or a neighbour could use, and the stored trade no credentials.
func TestSecretsStayInMessages(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost, refuses("610002"), lost)
		w.platform.on("query", lost, says("notfound"), data(`"result":"ing","traceNo":"T1"`), lost, data(`"result":"succ","traceNo":"T1"`))
		status := w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, 10*time.Second)
		w.recharge(in{no: "2"}, time.Second)
		w.pass(time.Minute)
		w.mustBe("1", txn.Succ)

		one := key{onetrans.TransRecharge, "1"}
		entries, err := json.Marshal(w.journal.entries)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"the log": w.log.String(), "an entry": string(entries),
		} {
			for _, secret := range []string{appKey, payKey, authCode, idNo, userName, "D1"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s holds %q", name, secret)
				}
			}
		}
		for name, text := range map[string]string{
			"the stored trade": string(w.journal.trades[one]), "a printed status": fmt.Sprintf("%v %+v", status, status),
		} {
			for _, secret := range []string{appKey, payKey, authCode} {
				if strings.Contains(text, secret) {
					t.Errorf("%s holds %q", name, secret)
				}
			}
		}
		if _, kept := w.journal.secrets[one]; kept {
			t.Error("credentials outlived their trade")
		}
	})
}

// The message that is sent has all that was asked for.
func TestTheMessageIsWhole(t *testing.T) {
	play(t, func(w *world) {
		w.platform.on("recharge", lost, ordered)
		w.platform.on("query", says("notfound"))
		w.begin(in{no: "1", deposit: onetrans.DepositWeChat}, 10*time.Second)
		for _, c := range w.platform.sent() {
			text := string(c.request.Data)
			if c.request.AppKey.String() != appKey || !strings.Contains(text, payKey) {
				t.Errorf("%s without credentials", c.kind)
			}
			if c.kind == "recharge" && (!strings.Contains(text, authCode) || !strings.Contains(text, userName)) {
				t.Errorf("%s lacks something", c.kind)
			}
		}
	})
}

func TestNumbersAreRandom(t *testing.T) {
	at := time.Date(2026, 3, 4, 23, 0, 0, 0, time.UTC) // the 5th in UTC+8
	no, err := txn.NewNo(at, strings.NewReader(strings.Repeat("\xff", 16)))
	if err != nil || len(no) != 26 || !strings.HasPrefix(no, "260305") {
		t.Errorf("%q %v", no, err)
	}
	if _, err := txn.NewNo(at, strings.NewReader("short")); err == nil {
		t.Error("no randomness, yet a number")
	}
}
