package onetrans_test

import (
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
)

// The specification's five sample answers, read as it means them: first
// whether the call worked, then the state of the trade.
func TestTheSampleAnswersAreReadAsMeant(t *testing.T) {
	for name, c := range map[string]struct {
		transType string
		read      func(*testing.T, onetrans.Answer) map[string]string
		want      map[string]string
	}{
		"hos.user.get.out.json": {onetrans.TransUserGet, func(t *testing.T, a onetrans.Answer) map[string]string {
			out := data[onetrans.UserGetOut](t, a)
			return map[string]string{"name": out.BaseInfo.Value.PsnName.String(), "region": out.InsuInfo.Items[0].Region()}
		}, map[string]string{"name": "李四", "region": "131002"}},
		"hop.trade.recharge.out.json": {onetrans.TransRecharge, func(t *testing.T, a onetrans.Answer) map[string]string {
			out := data[onetrans.RechargeOut](t, a)
			return map[string]string{"trace": out.TraceNo.String(), "result": out.Result.String(), "callsn": out.Callsn.String()}
		}, map[string]string{"trace": "1734129942764986369", "result": "", "callsn": ""}}, // no state: query
		"hop.trade.query.out.json": {onetrans.TransQuery, func(t *testing.T, a onetrans.Answer) map[string]string {
			out := data[onetrans.QueryOut](t, a)
			return map[string]string{"result": out.Result.String(), "refunded": out.RefundedAmt.String(), "note": out.Extra.Value.ResNote.String()}
		}, map[string]string{"result": string(onetrans.ResultSucc), "refunded": "", "note": "交易成功"}},
		"hop.trade.refund.out.json": {onetrans.TransRefund, func(t *testing.T, a onetrans.Answer) map[string]string {
			out := data[onetrans.RefundOut](t, a)
			return map[string]string{"refund": out.OutRefundNo.String(), "result": out.Result.String()}
		}, map[string]string{"refund": "202312111811001", "result": ""}}, // no state: query
		"fsi.outpatient.charge.out.json": {onetrans.TransSettle, func(t *testing.T, a onetrans.Answer) map[string]string {
			out := data[onetrans.SettleOut](t, a)
			return map[string]string{"order": out.OrderList.Items[0].String(), "paid": out.TraceNo.String()}
		}, map[string]string{"order": "20240417080427224019303", "paid": ""}}, // nothing had to be paid
	} {
		t.Run(name, func(t *testing.T) {
			text := string(sample(t, name))
			answer := passes[onetrans.Answer](t, []byte(text))
			if !answer.Succeeded(c.transType) {
				t.Error("taken for a refusal")
			}
			for what, got := range c.read(t, answer) {
				if got != c.want[what] {
					t.Errorf("%s is %q, want %q", what, got, c.want[what])
				}
			}
			refusal := passes[onetrans.Answer](t, []byte(strings.Replace(text, `"000000"`, `"610099"`, 1)))
			if refusal.Succeeded(c.transType) {
				t.Error("a refusing code is overruled by what comes after it")
			}
		})
	}
}

// data is an answer's data, which passes unchanged.
func data[T any](t *testing.T, a onetrans.Answer) T {
	t.Helper()
	return passes[T](t, a.Data)
}
