package sandbox

import (
	"net/http"
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
)

func TestRefundGivesBackFromThePaidOrder(t *testing.T) {
	b := newBench(t)
	charge := b.paid("C1", "20")
	r := b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "5.50"))
	wantFields(t, r, map[string]string{
		"result": "succ", "outRefundNo": "R1", "traceTime": "20261123102400", "channel": "WX_QR", "tradeMode": "WX_QR",
		"origTraceNo": charge.get("traceNo"), "origTraceTime": "20261123102400", "chargeNo": charge.get("chargeNo"),
		"refundedAmt": "5.50", "refundingAmt": "0.00", "refundCount": "1",
	})
	if r.get("traceNo") == charge.get("traceNo") {
		t.Error("a refund has its charge's trace number")
	}
	wantFields(t, b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "20")), map[string]string{"balance": "3014.50"})
}

func TestRefundNeedsItsFields(t *testing.T) {
	b := newBench(t)
	b.paid("C1", "20")
	good := refundOf(patient(), "C1", "R1", "5.00")
	for _, c := range []struct {
		name, field string
		value       any
		code        string
	}{
		{"no outRefundNo", "outRefundNo", nil, "610009 outRefundNo"},
		{"outRefundNo too long", "outRefundNo", strings.Repeat("1", 33), "610009 outRefundNo"},
		{"neither original", "outChargeNo", nil, "610009 outChargeNo"},
		{"no amount", "amount", "", "610009 amount"},
		{"amount zero", "amount", "0", "610009 amount"},
		{"no such way", "withdrawMode", "6", "610009 withdrawMode"},
		{"no such process", "refundType", "later", "610009 refundType"},
		{"another person", "hisCustId", Persons()[1].HisCustID, "610006"},
		{"no such order", "outChargeNo", "C9", "610006"},
		{"more than was paid", "amount", "20.01", "610005"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantCode(t, b.send(onetrans.TransRefund, good.with(c.field, c.value)), c.code)
		})
	}
	wantFields(t, b.ask("C1"), map[string]string{"refundedAmt": "0.00", "refundCount": "0"})
}

func TestRefundOfWhatWasNotPaid(t *testing.T) {
	b := newBench(t)
	b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "20"))
	b.send(onetrans.TransClose, obj{"outTradeNo": "C2"})
	for _, out := range []string{"C1", "C2"} {
		wantCode(t, b.send(onetrans.TransRefund, refundOf(patient(), out, "R1", "5.00")), "610006")
	}
}

func TestRefundAgain(t *testing.T) {
	first := refundOf(patient(), "C1", "R1", "5.00")
	for _, c := range []struct {
		name, field string
		value       any
		code        string
	}{
		{"the same", "amount", "5.00", "000000"},
		{"other fen", "amount", "5.01", "610003"},
		{"another original", "outChargeNo", "C2", "610003"},
		{"an original nobody knows", "outChargeNo", "C9", "610003"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.paid("C1", "20")
			b.paid("C2", "20")
			b.send(onetrans.TransRefund, first)
			wantCode(t, b.send(onetrans.TransRefund, first.with(c.field, c.value)), c.code)
			wantFields(t, b.ask("C1"), map[string]string{"refundedAmt": "5.00", "refundCount": "1"})
		})
	}
}

func TestRefundsNeverPassWhatWasPaid(t *testing.T) {
	b := newBench(t)
	b.paid("C1", "20")
	wantCode(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "12.00")), "000000")
	wantCode(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R2", "8.01")), "610005")
	wantCode(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R3", "8.00").with("withdrawMode", "2")), "000000")
	wantCode(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R4", "0.01")), "610005")
	wantFields(t, b.ask("C1"), map[string]string{"refundedAmt": "12.00", "refundingAmt": "8.00", "refundCount": "2"})
}

func TestRefundByTraceNumberWinsOverTheCallersNumber(t *testing.T) {
	b := newBench(t)
	charge := b.paid("C1", "20")
	b.paid("C2", "20")
	r := b.send(onetrans.TransRefund, refundOf(patient(), "C2", "R1", "5.00").with("traceNo", charge.get("traceNo")))
	wantFields(t, r, map[string]string{"result": "succ", "origTraceNo": charge.get("traceNo")})
	wantFields(t, b.ask("C2"), map[string]string{"refundedAmt": "0.00"})
}

func TestRefundByTransferTakesDays(t *testing.T) {
	for _, c := range []struct {
		name, mode, end string
		again           string // result of the same refund sent again
		balance         string
	}{
		{"bank transfer done", "2", "succ", "succ", "3015.00"},
		{"bank transfer returned, tried again", "2", "fail", "ing", "3015.00"},
		{"employer", "5", "", "ing", "3015.00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.paid("C1", "20")
			refund := refundOf(patient(), "C1", "R1", "5.00").with("withdrawMode", c.mode)
			wantFields(t, b.send(onetrans.TransRefund, refund), map[string]string{"result": "ing", "traceTime": ""})
			if c.end != "" {
				if status, answer := b.control("refund", obj{"outRefundNo": "R1", "result": c.end}); status != http.StatusOK {
					t.Fatalf("%d %s", status, answer)
				}
				q := queryOf(patient(), onetrans.TransRefund, "R1")
				wantFields(t, b.send(onetrans.TransQuery, q), map[string]string{"result": c.end})
			}
			wantFields(t, b.send(onetrans.TransRefund, refund), map[string]string{"result": c.again})
			wantFields(t, b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "20")), map[string]string{"balance": c.balance})
		})
	}
}

func TestRefundThatFailedIsTriedAgainUnderItsNumber(t *testing.T) {
	b := newBench(t)
	b.paid("C1", "20")
	refund := refundOf(patient(), "C1", "R1", "5.00")
	b.control("faults", obj{"fail_refund": 1})
	failed := b.send(onetrans.TransRefund, refund)
	wantFields(t, failed, map[string]string{"result": "fail", "refundedAmt": "0.00"})
	wantFields(t, b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "20")), map[string]string{"balance": "3020.00"})
	b.control("faults", obj{})
	wantFields(t, b.send(onetrans.TransRefund, refund), map[string]string{"result": "succ", "refundedAmt": "5.00", "traceNo": failed.get("traceNo")})
}
