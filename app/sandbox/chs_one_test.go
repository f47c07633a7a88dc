package sandbox

import (
	"testing"

	"onetrans/flows/message/onetrans"
)

func chsOneOf(p Person, out, setlID string, change obj) obj {
	content := obj{"bizTraceNo": setlID, "feeSumamt": "648.12", "fundPay": "396.22", "psnAcctPay": "144.30", "ownPayAmt": "107.60"}
	for k, v := range change {
		content[k] = v
	}
	return rechargeOf(p, out, "107.60").with("depositType", "CHS_ONE_BAR").
		with("extra", obj{"ecToken": ecToken(p), "medicalContent": content})
}

func TestOneCodePaysTheShareAfterItsSettlement(t *testing.T) {
	b := newBench(t)
	b.control("settle", obj{"outSettleNo": "S1", "cardNo": patient().CardNo})
	setlID := b.settlements()[0].SetlID
	for _, c := range []struct {
		name string
		data obj
		code string
	}{
		{"another settlement", chsOneOf(patient(), "C1", "1", nil), "610009 bizTraceNo"},
		{"no settlement", chsOneOf(patient(), "C1", "", nil), "610009 bizTraceNo"},
		{"parts that are not the sum", chsOneOf(patient(), "C1", setlID, obj{"fundPay": "396.23"}), "610009 feeSumamt"},
		{"other parts", chsOneOf(patient(), "C1", setlID, obj{"fundPay": "396.23", "psnAcctPay": "144.29"}), "610009 medicalContent"},
		{"a part that is no amount", chsOneOf(patient(), "C1", setlID, obj{"psnAcctPay": "-1"}), "610009 psnAcctPay"},
		{"an amount that is not the share", chsOneOf(patient(), "C1", setlID, nil).with("amount", "107.61"), "610009 amount"},
		{"no ecToken", chsOneOf(patient(), "C1", setlID, nil).with("extra", obj{}), "610009 ecToken"},
		{"another's ecToken", chsOneOf(patient(), "C1", setlID, nil).with("extra", obj{
			"ecToken":        ecToken(Persons()[1]),
			"medicalContent": chsOneOf(patient(), "C1", setlID, nil)["extra"].(obj)["medicalContent"],
		}), "610004 ecToken"},
	} {
		t.Run(c.name, func(t *testing.T) { wantCode(t, b.send(onetrans.TransRecharge, c.data), c.code) })
	}
	first := b.send(onetrans.TransRecharge, chsOneOf(patient(), "C1", setlID, nil))
	wantFields(t, first, map[string]string{"result": "succ", "balance": "", "traceTime": "20261123102400"})
	again := b.send(onetrans.TransRecharge, chsOneOf(patient(), "C1", setlID, nil))
	wantFields(t, again, map[string]string{"result": "succ", "traceNo": first.get("traceNo")})
	wantCode(t, b.send(onetrans.TransRecharge, chsOneOf(patient(), "C2", setlID, nil)), "610003")
	wantFields(t, b.ask("C1"), map[string]string{"channel": "CHS_ONE_BAR"})

	done := b.settlements()[0]
	cancelled := b.send(onetrans.TransSettleCancel, cancelOf(patient(), reply{Data: []byte(`{"mdtrt_id":"` + done.MdtrtID + `","setl_id":"` + setlID + `"}`)}))
	wantFields(t, cancelled, map[string]string{"traceNo": first.get("traceNo"), "psn_cash_pay": "107.60"})
	wantFields(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "107.60").with("withdrawMode", "3")), map[string]string{"result": "succ"})
}

func TestOneCodeDoesNotPayWhatIsPaid(t *testing.T) {
	b := newBench(t)
	done := b.settleWhole(patient(), "S1")
	wantCode(t, b.send(onetrans.TransRecharge, chsOneOf(patient(), "C1", done.get("setl_id"), nil)), "610003")
}

func creditOf(out string) obj {
	o := rechargeOf(patient(), out, "20.00")
	for k, v := range (obj{
		"empiUserId": "E1", "payType": "1", "agreementNo": "A1",
		"businessInfo": obj{"sceneType": "01", "sourceType": "01"},
		"payInfo":      obj{"totalPayAmt": "20.00", "insuPayAmt": "0", "yjjPayAmt": "0.00"},
	}) {
		o[k] = v
	}
	return o
}

func TestCreditPaysAtOnce(t *testing.T) {
	b := newBench(t)
	for range 2 {
		wantFields(t, b.send(onetrans.TransRecharge, creditOf("C1")), map[string]string{"result": "succ", "balance": "3020.00", "qrcode": ""})
	}
	wantFields(t, b.ask("C1"), map[string]string{"channel": "CREDIT"})
	wantFields(t, b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "20.00")), map[string]string{"result": "succ"})
}

func TestCreditNeedsItsFields(t *testing.T) {
	for _, c := range []struct {
		name, field string
		value       any
		code        string
	}{
		{"no empiUserId", "empiUserId", nil, "610009 empiUserId"},
		{"no payType", "payType", nil, "610009 payType"},
		{"payType 2 without its registration", "payType", "2", "610009 transId"},
		{"no agreement", "agreementNo", nil, "610009 agreementNo"},
		{"no sceneType", "businessInfo", obj{"sourceType": "01"}, "610009 sceneType"},
		{"no sourceType", "businessInfo", obj{"sceneType": "01"}, "610009 sourceType"},
		{"no totalPayAmt", "payInfo", obj{"insuPayAmt": "0", "yjjPayAmt": "0"}, "610009 totalPayAmt"},
		{"no insuPayAmt", "payInfo", obj{"totalPayAmt": "20", "yjjPayAmt": "0"}, "610009 insuPayAmt"},
		{"no yjjPayAmt", "payInfo", obj{"totalPayAmt": "20", "insuPayAmt": "0"}, "610009 yjjPayAmt"},
		{"parts that are not the total", "payInfo", obj{"totalPayAmt": "20", "insuPayAmt": "1", "yjjPayAmt": "2"}, "610009 totalPayAmt"},
		{"an entry of no kind", "frozenType", "3", "610009 frozenType"},
		{"a wallet as well", "depositType", "WX_BAR", "610009 depositType"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			wantCode(t, b.send(onetrans.TransRecharge, creditOf("C1").with(c.field, c.value)), c.code)
			wantFields(t, b.ask("C1"), map[string]string{"result": "notfound"})
		})
	}
	b := newBench(t)
	outside := creditOf("C1").with("agreementNo", nil).with("outAgreementNo", "O1")
	wantCode(t, b.send(onetrans.TransRecharge, outside), "610009 agreementType")
	wantCode(t, b.send(onetrans.TransRecharge, outside.with("agreementType", "T")), "000000")
	wantCode(t, b.send(onetrans.TransRecharge, creditOf("C2").with("payType", "2").with("transId", "T1")), "000000")
}
