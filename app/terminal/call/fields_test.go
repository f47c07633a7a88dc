package call

import (
	"strings"
	"testing"
	"unicode/utf8"

	"onetrans/flows/message/onetrans"
)

func TestAFieldIsNamedWithWhatIsWrongWithIt(t *testing.T) {
	for want, field := range map[string]onetrans.FieldError{
		"缺少必填项 amount（退款金额）":          {Code: "amount", Name: "退款金额", Fault: onetrans.Missing},
		"缺少必填项 amount":                {Code: "amount", Fault: onetrans.Missing},
		"amount（退款金额）格式有误":            {Code: "amount", Name: "退款金额", Fault: onetrans.Malformed},
		"amount（退款金额）过长":              {Code: "amount", Name: "退款金额", Fault: onetrans.TooLong},
		"amount（充值金额）与 ownPayAmt 不一致": {Code: "amount", Name: "充值金额", Fault: onetrans.Differs, Other: "ownPayAmt"},
		"accountType（帐户类型）只能是 01、02":  {Code: "accountType", Name: "帐户类型", Fault: onetrans.NotAllowed, Allowed: []string{"01", "02"}},
		"depositType（支付方式）不能与 data.extra.printMode 1 同时使用": {
			Code: "depositType", Name: "支付方式", Fault: onetrans.Conflicts, Other: "data.extra.printMode 1",
		},
	} {
		if got := fieldText(&field); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAllFaultsAreToldInTwoHundredCharacters(t *testing.T) {
	var many onetrans.FieldErrors
	for range 50 {
		many = append(many, &onetrans.FieldError{Code: "outChargeNo", Name: "商户充值业务流水", Fault: onetrans.Missing})
		if n := utf8.RuneCountInString(fieldsText(many)); n > onetrans.MaxErrMsg {
			t.Fatalf("%d faults in %d characters", len(many), n)
		}
	}
	if text := fieldsText(many); !strings.HasSuffix(text, "；共 50 项有误") || strings.Count(text, "商户") < 4 {
		t.Error(text)
	}
	if text := fieldsText(many[:2]); strings.Contains(text, "共") || strings.Count(text, "商户") != 2 {
		t.Error(text)
	}
}

func TestAsManyFaultsAreToldAsTwoHundredCharactersHold(t *testing.T) {
	fault := func(length int) *onetrans.FieldError { // 缺少必填项 and a space come before the code
		return &onetrans.FieldError{Code: strings.Repeat("x", length-6), Fault: onetrans.Missing}
	}
	exact := onetrans.FieldErrors{fault(100), fault(99)} // and a semicolon
	if text := fieldsText(exact); text != fieldText(exact[0])+"；"+fieldText(exact[1]) {
		t.Errorf("of two hundred characters: %s", text)
	}
	more := onetrans.FieldErrors{fault(100), fault(100)}
	if text := fieldsText(more); text != fieldText(more[0])+"；共 2 项有误" {
		t.Errorf("of one more: %s", text)
	}
}
