package sandbox

import (
	"testing"

	"onetrans/flows/message/onetrans"
)

func TestQueryTellsAChargesState(t *testing.T) {
	b := newBench(t)
	unpaid := b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
	paid := b.paid("C2", "20")
	b.send(onetrans.TransClose, obj{"outTradeNo": "C3"})
	for _, c := range []struct {
		name, out, trace string
		want             map[string]string
	}{
		{"unpaid", "C1", "", map[string]string{"result": "init", "traceNo": unpaid.get("traceNo"), "expireTime": "20261123102900", "outRefundNo": ""}},
		{"paid", "C2", "", map[string]string{
			"result": "succ", "channel": "WX_QR", "tradeMode": "WX_QR",
			"chargeNo": paid.get("chargeNo"), "traceNo": paid.get("traceNo"), "origTraceNo": paid.get("traceNo"),
			"origTraceTime": "20261123102400", "refundedAmt": "0.00", "refundingAmt": "0.00", "refundCount": "0", "balance": "",
		}},
		{"closed", "C3", "", map[string]string{"result": "closed"}},
		{"by its trace number", "", paid.get("traceNo"), map[string]string{"result": "succ"}},
		{"the trace number wins", "C1", paid.get("traceNo"), map[string]string{"result": "succ"}},
		{"never seen", "C9", "", map[string]string{"result": "notfound", "outRefundNo": ""}},
		{"a trace number never given", "C1", "1799999999999999999", map[string]string{"result": "notfound"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := queryOf(patient(), onetrans.TransRecharge, c.out).with("traceNo", c.trace)
			wantFields(t, b.send(onetrans.TransQuery, q), c.want)
		})
	}
}

func TestQueryNeedsItsFields(t *testing.T) {
	b := newBench(t)
	good := queryOf(patient(), onetrans.TransRecharge, "C1")
	for _, c := range []struct {
		name, field string
		value       any
		code        string
	}{
		{"neither number", "outTradeNo", "", "610009 outTradeNo"},
		{"no tradeType", "tradeType", nil, "610009 tradeType"},
		{"another tradeType", "tradeType", "hos.user.get", "610009 tradeType"},
		{"a balance for nobody", "isBalance", "1", "610009 idNo"},
		{"no card", "cardNo", nil, "610009 cardNo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantCode(t, b.send(onetrans.TransQuery, good.with(c.field, c.value)), c.code)
		})
	}
}

func TestQueryTellsTheBalanceWhenAsked(t *testing.T) {
	b := newBench(t)
	b.paid("C1", "20")
	q := queryOf(patient(), onetrans.TransRecharge, "C1").with("isBalance", "1").with("idNo", patient().CertNo)
	wantFields(t, b.send(onetrans.TransQuery, q), map[string]string{"result": "succ", "balance": "3020.00"})
	wantFields(t, b.send(onetrans.TransQuery, q.with("accountType", "01")), map[string]string{"balance": "0.00"})
	wantFields(t, b.send(onetrans.TransQuery, q.with("cardNo", "nobody's")), map[string]string{"balance": ""})
}

func TestQueryTellsTwoRefundsApart(t *testing.T) {
	b := newBench(t)
	charge := b.paid("C1", "20")
	first := b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "5.00"))
	b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R2", "3.00").with("withdrawMode", "2"))
	for _, c := range []struct {
		name, out, trace string
		want             map[string]string
	}{
		{"the first", "R1", "", map[string]string{"result": "succ", "outRefundNo": "R1", "refundedAmt": "5.00", "refundingAmt": "3.00", "refundCount": "2"}},
		{"the second", "R2", "", map[string]string{"result": "ing", "outRefundNo": "R2"}},
		{"never seen", "R9", "", map[string]string{"result": "notfound", "outRefundNo": "R9"}},
		{"a charge's number is no refund", "C1", "", map[string]string{"result": "notfound", "outRefundNo": "C1"}},
		{"by its own trace number", "", first.get("traceNo"), map[string]string{"result": "succ", "outRefundNo": "R1"}},
		{"by the charge's: proves nothing", "R1", charge.get("traceNo"), map[string]string{"outRefundNo": "", "refundedAmt": "5.00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := queryOf(patient(), onetrans.TransRefund, c.out).with("traceNo", c.trace).with("isRefund", "1")
			wantFields(t, b.send(onetrans.TransQuery, q), c.want)
		})
	}
}

func TestQueryByTraceOfAnUnrefundedChargeFindsNoRefund(t *testing.T) {
	b := newBench(t)
	charge := b.paid("C1", "20")
	q := queryOf(patient(), onetrans.TransRefund, "").with("traceNo", charge.get("traceNo"))
	wantFields(t, b.send(onetrans.TransQuery, q), map[string]string{"result": "notfound", "outRefundNo": ""})
}
