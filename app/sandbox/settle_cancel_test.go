package sandbox

import (
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

func cancelOf(p Person, done reply) obj {
	return obj{
		"insuplc_admdvs": "359900", "mdtrtarea_admvs": "359900", "fixmedins_code": "H35990000001", "fixmedins_name": "滨江市第一医院",
		"mdtrt_id": done.get("mdtrt_id"), "setl_id": done.get("setl_id"), "psn_no": p.PsnNo,
	}
}

func TestCancelGivesEveryRequiredField(t *testing.T) {
	b := newBench(t)
	done := b.settleWhole(patient(), "S1")
	r := b.send(onetrans.TransSettleCancel, cancelOf(patient(), done))
	var out struct {
		SetlInfo   map[string]string   `json:"setlinfo"`
		SetlDetail []map[string]string `json:"setldetail"`
	}
	if err := json.Unmarshal(r.Data, &out); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"mdtrt_id": done.get("mdtrt_id"), "setl_id": done.get("setl_id"), "setl_time": "2026-11-23 10:24:00",
		"medfee_sumamt": "648.12", "fulamt_ownpay_amt": "107.60", "overlmt_selfpay": "0.00", "preselfpay_amt": "45.25",
		"inscp_scp_amt": "495.27", "hifp_pay": "396.22", "pool_prop_selfpay": "0.8000", "cvlserv_pay": "0.00",
		"hifes_pay": "0.00", "hifmi_pay": "0.00", "hifob_pay": "0.00", "maf_pay": "0.00", "oth_pay": "0.00",
		"fund_pay_sumamt": "396.22", "acct_pay": "144.30", "psn_cash_pay": "107.60", "balc": "1286.40", "acct_mulaid_pay": "0.00",
		"medins_setl_id": r.MsgID,
	} {
		if got := out.SetlInfo[name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if len(out.SetlDetail) != 2 || out.SetlDetail[0]["fund_pay_type"] != "310100" || out.SetlDetail[0]["fund_payamt"] != "396.22" ||
		out.SetlDetail[1]["fund_pay_type"] != "310200" || out.SetlDetail[1]["fund_payamt"] != "144.30" ||
		out.SetlDetail[0]["inscp_scp_amt"] == "" || out.SetlDetail[0]["crt_payb_lmt_amt"] == "" {
		t.Errorf("funds %v", out.SetlDetail)
	}
	wantFields(t, r, map[string]string{"traceNo": done.get("traceNo"), "psn_cash_pay": "107.60"})
}

func TestCancelAgainIsAnsweredTheSame(t *testing.T) {
	b := newBench(t)
	data := cancelOf(patient(), b.settleWhole(patient(), "S1"))
	first := b.send(onetrans.TransSettleCancel, data)
	b.settleWhole(patient(), "S2") // the account moved on since
	if second := b.send(onetrans.TransSettleCancel, data); string(first.Data) != string(second.Data) {
		t.Errorf("first %s, then %s", first.Data, second.Data)
	}
}

// Phases repeat their answers; that it was cancelled since is said beside.
func TestARepeatedPhaseSaysThatTheSettlementWasCancelled(t *testing.T) {
	b := newBench(t)
	done := b.settleWhole(patient(), "S1")
	cancelled := func(phase onetrans.Phase) bool {
		for _, s := range settled(t, b.phase("S1", phase)).Steps {
			if s.Code == "confirmation" && s.State == "cancelled" {
				return true
			}
		}
		return false
	}
	for _, phase := range []onetrans.Phase{onetrans.PhasePre, onetrans.PhaseConfirm} {
		if cancelled(phase) {
			t.Errorf("%s: cancelled before it is", phase)
		}
	}
	wantCode(t, b.send(onetrans.TransSettleCancel, cancelOf(patient(), done)), "000000")
	for _, phase := range []onetrans.Phase{onetrans.PhasePre, onetrans.PhasePay, onetrans.PhaseConfirm} {
		if !cancelled(phase) {
			t.Errorf("%s: not said to be cancelled", phase)
		}
	}
}

func TestCancelOpensTheBillsAndFreesTheShare(t *testing.T) {
	b := newBench(t)
	data := cancelOf(patient(), b.settleWhole(patient(), "S1"))
	refund := func(mode string) obj { return refundOf(patient(), "S1", "R1", "107.60").with("withdrawMode", mode) }
	wantCode(t, b.send(onetrans.TransRefund, refund("3")), "610006")
	wantCode(t, b.send(onetrans.TransSettleCancel, data), "000000")
	wantCode(t, b.send(onetrans.TransRefund, refund("1")), "610006")
	wantFields(t, b.send(onetrans.TransRefund, refund("3")), map[string]string{"result": "succ", "refundedAmt": "107.60"})
	if got := b.insured(patient()); got != "1286.40" {
		t.Errorf("personal account %s", got)
	}
	if s := settled(t, b.phase("S2", onetrans.PhasePre)); len(s.Bills) != 3 {
		t.Errorf("waiting %+v", s.Bills)
	}
}

func TestCancelOfASelfPayingPersonNeedsNoInsurance(t *testing.T) {
	b := newBench(t)
	p := Persons()[1]
	data := cancelOf(p, b.settleWhole(p, "S1")).with("insuplc_admdvs", nil).with("mdtrtarea_admvs", nil)
	wantFields(t, b.send(onetrans.TransSettleCancel, data), map[string]string{"psn_cash_pay": "422.40"})
}

func TestCancelNeedsItsFields(t *testing.T) {
	b := newBench(t)
	good := cancelOf(patient(), b.settleWhole(patient(), "S1"))
	for _, c := range []struct {
		name, field string
		value       any
		code        string
	}{
		{"no insuplc_admdvs", "insuplc_admdvs", nil, "610009 insuplc_admdvs"},
		{"no mdtrtarea_admvs", "mdtrtarea_admvs", nil, "610009 mdtrtarea_admvs"},
		{"no fixmedins_code", "fixmedins_code", nil, "610009 fixmedins_code"},
		{"no fixmedins_name", "fixmedins_name", nil, "610009 fixmedins_name"},
		{"no mdtrt_id", "mdtrt_id", nil, "610009 mdtrt_id"},
		{"another mdtrt_id", "mdtrt_id", "V1", "610009 mdtrt_id"},
		{"no setl_id", "setl_id", nil, "610009 setl_id"},
		{"no such setl_id", "setl_id", "1", "610007"},
		{"no psn_no", "psn_no", nil, "610009 psn_no"},
		{"another's psn_no", "psn_no", Persons()[1].PsnNo, "610004"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantCode(t, b.send(onetrans.TransSettleCancel, good.with(c.field, c.value)), c.code)
		})
	}
	if list := b.settlements(); list[0].State != settleDone {
		t.Errorf("refused, and is %s", list[0].State)
	}
}
