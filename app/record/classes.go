package record

import (
	"regexp"
	"strings"
	"sync"
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

// classes are the fields that are not simply hidden, by their names in a message.
func classes() map[class]string {
	return map[class]string{
		plain: `trans_type code signtype enc_type opter_type mdtrt_cert_type business_type treatment_code psn_cert_type
			card_type cardType accountType account_type tradeType isBalance isRefund depositType payType paytype result
			withdrawMode refundType channelType channel tradeMode patientType insutype phase frozenType creditPayType
			agreementType id_type auth_status printMode waitSeconds sceneType sourceType bizType medType fund_pay_type
			setl_type feeType BankCardType refundCount
			amount refundedAmt refundingAmt feeSumamt fundPay psnAcctPay ownPayAmt otherPayAmt insuPayAmt totalPayAmt
			wxPayAmt aliPayAmt yjjPayAmt itemFee medfee_sumamt fund_pay_sumamt acct_pay psn_cash_pay fund_payamt
			fulamt_ownpay_amt overlmt_selfpay preselfpay_amt inscp_scp_amt act_pay_dedc hifp_pay cvlserv_pay hifes_pay
			hifmi_pay hifob_pay maf_pay oth_pay psn_part_amt hosp_part_amt acct_mulaid_pay hifdm_pay crt_dedc
			crt_payb_lmt_amt pool_prop_selfpay`,
		around: `timestamp refmsg_time respond_time begntime endtime traceTime origTraceTime setl_time expireTime
			out_authorize_time out_verify_time date begndate enddate
			balance balc origBalance
			insuplc_admdvs mdtrtarea_admvs insuOrg insu_admdvs clr_optins cvlserv_flag psn_insu_stas psn_type
			psn_idet_type psn_type_lv state`,
		spoken: `err_msg resultDesc resNote`,
		secret: `app_key appKey payAppSecret ehc_app_secret authCode ecToken ecCode authNo qrcode ehealth_authurl
			notifyUrl cert.code`,
	}
}

var classTable = sync.OnceValue(func() map[string]class {
	table := map[string]class{}
	for of, names := range classes() {
		for _, name := range strings.Fields(names) {
			table[name] = of
		}
	}
	return table
})

// classOf is a field's class, by its name and that of the object that it is in.
func classOf(within, name string) class {
	if of, ok := classTable()[within+"."+name]; ok {
		return of
	}
	return classTable()[name]
}

// What a value must look like to stay as it is where its field's class lets it: HIS may
// put anything anywhere. No code is as long as a birthday.
var (
	looksPlain  = regexp.MustCompile(`^(-?[0-9]{1,7}|-?[0-9]{1,8}\.[0-9]{1,4}|[A-Za-z0-9_-]{1,7}|[a-z][A-Za-z._-]{0,39}|[A-Z]+(_[A-Z]+)+)$`)
	looksAround = regexp.MustCompile(`^((19|20)[0-9]{2}[-/]?[01][0-9][-/]?[0-3][0-9]([ T]?[0-2][0-9]:?[0-5][0-9](:?[0-5][0-9](\.?[0-9]{1,3})?)?)?)$`)
)

// stays says that a value may be kept as it is.
func (of class) stays(value string) bool {
	switch of {
	case plain:
		return value == "" || looksPlain.MatchString(value)
	case around:
		return value == "" || looksPlain.MatchString(value) || looksAround.MatchString(value)
	}
	return value == ""
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
	switch classOf(within, name) {
	case plain:
		return ByValue
	case around, secret:
		return ByBeingThere
	case spoken:
		return ByNothing
	}
	return ByWhichIsTheSame
}
