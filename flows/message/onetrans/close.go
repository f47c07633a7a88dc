package onetrans

import "github.com/go-json-experiment/json/jsontext"

// CloseIn is the data of [TransClose], our addition: it closes an unpaid order, or
// reserves a number that the platform has never seen as closed.
type CloseIn struct {
	PayAppID     Text          `json:"payAppId,omitzero"`     // 统一支付平台APPID, 32, Y
	PayAppSecret Text          `json:"payAppSecret,omitzero"` // 统一支付平台AppSecret, 32, Y: secret
	TermNo       Text          `json:"termNo,omitzero"`       // 终端编号, 64, Y
	CardType     Text          `json:"cardType,omitzero"`     // 卡类型, 2
	CardNo       Text          `json:"cardNo,omitzero"`       // 卡号/住院号, 32
	AccountType  Text          `json:"accountType,omitzero"`  // 帐户类型, 2
	OutTradeNo   Text          `json:"outTradeNo,omitzero"`   // the order's outChargeNo, 32: one of OutTradeNo, TraceNo
	TraceNo      Text          `json:"traceNo,omitzero"`      // 支付平台跟踪号, 32: takes precedence over OutTradeNo
	Extra        Nested[Extra] `json:"extra,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// CloseOut is the answer to [TransClose]: the order's actual state, which is
// [ResultSucc] if a payment came first.
type CloseOut struct {
	Result     Text `json:"result,omitzero"`     // 交易结果状态码, a [Result]
	ResultDesc Text `json:"resultDesc,omitzero"` // 交易结果说明
	Channel    Text `json:"channel,omitzero"`    // 支付渠道编码
	TraceNo    Text `json:"traceNo,omitzero"`    // 支付平台跟踪号
	TraceTime  Text `json:"traceTime,omitzero"`  // 交易成功时间, yyyyMMddHHmmss
	ChargeNo   Text `json:"chargeNo,omitzero"`   // 支付平台充值订单号
	Callsn     Text `json:"callsn,omitzero"`     // HIS交易订单号

	Unknown jsontext.Value `json:",embed"`
}
