package rehearse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/app/record"
	"onetrans/app/sandbox"
	"onetrans/app/terminal/call"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// hospital is a terminal that is used, and what it recorded.
type hospital struct {
	*theatre
	t     *testing.T
	file  *record.File
	heard []record.Call
	by    string
}

func newHospital(t *testing.T, by string) *hospital {
	t.Helper()
	o, err := openTheatre(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.close(); err != nil {
			t.Error(err)
		}
	})
	o.cast.pay = nil
	file, err := record.Open(filepath.Join(t.TempDir(), "journal.db"), bytes.Repeat([]byte{3}, 32), call.Sentences)
	if err != nil {
		t.Fatal(err)
	}
	return &hospital{theatre: o, t: t, file: file, by: by}
}

// call makes a call and records it, and gives back what was answered.
func (h *hospital) call(transType, data string) onetrans.Answer {
	h.t.Helper()
	in := fmt.Sprintf(`{"app_id":%q,"app_key":%q,"recer_sys_code":"HIS","msgid":"H350100000012026112801%06d","timestamp":"20261128010203004",`+
		`"signtype":"SM3","enc_type":"SM4","dept_codg":"01","dept_name":"内科","opter":"1","opter_name":"李四","opter_type":"2","data":%s}`,
		sandbox.DemoAppID, sandbox.DemoAppKey, len(h.heard), data)
	raw, err := onetrans.EncodeGBK([]byte(in))
	if err != nil {
		h.t.Fatal(err)
	}
	asked := onetrans.Call{TransType: transType, In: raw, Buffer: 8192}
	out, exit := h.door.Serve(h.t.Context(), asked)
	return h.hear(record.Heard{Asked: asked, Out: out, Exit: exit, At: time.Now(), By: h.by})
}

func (h *hospital) hear(one record.Heard) (answer onetrans.Answer) {
	h.t.Helper()
	one.Judge = h.judge(one.Asked)
	h.heard = append(h.heard, h.file.Masker.Call(one))
	text, err := onetrans.DecodeGBK(one.Out)
	if err != nil || onetrans.Unmarshal(text, &answer) != nil {
		h.t.Fatalf("%s, %v", one.Out, err)
	}
	return answer
}

func (h *hospital) judge(c onetrans.Call) func() ([]byte, bool) {
	if h.by != record.ByVendor {
		return nil
	}
	return func() ([]byte, bool) {
		refusal, _, refused := h.door.Judge(c)
		return refusal, refused
	}
}

// alike says that a call was held against its record, and nothing differed.
func alike(p Played) bool { return p.Reason == "" && p.Kind == "" }

func money(p sandbox.Person, more string) string {
	return fmt.Sprintf(`{"payAppId":%q,"payAppSecret":%q,"termNo":"T1","cardType":"03","cardNo":%q,"accountType":"02","hisCustId":%q,"userName":%q,"idNo":%q,%s}`,
		sandbox.DemoPayAppID, sandbox.DemoPayAppSecret, p.HospitalCard, p.HisCustID, p.Name, p.CertNo, more)
}

// morning is what a hospital does: somebody is read, tops up on the phone and with a
// code, is asked for, and gets money back; and what HIS gets wrong.
func (h *hospital) morning() {
	a, b := sandbox.Persons()[5], sandbox.Persons()[2]
	h.cast.person = a
	h.call(onetrans.TransUserGet, `{"mdtrt_cert_type":"02"}`)
	h.call(onetrans.TransRecharge, money(a, `"amount":"88.80","outChargeNo":"CHARGE0001","extra":{"printMode":"1"}`))
	h.control("pay", map[string]string{"outChargeNo": "CHARGE0001"})
	h.call(onetrans.TransQuery, money(a, `"tradeType":"hop.trade.recharge","outTradeNo":"CHARGE0001"`))
	h.call(onetrans.TransRecharge, money(b, `"amount":"12.00","outChargeNo":"CHARGE0002","depositType":"WX_BAR","extra":{"authCode":"134567890123456780"}`))
	h.call(onetrans.TransRecharge, money(b, `"amount":"13.00","outChargeNo":"CHARGE0002","depositType":"WX_BAR","extra":{"authCode":"134567890123456780"}`))
	h.call(onetrans.TransRecharge, money(b, `"outChargeNo":"CHARGE0003","depositType":"WX_BAR"`)) // no amount
	h.call(onetrans.TransRefund, money(b, `"amount":"2.00","outChargeNo":"CHARGE0002","outRefundNo":"REFUND0001","withdrawMode":"1","refundType":"hisDecide","reason":"退款","tradeType":"hop.trade.recharge"`))
	h.call("hop.trade.nothing", `{}`)
	h.call(onetrans.TransQuery, money(a, `"tradeType":"hop.trade.recharge","outTradeNo":"LONGAGO001"`))
}

func TestARecordingIsPlayedAgainAndAnswersAsItDid(t *testing.T) {
	h := newHospital(t, record.ByUs)
	h.morning()
	t.Setenv("TMPDIR", t.TempDir())
	played, err := Replay(t.Context(), h.heard)
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for i, p := range played {
		if len(p.Differences) > 0 {
			t.Errorf("call %d, %s: %+v\n%s\n%s", i, p.Call.TransType, p.Differences, p.Call.In.Message, p.Call.Out.Message)
		}
		if alike(p) {
			same++
		} else {
			t.Log(i, p.Call.TransType, p.Reason)
		}
	}
	if played[7].Reason != Unknown || played[8].Reason != Earlier || same != 7 {
		t.Errorf("%d the same", same)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAnAnswerThatIsAnotherNowIsTold(t *testing.T) {
	h := newHospital(t, record.ByUs)
	h.morning()
	status := slices.Clone(h.heard)
	status[1].Exit = call.ExitUnknown
	if played, err := Replay(t.Context(), status[:2]); err != nil || played[1].Kind != Status {
		t.Errorf("%+v, %v", played, err)
	}
	for change, want := range map[string]struct {
		field string
		kind  Kind
	}{
		`"amount":"88.80"`: {"", ""}, // is HIS's own
		`"result":"init"`:  {"data.result", Result},
		`"code":"000000"`:  {"code", Code},
	} {
		calls := slices.Clone(h.heard)
		calls[1].Out.Message = []byte(strings.Replace(string(calls[1].Out.Message), change, strings.NewReplacer("init", "closed", "000000", "610004").Replace(change), 1))
		played, err := Replay(t.Context(), calls[:2])
		if err != nil {
			t.Fatal(err)
		}
		p := played[1]
		if p.Kind != want.kind || want.field != "" && (len(p.Differences) == 0 || p.Differences[0].Field != want.field) {
			t.Errorf("%s: %s %+v %s", change, p.Kind, p.Differences, calls[1].Out.Message)
		}
	}
}

// What the vendor's library answered, as the sandbox answers for it.
func TestWhatAnotherAnsweredIsJudgedByOurRules(t *testing.T) {
	h := newHospital(t, record.ByVendor)
	h.morning()
	judged, err := Judge(t.Context(), h.heard)
	if err != nil || len(judged) != len(h.heard) {
		t.Fatal(len(judged), err)
	}
	for i, p := range judged {
		if p.Kind != "" {
			t.Errorf("call %d, %s: %s %+v\n%s", i, p.Call.TransType, p.Kind, p.Differences, p.Call.Out.Message)
		}
	}
}

func TestEachKindOfDifferenceFromAnotherIsTold(t *testing.T) {
	b := sandbox.Persons()[2]
	good := money(b, `"amount":"12.00","outChargeNo":"CHARGE0002","depositType":"WX_BAR","extra":{"authCode":"134567890123456780"}`)
	succ := `{"code":"000000","err_msg":"成功","data":{"result":"succ","outChargeNo":"CHARGE0002","traceNo":"T0001","traceTime":"20261128010203","chargeNo":"C1","callsn":"S1","resultDesc":"交易成功"}}`
	for name, one := range map[string]struct {
		data, out string
		kind      Kind
		reason    Reason
		field     string
		exit      int
		returned  int
		why       string // what our err_msg says
	}{
		"another exit status":      {data: good, out: succ, exit: 2, kind: Status, field: "exit"},
		"returned something":       {data: good, out: succ, returned: -1, kind: Status, field: "OneTrans()"},
		"returned it when busy":    {data: good, out: `{"code":"600001","err_msg":"占用","data":{}}`, returned: 3, kind: Status, field: "OneTrans()"},
		"busy":                     {data: good, out: `{"code":"600001","err_msg":"占用","data":{}}`, reason: Circumstance},
		"as we":                    {data: good, out: succ},
		"we would have refused":    {data: strings.Replace(good, `"amount":"12.00",`, "", 1), out: succ, kind: Refuses, field: "code"},
		"they refuse, we take":     {data: good, out: `{"code":"600003","err_msg":"缺少必填项","data":{}}`, kind: Takes, field: "code"},
		"both refuse alike":        {data: strings.Replace(good, `"amount":"12.00",`, "", 1), out: `{"code":"600003","err_msg":"amount 必填","data":{}}`},
		"UTF-8":                    {data: good, out: "utf8" + succ, kind: Form, field: "pOutData"},
		"no JSON":                  {data: good, out: `ok`, kind: Form, field: "pOutData"},
		"succ without its code":    {data: good, out: strings.Replace(succ, `"code":"000000",`, "", 1), kind: Code, field: "code"},
		"under way, called done":   {data: good, out: strings.Replace(succ, `"succ"`, `"ing"`, 1), reason: NeedsMore},
		"closed, with a good code": {data: good, out: strings.Replace(succ, `"succ"`, `"closed"`, 1), kind: Code, field: "code"},
		"a code of their own":      {data: good, out: `{"code":"E0001","err_msg":"余额不足","data":{}}`, kind: Code, field: "code", why: "结果未知"},
		"not one of the values":    {data: strings.Replace(good, "WX_BAR", "CASH", 1), out: succ, kind: Refuses, field: "code", why: "WX_BAR"},
		"a refusal is passed on":   {data: good, out: `{"code":"610004","err_msg":"没有找到该就诊人","data":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHospital(t, record.ByVendor)
			in := fmt.Sprintf(`{"recer_sys_code":"HIS","msgid":"H35010000001202611280001","timestamp":"20261128010203004","signtype":"SM3","enc_type":"SM4",`+
				`"dept_codg":"01","dept_name":"内科","opter":"1","opter_name":"李四","opter_type":"2","data":%s}`, one.data)
			raw, err := onetrans.EncodeGBK([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			out, utf8 := strings.CutPrefix(one.out, "utf8")
			answer := []byte(out)
			if !utf8 && out != "ok" {
				if answer, err = onetrans.EncodeGBK(answer); err != nil {
					t.Fatal(err)
				}
			}
			heard := record.Heard{Asked: onetrans.Call{TransType: onetrans.TransRecharge, In: raw}, Out: answer, By: record.ByVendor, Exit: one.exit, Returned: one.returned}
			heard.Judge = h.judge(heard.Asked)
			judged, err := Judge(t.Context(), []record.Call{h.file.Masker.Call(heard)})
			if err != nil {
				t.Fatal(err)
			}
			p := judged[0]
			if p.Kind != one.kind || p.Reason != one.reason || one.field != "" && (len(p.Differences) == 0 || p.Differences[0].Field != one.field) {
				t.Errorf("%q, %q, %+v", p.Kind, p.Reason, p.Differences)
			}
			if one.why != "" && !slices.ContainsFunc(p.Differences, func(d Difference) bool { return d.Field == "err_msg" && strings.Contains(d.Now, one.why) }) {
				t.Errorf("no difference says %q: %+v", one.why, p.Differences)
			}
		})
	}
}

// A call that leaves money in doubt, or under way, says nothing of the ones after it.
func TestEachCallIsJudgedByItself(t *testing.T) {
	p := sandbox.Persons()[2]
	for name, first := range map[string]string{
		"in doubt":  `{"code":"E0001","err_msg":"余额不足","data":{}}`,
		"under way": `{"code":"000000","err_msg":"成功","data":{"result":"ing","outChargeNo":"CHARGE0001"}}`,
	} {
		h := newHospital(t, record.ByVendor)
		for i, answer := range []string{
			first, `{"code":"000000","err_msg":"成功","data":{"result":"succ","outChargeNo":"CHARGE0002","traceNo":"T0001","traceTime":"20261128010203","chargeNo":"C1","callsn":"S1"}}`,
		} {
			no := fmt.Sprintf("CHARGE000%d", i+1)
			in, err := onetrans.EncodeGBK([]byte(`{"recer_sys_code":"HIS","msgid":"H35010000001202611280001","timestamp":"20261128010203004","signtype":"SM3","enc_type":"SM4",` +
				`"dept_codg":"01","dept_name":"内科","opter":"1","opter_name":"李四","opter_type":"2","data":` +
				money(p, fmt.Sprintf(`"amount":"12.00","outChargeNo":%q,"depositType":"WX_BAR","extra":{"authCode":"134567890123456780"}`, no)) + `}`))
			if err != nil {
				t.Fatal(err)
			}
			out, err := onetrans.EncodeGBK([]byte(answer))
			if err != nil {
				t.Fatal(err)
			}
			h.hear(record.Heard{Asked: onetrans.Call{TransType: onetrans.TransRecharge, In: in}, Out: out, By: record.ByVendor})
		}
		judged, err := Judge(t.Context(), h.heard)
		if err != nil || len(judged) != 2 || alike(judged[0]) || !alike(judged[1]) {
			t.Errorf("%s: %+v, %v", name, judged, err)
		}
	}
}

// What has a page of the vendor's own is judged as the one call that it was.
func TestASettlementAndAReadingOnTheVendorsPagesAreJudged(t *testing.T) {
	p := sandbox.Persons()[0]
	settle := fmt.Sprintf(`{"termNo":"T1","certno":%q,"patientType":"01","cardType":"01","cardno":%q,"psn_no":%q,"insutype":"310","account_type":"01","psn_cert_type":"01",`+
		`"psn_name":%q,"insuplc_admdvs":"359900","mdtrtarea_admvs":"359900","fixmedins_code":"H35010200275","fixmedins_name":"医院","extra":{"cardno":%q,"outSettleNo":"SETTLE0001"}}`,
		p.CertNo, p.CardNo, p.PsnNo, p.Name, p.CardNo)
	person := fmt.Sprintf(`{"code":"000000","err_msg":"成功","data":{"baseinfo":{"psn_no":%q,"certno":%q,"psn_name":%q,"gend":"2"},"mdtrt_cert_type":"03","card_no":%q}}`, p.PsnNo, p.CertNo, p.Name, p.CardNo)
	for name, one := range map[string]struct{ transType, data, out string }{
		"settled":        {onetrans.TransSettle, settle, `{"code":"000000","err_msg":"成功","data":{"orderList":["O0001"],"chargeNo":"C0001","traceNo":"T0001","traceTime":"20261128010203","callsn":"S0001"}}`},
		"refused":        {onetrans.TransSettle, settle, `{"code":"610007","err_msg":"结算失败","data":{}}`},
		"read on a page": {onetrans.TransUserGet, `{"mdtrt_cert_type":"09"}`, person},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHospital(t, record.ByVendor)
			in := `{"recer_sys_code":"HIS","msgid":"H35010000001202611280001","timestamp":"20261128010203004","signtype":"SM3","enc_type":"SM4","dept_codg":"01",` +
				`"dept_name":"内科","opter":"1","opter_name":"李四","opter_type":"2","data":` + one.data + `}`
			raw, err := onetrans.EncodeGBK([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			out, err := onetrans.EncodeGBK([]byte(one.out))
			if err != nil {
				t.Fatal(err)
			}
			heard := record.Heard{Asked: onetrans.Call{TransType: one.transType, In: raw}, Out: out, By: record.ByVendor}
			heard.Judge = h.judge(heard.Asked)
			judged, err := Judge(t.Context(), []record.Call{h.file.Masker.Call(heard)})
			if err != nil || !alike(judged[0]) {
				t.Errorf("%+v, %v", judged, err)
			}
		})
	}
}

// counter settles without a screen, as a person does who pays on the phone.
type counter struct {
	*cast
	h *hospital
}

func (c counter) Settle(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn], no string) (txn.SettleStatus, error) {
	status, err := c.core.PreSettle(ctx, asked, nil)
	if err != nil || status.Final() {
		return status, err
	}
	if status.NoBills {
		return c.core.AbandonSettlement(ctx, no)
	}
	statuses, end, err := c.core.WatchSettlement(no)
	if err != nil {
		return status, err
	}
	defer end()
	switch _, err := c.core.PaySettlement(ctx, no); {
	case errors.Is(err, txn.ErrNotNow): // nothing is to be paid here
		return c.core.ConfirmSettlement(ctx, no)
	case err != nil:
		return status, err
	}
	c.h.payAll()
	for !status.Final() {
		select {
		case status = <-statuses:
		case <-ctx.Done():
			return status, nil
		}
	}
	return status, nil
}

// get is what the sandbox says to a test.
func (h *hospital) get(what string, into any) {
	h.t.Helper()
	resp, err := http.Get(h.url + "/control/" + what)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		h.t.Fatal(err)
	}
}

// payAll pays every order that waits for a phone.
func (h *hospital) payAll() {
	h.t.Helper()
	var orders []struct{ OutChargeNo, Result string }
	h.get("orders", &orders)
	for _, o := range orders {
		if o.Result == string(onetrans.ResultInit) {
			h.control("pay", map[string]string{"outChargeNo": o.OutChargeNo})
		}
	}
}

// visit is a person who makes every call that there is, and the ones that fail.
type visit struct {
	*hospital
	i          int
	person     sandbox.Person
	registered bool
}

// call makes a call that is carried out, or is not.
func (v visit) call(well bool, transType, data string) {
	v.t.Helper()
	answer := v.hospital.call(transType, data)
	if (answer.Code.String() == string(onetrans.CodeOK)) != well {
		v.t.Errorf("person %d, %s: %s %s, carried out should be %v\n%s", v.i, transType, answer.Code, answer.ErrMsg, well, data)
	}
}

// identify reads the person in each way, and has a card authorised.
func (v visit) identify() {
	for _, by := range []string{onetrans.CertIdentityCard, onetrans.CertSocialSecurity, onetrans.CertPick} {
		v.call(true, onetrans.TransUserGet, fmt.Sprintf(`{"mdtrt_cert_type":%q,"business_type":"01301"}`, by))
	}
	no := fmt.Sprintf("AUTHORISE%03d", v.i)
	ehc := `"ehc_app_id":"EHCAPP01","ehc_app_secret":"ehcsecret99","term_id":"T1"`
	auth := fmt.Sprintf(`%s,"out_authorize_no":%q`, ehc, no)
	v.call(true, onetrans.TransUserThirdGet, fmt.Sprintf(`{%s,"business_type":"01301","out_verify_time":"20261128010203","treatment_code":"0101051"}`, ehc))
	v.call(true, onetrans.TransAuthURL, fmt.Sprintf(`{%s,"out_authorize_time":"20261128010203","operator_id":"1","operator_name":%q,"treatment_code":"0101051"}`, auth, v.person.Name))
	v.control("authorise", map[string]string{"out_authorize_no": no, "cardNo": v.person.HospitalCard, "status": onetrans.AuthSucceeded})
	v.call(true, onetrans.TransAuthQuery, "{"+auth+"}")
	v.call(false, onetrans.TransAuthQuery, "{"+strings.Replace(auth, "AUTHORISE", "NEVERMADE", 1)+"}")
}

// pay charges the person, pays a part back, and asks for both.
func (v visit) pay() {
	charge, refund := fmt.Sprintf("CHARGE9%03d", v.i), fmt.Sprintf("REFUND9%03d", v.i)
	paid := func(amount string) string {
		return money(v.person, fmt.Sprintf(`"amount":%q,"outChargeNo":%q,"depositType":"WX_BAR","extra":{"authCode":%q}`,
			amount, charge, walletCode(onetrans.DepositWeChat, charge, onetrans.ResultSucc)))
	}
	v.call(v.registered, onetrans.TransRecharge, paid("12.00"))
	v.call(false, onetrans.TransRecharge, paid("13.00")) // under the same number
	v.call(false, onetrans.TransRecharge, paid(v.person.Name))
	back := func(no, amount string) string {
		return money(v.person, fmt.Sprintf(`"amount":%q,"outChargeNo":%q,"outRefundNo":%q,"withdrawMode":"1","refundType":"hisDecide","reason":%q`,
			amount, charge, no, v.person.Name+"要求退款"))
	}
	v.call(v.registered, onetrans.TransRefund, back(refund, "2.00"))
	v.call(false, onetrans.TransRefund, back("TOOMUCH"+refund, "99.00"))
	v.call(true, onetrans.TransQuery, money(v.person, fmt.Sprintf(`"tradeType":"hop.trade.recharge","isBalance":"1","isRefund":"1","outTradeNo":%q`, charge)))
	v.call(true, onetrans.TransQuery, money(v.person, fmt.Sprintf(`"tradeType":"hop.trade.refund","outTradeNo":%q`, refund)))
}

// settle settles the person's bills where there are any, and takes that back.
func (v visit) settle() (settled bool) {
	p, patient, insurance := v.person, onetrans.PatientSelfPaying, ""
	if p.Insurance != nil {
		patient, insurance = onetrans.PatientInsured, fmt.Sprintf(`"insutype":%q,"insuplc_admdvs":%q,`, p.Insurance.Type, p.Insurance.Region)
	}
	no := fmt.Sprintf("SETTLE9%03d", v.i)
	v.hospital.call(onetrans.TransSettle, fmt.Sprintf(`{"termNo":"T1","certno":%q,"patientType":%q,"cardType":"01","cardno":%q,"psn_no":%q,%s"account_type":"01","psn_cert_type":"01",`+
		`"psn_name":%q,"mdtrtarea_admvs":"359900","fixmedins_code":"H35010200275","fixmedins_name":"医院","extra":{"cardno":%q,"outSettleNo":%q}}`,
		p.CertNo, patient, p.CardNo, p.PsnNo, insurance, p.Name, p.CardNo, no))
	cancel := func(visit, settlement string) string {
		return fmt.Sprintf(`{"fixmedins_code":"H35010200275","fixmedins_name":"医院","mdtrtarea_admvs":"359900",%s"mdtrt_id":%q,"setl_id":%q,"psn_no":%q}`, insurance, visit, settlement, p.PsnNo)
	}
	v.call(false, onetrans.TransSettleCancel, cancel("NOVISIT01", "NOSETTLEMENT01"))
	var all []struct {
		SetlID  string `json:"setl_id"`
		MdtrtID string `json:"mdtrt_id"`
	}
	v.get("settlements?outSettleNo="+no, &all)
	if len(all) != 1 || all[0].SetlID == "" {
		return false
	}
	v.call(true, onetrans.TransSettleCancel, cancel(all[0].MdtrtID, all[0].SetlID))
	return true
}

// Whoever is known at the sandbox makes every call that there is, and the ones that fail.
func TestNobodyOfTheSandboxCanBeToldFromWhatWasRecorded(t *testing.T) {
	h := newHospital(t, record.ByUs)
	h.door.Acquire = func() (call.Terminal, func(), error) {
		return call.Terminal{Core: h.core, Cards: h.cast, Identity: identityOf{h.cast}, Pages: counter{h.cast, h}}, func() {}, nil
	}
	settled := 0
	for i, p := range sandbox.Persons() {
		h.cast.person = p
		v := visit{h, i, p, p.HisCustID != ""}
		v.identify()
		v.pay()
		if v.settle() {
			settled++
		}
	}
	if settled < len(sandbox.Persons())/2 {
		t.Errorf("only %d settled", settled)
	}
	var out bytes.Buffer
	if err := record.Export(&out, h.heard); err != nil {
		t.Fatal(err)
	}
	for _, p := range sandbox.Persons() {
		all := []string{
			p.Name, p.CertNo, `"` + p.Birth + `"`, p.CardCode, p.CardNo, p.PsnNo, p.Phone, p.Voucher, p.HealthCard, p.HospitalCard, p.AdmissionNo, p.HisCustID,
			p.Birth[:4] + "-" + p.Birth[4:6] + "-" + p.Birth[6:],
		}
		if p.Insurance != nil {
			all = append(all, p.Insurance.Employer)
		}
		for _, known := range all {
			if known != "" && strings.Contains(out.String(), known) {
				t.Errorf("%s is in the recording", known)
			}
		}
	}
}
