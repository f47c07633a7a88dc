package record

import (
	"regexp"
	"strings"
	"sync"

	"onetrans/flows/message/onetrans"
)

// class says what becomes of a field's value in a record, and how two values of it are
// compared. What is not listed here is hidden, whatever it is: HIS may add fields.
type class int

const (
	hidden class = iota // a pseudonym; compared by which are the same
	plain               // a code or an amount: as it is, compared as it is
	around              // a time, a balance: as it is, compared by whether it is there
	spoken              // a sentence for people: without names and numbers, not compared
	secret              // a credential: a pseudonym that nobody can turn back
)

// kept is what fields of a class have. HIS may put anything anywhere: a value stays as it
// is only in the shape that its own field has in the interface, and is masked in any other.
type kept struct {
	class
	shape string // a regular expression of the whole value; empty: none stays
	names string // the fields, by their names in a message
}

// Shapes of values. No code is as long as a birthday or the number of a card, and no word
// of a channel is a name. A day before 2020 may be a birthday, and does not stay.
const (
	amountShape  = `-?[0-9]{1,7}|-?[0-9]{1,8}\.[0-9]{1,4}`
	dayShape     = `20[2-9][0-9][-/]?[01][0-9][-/]?[0-3][0-9]`
	momentShape  = dayShape + `[ T]?[0-2][0-9]:?[0-5][0-9](:?[0-5][0-9](\.?[0-9]{1,3})?)?`
	channelWord  = `(WX|WECHAT|ALI|ALIPAY|UNION|UNIONPAY|CHS|ONE|YB|YJJ|BAR|QR|CODE|SCAN|FACE|APP|H5|JSAPI|NATIVE|MINI|PAY|CREDIT|DEBIT|CASH|CARD|BANK|POS|MISPOS)`
	channelShape = channelWord + `(_` + channelWord + `)*|[0-9]{1,2}`
)

// classes are the fields that are not simply hidden.
func classes() []kept {
	oneOf := func(values ...string) string {
		for i, v := range values {
			values[i] = regexp.QuoteMeta(v)
		}
		return strings.Join(values, "|")
	}
	return []kept{
		{plain, oneOf(append(onetrans.TransTypes(), onetrans.TransClose)...), `trans_type tradeType`},
		{plain, `-?[0-9]{1,6}|[A-Z]{1,2}[0-9]{3,4}|SUCCESS|FAIL|ERROR`, `code`},
		{plain, `SM[234]|NONE`, `signtype enc_type`},
		{plain, `init|succ|fail|exp|ing|closed|notfound|cancel`, `result auth_status`},
		{plain, oneOf(onetrans.RefundDirect, onetrans.RefundHisDecide, onetrans.RefundPrepare), `refundType`},
		{plain, `pre|pay|confirm|abandon|undo`, `phase`},
		{plain, channelShape, `depositType payType paytype channel tradeMode BankCardType`},
		{plain, `[0-9]`, `isBalance isRefund frozenType printMode withdrawMode`},
		{plain, `[0-9]{1,2}`, `opter_type mdtrt_cert_type psn_cert_type card_type cardType accountType account_type channelType patientType
			creditPayType agreementType id_type waitSeconds sceneType sourceType bizType medType feeType refundCount`},
		{plain, `[0-9]{3}`, `insutype`},
		{plain, `[0-9]{1,6}`, `fund_pay_type setl_type`},
		{plain, `0[0-9]{4}`, `business_type`},
		{plain, `0[0-9]0[0-9]{4}`, `treatment_code`},
		{plain, amountShape, `amount refundedAmt refundingAmt feeSumamt fundPay psnAcctPay ownPayAmt otherPayAmt insuPayAmt totalPayAmt
			wxPayAmt aliPayAmt yjjPayAmt itemFee medfee_sumamt fund_pay_sumamt acct_pay psn_cash_pay fund_payamt
			fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt act_pay_dedc hifp_pay cvlserv_pay hifes_pay
			hifmi_pay hifob_pay maf_pay oth_pay psn_part_amt hosp_part_amt acct_mulaid_pay hifdm_pay crt_dedc
			crt_payb_lmt_amt pool_prop_selfpay`},
		{around, amountShape, `balance balc origBalance`},
		{around, momentShape, `timestamp refmsg_time respond_time traceTime origTraceTime setl_time expireTime out_authorize_time out_verify_time`},
		{around, dayShape + `|` + momentShape, `begntime endtime date begndate enddate`},
		{around, `[0-9]{6}`, `insuplc_admdvs mdtrtarea_admvs insuOrg insu_admdvs clr_optins`},
		{around, `[0-9]{1,4}`, `cvlserv_flag psn_insu_stas psn_type psn_idet_type psn_type_lv state`},
		{spoken, ``, `err_msg resultDesc resNote`},
		{secret, ``, `app_key appKey payAppSecret ehc_app_secret authCode ecToken ecCode authNo qrcode ehealth_authurl notifyUrl cert.code`},
	}
}

// rule is what a field's values are, and which of them stay.
type rule struct {
	class
	shape *regexp.Regexp
}

var ruleTable = sync.OnceValue(func() map[string]rule {
	table := map[string]rule{}
	for _, k := range classes() {
		of := rule{k.class, regexp.MustCompile(`^(` + k.shape + `)$`)}
		for _, name := range strings.Fields(k.names) {
			table[name] = of
		}
	}
	return table
})

// ruleOf is a field's rule, by its name and that of the object that it is in.
func ruleOf(within, name string) rule {
	if of, ok := ruleTable()[within+"."+name]; ok {
		return of
	}
	return ruleTable()[name]
}

// stays says that a value may be kept as it is.
func (r rule) stays(value string) bool {
	return value == "" || r.shape != nil && r.shape.MatchString(value)
}

// Comparison is how the values of a field are compared, of a record and of a rehearsal.
type Comparison int

// The ways to compare.
const (
	ByWhichIsTheSame Comparison = iota // numbers: each stands for one of the other side
	ByValue
	ByBeingThere
	ByNothing // sentences for people
)

// Compares says how a field is compared, by its name and that of the object that it is in.
func Compares(within, name string) Comparison {
	switch ruleOf(within, name).class {
	case plain:
		return ByValue
	case around, secret:
		return ByBeingThere
	case spoken:
		return ByNothing
	}
	return ByWhichIsTheSame
}
