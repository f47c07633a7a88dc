package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

// Payment codes as wallets show them; the last digit decides what they do here.
const (
	wxGood    = "134567890123456780"
	wxGood2   = "134567890123456781"
	wxWaits   = "134567890123456789"
	wxRefused = "134567890123456788"
	aliGood   = "2812345678901234"
	unionGood = "6212345678901234567"
)

func TestRechargeMakesAnOrderToScan(t *testing.T) {
	b := newBench(t)
	r := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "200"))
	wantFields(t, r, map[string]string{
		"result": "init", "outChargeNo": "C1", "callsn": "", "traceTime": "", "balance": "",
		"expireTime": "20261123102900", "qrcode": b.url + "/pay/" + r.get("chargeNo"),
	})
	if r.get("chargeNo") == r.get("traceNo") || len(r.get("traceNo")) != 19 {
		t.Errorf("chargeNo %s, traceNo %s", r.get("chargeNo"), r.get("traceNo"))
	}
	if r.RespondTime != "20261123102400000" {
		t.Errorf("respond_time %s", r.RespondTime)
	}
}

func TestRechargeLinksStartAsConfigured(t *testing.T) {
	b := newBench(t)
	b.srv.SetBaseURL("http://192.168.1.5:8123/")
	r := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "200"))
	if got := r.get("qrcode"); got != "http://192.168.1.5:8123/pay/"+r.get("chargeNo") {
		t.Errorf("qrcode %s", got)
	}
}

func TestRechargeNeedsItsFields(t *testing.T) {
	b := newBench(t)
	good := rechargeOf(patient(), "C1", "200.00")
	for _, c := range []struct {
		name, field string
		value       any
		code        string
	}{
		{"no payAppId", "payAppId", nil, "610009 payAppId"},
		{"no payAppSecret", "payAppSecret", "", "610009 payAppSecret"},
		{"no termNo", "termNo", nil, "610009 termNo"},
		{"no cardType", "cardType", nil, "610009 cardType"},
		{"no cardNo", "cardNo", nil, "610009 cardNo"},
		{"no userName", "userName", nil, "610009 userName"},
		{"no amount", "amount", nil, "610009 amount"},
		{"amount zero", "amount", "0.00", "610009 amount"},
		{"amount negative", "amount", "-1", "610009 amount"},
		{"amount of three decimals", "amount", "1.001", "610009 amount"},
		{"amount as a power", "amount", "1e3", "610009 amount"},
		{"no outChargeNo", "outChargeNo", nil, "610009 outChargeNo"},
		{"outChargeNo too long", "outChargeNo", strings.Repeat("1", 33), "610009 outChargeNo"},
		{"no such account", "accountType", "03", "610009 accountType"},
		{"no such way to pay", "depositType", "CASH", "610009 depositType"},
		{"insurance without its token", "depositType", "CHS_ONE_BAR", "610009 ecToken"},
		{"credit pay that says only who", "empiUserId", "E1", "610009 payType"},
		{"notifyUrl too long", "extra", obj{"notifyUrl": strings.Repeat("u", 257)}, "610009 notifyUrl"},
		{"a field of another shape", "userName", obj{"a": 1}, "610009 data"},
		{"no such person", "hisCustId", "000000000000", "610004"},
		{"another's card", "cardNo", Persons()[1].CardNo, "610004"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantCode(t, b.send(onetrans.TransRecharge, good.with(c.field, c.value)), c.code)
		})
	}
	wantFields(t, b.ask("C1"), map[string]string{"result": "notfound"})
}

func TestRechargeTakesTheSpecificationsSample(t *testing.T) {
	b := newBench(t)
	r := b.send(onetrans.TransRecharge, obj{
		"payAppId": DemoPayAppID, "payAppSecret": DemoPayAppSecret, "termNo": "xmfdzl001", "cardType": "01",
		"cardNo": "DD456004X", "accountType": "01", "hisCustId": "000239281700", "idNo": "身份证号",
		"userName": "姓名", "amount": "0.01", "outChargeNo": "1702283177285398", "origBalance": "10",
	})
	wantFields(t, r, map[string]string{"result": "init"})
}

func TestRechargeAgain(t *testing.T) {
	first := rechargeOf(patient(), "C1", "200.00")
	pay := func(b *bench) { b.control("pay", obj{"outChargeNo": "C1"}) }
	for _, c := range []struct {
		name   string
		before func(*bench)
		again  obj
		code   string
		result string
	}{
		{"the same", func(*bench) {}, first, "000000", "init"},
		{"the same fen, written otherwise", func(*bench) {}, first.with("amount", "200"), "000000", "init"},
		{"other fen", func(*bench) {}, first.with("amount", "200.01"), "610003", ""},
		{"another card", func(*bench) {}, first.with("cardType", "01").with("cardNo", patient().CardNo), "610003", ""},
		{"another account", func(*bench) {}, first.with("accountType", "01"), "610003", ""},
		{"when paid", pay, first, "000000", "succ"},
		{"other fen when paid", pay, first.with("amount", "1"), "610003", ""},
		{"when closed", func(b *bench) { b.send(onetrans.TransClose, obj{"outTradeNo": "C1"}) }, first, "000000", "closed"},
		{"when its time is over", func(b *bench) { b.clock.Advance(5 * time.Minute) }, first, "000000", "closed"},
		{"just before its time is over", func(b *bench) { b.clock.Advance(5*time.Minute - 1) }, first, "000000", "init"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			made := b.send(onetrans.TransRecharge, first)
			c.before(b)
			r := b.send(onetrans.TransRecharge, c.again)
			wantCode(t, r, c.code)
			if c.result != "" {
				wantFields(t, r, map[string]string{"result": c.result, "chargeNo": made.get("chargeNo"), "traceNo": made.get("traceNo")})
			}
		})
	}
}

func TestRechargePaidIsBookedAndTold(t *testing.T) {
	b := newBench(t)
	b.paid("C1", "200")
	r := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "200"))
	wantFields(t, r, map[string]string{
		"result": "succ", "traceTime": "20261123102400", "balance": "3200.00", "qrcode": "",
	})
	if !strings.HasPrefix(r.get("callsn"), "HIS20261123") {
		t.Errorf("callsn %q", r.get("callsn"))
	}
}

func TestRechargeWithAPaymentCode(t *testing.T) {
	for _, c := range []struct {
		name, wallet, code string
		answer, result     string
		channel            string
	}{
		{"WeChat", "WX_BAR", wxGood, "000000", "succ", "WX_BAR"},
		{"Alipay", "ALI_BAR", aliGood, "000000", "succ", "ALI_BAR"},
		{"UnionPay", "UNION_BAR", unionGood, "000000", "succ", "UNION_BAR"},
		{"to be confirmed", "WX_BAR", wxWaits, "000000", "ing", "WX_BAR"},
		{"refused", "WX_BAR", wxRefused, "000000", "fail", ""},
		{"another wallet's", "WX_BAR", aliGood, "610009 authCode", "", ""},
		{"too short", "WX_BAR", "13456789012345678", "610009 authCode", "", ""},
		{"letters", "WX_BAR", "13456789012345678X", "610009 authCode", "", ""},
		{"none", "WX_BAR", "", "610009 authCode", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			r := b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "B1", "10"), c.wallet, c.code))
			wantCode(t, r, c.answer)
			if c.result == "" {
				return
			}
			wantFields(t, r, map[string]string{"result": c.result, "qrcode": ""})
			wantFields(t, b.ask("B1"), map[string]string{"result": c.result, "channel": c.channel, "tradeMode": c.channel})
		})
	}
}

func TestPaymentCodeWorksOnce(t *testing.T) {
	b := newBench(t)
	b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "B1", "10"), "WX_BAR", wxGood))
	again := b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "B1", "10"), "WX_BAR", wxGood))
	wantFields(t, again, map[string]string{"result": "succ", "balance": "3010.00"})
	other := b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "B2", "10"), "WX_BAR", wxGood))
	wantFields(t, other, map[string]string{"result": "fail"})
}

func TestPaymentCodeForAnOrderOnTheScreen(t *testing.T) {
	order := rechargeOf(patient(), "C1", "10")
	for _, c := range []struct {
		name  string
		codes []string
		want  string
	}{
		{"pays it", []string{wxGood}, "succ"},
		{"refused leaves it", []string{wxRefused}, "init"},
		{"refused, the same again", []string{wxRefused, wxRefused}, "init"},
		{"refused, then another", []string{wxRefused, wxGood}, "succ"},
		{"waits", []string{wxWaits}, "ing"},
		{"another while one waits changes nothing", []string{wxWaits, wxGood}, "ing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			shown := b.send(onetrans.TransRecharge, order)
			var r reply
			for _, code := range c.codes {
				r = b.send(onetrans.TransRecharge, withCode(order, "WX_BAR", code))
			}
			wantFields(t, r, map[string]string{"result": c.want, "chargeNo": shown.get("chargeNo"), "qrcode": ""})
		})
	}
}

func TestRefusedCodeKeepsItsReasonWhenSentAgain(t *testing.T) {
	b := newBench(t)
	order := rechargeOf(patient(), "C1", "10")
	b.send(onetrans.TransRecharge, order)
	for range 2 {
		r := b.send(onetrans.TransRecharge, withCode(order, "WX_BAR", wxRefused))
		wantFields(t, r, map[string]string{"resultDesc": "付款码被拒绝，请换一种方式付款"})
	}
}

func TestQRCodeDiesBeforeAPaymentCodeIsTried(t *testing.T) {
	b := newBench(t)
	b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
	b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C1", "10"), "WX_BAR", wxRefused))
	if status, _ := b.control("pay", obj{"outChargeNo": "C1"}); status != http.StatusConflict {
		t.Errorf("the dead QR code was paid: %d", status)
	}
	wantFields(t, b.ask("C1"), map[string]string{"result": "init"})
}

func TestCodeThatWaitsIsConfirmedOrDeclinedOnThePhone(t *testing.T) {
	for _, c := range []struct {
		name, do string
		first    bool // the order was on the screen before
		want     string
	}{
		{"confirmed", "pay", false, "succ"},
		{"declined", "cancel", false, "fail"},
		{"confirmed for the order on the screen", "pay", true, "succ"},
		{"declined for the order on the screen", "cancel", true, "init"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			if c.first {
				b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
			}
			b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C1", "10"), "WX_BAR", wxWaits))
			b.control(c.do, obj{"outChargeNo": "C1"})
			wantFields(t, b.ask("C1"), map[string]string{"result": c.want})
		})
	}
}

func TestCodeThatWaitsExpiresWithItsOrder(t *testing.T) {
	b := newBench(t)
	b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "B1", "10"), "WX_BAR", wxWaits))
	b.clock.Advance(5 * time.Minute)
	wantFields(t, b.ask("B1"), map[string]string{"result": "closed"})
	if status, _ := b.control("pay", obj{"outChargeNo": "B1"}); status != http.StatusConflict {
		t.Errorf("a closed order was paid: %d", status)
	}
}
