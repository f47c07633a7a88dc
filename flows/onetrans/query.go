package onetrans

import "github.com/go-json-experiment/json/jsontext"

// QueryIn is the data of [TransQuery].
type QueryIn struct {
	PayAppID     Text               `json:"payAppId,omitzero"`     // 统一支付平台APPID, 32, Y
	PayAppSecret Text               `json:"payAppSecret,omitzero"` // 统一支付平台AppSecret, 32, Y: secret
	TermNo       Text               `json:"termNo,omitzero"`       // 终端编号, 64, Y
	CardType     Text               `json:"cardType,omitzero"`     // 卡类型, 2, Y
	CardNo       Text               `json:"cardNo,omitzero"`       // 卡号/住院号, 32, Y
	AccountType  Text               `json:"accountType,omitzero"`  // 帐户类型, 2, Y
	TradeType    Text               `json:"tradeType,omitzero"`    // 查询交易类型, 32, Y
	IsBalance    Text               `json:"isBalance,omitzero"`    // 是否查询余额, 1, N
	IsRefund     Text               `json:"isRefund,omitzero"`     // 是否查询退款情况, 1, N
	IDNo         Text               `json:"idNo,omitzero"`         // 身份证号, 32, N: when isBalance=1
	OutTradeNo   Text               `json:"outTradeNo,omitzero"`   // 商户业务流水号, 32, one of outTradeNo, traceNo; traceNo wins
	TraceNo      Text               `json:"traceNo,omitzero"`      // 支付平台跟踪号, 32, one of outTradeNo, traceNo; traceNo wins
	HisOrderNo   Text               `json:"hisOrderNo,omitzero"`   // HIS流水号, 32, N
	Notes        Text               `json:"notes,omitzero"`        // 备注信息, 256, N
	Extra        Nested[QueryExtra] `json:"extra,omitzero"`        // ours

	Unknown jsontext.Value `json:",unknown"`
}

// QueryExtra is the extra of a query, our addition to the specification.
type QueryExtra struct {
	WaitSeconds Text `json:"waitSeconds,omitzero"` // how long the platform may hold its answer until the state changes, 1 to 20
	HisMsgID    Text `json:"hisMsgid,omitzero"`    // HIS's own msgid

	Unknown jsontext.Value `json:",unknown"`
}

// QueryOut is what [TransQuery] answers.
type QueryOut struct {
	Result        Text                  `json:"result,omitzero"`        // 交易结果状态码, 32, Y
	TradeMode     Text                  `json:"tradeMode,omitzero"`     // 支付渠道, 16, N
	Channel       Text                  `json:"channel,omitzero"`       // 支付渠道编码, 16, Y
	ResultDesc    Text                  `json:"resultDesc,omitzero"`    // 交易结果说明, 16, Y
	OrigTraceNo   Text                  `json:"origTraceNo,omitzero"`   // 查询交易平台跟踪号, 19, Y
	OrigTraceTime Text                  `json:"origTraceTime,omitzero"` // 查询交易成功时间, 32, Y
	TraceNo       Text                  `json:"traceNo,omitzero"`       // 支付平台跟踪号, 256, N
	ChargeNo      Text                  `json:"chargeNo,omitzero"`      // 支付平台充值订单号
	RefundedAmt   Amount                `json:"refundedAmt,omitzero"`   // 已退金额
	RefundingAmt  Amount                `json:"refundingAmt,omitzero"`  // 退款中金额, 32, N
	RefundCount   Text                  `json:"refundCount,omitzero"`   // 退款次数
	Extra         Nested[QueryOutExtra] `json:"extra,omitzero"`         // 额外参数
	Balance       Amount                `json:"balance,omitzero"`       // ours: 余额, with isBalance
	OutRefundNo   Text                  `json:"outRefundNo,omitzero"`   // ours: the echo that proves which refund is meant
	ExpireTime    Text                  `json:"expireTime,omitzero"`    // ours: when an unpaid order closes, yyyyMMddHHmmss

	Unknown jsontext.Value `json:",unknown"`
}

// QueryOutExtra is the extra of a query's answer.
type QueryOutExtra struct {
	PayType Text `json:"paytype,omitzero"` // 最终交易渠道类型码, 16, N
	Callsn  Text `json:"callsn,omitzero"`  // HIS交易订单号, 32, N
	ResNote Text `json:"resNote,omitzero"` // 返回信息, 32, N

	Unknown jsontext.Value `json:",unknown"`
}
