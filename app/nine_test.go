package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"onetrans/app/checks/tour"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

// his makes HIS's messages about a person and hears what comes of them.
type his struct {
	t        *testing.T
	terminal site
	person   sandbox.Person
	platform string // the sandbox's address
	ecToken  string // what the person's voucher was exchanged for
}

// message is a call's whole request.
func (h his) message(data map[string]any) string {
	h.t.Helper()
	text, err := json.Marshal(map[string]any{
		"recer_sys_code": "HIS", "msgid": "M1", "dept_codg": "1", "dept_name": "科", "opter": "o", "opter_name": "员", "opter_type": "1", "data": data,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

// calls must succeed, and answer these fields.
func (h his) calls(transType string, data map[string]any, fields ...string) map[string]any {
	h.t.Helper()
	return h.terminal.succeeds(h.t, transType, h.message(data), fields...)
}

// money is what messages about money have in common, and more.
func (h his) money(more map[string]any) map[string]any {
	data := map[string]any{
		"termNo": "T1", "cardType": "01", "cardNo": h.person.CardNo, "accountType": "02",
		"hisCustId": h.person.HisCustID, "userName": h.person.Name,
	}
	for field, value := range more {
		data[field] = value
	}
	return data
}

// posts something to the platform, as the counter or the phone would.
func (h his) posts(address, contentType, body string, out any) {
	h.t.Helper()
	answer, err := http.Post(address, contentType, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %s %s", address, answer.Status, text)
	}
	if out != nil {
		if err := json.NewDecoder(bytes.NewReader(text)).Decode(out); err != nil {
			h.t.Fatal(err)
		}
	}
}

// All nine trans_types, through the executable's one door, against the whole
// platform. The settlement's page is a display's matter: without one it is a
// device's fault, and the bills are settled at the counter here.
func TestAllNineTransTypesWork(t *testing.T) {
	h := his{t: t, terminal: newTerminal(t, ""), person: sandbox.Persons()[0]}
	h.terminal.startAgent(t)
	p := h.person

	read := h.calls(onetrans.TransUserGet, map[string]any{
		"mdtrt_cert_type": "01", "business_type": "01301", "cert": map[string]any{"code": p.Voucher},
	})
	if name := read["baseinfo"].(map[string]any)["psn_name"]; name != p.Name {
		t.Errorf("read %v", name)
	}
	h.ecToken, _ = read["ecToken"].(string)
	health := map[string]any{"ehc_app_id": "E", "ehc_app_secret": "S", "term_id": "T1", "treatment_code": "0101051"}
	with := func(more map[string]any) map[string]any {
		data := map[string]any{}
		for _, fields := range []map[string]any{health, more} {
			for field, value := range fields {
				data[field] = value
			}
		}
		return data
	}
	decoded := h.calls(onetrans.TransUserThirdGet, with(map[string]any{
		"business_type": "01301", "out_verify_time": "20261125100000", "cert": map[string]any{"code": p.HealthCard + ":1"},
	}))
	if name := decoded["baseinfo"].(map[string]any)["psn_name"]; name != p.Name {
		t.Errorf("decoded %v", name)
	}

	authorised := h.calls(onetrans.TransAuthURL, with(map[string]any{"out_authorize_no": "A1", "out_authorize_time": "20261125100000"}), "ehealth_authurl")
	link := authorised["ehealth_authurl"].(string)
	asked := with(map[string]any{"out_authorize_no": "A1"})
	if h.calls(onetrans.TransAuthQuery, asked)["auth_status"] != onetrans.AuthPending {
		t.Error("authorised before anybody agreed")
	}
	h.posts(link, "application/x-www-form-urlencoded", url.Values{"do": {"authorise"}, "person": {p.HospitalCard}}.Encode(), nil)
	if name := h.calls(onetrans.TransAuthQuery, asked, "mindex_id", "ehealth_card_id", "id_type", "id_no")["user_name"]; name != p.Name {
		t.Errorf("authorised by %v", name)
	}

	order := h.calls(onetrans.TransRecharge, h.money(map[string]any{
		"amount": "20", "outChargeNo": "C1", "depositType": "", "extra": map[string]any{"printMode": "1"},
	}), "qrcode", "chargeNo", "traceNo")
	if err := tour.Phone(t.Context(), order["qrcode"].(string)); err != nil {
		t.Fatal(err)
	}
	query := h.money(map[string]any{"tradeType": onetrans.TransRecharge, "outTradeNo": "C1", "idNo": p.CertNo, "isBalance": "1"})
	eventually(t, "the money came", func() bool { return h.calls(onetrans.TransQuery, query)["result"] == "succ" })
	if balance := h.calls(onetrans.TransQuery, query)["balance"]; balance != "3020.00" {
		t.Errorf("the balance is %v", balance)
	}
	refund := h.money(map[string]any{
		"amount": "5", "outChargeNo": "C1", "outRefundNo": "R1", "withdrawMode": "1", "refundType": "hisDecide", "idNo": p.CertNo,
	})
	if result := h.calls(onetrans.TransRefund, refund, "traceNo", "resultDesc")["result"]; result != "succ" {
		t.Errorf("refunded: %v", result)
	}
	refunded := h.money(map[string]any{"tradeType": onetrans.TransRefund, "outTradeNo": "R1", "idNo": p.CertNo, "isBalance": "1"})
	if q := h.calls(onetrans.TransQuery, refunded, "outRefundNo"); q["result"] != "succ" || q["balance"] != "3015.00" {
		t.Errorf("the refund: %v", q)
	}
	byPhone := h.money(map[string]any{"amount": "1", "outChargeNo": "C2", "depositType": "WX_BAR", "extra": map[string]any{"authCode": "134567890123456789"}})
	h.platform = platformOf(t, link)
	var confirming sync.WaitGroup
	confirming.Go(func() { // as the person does on their phone
		eventually(t, "the code was charged", func() bool {
			answer, err := http.Post(h.platform+"/control/pay", "application/json", strings.NewReader(`{"outChargeNo":"C2"}`))
			if err != nil {
				return false
			}
			answer.Body.Close()
			return answer.StatusCode == http.StatusOK
		})
	})
	if result := h.calls(onetrans.TransRecharge, byPhone, "traceNo")["result"]; result != "succ" {
		t.Errorf("by the code on the phone: %v", result)
	}
	confirming.Wait()

	if a, _ := h.terminal.call(t, onetrans.TransSettle, sample(t, onetrans.TransSettle)); a.Code != string(onetrans.CodeDevice) {
		t.Errorf("a settlement without a display: %+v", a)
	}
	h.cancelsWhatTheCounterSettled()
}

// cancelsWhatTheCounterSettled: the person's share is paid by 医保一码付, and
// given back when the settlement is cancelled.
func (h his) cancelsWhatTheCounterSettled() {
	t, p := h.t, h.person
	t.Helper()
	var settled struct {
		SetlID  string `json:"setl_id"`
		MdtrtID string `json:"mdtrt_id"`
		Total   string `json:"medfee_sumamt"`
		Fund    string `json:"fund_pay_sumamt"`
		Account string `json:"acct_pay"`
		Cash    string `json:"psn_cash_pay"`
	}
	h.posts(h.platform+"/control/settle", "application/json", fmt.Sprintf(`{"outSettleNo":"S1","cardNo":%q}`, p.CardNo), &settled)
	share := h.calls(onetrans.TransRecharge, h.money(map[string]any{
		"amount": settled.Cash, "outChargeNo": "C3", "accountType": "01", "depositType": "CHS_ONE_BAR",
		"extra": map[string]any{"ecToken": h.ecToken, "medicalContent": map[string]any{
			"bizTraceNo": settled.SetlID, "feeSumamt": settled.Total, "fundPay": settled.Fund, "psnAcctPay": settled.Account, "ownPayAmt": settled.Cash,
		}},
	}), "traceNo")
	if share["result"] != "succ" {
		t.Errorf("the share: %v", share)
	}
	cancellation := map[string]any{
		"insuplc_admdvs": p.Insurance.Region, "mdtrtarea_admvs": sandbox.DemoRegion, "fixmedins_code": "H35990000001", "fixmedins_name": "医院",
		"mdtrt_id": settled.MdtrtID, "setl_id": settled.SetlID, "psn_no": p.PsnNo,
	}
	h.calls(onetrans.TransSettleCancel, cancellation, "traceNo", "psn_cash_pay")
	h.calls(onetrans.TransSettleCancel, cancellation, "traceNo") // the same again is the same
	var orders []struct {
		OutChargeNo string `json:"outChargeNo"`
		Refunds     []struct {
			Amount string `json:"amount"`
			Result string `json:"result"`
		} `json:"refunds"`
	}
	answer, err := http.Get(h.platform + "/control/orders")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&orders); err != nil {
		t.Fatal(err)
	}
	for _, o := range orders {
		if o.OutChargeNo == "C3" && (len(o.Refunds) != 1 || o.Refunds[0].Amount != settled.Cash || o.Refunds[0].Result != "succ") {
			t.Errorf("the share was given back as %+v", o.Refunds)
		}
	}
}

func platformOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Scheme + "://" + u.Host
}
