package onetrans

import "github.com/go-json-experiment/json/jsontext"

// RefundIn is the data of [TransRefund].
type RefundIn struct {
	PayAppID     Text          `json:"payAppId,omitzero" spec:"统一支付平台APPID|字符型|32|Y"`
	PayAppSecret Text          `json:"payAppSecret,omitzero" spec:"统一支付平台AppSecret|字符型|32|Y"` // secret
	TermNo       Text          `json:"termNo,omitzero" spec:"终端编号|字符型|64|Y"`
	CardType     Text          `json:"cardType,omitzero" spec:"卡类型|字符型|2|Y"`
	CardNo       Text          `json:"cardNo,omitzero" spec:"卡号/住院号|字符型|32|Y"`
	AccountType  Text          `json:"accountType,omitzero" spec:"帐户类型|字符型|2|Y"`
	IDNo         Text          `json:"idNo,omitzero" spec:"身份证号|字符型|32|N"`
	UserName     Text          `json:"userName,omitzero" spec:"患者姓名|字符型|64|Y"`
	Amount       Amount        `json:"amount,omitzero" spec:"退款金额|字符型|16|Y"`
	WithdrawMode Text          `json:"withdrawMode,omitzero" spec:"退款方式|字符型||Y"`
	RefundType   Text          `json:"refundType,omitzero" spec:"退款流程控制参数|字符型|32|Y"`
	TraceNo      Text          `json:"traceNo,omitzero" spec:"支付平台跟踪号|字符型|256|Y/N|one of outChargeNo, traceNo; traceNo wins"`
	OutChargeNo  Text          `json:"outChargeNo,omitzero" spec:"原商户充值订单号|字符型|32|Y/N|one of outChargeNo, traceNo; traceNo wins"`
	HisOrderNo   Text          `json:"hisOrderNo,omitzero" spec:"HIS流水号|字符型|32|N"`
	OutRefundNo  Text          `json:"outRefundNo,omitzero" spec:"商户退款订单号|字符型|32|Y"`
	HisCustID    Text          `json:"hisCustId,omitzero" spec:"患者院内ID|字符型|32|Y"`
	ChannelType  Text          `json:"channelType,omitzero" spec:"原充值交易的渠道类型|字符型|2|N"`
	Extra        Nested[Extra] `json:"extra,omitzero"` // ours

	Unknown jsontext.Value `json:",embed"`
}

// RefundOut is the answer to [TransRefund].
type RefundOut struct {
	OutRefundNo   Text                   `json:"outRefundNo,omitzero" spec:"商户退款订单号|字符型|32|Y"`
	TraceTime     Text                   `json:"traceTime,omitzero" spec:"平台交易成功时间|字符型|32|Y"`
	TraceNo       Text                   `json:"traceNo,omitzero" spec:"平台交易跟踪号|字符型|32|Y"`
	TradeMode     Text                   `json:"tradeMode,omitzero" spec:"原支付渠道|字符型|16|N"`
	Result        Text                   `json:"result,omitzero" spec:"交易结果状态码|字符型|32|Y"`
	Channel       Text                   `json:"channel,omitzero" spec:"支付渠道编码|字符型|16|Y"`
	ResultDesc    Text                   `json:"resultDesc,omitzero" spec:"交易结果说明|字符型|16|Y"`
	OrigTraceNo   Text                   `json:"origTraceNo,omitzero" spec:"查询交易平台跟踪号|字符型|19|Y"`
	OrigTraceTime Text                   `json:"origTraceTime,omitzero" spec:"查询交易成功时间|字符型|32|Y"`
	ChargeNo      Text                   `json:"chargeNo,omitzero" spec:"支付平台充值订单号|||Y"`
	RefundedAmt   Amount                 `json:"refundedAmt,omitzero" spec:"已退金额|||N"`
	RefundingAmt  Amount                 `json:"refundingAmt,omitzero" spec:"退款中金额|字符型|32|N"`
	RefundCount   Text                   `json:"refundCount,omitzero" spec:"退款次数|||N"`
	Extra         Nested[RefundOutExtra] `json:"extra,omitzero" spec:"拓展参数，各医院个性化参数|Json串|2048|N"`

	Unknown jsontext.Value `json:",embed"`
}

// RefundOutExtra is the extra of a refund's answer.
type RefundOutExtra struct {
	ExternalNo Text `json:"externalNo,omitzero" spec:"第三方流水号|字符型|128|N"`

	Unknown jsontext.Value `json:",embed"`
}
