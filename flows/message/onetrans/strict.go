package onetrans

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// form is how strictly a field is judged.
type form struct {
	right   func(string) bool
	bounded bool     // longer than the tables allow is also refused
	allowed []string // all values that it may hold, instead of right
}

// strictForms are the fields that decide money or identity. All others are accepted
// as they come, and [Deviations] lists their irregularities.
var strictForms = sync.OnceValue(func() map[string]form {
	number := form{right: plain, bounded: true}
	// The tables' 20 characters are too few for some names.
	person := form{right: plain}
	oneOf := func(allowed ...string) form { return form{allowed: allowed} }
	return map[string]form{
		"amount":           {right: aboveZero, bounded: true},
		"outChargeNo":      number,
		"outRefundNo":      number,
		"outTradeNo":       number,
		"outSettleNo":      number,
		"traceNo":          number,
		"setl_id":          number,
		"mdtrt_id":         number,
		"out_authorize_no": number,
		"cardNo":           number,
		"cardno":           number,
		"hisCustId":        number,
		"idNo":             person,
		"certno":           person,
		"psn_no":           person,
		"userName":         person,
		"psn_name":         person,
		"accountType":      oneOf(AccountOutpatient, AccountInpatient),
		"account_type":     oneOf(AccountOutpatient, AccountInpatient),
		"mdtrt_cert_type":  oneOf(CertVoucher, CertIdentityCard, CertSocialSecurity, CertPick),
		"tradeType":        oneOf(TransRecharge, TransRefund),
		"patientType":      oneOf(PatientSelfPaying, PatientInsured, PatientPrivileged),
		"withdrawMode": oneOf(WithdrawCash, WithdrawOriginal, WithdrawTransfer, WithdrawInsurance,
			WithdrawOffline, WithdrawUnit, WithdrawMisPOS),
		"depositType": oneOf(DepositWeChat, DepositAlipay, DepositUnionPay, DepositChsOne),
		"refundType":  oneOf(RefundDirect, RefundHisDecide, RefundPrepare),
		"channelType": oneOf(ChannelPOS),
		"frozenType":  oneOf(FrozenCharge, FrozenSettlement),
	}
})

// onlyShown are amounts that nothing is decided by: one that cannot be parsed is
// not shown, and [Deviations] lists it.
func onlyShown() []string { return []string{"origBalance"} }

// aboveZero is for what is known to be an amount.
func aboveZero(text string) bool { return strings.Trim(text, "0.") != "" }

// plain is an identifying text: no space around it, no control characters in it.
func plain(text string) bool {
	return strings.TrimSpace(text) == text && Visible(text)
}

// Visible reports whether a text is UTF-8 without control and format characters,
// which nobody sees. Anything else may be part of a name: a space of any width, a
// private-use character drawn by the hospital's own font, and a character newer
// than Go's tables, which know only those assigned by then.
func Visible(text string) bool {
	if !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return true // as most numbers are
	}
	return utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) })
}
