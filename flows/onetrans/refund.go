package onetrans

import "github.com/go-json-experiment/json/jsontext"

// RefundIn is the data of [TransRefund].
type RefundIn struct {
	PayAppID     Text          `json:"payAppId,omitzero"`     // 统一支付平台APPID, 32, Y
	PayAppSecret Text          `json:"payAppSecret,omitzero"` // 统一支付平台AppSecret, 32, Y: secret
	TermNo       Text          `json:"termNo,omitzero"`       // 终端编号, 64, Y
	CardType     Text          `json:"cardType,omitzero"`     // 卡类型, 2, Y
	CardNo       Text          `json:"cardNo,omitzero"`       // 卡号/住院号, 32, Y
	AccountType  Text          `json:"accountType,omitzero"`  // 帐户类型, 2, Y
	IDNo         Text          `json:"idNo,omitzero"`         // 身份证号, 32, N
	UserName     Text          `json:"userName,omitzero"`     // 患者姓名, 64, Y
	Amount       Amount        `json:"amount,omitzero"`       // 退款金额, 16, Y
	WithdrawMode Text          `json:"withdrawMode,omitzero"` // 退款方式, Y
	RefundType   Text          `json:"refundType,omitzero"`   // 退款流程控制参数, 32, Y
	TraceNo      Text          `json:"traceNo,omitzero"`      // 支付平台跟踪号, 256, Y/N: one of outChargeNo, traceNo; traceNo wins
	OutChargeNo  Text          `json:"outChargeNo,omitzero"`  // 原商户充值订单号, 32, Y/N: one of outChargeNo, traceNo; traceNo wins
	HisOrderNo   Text          `json:"hisOrderNo,omitzero"`   // HIS流水号, 32, N
	OutRefundNo  Text          `json:"outRefundNo,omitzero"`  // 商户退款订单号, 32, Y
	HisCustID    Text          `json:"hisCustId,omitzero"`    // 患者院内ID, 32, Y
	ChannelType  Text          `json:"channelType,omitzero"`  // 原充值交易的渠道类型, 2, N
	Extra        Nested[Extra] `json:"extra,omitzero"`        // ours

	Unknown jsontext.Value `json:",unknown"`
}

// RefundOut is what [TransRefund] answers.
type RefundOut struct {
	OutRefundNo   Text                   `json:"outRefundNo,omitzero"`   // 商户退款订单号, 32, Y
	TraceTime     Text                   `json:"traceTime,omitzero"`     // 平台交易成功时间, 32, Y
	TraceNo       Text                   `json:"traceNo,omitzero"`       // 平台交易跟踪号, 32, Y
	TradeMode     Text                   `json:"tradeMode,omitzero"`     // 原支付渠道, 16, N
	Result        Text                   `json:"result,omitzero"`        // 交易结果状态码, 32, Y
	Channel       Text                   `json:"channel,omitzero"`       // 支付渠道编码, 16, Y
	ResultDesc    Text                   `json:"resultDesc,omitzero"`    // 交易结果说明, 16, Y
	OrigTraceNo   Text                   `json:"origTraceNo,omitzero"`   // 查询交易平台跟踪号, 19, Y
	OrigTraceTime Text                   `json:"origTraceTime,omitzero"` // 查询交易成功时间, 32, Y
	ChargeNo      Text                   `json:"chargeNo,omitzero"`      // 支付平台充值订单号, Y
	RefundedAmt   Amount                 `json:"refundedAmt,omitzero"`   // 已退金额, N
	RefundingAmt  Amount                 `json:"refundingAmt,omitzero"`  // 退款中金额, 32, N
	RefundCount   Text                   `json:"refundCount,omitzero"`   // 退款次数, N
	Extra         Nested[RefundOutExtra] `json:"extra,omitzero"`         // 拓展参数，各医院个性化参数, 2048, N

	Unknown jsontext.Value `json:",unknown"`
}

// RefundOutExtra is the extra of a refund's answer.
type RefundOutExtra struct {
	ExternalNo Text `json:"externalNo,omitzero"` // 第三方流水号, 128, N

	Unknown jsontext.Value `json:",unknown"`
}
