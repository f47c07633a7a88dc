package onetrans_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/onetrans"
)

// good is a request of each trans_type with every field that it must have.
func good() map[string]map[string]any {
	pay := func(more map[string]any) map[string]any {
		fields := map[string]any{
			"payAppId": "A", "payAppSecret": "S", "termNo": "T", "cardType": "01", "cardNo": "C", "accountType": "02",
		}
		maps.Copy(fields, more)
		return fields
	}
	card := map[string]any{
		"ehc_app_id": "E", "ehc_app_secret": "S", "term_id": "T", "out_authorize_no": "N",
		"out_authorize_time": "20240417104503", "treatment_code": "0101011",
	}
	return map[string]map[string]any{
		onetrans.TransUserGet: {"mdtrt_cert_type": "09"},
		onetrans.TransUserThirdGet: {
			"business_type": "01101", "ehc_app_id": "E", "ehc_app_secret": "S", "term_id": "T",
			"out_verify_time": "20240417104503", "treatment_code": "0101011",
		},
		onetrans.TransRecharge: pay(map[string]any{"hisCustId": "H", "userName": "姓名", "amount": "0.01", "outChargeNo": "N"}),
		onetrans.TransQuery:    pay(map[string]any{"tradeType": "hop.trade.recharge", "outTradeNo": "N"}),
		onetrans.TransRefund: pay(map[string]any{
			"hisCustId": "H", "userName": "姓名", "amount": "0.01", "withdrawMode": "1", "refundType": "hisDecide",
			"outRefundNo": "R", "outChargeNo": "N",
		}),
		onetrans.TransSettle: {
			"termNo": "T", "certno": "1", "patientType": "01", "cardno": "C", "insutype": "390", "account_type": "01",
			"psn_cert_type": "01", "psn_name": "李四", "insuplc_admdvs": "350102", "mdtrtarea_admvs": "350100",
			"fixmedins_code": "H35010200275", "fixmedins_name": "测试中医院",
		},
		onetrans.TransSettleCancel: {
			"fixmedins_code": "H35010200275", "fixmedins_name": "测试中医院", "mdtrt_id": "M", "setl_id": "S", "psn_no": "P",
		},
		onetrans.TransAuthURL:   card,
		onetrans.TransAuthQuery: card,
	}
}

// commonFields are those of every request that HIS must fill in.
func commonFields() map[string]any {
	return map[string]any{
		"recer_sys_code": "HIS", "dept_codg": "1", "dept_name": "科", "opter": "o", "opter_name": "员", "opter_type": "1",
	}
}

func request(t *testing.T, common, data map[string]any) onetrans.Request {
	t.Helper()
	whole := maps.Clone(common)
	whole["data"] = data
	text, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	var r onetrans.Request
	if err := onetrans.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// changed is a good request's data with one field set; nil takes it out.
func changed(transType, code string, value any) map[string]any {
	data := maps.Clone(good()[transType])
	if value == nil {
		delete(data, code)
	} else {
		data[code] = value
	}
	return data
}

func TestAGoodRequestOfEachTransTypeIsTaken(t *testing.T) {
	if len(good()) != len(onetrans.TransTypes()) {
		t.Fatal("not every trans_type is here")
	}
	for transType, data := range good() {
		if err := onetrans.Validate(transType, request(t, commonFields(), data)); err != nil {
			t.Errorf("%s: %v", transType, err)
		}
	}
}

func TestTheAbsenceOfEachRequiredFieldIsRefusedByName(t *testing.T) {
	for transType := range good() {
		for _, rule := range onetrans.Rules(transType, onetrans.In) {
			if rule.Node != "data" || rule.Required != "Y" || rule.When != "" {
				continue
			}
			for _, absent := range []any{nil, ""} {
				err := onetrans.Validate(transType, request(t, commonFields(), changed(transType, rule.Code, absent)))
				mustName(t, transType, err, rule, onetrans.Missing)
			}
		}
	}
	for _, rule := range onetrans.CommonRules(onetrans.In) {
		if _, ours := commonFields()[rule.Code]; !ours {
			continue
		}
		common := commonFields()
		delete(common, rule.Code)
		err := onetrans.Validate(onetrans.TransUserGet, request(t, common, good()[onetrans.TransUserGet]))
		mustName(t, "common", err, rule, onetrans.Missing)
	}
}

func mustName(t *testing.T, where string, err error, rule onetrans.Rule, fault onetrans.Fault) {
	t.Helper()
	var field *onetrans.FieldError
	if !errors.As(err, &field) || field.Code != rule.Code || field.Fault != fault || !errors.Is(err, onetrans.ErrField) {
		t.Errorf("%s without %s: %v", where, rule.Code, err)
		return
	}
	if text := field.Text(); !strings.Contains(text, rule.Code) || !strings.Contains(text, rule.Name) {
		t.Errorf("%s without %s: says %q", where, rule.Code, text)
	}
}

func TestWhatIsTakenAndWhatIsRefused(t *testing.T) {
	none := ""
	medical := func(own string) map[string]any {
		return map[string]any{"ecToken": "E", "medicalContent": map[string]any{
			"bizTraceNo": "S", "feeSumamt": "10.00", "fundPay": "6.00", "psnAcctPay": "3.00", "ownPayAmt": own,
		}}
	}
	credit := map[string]any{
		"empiUserId": "E", "payType": "1", "agreementNo": "A",
		"businessInfo": map[string]any{"sceneType": "1", "sourceType": "1"},
		"payInfo":      map[string]any{"totalPayAmt": "1", "insuPayAmt": "0", "yjjPayAmt": "1"},
	}
	for name, c := range map[string]struct {
		transType string
		set       map[string]any // nil values take out
		refused   string         // the field's code; none: taken
	}{
		"amount as a number":                {onetrans.TransRecharge, map[string]any{"amount": 0.5}, none},
		"amount of zero":                    {onetrans.TransRecharge, map[string]any{"amount": "0"}, "amount"},
		"amount below zero":                 {onetrans.TransRecharge, map[string]any{"amount": "-1"}, "amount"},
		"amount with three decimals":        {onetrans.TransRecharge, map[string]any{"amount": "1.001"}, "amount"},
		"amount with a space":               {onetrans.TransRecharge, map[string]any{"amount": " 1"}, "amount"},
		"amount in the thousands with sign": {onetrans.TransRecharge, map[string]any{"amount": "1,000"}, "amount"},
		"number of 32":                      {onetrans.TransRecharge, map[string]any{"outChargeNo": strings.Repeat("1", 32)}, none},
		"number of 33":                      {onetrans.TransRecharge, map[string]any{"outChargeNo": strings.Repeat("1", 33)}, "outChargeNo"},
		"number with a line's end":          {onetrans.TransRecharge, map[string]any{"outChargeNo": "1\n"}, "outChargeNo"},
		"account nobody has":                {onetrans.TransRecharge, map[string]any{"accountType": "03"}, "accountType"},
		"notes too long are taken":          {onetrans.TransRecharge, map[string]any{"notes": strings.Repeat("长", 300)}, none},
		"extra as text":                     {onetrans.TransRecharge, map[string]any{"extra": `{"printMode":"1"}`}, none},
		"extra that is no JSON":             {onetrans.TransRecharge, map[string]any{"extra": "printMode=1"}, "extra"},
		"one code":                          {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR", "amount": "1.00", "extra": medical("1.00")}, none},
		"one code without token":            {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR"}, "medicalContent"},
		"one code that does not add up":     {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR", "amount": "2.00", "extra": medical("2.00")}, "medicalContent"},
		"one code over another amount":      {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR", "amount": "2.00", "extra": medical("1.00")}, "medicalContent"},
		"credit pay":                        {onetrans.TransRecharge, credit, none},
		"credit pay by platform":            {onetrans.TransRecharge, with(credit, "payType", "2"), "transId"},
		"credit pay, agreement from outside": {onetrans.TransRecharge,
			with(with(with(credit, "agreementNo", nil), "outAgreementNo", "O"), "agreementType", "T"), none},
		"credit pay, agreement without type": {onetrans.TransRecharge, with(with(credit, "agreementNo", nil), "outAgreementNo", "O"), "agreementNo"},
		"credit pay, scene missing":          {onetrans.TransRecharge, with(credit, "businessInfo", map[string]any{"sourceType": "1"}), "sceneType"},
		"query by trace number":              {onetrans.TransQuery, map[string]any{"outTradeNo": nil, "traceNo": "T"}, none},
		"query for nothing":                  {onetrans.TransQuery, map[string]any{"outTradeNo": nil}, "outTradeNo"},
		"balance without whose":              {onetrans.TransQuery, map[string]any{"isBalance": "1"}, "idNo"},
		"balance of somebody":                {onetrans.TransQuery, map[string]any{"isBalance": "1", "idNo": "x"}, none},
		"query of another kind":              {onetrans.TransQuery, map[string]any{"tradeType": "hop.trade.close"}, "tradeType"},
		"refund of nothing known":            {onetrans.TransRefund, map[string]any{"outChargeNo": nil}, "traceNo"},
		"refund another way":                 {onetrans.TransRefund, map[string]any{"withdrawMode": "9"}, "withdrawMode"},
		"refund of a POS trade":              {onetrans.TransRefund, map[string]any{"channelType": "02"}, none},
		"refund of another channel":          {onetrans.TransRefund, map[string]any{"channelType": "01"}, "channelType"},
		"self-paying without insurance":      {onetrans.TransSettle, map[string]any{"patientType": "00", "insutype": nil, "insuplc_admdvs": nil}, none},
		"insured without insurance":          {onetrans.TransSettle, map[string]any{"insutype": nil}, "insutype"},
		"privileged is insured":              {onetrans.TransSettle, map[string]any{"patientType": "02", "insutype": nil}, "insutype"},
		"settlement with extra of its own":   {onetrans.TransSettle, map[string]any{"extra": map[string]any{"phase": "pre"}}, "cardno"},
		"card of another kind":               {onetrans.TransUserGet, map[string]any{"mdtrt_cert_type": "12"}, "mdtrt_cert_type"},
		"voucher without its business":       {onetrans.TransUserGet, map[string]any{"mdtrt_cert_type": "01"}, none},
	} {
		t.Run(name, func(t *testing.T) {
			data := maps.Clone(good()[c.transType])
			for code, value := range c.set {
				data[code] = value
				if value == nil {
					delete(data, code)
				}
			}
			err := onetrans.Validate(c.transType, request(t, commonFields(), data))
			var field *onetrans.FieldError
			switch {
			case c.refused == none && err != nil:
				t.Errorf("refused: %v", err)
			case c.refused != none && (!errors.As(err, &field) || field.Code != c.refused):
				t.Errorf("%v, want %s refused", err, c.refused)
			}
		})
	}
}

func with(fields map[string]any, code string, value any) map[string]any {
	changed := maps.Clone(fields)
	changed[code] = value
	return changed
}

func TestTheSpecificationsOwnSamplesAreTaken(t *testing.T) {
	samples, err := filepath.Glob("testdata/messages/*.in.json")
	if err != nil || len(samples) != 5 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, path := range samples {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var r onetrans.Request
		if err := onetrans.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		if err := onetrans.Validate(r.TransType.String(), r); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestWhatWasBentIsListedByCode(t *testing.T) {
	common := commonFields()
	common["recer_sys_code"] = "HIS-INPATIENT"
	data := changed(onetrans.TransRecharge, "notes", strings.Repeat("长", 300))
	bent := onetrans.Bent(onetrans.TransRecharge, request(t, common, data))
	if !slices.Equal(bent, []string{"recer_sys_code", "notes"}) {
		t.Errorf("bent: %v", bent)
	}
}

// Whatever comes, Validate answers; and it never says what stood in a field.
func FuzzValidate(f *testing.F) {
	for transType, data := range good() {
		text, err := json.Marshal(data)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(transType, text)
	}
	f.Fuzz(func(t *testing.T, transType string, data []byte) {
		err := onetrans.Validate(transType, onetrans.Request{Data: data})
		if err == nil {
			return
		}
		var field *onetrans.FieldError
		if !errors.Is(err, onetrans.ErrField) || errors.As(err, &field) && field.Code == "" {
			t.Errorf("outside the family: %v", err)
		}
	})
}
