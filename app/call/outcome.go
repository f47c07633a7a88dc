package call

import (
	"onetrans/flows/onetrans"
	"onetrans/flows/platform"
	"onetrans/flows/txn"
	"onetrans/flows/wire"
	"onetrans/store"
)

const unknownText = "结果未知，请勿重复收款或退款，请先查询"

// knownErrors says what a caller hears of each error, the more special first.
func knownErrors() []struct {
	err  error
	code onetrans.Code
	text string
} {
	type row = struct {
		err  error
		code onetrans.Code
		text string
	}
	return []row{
		{txn.ErrBusy, onetrans.CodeBusy, "接口业务不支持并发调用"},
		{store.ErrInUse, onetrans.CodeBusy, "接口业务不支持并发调用"},
		{txn.ErrJournal, onetrans.CodeJournal, "交易日志不可用，未发送"},
		{store.ErrSchema, onetrans.CodeJournal, "交易日志不可用，未发送"},
		{store.ErrDamaged, onetrans.CodeJournal, "交易日志不可用，未发送"},
		{txn.ErrNumberReused, onetrans.CodeOtherTrade, "该订单号已用于另一笔交易"},
		{txn.ErrInvalid, onetrans.CodeField, "入参有误"},
		{txn.ErrExceeds, onetrans.CodePlatformExceeds, "退款金额超过可退金额"},
		{platform.ErrNotSent, onetrans.CodeNotSent, "无法连接支付平台，未发送"},
		{wire.ErrUntrusted, onetrans.CodeUntrusted, "支付平台的应答不可信"},
		{platform.ErrNoAnswer, onetrans.CodeUnknown, unknownText},
	}
}

// outcome is the answer for a recharge as it stands.
func outcome(t txn.Trade) onetrans.Answer {
	p := t.Progress
	out := onetrans.RechargeOut{
		ChargeNo:    onetrans.T(p.ChargeNo),
		TraceNo:     onetrans.T(p.TraceNo),
		TraceTime:   onetrans.T(p.TraceTime),
		OutChargeNo: onetrans.T(t.Order.No),
		Result:      onetrans.T(string(p.Result)),
		Callsn:      onetrans.T(p.CallSN),
	}
	if p.Balance != "" {
		out.Balance = onetrans.Amount{Text: onetrans.T(p.Balance)}
	}
	switch t.At() {
	case txn.Succ:
		return withData(reply(onetrans.CodeOK, "成功"), out)
	case txn.Fail, txn.Closed, txn.NotFound:
		return withData(reply(onetrans.CodeNotTaken, "未收款：支付失败或订单已关闭"), out)
	case txn.Refused:
		return withData(reply(p.RefusedWith, "支付平台拒绝，未收款"), out)
	case txn.NotSent:
		return withData(reply(onetrans.CodeNotSent, "无法连接支付平台，未发送"), out)
	}
	if p.Result == onetrans.ResultInit && p.QRCode != "" {
		out.QRCode = onetrans.T(p.QRCode)
		out.ExpireTime = onetrans.T(onetrans.FormatTime(p.ExpireAt))
		return withData(reply(onetrans.CodeOK, "成功"), out)
	}
	// Until it is decided a trade is under way, whatever was heard of it last.
	out.Result = onetrans.T(string(onetrans.ResultIng))
	return withData(reply(onetrans.CodeUnknown, unknownText), out)
}

// refundOutcome is the answer for a refund as it stands. A refund that the
// platform has, and carries out in its own time, is no unknown outcome.
func refundOutcome(t txn.Trade) onetrans.Answer {
	p := t.Progress
	out := onetrans.RefundOut{
		OutRefundNo: onetrans.T(t.Order.No),
		TraceNo:     onetrans.T(p.TraceNo),
		TraceTime:   onetrans.T(p.TraceTime),
		ChargeNo:    onetrans.T(p.ChargeNo),
		Channel:     onetrans.T(p.Channel),
		Result:      onetrans.T(string(p.Result)),
	}
	switch t.At() {
	case txn.Succ:
		return withData(reply(onetrans.CodeOK, "成功"), out)
	case txn.Fail, txn.NotFound:
		return withData(reply(onetrans.CodeOK, "退款失败，重新提交请使用原商户退款单号"), out)
	case txn.Refused:
		return withData(reply(p.RefusedWith, "支付平台拒绝，未退款"), out)
	case txn.NotSent:
		return withData(reply(onetrans.CodeNotSent, "无法连接支付平台，未发送"), out)
	}
	out.Result = onetrans.T(string(onetrans.ResultIng))
	if t.At() == txn.Pending {
		return withData(reply(onetrans.CodeOK, "退款处理中"), out)
	}
	return withData(reply(onetrans.CodeUnknown, unknownText), out)
}
