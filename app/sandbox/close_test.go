package sandbox

import (
	"net/http"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

func TestCloseEndsWhatIsUnpaid(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(b *bench)
		want   string
	}{
		{"unpaid", func(b *bench) { b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10")) }, "closed"},
		{"waiting for a confirmation", func(b *bench) {
			b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C1", "10"), "WX_BAR", wxWaits))
		}, "closed"},
		{"paid", func(b *bench) { b.paid("C1", "10") }, "succ"},
		{"failed", func(b *bench) {
			b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C1", "10"), "WX_BAR", wxRefused))
		}, "fail"},
		{"expired", func(b *bench) {
			b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
			b.clock.Advance(time.Hour)
		}, "closed"},
		{"never seen", func(*bench) {}, "closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.before(b)
			for range 2 {
				wantFields(t, b.send(onetrans.TransClose, obj{"outTradeNo": "C1"}), map[string]string{"result": c.want})
			}
			status, _ := b.control("pay", obj{"outChargeNo": "C1"})
			if payable := status == http.StatusOK; payable != (c.want == "succ") {
				t.Errorf("paying afterwards: %d", status)
			}
		})
	}
}

func TestCloseOfAPaidOrderProvesThePayment(t *testing.T) {
	b := newBench(t)
	charge := b.paid("C1", "10")
	r := b.send(onetrans.TransClose, obj{"traceNo": charge.get("traceNo")})
	wantFields(t, r, map[string]string{
		"result": "succ", "channel": "WX_QR", "traceNo": charge.get("traceNo"),
		"chargeNo": charge.get("chargeNo"), "traceTime": "20261123102400",
	})
	if r.get("callsn") == "" {
		t.Error("no callsn")
	}
}

func TestCloseReservesANumberNeverSeen(t *testing.T) {
	b := newBench(t)
	b.send(onetrans.TransClose, obj{"outTradeNo": "C1"})
	// The recharge that was on its way comes too late, whatever it says.
	r := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
	wantFields(t, r, map[string]string{"result": "closed", "qrcode": ""})
	r = b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C1", "99"), "WX_BAR", wxGood))
	wantFields(t, r, map[string]string{"result": "closed"})
	// Its code was not touched by that.
	r = b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C2", "10"), "WX_BAR", wxGood))
	wantFields(t, r, map[string]string{"result": "succ"})
}

func TestCloseNeedsANumber(t *testing.T) {
	b := newBench(t)
	wantCode(t, b.send(onetrans.TransClose, obj{}), "610009 outTradeNo")
	wantFields(t, b.send(onetrans.TransClose, obj{"traceNo": "1799999999999999999"}), map[string]string{"result": "notfound"})
}
