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

	"onetrans/flows/message/onetrans"
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
		if err := validate(transType, request(t, commonFields(), data)); err != nil {
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
				err := validate(transType, request(t, commonFields(), changed(transType, rule.Code, absent)))
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
		err := validate(onetrans.TransUserGet, request(t, common, good()[onetrans.TransUserGet]))
		mustName(t, "common", err, rule, onetrans.Missing)
	}
}

func TestTheAbsenceOfARequiredFieldInAnObjectIsRefusedByName(t *testing.T) {
	credit := map[string]any{
		"empiUserId": "E", "payType": "1", "agreementNo": "A",
		"businessInfo": map[string]any{"sceneType": "1", "sourceType": "1"},
		"payInfo":      map[string]any{"totalPayAmt": "1", "insuPayAmt": "0", "yjjPayAmt": "1"},
	}
	whole := map[string]map[string]any{
		onetrans.TransRecharge: credit,
		onetrans.TransSettle:   {"extra": map[string]any{"cardno": "C"}},
	}
	tried := 0
	for transType, objects := range whole {
		for _, rule := range onetrans.Rules(transType, onetrans.In) {
			code, inside := strings.CutPrefix(rule.Node, "data.")
			if !inside || rule.Required != "Y" {
				continue
			}
			tried++
			data := maps.Clone(good()[transType])
			maps.Copy(data, objects)
			object, _ := data[code].(map[string]any)
			data[code] = with(object, rule.Code, "")
			err := validate(transType, request(t, commonFields(), data))
			mustName(t, transType, err, rule, onetrans.Missing)
		}
	}
	if tried != 6 {
		t.Errorf("%d fields tried, the tables have 6", tried)
	}
}

func mustName(t *testing.T, where string, err error, rule onetrans.Rule, fault onetrans.Fault) {
	t.Helper()
	var field *onetrans.FieldError
	if !errors.As(err, &field) || field.Code != rule.Code || field.Fault != fault || !errors.Is(err, onetrans.ErrField) {
		t.Errorf("%s without %s: %v", where, rule.Code, err)
		return
	}
	if !strings.Contains(err.Error(), rule.Code) || field.Name != rule.Name {
		t.Errorf("%s without %s: says %q of %q", where, rule.Code, err, field.Name)
	}
}

func TestAWordThatIsNoneIsRefusedWithThoseThatAre(t *testing.T) {
	tried := 0
	for transType := range good() {
		for _, rule := range onetrans.Rules(transType, onetrans.In) {
			if len(rule.Allowed()) == 0 || rule.Node != "data" {
				continue
			}
			tried++
			err := validate(transType, request(t, commonFields(), changed(transType, rule.Code, "nothing of the kind")))
			mustName(t, transType, err, rule, onetrans.NotAllowed)
			if field, ok := errors.AsType[*onetrans.FieldError](err); ok && !slices.Equal(field.Allowed, rule.Allowed()) {
				t.Errorf("%s may be %q, named are %q", rule.Code, rule.Allowed(), field.Allowed)
			}
		}
	}
	if tried < 10 {
		t.Errorf("only %d fields have words", tried)
	}
}

// A field that is wrong in each item of a list is one fault, and so are two fields of
// which one is enough.
func TestAFaultIsToldOnce(t *testing.T) {
	faults := func(transType string, data map[string]any) []string {
		err := validate(transType, request(t, commonFields(), data))
		fields, _ := errors.AsType[onetrans.FieldErrors](err)
		var codes []string
		for _, f := range fields {
			codes = append(codes, f.Code)
		}
		return codes
	}
	credit := maps.Clone(good()[onetrans.TransRecharge])
	maps.Copy(credit, map[string]any{
		"empiUserId": "E", "payType": "1", "agreementNo": "A", "businessInfo": map[string]any{"sceneType": "1", "sourceType": "1"},
		"payInfo": map[string]any{
			"totalPayAmt": "1", "insuPayAmt": "0", "yjjPayAmt": "1",
			"feeItemList": []any{map[string]any{"itemFee": "a"}, map[string]any{"itemFee": "b"}},
		},
	})
	if codes := faults(onetrans.TransRecharge, credit); !slices.Equal(codes, []string{"itemFee"}) {
		t.Errorf("of a list: %v", codes)
	}
	neither := maps.Clone(good()[onetrans.TransRefund])
	delete(neither, "traceNo")
	delete(neither, "outChargeNo")
	if codes := faults(onetrans.TransRefund, neither); len(codes) != 1 {
		t.Errorf("of two of which one is enough: %v", codes)
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
		"balance before":                    {onetrans.TransRecharge, map[string]any{"origBalance": "12.50"}, none},
		"balance before, below zero":        {onetrans.TransRecharge, map[string]any{"origBalance": "-5.00"}, none},
		"balance before, three decimals":    {onetrans.TransRecharge, map[string]any{"origBalance": 1.005}, none},
		"balance before, a text":            {onetrans.TransRecharge, map[string]any{"origBalance": "无"}, none},
		"balance before, an object":         {onetrans.TransRecharge, map[string]any{"origBalance": map[string]any{}}, "data"},
		"credit pay over no amount":         {onetrans.TransRecharge, with(credit, "payInfo", map[string]any{"totalPayAmt": "-1", "insuPayAmt": "0", "yjjPayAmt": "1"}), "totalPayAmt"},
		"amount in the thousands with sign": {onetrans.TransRecharge, map[string]any{"amount": "1,000"}, "amount"},
		"number of 32":                      {onetrans.TransRecharge, map[string]any{"outChargeNo": strings.Repeat("1", 32)}, none},
		"number of 33":                      {onetrans.TransRecharge, map[string]any{"outChargeNo": strings.Repeat("1", 33)}, "outChargeNo"},
		"number with a line's end":          {onetrans.TransRecharge, map[string]any{"outChargeNo": "1\n"}, "outChargeNo"},
		"account nobody has":                {onetrans.TransRecharge, map[string]any{"accountType": "03"}, "accountType"},
		"notes too long are taken":          {onetrans.TransRecharge, map[string]any{"notes": strings.Repeat("长", 300)}, none},
		"extra as text":                     {onetrans.TransRecharge, map[string]any{"extra": `{"printMode":"1"}`}, none},
		"extra that is no JSON":             {onetrans.TransRecharge, map[string]any{"extra": "printMode=1"}, "extra"},
		"one code":                          {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR", "amount": "1.00", "extra": medical("1.00")}, none},
		"one code without token":            {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR"}, "ecToken"},
		"one code without settlement":       {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR", "extra": map[string]any{"ecToken": "E"}}, "medicalContent"},
		"one code that does not add up":     {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR", "amount": "2.00", "extra": medical("2.00")}, "feeSumamt"},
		"one code over another amount":      {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR", "amount": "2.00", "extra": medical("1.00")}, "amount"},
		"one code without a share":          {onetrans.TransRecharge, map[string]any{"depositType": "CHS_ONE_BAR", "amount": "2.00", "extra": medical("")}, "ownPayAmt"},
		"credit pay that does not add up":   {onetrans.TransRecharge, with(credit, "payInfo", map[string]any{"totalPayAmt": "2", "insuPayAmt": "0", "yjjPayAmt": "1"}), "totalPayAmt"},
		"credit pay for all of it":          {onetrans.TransRecharge, with(with(credit, "payInfo", map[string]any{"totalPayAmt": "3", "insuPayAmt": "1", "yjjPayAmt": "0"}), "amount", "2.00"), none},
		"credit pay beside wallets":         {onetrans.TransRecharge, with(credit, "payInfo", map[string]any{"totalPayAmt": "15.00", "insuPayAmt": "1", "yjjPayAmt": "2", "wxPayAmt": "3", "aliPayAmt": "4", "otherPayAmt": "5"}), none},
		"credit pay, wallets left out":      {onetrans.TransRecharge, with(credit, "payInfo", map[string]any{"totalPayAmt": "3", "insuPayAmt": "1", "yjjPayAmt": "2", "wxPayAmt": "3"}), "totalPayAmt"},
		"credit pay, entered as a charge":   {onetrans.TransRecharge, with(credit, "frozenType", "1"), none},
		"credit pay, entered as nothing":    {onetrans.TransRecharge, with(credit, "frozenType", "3"), "frozenType"},
		"a way to pay that nobody knows":    {onetrans.TransRecharge, map[string]any{"depositType": "NATIVE"}, "depositType"},
		"a way that needs no code of ours":  {onetrans.TransRecharge, map[string]any{"depositType": "ALI_BAR", "extra": map[string]any{"printMode": "1"}}, "depositType"},
		"refund by no such course":          {onetrans.TransRefund, map[string]any{"refundType": "later"}, "refundType"},
		"credit pay":                        {onetrans.TransRecharge, credit, none},
		"credit pay by platform":            {onetrans.TransRecharge, with(credit, "payType", "2"), "transId"},
		"credit pay, agreement from outside": {
			onetrans.TransRecharge,
			with(with(with(credit, "agreementNo", nil), "outAgreementNo", "O"), "agreementType", "T"), none,
		},
		"credit pay, agreement without type": {onetrans.TransRecharge, with(with(credit, "agreementNo", nil), "outAgreementNo", "O"), "agreementNo"},
		"credit pay, scene missing":          {onetrans.TransRecharge, with(credit, "businessInfo", map[string]any{"sourceType": "1"}), "sceneType"},
		"credit pay without its kind":        {onetrans.TransRecharge, with(credit, "payType", nil), "payType"},
		"credit pay with empty details":      {onetrans.TransRecharge, with(credit, "payInfo", ""), "payInfo"},
		"credit pay's fields, all empty":     {onetrans.TransRecharge, map[string]any{"payType": "", "businessInfo": "", "payInfo": ""}, none},
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
		"settlement with empty extra":        {onetrans.TransSettle, map[string]any{"extra": ""}, none},
		"settlement of an unknown patient":   {onetrans.TransSettle, map[string]any{"patientType": "03"}, "patientType"},
		"settlement with a long name":        {onetrans.TransSettle, map[string]any{"psn_name": strings.Repeat("阿", 30)}, none},
		"settlement with a hidden character": {onetrans.TransSettle, map[string]any{"psn_name": "李\u200b四"}, "psn_name"},
		"settlement number of 33": {onetrans.TransSettle, map[string]any{"extra": map[string]any{
			"cardno": "C", "outSettleNo": strings.Repeat("1", 33),
		}}, "outSettleNo"},
		"settlement from no date":          {onetrans.TransSettle, map[string]any{"begntime": "yesterday"}, none},
		"registered already":               {onetrans.TransSettle, map[string]any{"mdtrt_id": "M"}, none},
		"registered under 31":              {onetrans.TransSettle, map[string]any{"mdtrt_id": strings.Repeat("1", 31)}, "mdtrt_id"},
		"cancellation for an insured":      {onetrans.TransSettleCancel, map[string]any{"insuplc_admdvs": "350102", "mdtrtarea_admvs": "350100"}, none},
		"cancellation of 30":               {onetrans.TransSettleCancel, map[string]any{"setl_id": strings.Repeat("1", 30)}, none},
		"cancellation of 31":               {onetrans.TransSettleCancel, map[string]any{"setl_id": strings.Repeat("1", 31)}, "setl_id"},
		"cancellation with a NUL":          {onetrans.TransSettleCancel, map[string]any{"setl_id": "1\x00"}, "setl_id"},
		"authorisation by a number":        {onetrans.TransAuthURL, map[string]any{"out_authorize_no": 17}, none},
		"authorisation under 33":           {onetrans.TransAuthURL, map[string]any{"out_authorize_no": strings.Repeat("1", 33)}, "out_authorize_no"},
		"authorisation with a long office": {onetrans.TransAuthURL, map[string]any{"office_code": strings.Repeat("1", 11)}, none},
		"asking with a space":              {onetrans.TransAuthQuery, map[string]any{"out_authorize_no": " 1"}, "out_authorize_no"},
		"asking with a list":               {onetrans.TransAuthQuery, map[string]any{"out_authorize_no": []string{"1"}}, "data"},
		"code without when":                {onetrans.TransUserThirdGet, map[string]any{"out_verify_time": ""}, "out_verify_time"},
		"code, verified at a bent time":    {onetrans.TransUserThirdGet, map[string]any{"out_verify_time": "2024-04-17"}, none},
		"card of another kind":             {onetrans.TransUserGet, map[string]any{"mdtrt_cert_type": "12"}, "mdtrt_cert_type"},
		"voucher without its business":     {onetrans.TransUserGet, map[string]any{"mdtrt_cert_type": "01"}, none},
	} {
		t.Run(name, func(t *testing.T) {
			data := maps.Clone(good()[c.transType])
			for code, value := range c.set {
				data[code] = value
				if value == nil {
					delete(data, code)
				}
			}
			err := validate(c.transType, request(t, commonFields(), data))
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

// What has to be equal and is not is said with both names.
func TestAmountsThatDoNotFitAreNamed(t *testing.T) {
	medical := func(total, own string) map[string]any {
		return map[string]any{"ecToken": "E", "medicalContent": map[string]any{
			"bizTraceNo": "S", "feeSumamt": total, "fundPay": "6.00", "psnAcctPay": "3.00", "ownPayAmt": own,
		}}
	}
	for want, set := range map[string]map[string]any{
		"field feeSumamt: differs: fundPay + psnAcctPay + ownPayAmt": {"depositType": "CHS_ONE_BAR", "amount": "1.00", "extra": medical("10.01", "1.00")},
		"field amount: differs: ownPayAmt":                           {"depositType": "CHS_ONE_BAR", "amount": "1.01", "extra": medical("10.00", "1.00")},
		"field totalPayAmt: differs: insuPayAmt + yjjPayAmt + wxPayAmt + aliPayAmt + otherPayAmt": {
			"empiUserId": "E", "payType": "1", "agreementNo": "A", "businessInfo": map[string]any{"sceneType": "1", "sourceType": "1"},
			"payInfo": map[string]any{"totalPayAmt": "5", "insuPayAmt": "0", "yjjPayAmt": "1"},
		},
	} {
		data := maps.Clone(good()[onetrans.TransRecharge])
		maps.Copy(data, set)
		err := validate(onetrans.TransRecharge, request(t, commonFields(), data))
		var field *onetrans.FieldError
		if !errors.As(err, &field) || field.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Names are of any script and any age, and some are drawn by a font of the
// hospital's own. What nobody sees is none of a name.
func TestWhichNamesAreTaken(t *testing.T) {
	for name, taken := range map[string]bool{
		"欧阳小珺":              true,
		"阿卜杜拉·买买提":          true,
		"Ana María O'Neill": true,
		"张　三":               true, // a full-width space
		"王\u00a0五":          true, // a space that does not break
		"\ue000强":           true, // private use
		"\uf8ff\U000f0000":  true,
		"𠅤\u9fff":           true,
		"\U000323b0":        true, // assigned in Unicode 15
		"\U0003347f":        true, // not assigned when this was written
		" 张三":               false,
		"张三\u3000":          false,
		"张\n三":              false,
		"张\u0085三":          false,
		"张\u007f":           false,
		"张\u200b三":          false, // no width
		"张\u202e三":          false, // turns the direction of writing
		"\ufeff张三":          false,
	} {
		for transType, code := range map[string]string{
			onetrans.TransRecharge: "userName", onetrans.TransRefund: "userName", onetrans.TransSettle: "psn_name",
		} {
			err := validate(transType, request(t, commonFields(), changed(transType, code, name)))
			field, refused := errors.AsType[*onetrans.FieldError](err)
			if refused == taken || refused && field.Code != code {
				t.Errorf("%s %+q: %v", code, name, err)
			}
		}
		common := commonFields()
		common["opter_name"] = name // it decides nothing, and is taken as it comes
		if err := validate(onetrans.TransRecharge, request(t, common, good()[onetrans.TransRecharge])); err != nil {
			t.Errorf("opter_name %+q: %v", name, err)
		}
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
		if err := validate(r.TransType.String(), r); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestWhatDeviatesIsListedByCode(t *testing.T) {
	for name, c := range map[string]struct {
		transType, code string
		value           any
		bent            []string
	}{
		"nothing":           {onetrans.TransRecharge, "notes", "x", nil},
		"an empty field":    {onetrans.TransSettle, "endtime", "", nil},
		"too long":          {onetrans.TransRecharge, "notes", strings.Repeat("长", 300), []string{"notes"}},
		"a number":          {onetrans.TransRecharge, "cardNo", 7, []string{"cardNo"}},
		"a balance":         {onetrans.TransRecharge, "origBalance", "0", nil},
		"a balance below 0": {onetrans.TransRecharge, "origBalance", "-5.00", []string{"origBalance"}},
		"a balance as text": {onetrans.TransRecharge, "origBalance", "无", []string{"origBalance"}},
		"no balance":        {onetrans.TransRecharge, "origBalance", "", nil},
		"a bent date":       {onetrans.TransSettle, "begntime", "20240417", []string{"begntime"}},
		"a date as wanted":  {onetrans.TransSettle, "begntime", "2024-04-17 00:00:00", nil},
		"within an object":  {onetrans.TransRecharge, "extra", map[string]any{"subject": 1}, []string{"subject"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(t, commonFields(), changed(c.transType, c.code, c.value))
			if err := validate(c.transType, r); err != nil {
				t.Errorf("refused: %v", err)
			}
			if bent := deviations(c.transType, r); !slices.Equal(bent, c.bent) {
				t.Errorf("bent: %v", bent)
			}
		})
	}
	common := commonFields()
	common["recer_sys_code"] = "HIS-INPATIENT"
	r := request(t, common, good()[onetrans.TransRecharge])
	if bent := deviations(onetrans.TransRecharge, r); !slices.Equal(bent, []string{"recer_sys_code"}) {
		t.Errorf("bent: %v", bent)
	}
}

// A call's own trans_type is judged before its message, and the body's after it.
func TestATransTypeThatIsNoneIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		transType, in string
		want          error
	}{
		"none, before JSON":      {"hop.trade.unheard", "{", onetrans.ErrTransType},
		"no JSON":                {onetrans.TransRefund, "{", onetrans.ErrMalformed},
		"the body says none":     {"", `{"data":{"amount":1}}`, onetrans.ErrTransType},
		"the body says no such":  {"", `{"trans_type":"hop.trade.unheard"}`, onetrans.ErrTransType},
		"the body says another":  {onetrans.TransRefund, `{"trans_type":"hop.trade.query"}`, onetrans.ErrOtherType},
		"and then its fields":    {"", `{"trans_type":"hop.trade.refund"}`, onetrans.ErrField},
		"UTF-8, before its type": {"", "{\"trans_type\":\"姓名\"}", onetrans.ErrUTF8},
	} {
		_, _, err := (&onetrans.Call{TransType: c.transType, In: []byte(c.in)}).Parse(func(any) {})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a terminal knows is filled in before the fields are judged; data that can't be
// read has nothing to be filled in.
func TestACallIsReadOnce(t *testing.T) {
	whole := commonFields()
	whole["data"] = changed(onetrans.TransRefund, "payAppId", "")
	text, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	gbk, err := onetrans.EncodeGBK(text)
	if err != nil {
		t.Fatal(err)
	}
	call := onetrans.Call{TransType: onetrans.TransRefund, In: gbk}
	request, in, err := call.Parse(func(in any) { in.(*onetrans.RefundIn).PayAppID = onetrans.T("ours") })
	refund, ok := in.(*onetrans.RefundIn)
	if err != nil || !ok || refund.PayAppID.String() != "ours" || request.TransType.String() != onetrans.TransRefund {
		t.Fatalf("%+v, %v", in, err)
	}
	if amount, err := refund.Amount.Payable(); err != nil || amount != 1 {
		t.Errorf("%s, %v", amount, err)
	}
	call.In = []byte(`{"data":[]}`)
	_, in, err = call.Parse(func(any) { t.Error("there is nothing to fill in") })
	if in != nil || !strings.Contains(err.Error(), "field data: malformed") {
		t.Errorf("%v, %v", in, err)
	}
}
