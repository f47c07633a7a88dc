package onetrans

import "github.com/go-json-experiment/json/jsontext"

// QueryIn is the data of [TransQuery].
type QueryIn struct {
	PayAppID     Text               `json:"payAppId,omitzero" spec:"统一支付平台APPID|字符型|32|Y"`
	PayAppSecret Text               `json:"payAppSecret,omitzero" spec:"统一支付平台AppSecret|字符型|32|Y"` // secret
	TermNo       Text               `json:"termNo,omitzero" spec:"终端编号|字符型|64|Y"`
	CardType     Text               `json:"cardType,omitzero" spec:"卡类型|字符型|2|Y"`
	CardNo       Text               `json:"cardNo,omitzero" spec:"卡号/住院号|字符型|32|Y"`
	AccountType  Text               `json:"accountType,omitzero" spec:"帐户类型|字符型|2|Y"`
	TradeType    Text               `json:"tradeType,omitzero" spec:"查询交易类型|字符型|32|Y"`
	IsBalance    Text               `json:"isBalance,omitzero" spec:"是否查询余额|字符型|1|N"`
	IsRefund     Text               `json:"isRefund,omitzero" spec:"是否查询退款情况|字符型|1|N"`
	IDNo         Text               `json:"idNo,omitzero" spec:"身份证号|字符型|32|N|isBalance=1"`
	OutTradeNo   Text               `json:"outTradeNo,omitzero" spec:"商户业务流水号|字符型|32|二选一|one of outTradeNo, traceNo; traceNo wins"`
	TraceNo      Text               `json:"traceNo,omitzero" spec:"支付平台跟踪号|字符型|32|二选一|one of outTradeNo, traceNo; traceNo wins"`
	HisOrderNo   Text               `json:"hisOrderNo,omitzero" spec:"HIS流水号|字符型|32|N"`
	Notes        Text               `json:"notes,omitzero" spec:"备注信息|字符型|256|N"`
	Extra        Nested[QueryExtra] `json:"extra,omitzero"` // ours

	Unknown jsontext.Value `json:",embed"`
}

// QueryExtra is the extra of a query, our addition to the specification.
type QueryExtra struct {
	WaitSeconds Text `json:"waitSeconds,omitzero"` // how long the platform may hold its answer until the state changes, 1 to 20
	HisMsgID    Text `json:"hisMsgid,omitzero"`    // HIS's own msgid

	Unknown jsontext.Value `json:",embed"`
}

// QueryOut is the answer to [TransQuery].
type QueryOut struct {
	Result        Text                  `json:"result,omitzero" spec:"交易结果状态码|字符型|32|Y"`
	TradeMode     Text                  `json:"tradeMode,omitzero" spec:"支付渠道|字符型|16|N"`
	Channel       Text                  `json:"channel,omitzero" spec:"支付渠道编码|字符型|16|Y"`
	ResultDesc    Text                  `json:"resultDesc,omitzero" spec:"交易结果说明|字符型|16|Y"`
	OrigTraceNo   Text                  `json:"origTraceNo,omitzero" spec:"查询交易平台跟踪号|字符型|19|Y"`
	OrigTraceTime Text                  `json:"origTraceTime,omitzero" spec:"查询交易成功时间|字符型|32|Y"`
	TraceNo       Text                  `json:"traceNo,omitzero" spec:"支付平台跟踪号|字符型|256|N"`
	ChargeNo      Text                  `json:"chargeNo,omitzero" spec:"支付平台充值订单号"`
	RefundedAmt   Amount                `json:"refundedAmt,omitzero" spec:"已退金额"`
	RefundingAmt  Amount                `json:"refundingAmt,omitzero" spec:"退款中金额|字符型|32|N"`
	RefundCount   Text                  `json:"refundCount,omitzero" spec:"退款次数"`
	Extra         Nested[QueryOutExtra] `json:"extra,omitzero" spec:"额外参数|JSON"`
	Balance       Amount                `json:"balance,omitzero"`     // ours: 余额, with isBalance
	OutRefundNo   Text                  `json:"outRefundNo,omitzero"` // ours: the echo that proves which refund the answer is about
	ExpireTime    Text                  `json:"expireTime,omitzero"`  // ours: when an unpaid order closes, yyyyMMddHHmmss

	Unknown jsontext.Value `json:",embed"`
}

// QueryOutExtra is the extra of a query's answer.
type QueryOutExtra struct {
	PayType Text `json:"paytype,omitzero" spec:"最终交易渠道类型码|字符型|16|N"`
	Callsn  Text `json:"callsn,omitzero" spec:"HIS交易订单号|字符型|32|N"`
	ResNote Text `json:"resNote,omitzero" spec:"返回信息|字符型|32|N"`

	Unknown jsontext.Value `json:",embed"`
}
