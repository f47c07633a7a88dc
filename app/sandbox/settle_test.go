package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

// settleOf is a phase of a settlement as a terminal sends it.
func settleOf(p Person, no string, phase onetrans.Phase) obj {
	kind, insutype, place := patientSelf, "", ""
	if p.Insurance != nil {
		kind, insutype, place = patientInsured, p.Insurance.Type, p.Insurance.Region
	}
	return credentials().with("certno", p.CertNo).with("patientType", kind).with("cardType", "01").
		with("cardno", p.CardNo).with("insutype", insutype).with("account_type", "01").
		with("psn_cert_type", "01").with("psn_name", p.Name).with("insuplc_admdvs", place).
		with("mdtrtarea_admvs", "359900").with("fixmedins_code", "H35990000001").with("fixmedins_name", "滨江市第一医院").
		with("extra", obj{"phase": phase, "outSettleNo": no})
}

func forBills(o obj, nos ...string) obj {
	extra := obj{}
	for k, v := range o["extra"].(obj) {
		extra[k] = v
	}
	return o.with("extra", extra.with("billNos", nos))
}

// phase sends one phase of a settlement of the patient's.
func (b *bench) phase(no string, phase onetrans.Phase) reply {
	b.t.Helper()
	return b.send(onetrans.TransSettle, settleOf(patient(), no, phase))
}

// settleWhole settles all of a person's bills.
func (b *bench) settleWhole(p Person, no string) reply {
	b.t.Helper()
	pre := b.send(onetrans.TransSettle, settleOf(p, no, onetrans.PhasePre))
	if sums(b.t, pre).PsnCashPay != "0.00" {
		b.send(onetrans.TransSettle, settleOf(p, no, onetrans.PhasePay))
		b.control("pay", obj{"outChargeNo": no})
	}
	return b.send(onetrans.TransSettle, settleOf(p, no, onetrans.PhaseConfirm))
}

type wireSums struct {
	MedfeeSumamt  string `json:"medfee_sumamt"`
	FundPaySumamt string `json:"fund_pay_sumamt"`
	AcctPay       string `json:"acct_pay"`
	PsnCashPay    string `json:"psn_cash_pay"`
}

type wireSettle struct {
	Bills []struct {
		BillNo string `json:"billNo"`
		Date   string `json:"date"`
		Amount string `json:"amount"`
		Items  []struct {
			Name string `json:"name"`
		} `json:"items"`
	} `json:"bills"`
	Steps []struct {
		Code  string `json:"code"`
		State string `json:"state"`
	} `json:"steps"`
	PreSetl   wireSums `json:"preSetl"`
	OrderList []string `json:"orderList"`
}

func settled(t testing.TB, r reply) (s wireSettle) {
	t.Helper()
	if r.Code != string(onetrans.CodeOK) {
		t.Fatalf("answered %s %q", r.Code, r.ErrMsg)
	}
	if err := json.Unmarshal(r.Data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func sums(t testing.TB, r reply) wireSums { t.Helper(); return settled(t, r).PreSetl }

func stepStates(s wireSettle) string {
	states := []string{}
	for _, step := range s.Steps {
		states = append(states, step.Code+" "+step.State)
	}
	return strings.Join(states, ", ")
}

// settlements is what the control door lists, as number, state and amounts.
func (b *bench) settlements() []settleList {
	b.t.Helper()
	return b.settlementsOf("")
}

func (b *bench) settlementsOf(question string) (list []settleList) {
	b.t.Helper()
	_, raw := b.control("settlements"+question, nil)
	if err := json.Unmarshal(raw, &list); err != nil {
		b.t.Fatal(err)
	}
	return list
}

func (b *bench) insured(p Person) string {
	b.t.Helper()
	r := b.send(onetrans.TransUserGet, obj{"mdtrt_cert_type": "03", "cert": obj{"card_no": p.CardNo, "card_type": "01"}})
	var out struct {
		InsuInfo []struct {
			Balc string `json:"balc"`
		} `json:"insuinfo"`
	}
	if err := json.Unmarshal(r.Data, &out); err != nil || len(out.InsuInfo) != 1 {
		b.t.Fatalf("%s: %v", r.Data, err)
	}
	return out.InsuInfo[0].Balc
}

func TestPreSettlementTellsBillsStepsAndAmounts(t *testing.T) {
	b := newBench(t)
	r := b.phase("S1", onetrans.PhasePre)
	s := settled(t, r)
	if len(s.Bills) != 3 || s.Bills[0].BillNo != "MZ26010101" || s.Bills[0].Date != "2026-11-23" || s.Bills[2].Date != "2026-11-21" ||
		s.Bills[0].Amount != "460.12" || s.Bills[0].Items[2].Name != "胸部CT平扫" {
		t.Errorf("bills %+v", s.Bills)
	}
	if len(r.get("mdtrt_id")) != 19 || r.get("outSettleNo") != "S1" {
		t.Errorf("mdtrt_id %q, outSettleNo %q", r.get("mdtrt_id"), r.get("outSettleNo"))
	}
	if got := stepStates(s); got != "person done, registration done, pre_settlement done, payment ahead, confirmation ahead" {
		t.Errorf("steps %s", got)
	}
	// 648.12 = 107.60 丙, 45.25 first of 乙 (10 % of 404.52 and 48.00), the rest 80 % covered.
	if want := (wireSums{"648.12", "396.22", "144.30", "107.60"}); s.PreSetl != want {
		t.Errorf("amounts %+v, want %+v", s.PreSetl, want)
	}
}

func TestPreSettlementOfEveryKindOfPerson(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name, patientType string
		want              wireSums
	}{
		{"欧阳文珺", "01", wireSums{"648.12", "396.22", "144.30", "107.60"}}, // employee, 丙 items
		{"张伟", "00", wireSums{"422.40", "0.00", "0.00", "422.40"}},       // self-paying
		{"王㛃", "01", wireSums{"129.33", "103.46", "25.87", "0.00"}},      // employee, the account pays all of the rest
		{"李䶮", "01", wireSums{"575.35", "411.08", "77.00", "87.27"}},     // employee, the account is soon empty
		{"陈𠅤", "01", wireSums{"328.07", "168.77", "0.00", "159.30"}},     // resident
		{"诸葛承志", "01", wireSums{"806.21", "641.76", "164.45", "0.00"}},   // retired
		{"黄志强", "02", wireSums{"1263.16", "1203.16", "0.00", "60.00"}},   // privileged
		{"李四", "01", wireSums{"456.66", "219.37", "195.29", "42.00"}},    // of the specification's sample
		{"王㛃", "00", wireSums{"129.33", "0.00", "0.00", "129.33"}},       // insured, and pays by himself
	} {
		t.Run(c.name+" "+c.patientType, func(t *testing.T) {
			p, ok := findPerson(func(p Person) bool { return p.Name == c.name })
			if !ok {
				t.Fatal("nobody is called so")
			}
			no := "S" + p.CardNo + c.patientType
			if got := sums(t, b.send(onetrans.TransSettle, settleOf(p, no, onetrans.PhasePre).with("patientType", c.patientType))); got != c.want {
				t.Errorf("amounts %+v, want %+v", got, c.want)
			}
			b.send(onetrans.TransSettle, settleOf(p, no, onetrans.PhaseAbandon))
		})
	}
}

func TestAmountsAddUpWhateverIsChosen(t *testing.T) {
	for _, p := range append(Persons(), SamplePersons()...) {
		listed := loadBills()[p.CardNo]
		for choice := 1; choice < 1<<len(listed); choice++ {
			bills := []bill{}
			for i, l := range listed {
				if choice>>i&1 == 1 {
					one, err := l.on(time.Now())
					if err != nil {
						t.Fatal(err)
					}
					bills = append(bills, one)
				}
			}
			for _, kind := range []string{patientSelf, patientInsured, patientPrivileged} {
				benefit, ok := benefitOf(p, kind)
				if !ok {
					continue
				}
				for _, balance := range []onetrans.Fen{0, 1, 7700, 999_999_99} {
					a, err := price(bills, benefit, balance)
					if err != nil {
						t.Fatal(err)
					}
					if a.Total != a.funds()+a.Account+a.Cash || a.Total != a.Own+a.Over+a.First+a.Scope ||
						min(a.Own, a.Over, a.First, a.Scope, a.Pool, a.Supplement, a.Account, a.Cash) < 0 || a.Account > balance {
						t.Errorf("%s %s with %s: %+v", p.Name, kind, balance, a)
					}
				}
			}
		}
	}
}

func TestBillsBelongToPersonsAndAreLikeNoOther(t *testing.T) {
	seen, cards := map[string]bool{}, 0
	for _, p := range append(Persons(), SamplePersons()...) {
		if len(loadBills()[p.CardNo]) > 0 {
			cards++
		}
		for _, l := range loadBills()[p.CardNo] {
			if p.HisCustID == "" || seen[l.BillNo] || l.Dept == "" || l.Doctor == "" || len(l.Items) == 0 {
				t.Errorf("%s of %s", l.BillNo, p.Name)
			}
			seen[l.BillNo] = true
			for _, item := range l.Items {
				if item.Class != classFull && item.Class != classFirst && item.Class != classOwn {
					t.Errorf("%s is of class %q", item.Name, item.Class)
				}
			}
		}
	}
	if cards != len(loadBills()) || cards < 12 {
		t.Errorf("%d cards of persons, %d in the list", cards, len(loadBills()))
	}
}

func TestSettleNeedsItsFields(t *testing.T) {
	b := newBench(t)
	good := settleOf(patient(), "S1", onetrans.PhasePre)
	for _, c := range []struct {
		name, field string
		value       any
		code        string
	}{
		{"no phase", "extra", obj{"outSettleNo": "S1"}, "610009 phase"},
		{"another phase", "extra", obj{"phase": "undo", "outSettleNo": "S1"}, "610009 phase"},
		{"no number", "extra", obj{"phase": "pre"}, "610009 outSettleNo"},
		{"number too long", "extra", obj{"phase": "pre", "outSettleNo": strings.Repeat("1", 33)}, "610009 outSettleNo"},
		{"no termNo", "termNo", nil, "610009 termNo"},
		{"no certno", "certno", nil, "610009 certno"},
		{"no patientType", "patientType", nil, "610009 patientType"},
		{"no such patientType", "patientType", "03", "610009 patientType"},
		{"no cardno", "cardno", nil, "610009 cardno"},
		{"no insutype", "insutype", nil, "610009 insutype"},
		{"no insuplc_admdvs", "insuplc_admdvs", "", "610009 insuplc_admdvs"},
		{"no account_type", "account_type", nil, "610009 account_type"},
		{"no psn_cert_type", "psn_cert_type", nil, "610009 psn_cert_type"},
		{"no psn_name", "psn_name", nil, "610009 psn_name"},
		{"no mdtrtarea_admvs", "mdtrtarea_admvs", nil, "610009 mdtrtarea_admvs"},
		{"no fixmedins_code", "fixmedins_code", nil, "610009 fixmedins_code"},
		{"no fixmedins_name", "fixmedins_name", nil, "610009 fixmedins_name"},
		{"no such card", "cardno", "D00000000", "610004"},
		{"another's name", "psn_name", "张三", "610004"},
		{"another's number", "certno", Persons()[1].CertNo, "610004"},
		{"another insurance", "insutype", "390", "610004"},
		{"no privilege", "patientType", "02", "610004"},
		{"a bill that isn't there", "extra", obj{"phase": "pre", "outSettleNo": "S1", "billNos": []string{"MZ1"}}, "610009 billNos"},
		{"a bill twice", "extra", obj{"phase": "pre", "outSettleNo": "S1", "billNos": []string{"MZ26010101", "MZ26010101"}}, "610009 billNos"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantCode(t, b.send(onetrans.TransSettle, good.with(c.field, c.value)), c.code)
		})
	}
	if list := b.settlements(); len(list) != 0 {
		t.Errorf("refused, and left %+v", list)
	}
	unregistered, _ := findPerson(func(p Person) bool { return p.HisCustID == "" })
	wantCode(t, b.send(onetrans.TransSettle, settleOf(unregistered, "S1", onetrans.PhasePre)), "610004")
}

func TestSettleTakesHisMsgidForItsNumber(t *testing.T) {
	b := newBench(t)
	r := b.send(onetrans.TransSettle, settleOf(patient(), "", onetrans.PhasePre).with("extra", obj{"phase": "pre", "hisMsgid": "H35010200275202404171045034300"}))
	wantFields(t, r, map[string]string{"outSettleNo": "H35010200275202404171045034300"})
}

func TestSettleFromBillsToBooked(t *testing.T) {
	b := newBench(t)
	pre := b.phase("S1", onetrans.PhasePre)
	pay := b.phase("S1", onetrans.PhasePay)
	wantFields(t, pay, map[string]string{"result": "init", "expireTime": "20261123102900", "qrcode": b.url + "/pay/" + pay.get("chargeNo")})
	_, page := b.open(pay.get("qrcode"))
	wantPage(t, page, []string{"¥ 107.60", "门诊缴费"})
	b.tap(pay.get("qrcode"), "pay", "WX_QR")
	wantFields(t, b.ask("S1"), map[string]string{"result": "succ", "chargeNo": pay.get("chargeNo")})

	done := b.phase("S1", onetrans.PhaseConfirm)
	s := settled(t, done)
	wantFields(t, done, map[string]string{
		"chargeNo": pay.get("chargeNo"), "traceNo": pay.get("traceNo"),
		"traceTime": "20261123102400", "mdtrt_id": pre.get("mdtrt_id"),
	})
	if len(s.OrderList) != 3 || len(done.get("setl_id")) != 19 || !strings.HasPrefix(done.get("callsn"), "HIS") {
		t.Errorf("settled %s", done.Data)
	}
	if got := stepStates(s); got != "person done, registration done, pre_settlement done, payment done, confirmation done" {
		t.Errorf("steps %s", got)
	}
	if got := b.insured(patient()); got != "1142.10" {
		t.Errorf("personal account %s", got)
	}
	// The deposit account is not touched by a bill.
	r := b.send(onetrans.TransQuery, queryOf(patient(), onetrans.TransRecharge, "S1").with("isBalance", "1").with("idNo", patient().CertNo))
	wantFields(t, r, map[string]string{"balance": "3000.00"})
	if left := settled(t, b.phase("S2", onetrans.PhasePre)); len(left.Bills) != 0 || left.PreSetl.MedfeeSumamt != "0.00" {
		t.Errorf("still waiting: %+v", left)
	}
	want := settleList{
		OutSettleNo: "S1", SetlID: done.get("setl_id"), MdtrtID: pre.get("mdtrt_id"), Registered: true, State: settleDone,
		CardNo: patient().CardNo, BillNos: []string{"MZ26010101", "MZ26010102", "MZ26010103"},
		MedfeeSumamt: "648.12", FundPaySumamt: "396.22", AcctPay: "144.30", PsnCashPay: "107.60", ChargeNo: pay.get("chargeNo"),
	}
	if list := b.settlements(); len(list) != 1 || !sameList(list[0], want) {
		t.Errorf("list %+v, want %+v", list, want)
	}
}

func sameList(a, b settleList) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func TestRepeatingAPhaseRepeatsItsAnswer(t *testing.T) {
	b := newBench(t)
	again := func(phase onetrans.Phase) {
		t.Helper()
		first, second := b.phase("S1", phase), b.phase("S1", phase)
		if first.Code != second.Code || string(first.Data) != string(second.Data) {
			t.Errorf("%s: first %s %s, then %s %s", phase, first.Code, first.Data, second.Code, second.Data)
		}
	}
	again(onetrans.PhasePre)
	again(onetrans.PhasePay)
	b.control("pay", obj{"outChargeNo": "S1"})
	again(onetrans.PhaseConfirm)
	again(onetrans.PhasePre)
	again(onetrans.PhasePay)
	again(onetrans.PhaseConfirm)
}

func TestBillsAreChosen(t *testing.T) {
	b := newBench(t)
	pre := settleOf(patient(), "S1", onetrans.PhasePre)
	all := b.send(onetrans.TransSettle, pre)
	some := b.send(onetrans.TransSettle, forBills(pre, "MZ26010102"))
	if s := settled(t, some); len(s.Bills) != 1 || s.PreSetl.MedfeeSumamt != "74.00" || some.get("mdtrt_id") != all.get("mdtrt_id") {
		t.Errorf("chosen %s", some.Data)
	}
	// A confirmation for others than those that were calculated comes from another screen.
	wantCode(t, b.send(onetrans.TransSettle, forBills(settleOf(patient(), "S1", onetrans.PhaseConfirm), "MZ26010101")), "610003")
	wantCode(t, b.phase("S1", onetrans.PhaseConfirm), "000000")
	wantCode(t, b.send(onetrans.TransSettle, pre), "610003")
	if s := settled(t, b.phase("S2", onetrans.PhasePre)); len(s.Bills) != 2 {
		t.Errorf("waiting %+v", s.Bills)
	}
	wantCode(t, b.send(onetrans.TransSettle, forBills(settleOf(patient(), "S3", onetrans.PhasePre), "MZ26010102")), "610003")
}

func TestSettlementNumberIsOneSettlement(t *testing.T) {
	b := newBench(t)
	b.phase("S1", onetrans.PhasePre)
	wantCode(t, b.send(onetrans.TransSettle, settleOf(Persons()[2], "S1", onetrans.PhasePre)), "610003")
	wantCode(t, b.send(onetrans.TransSettle, settleOf(Persons()[2], "S1", onetrans.PhaseConfirm)), "610003")
	wantCode(t, b.send(onetrans.TransSettle, settleOf(patient(), "S1", onetrans.PhasePre).with("mdtrt_id", "V1")), "610003")
	wantCode(t, b.phase("S2", onetrans.PhasePre), "610003")
	b.phase("S1", onetrans.PhaseAbandon)
	wantCode(t, b.phase("S2", onetrans.PhasePre), "000000")
	// A deposit under the same number, of the same fen, is no payment of the bill.
	b.send(onetrans.TransRecharge, rechargeOf(patient(), "S2", "107.60"))
	wantCode(t, b.phase("S2", onetrans.PhasePay), "610003")
}

func TestRegistrationIsMadeWhereThereIsNone(t *testing.T) {
	b := newBench(t)
	b.phase("S1", onetrans.PhasePre)
	b.phase("S1", onetrans.PhaseAbandon)
	own := b.send(onetrans.TransSettle, settleOf(patient(), "S2", onetrans.PhasePre).with("mdtrt_id", "V2"))
	wantFields(t, own, map[string]string{"mdtrt_id": "V2"})
	if got := stepStates(settled(t, own)); !strings.HasPrefix(got, "person done, registration skipped") {
		t.Errorf("steps %s", got)
	}
	for _, s := range b.settlements() {
		if s.Registered {
			t.Errorf("%s left a registration", s.OutSettleNo)
		}
	}
}

// What the phases answer, in whatever order they come.
func TestPhasesInEveryOrder(t *testing.T) {
	pre := func(b *bench) { b.phase("S1", onetrans.PhasePre) }
	pay := func(b *bench) { pre(b); b.phase("S1", onetrans.PhasePay) }
	paid := func(b *bench) { pay(b); b.control("pay", obj{"outChargeNo": "S1"}) }
	closed := func(b *bench) { pay(b); b.send(onetrans.TransClose, obj{"outTradeNo": "S1"}) }
	expired := func(b *bench) { pay(b); b.clock.Advance(time.Hour) }
	done := func(b *bench) { paid(b); b.phase("S1", onetrans.PhaseConfirm) }
	refused := func(b *bench) {
		paid(b)
		b.control("faults", obj{"fail_confirm": 1})
		b.phase("S1", onetrans.PhaseConfirm)
		b.control("faults", obj{})
	}
	abandoned := func(b *bench) { pre(b); b.phase("S1", onetrans.PhaseAbandon) }
	closedFirst := func(b *bench) { b.send(onetrans.TransClose, obj{"outTradeNo": "S1"}); pay(b) }
	for _, c := range []struct {
		name                       string
		before                     func(*bench)
		pre, pay, confirm, abandon string
	}{
		{"nothing", func(*bench) {}, "000000", "610009 outSettleNo", "610009 outSettleNo", "000000"},
		{"pre-settled", pre, "000000", "000000", "610099", "000000"},
		{"order open", pay, "000000", "000000", "610099", "610099"},
		{"paid", paid, "000000", "000000", "000000", "610006"},
		{"order closed", closed, "000000", "000000", "610007", "000000"},
		{"order closed before it was made", closedFirst, "000000", "000000", "610007", "000000"},
		{"order expired", expired, "000000", "000000", "610007", "000000"},
		{"settled", done, "000000", "000000", "000000", "610006"},
		{"refused", refused, "610007", "000000", "610007", "000000"},
		{"abandoned", abandoned, "610007", "610007", "610007", "000000"},
		{"abandoned unseen", func(b *bench) { b.phase("S1", onetrans.PhaseAbandon) }, "610007", "610007", "610007", "000000"},
	} {
		for phase, want := range map[onetrans.Phase]string{
			onetrans.PhasePre: c.pre, onetrans.PhasePay: c.pay, onetrans.PhaseConfirm: c.confirm, onetrans.PhaseAbandon: c.abandon,
		} {
			t.Run(c.name+", "+string(phase), func(t *testing.T) {
				b := newBench(t)
				c.before(b)
				wantCode(t, b.phase("S1", phase), want)
			})
		}
	}
}

func TestPayNeedsSomethingToPayAndCredentials(t *testing.T) {
	b := newBench(t)
	p := Persons()[2] // the account pays it all
	b.send(onetrans.TransSettle, settleOf(p, "S1", onetrans.PhasePre))
	wantCode(t, b.send(onetrans.TransSettle, settleOf(p, "S1", onetrans.PhasePay)), "610009 phase")
	done := b.send(onetrans.TransSettle, settleOf(p, "S1", onetrans.PhaseConfirm))
	wantFields(t, done, map[string]string{"chargeNo": "", "traceNo": "", "traceTime": ""})
	b.phase("S2", onetrans.PhasePre)
	wantCode(t, b.send(onetrans.TransSettle, settleOf(patient(), "S2", onetrans.PhasePay).with("payAppSecret", "")), "610009 payAppId")
}

func TestAPaymentCodePaysTheShare(t *testing.T) {
	b := newBench(t)
	b.phase("S1", onetrans.PhasePre)
	b.phase("S1", onetrans.PhasePay)
	o := rechargeOf(patient(), "S1", "107.60").with("cardType", "01").with("cardNo", patient().CardNo).with("accountType", "01")
	wantFields(t, b.send(onetrans.TransRecharge, withCode(o, "WX_BAR", wxGood)), map[string]string{"result": "succ", "balance": ""})
	wantCode(t, b.phase("S1", onetrans.PhaseConfirm), "000000")
}

func TestRefusedAfterPaymentLetsThePaymentGo(t *testing.T) {
	refund := func(no, mode string) obj {
		return refundOf(patient(), "S1", no, "107.60").with("withdrawMode", mode)
	}
	for mode, want := range map[string]string{"1": "000000", "3": "000000", "2": "610006"} {
		b := newBench(t)
		b.phase("S1", onetrans.PhasePre)
		b.phase("S1", onetrans.PhasePay)
		b.control("pay", obj{"outChargeNo": "S1"})
		wantCode(t, b.send(onetrans.TransRefund, refund("R0", mode)), "610006") // it may still be settled
		b.control("faults", obj{"fail_confirm": 1})
		wantCode(t, b.phase("S1", onetrans.PhaseConfirm), "610007")
		b.control("faults", obj{})
		wantCode(t, b.phase("S1", onetrans.PhaseConfirm), "610007")
		wantCode(t, b.send(onetrans.TransRefund, refund("R1", mode)), want)
		if got := b.insured(patient()); got != "1286.40" {
			t.Errorf("personal account %s", got)
		}
		if s := settled(t, b.phase("S2", onetrans.PhasePre)); len(s.Bills) != 3 {
			t.Errorf("waiting %+v", s.Bills)
		}
	}
}

func TestConfirmWhoseAnswerIsLostIsRepeated(t *testing.T) {
	b := newBench(t)
	b.phase("S1", onetrans.PhasePre)
	b.phase("S1", onetrans.PhasePay)
	b.control("pay", obj{"outChargeNo": "S1"})
	b.control("faults", obj{"drop_answer": 1, "trans_type": onetrans.TransSettle})
	if r, err := b.try(onetrans.TransSettle, settleOf(patient(), "S1", onetrans.PhaseConfirm)); err == nil {
		t.Fatalf("answered %+v", r)
	}
	b.control("faults", obj{})
	done := b.phase("S1", onetrans.PhaseConfirm)
	wantFields(t, done, map[string]string{"setl_id": b.settlements()[0].SetlID})
	if got := b.insured(patient()); got != "1142.10" {
		t.Errorf("personal account %s", got)
	}
}

func TestControlSettlesAsTheCounterWould(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		body obj
		want int
	}{
		{obj{"outSettleNo": "S1", "cardNo": patient().HospitalCard}, http.StatusOK},
		{obj{"outSettleNo": "S1", "cardNo": patient().HospitalCard}, http.StatusOK},
		{obj{"outSettleNo": "S2", "cardNo": "nobody"}, http.StatusNotFound},
		{obj{"outSettleNo": "S2", "cardNo": patient().CardNo, "billNos": []string{"MZ26010101"}}, http.StatusBadRequest},
	} {
		if got, answer := b.control("settle", c.body); got != c.want {
			t.Errorf("%v: %d %s, want %d", c.body, got, answer, c.want)
		}
	}
	if list := b.settlements(); len(list) != 1 || list[0].State != settleDone || list[0].ChargeNo != "" {
		t.Errorf("list %+v", list)
	}
}

// One settlement can be looked up by either of its numbers.
func TestTheControlDoorListsOneSettlement(t *testing.T) {
	b := newBench(t)
	b.settleWhole(patient(), "S1")
	b.settleWhole(Persons()[1], "S2")
	all := b.settlements()
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	for _, s := range all {
		for _, question := range []string{"?outSettleNo=" + s.OutSettleNo, "?setl_id=" + s.SetlID} {
			if got := b.settlementsOf(question); len(got) != 1 || got[0].OutSettleNo != s.OutSettleNo {
				t.Errorf("%s lists %+v", question, got)
			}
		}
	}
	if got := b.settlementsOf("?setl_id=9"); len(got) != 0 {
		t.Errorf("one that is not there: %+v", got)
	}
}
