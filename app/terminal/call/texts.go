package call

import (
	"fmt"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/store"
)

// saying is what a caller is told.
type saying struct {
	code onetrans.Code
	text string
}

// said makes of what happened here a saying with another text.
func (s saying) said(text string) saying { return saying{s.code, text} }

// sayings are all sentences that a caller can hear of this program itself.
var sayings = struct {
	ok                                                        saying
	busy, notJSON, field, otherType, transType                saying
	silentOwner, otherVersion, utf8, utf16                    saying
	cancelled, timedOut                                       saying
	noPage, noScanner, noCardReader, noIdentityReader         saying
	noCard, unreadable                                        saying
	readerGone, readerSilent                                  saying
	wrongCard, cardPulled, cardLocked                         saying
	identityReaderGone, noIdentity, noIdentityCard            saying
	identityMoved, identityUnreadable                         saying
	identityRefused, identityNumber                           saying
	unknown, untrusted, tooLong, journal, notSent, otherTrade saying
	notTaken, notRefunded, refunding, notSettled, givenBack   saying
	noBills, billsUnpaid, billsFailed                         saying
	givingBack, notGivenBack, unsettled, cancelling           saying
	shareGoesBack, shareAtDesk                                saying
	inDoubt, exceeds, refused, refusedQuery, internal         saying
}{
	ok:                 saying{onetrans.CodeOK, "成功"},
	busy:               saying{onetrans.CodeBusy, "接口业务不支持并发调用"},
	silentOwner:        saying{onetrans.CodeDevice, "本终端的服务程序没有响应，未办理；请检查该程序是否被挂起，必要时重新启动"},
	otherVersion:       saying{onetrans.CodeInternal, "本终端的服务程序与本程序版本不同，未办理；请更新后重新启动服务程序"},
	notJSON:            saying{onetrans.CodeNotJSON, "入参不是有效的 GBK 编码 JSON"},
	utf8:               saying{onetrans.CodeNotJSON, "入参是 UTF-8 编码，请用 GBK 编码"},
	utf16:              saying{onetrans.CodeNotJSON, "入参是 UTF-16 编码，请用 GBK 编码（PowerBuilder 的外部函数声明须以 ;ansi 结尾）"},
	field:              saying{onetrans.CodeField, "入参有误"},
	otherType:          saying{onetrans.CodeField, "trans_type（交易类型编码）与调用参数不一致"},
	transType:          saying{onetrans.CodeTransType, "不支持的交易类型"},
	cancelled:          saying{onetrans.CodeCancelled, "用户已取消"},
	timedOut:           saying{onetrans.CodeTimedOut, "操作超时"},
	noPage:             saying{onetrans.CodeDevice, "本交易需要页面，当前没有可用的显示屏"},
	noScanner:          saying{onetrans.CodeDevice, "本机没有扫码器"},
	noCardReader:       saying{onetrans.CodeDevice, "本机没有社保卡读卡器"},
	noIdentityReader:   saying{onetrans.CodeDevice, "本机没有身份证阅读器"},
	noCard:             saying{onetrans.CodeDevice, "等待超时，没有读到卡"},
	unreadable:         saying{onetrans.CodeDevice, "卡片无法读取"},
	readerGone:         saying{onetrans.CodeDevice, "读卡器不可用"},
	readerSilent:       saying{onetrans.CodeDevice, "读卡器没有响应：读卡服务停顿，或被其他程序占用"},
	wrongCard:          saying{onetrans.CodeDevice, "插入的不是社保卡"},
	cardPulled:         saying{onetrans.CodeDevice, "读卡时卡片被拔出"},
	cardLocked:         saying{onetrans.CodeDevice, "卡片需要密码或 SAM 卡，无法读取"},
	identityReaderGone: saying{onetrans.CodeDevice, "身份证阅读器不可用"},
	noIdentity:         saying{onetrans.CodeDevice, "等待超时，没有读到身份证；证件已在阅读器上的，请拿开后重新放置"},
	noIdentityCard:     saying{onetrans.CodeDevice, "放置的不是身份证"},
	identityMoved:      saying{onetrans.CodeDevice, "读卡时身份证被移开"},
	identityUnreadable: saying{onetrans.CodeDevice, "身份证无法读取"},
	identityRefused:    saying{onetrans.CodeDevice, "身份证与阅读器认证失败，请人工核验"},
	identityNumber:     saying{onetrans.CodeDevice, "身份证号码校验位错误，请人工核验"},
	unknown:            saying{onetrans.CodeUnknown, "结果未知，请勿重复收款或退款，请先查询"},
	untrusted:          saying{onetrans.CodeUntrusted, "支付平台的应答不可信"},
	tooLong:            saying{onetrans.CodeTooLong, "应答超出调用方缓冲区"},
	journal:            saying{onetrans.CodeJournal, "交易日志不可用，未发送"},
	notSent:            saying{onetrans.CodeNotSent, "无法连接支付平台，未发送"},
	otherTrade:         saying{onetrans.CodeOtherTrade, "该订单号已用于另一笔交易"},
	notTaken:           saying{onetrans.CodeNotTaken, "未收款：支付失败或订单已关闭"},
	notRefunded:        saying{onetrans.CodeOK, "退款失败，重新提交请使用原商户退款订单号"},
	refunding:          saying{onetrans.CodeOK, "退款处理中"},
	notSettled:         saying{onetrans.CodeNotTaken, "未结算，未收款"},
	givenBack:          saying{onetrans.CodePlatformNoSettle, "结算失败，已收款项已退回"},
	noBills:            saying{onetrans.CodeNotTaken, "没有待缴的账单，未结算，未收款"},
	billsUnpaid:        saying{onetrans.CodeNotTaken, "支付订单已关闭，未结算，未收款"},
	billsFailed:        saying{onetrans.CodeNotTaken, "支付失败，未结算，未收款"},
	givingBack:         saying{onetrans.CodeUnknown, "结算未成功，退款处理中，请勿重复收款或退款"},
	notGivenBack:       saying{onetrans.CodeUnknown, "结算未成功，退款待人工处理，请勿重复收款或退款"},
	unsettled:          saying{onetrans.CodeUnsettled, "该结算已撤销"},
	cancelling:         saying{onetrans.CodeUnknown, "该结算正在撤销，尚未完成，请勿重复收款或退款，请先查询"},
	shareGoesBack:      saying{onetrans.CodeUnknown, "结算已撤销，自付部分退款处理中，请勿重复退款"},
	shareAtDesk:        saying{onetrans.CodeUnknown, "结算已撤销，自付部分退款待人工处理，请勿重复退款"},
	inDoubt:            saying{onetrans.CodeInDoubt, "同一账户有一笔相同金额的交易结果未知，请先查询"},
	exceeds:            saying{onetrans.CodePlatformExceeds, "退款金额超过可退金额"},
	refused:            saying{"", "支付平台拒绝，未办理"},
	refusedQuery:       saying{"", "支付平台拒绝查询，交易结果未知，请勿重复收款或退款"},
	internal:           saying{onetrans.CodeInternal, "内部错误，未发送"},
}

// errorSayings says what a caller hears of each error, the more special first.
func errorSayings() []struct {
	err error
	saying
} {
	type row = struct {
		err error
		saying
	}
	return []row{
		{txn.ErrBusy, sayings.busy},
		{store.ErrInUse, sayings.busy},
		{txn.ErrJournal, sayings.journal},
		{store.ErrUnusable, sayings.journal},
		{store.ErrDamaged, sayings.journal},
		{store.ErrKey, sayings.journal},
		{store.ErrRefused, sayings.journal},
		{txn.ErrNumberReused, sayings.otherTrade},
		{txn.ErrUntold, sayings.unknown},
		{txn.ErrExceeds, sayings.exceeds},
		{txn.ErrInvalid, sayings.field},
		{ErrNoPage, sayings.noPage},
		{ErrNoScanner, sayings.noScanner},
		{ErrCancelled, sayings.cancelled},
		{ErrTimedOut, sayings.timedOut},
		{wire.ErrContent, sayings.internal}, // the network and the platform had no part in it
		{platform.ErrNotSent, sayings.notSent},
		{wire.ErrUntrusted, sayings.untrusted},
		{platform.ErrNoAnswer, sayings.unknown},
	}
}

// wayStands says by which way a refund goes, to who repeats it by another.
func wayStands(way *txn.WayError) saying {
	return sayings.otherTrade.said(fmt.Sprintf("该退款单号已按 withdrawMode %s、refundType %s 办理，不能改用其他退款方式", way.WithdrawMode, way.RefundType))
}

// missing is the text for a credential that neither HIS nor the configuration has.
func missing(code, name string) error {
	return &onetrans.FieldError{Code: code, Name: name, Fault: onetrans.Missing}
}

// with is a saying with the code and the words of the platform's last refusal
// after it, where there was one, as long as err_msg may be.
func (s saying) with(code onetrans.Code, words string) saying {
	if code == "" {
		return s
	}
	s.text = fmt.Sprintf("%s（%s）", s.text, code)
	if words != "" {
		s.text += "：" + words
	}
	s.text = onetrans.Clip(s.text, onetrans.MaxErrMsg)
	return s
}
