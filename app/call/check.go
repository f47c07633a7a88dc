package call

import (
	"fmt"

	"onetrans/flows/onetrans"
)

// field is one that must say something.
type field struct {
	code, name string
	value      onetrans.Text
}

// check says what keeps a request from being carried out; empty when nothing does.
func check(transType string, request onetrans.Request) string {
	switch transType {
	case onetrans.TransRecharge:
		return checkRecharge(request)
	default:
		return checkQuery(request)
	}
}

func checkRecharge(request onetrans.Request) string {
	var in onetrans.RechargeIn
	if onetrans.UnmarshalData(request.Data, &in) != nil {
		return "data（业务入参）格式有误"
	}
	if problem := missing(
		field{"payAppId", "统一支付平台APPID", in.PayAppID},
		field{"payAppSecret", "统一支付平台AppSecret", in.PayAppSecret},
		field{"termNo", "终端编号", in.TermNo},
		field{"cardType", "卡类型", in.CardType},
		field{"cardNo", "卡号/住院号", in.CardNo},
		field{"accountType", "帐户类型", in.AccountType},
		field{"hisCustId", "患者院内ID", in.HisCustID},
		field{"userName", "患者姓名", in.UserName},
		field{"amount", "充值金额", in.Amount.Text},
		field{"outChargeNo", "商户充值业务流水", in.OutChargeNo},
	); problem != "" {
		return problem
	}
	if _, err := in.Amount.Payable(); err != nil {
		return "amount（充值金额）格式有误"
	}
	// A cashier page is the kiosk's; a call gets the code and shows it itself.
	if in.DepositType.Empty() && in.Extra.Value.PrintMode.String() != "1" {
		return "缺少必填项 printMode（打印模式）：depositType 为空时，本调用方式须传 extra.printMode 为 1"
	}
	return ""
}

func checkQuery(request onetrans.Request) string {
	var in onetrans.QueryIn
	if onetrans.UnmarshalData(request.Data, &in) != nil {
		return "data（业务入参）格式有误"
	}
	if in.OutTradeNo.Empty() && in.TraceNo.Empty() {
		return "缺少必填项 outTradeNo（商户业务流水号）或 traceNo（支付平台跟踪号）"
	}
	if in.IsBalance.String() == "1" && in.IDNo.Empty() {
		return "缺少必填项 idNo（身份证号）"
	}
	return missing(
		field{"payAppId", "统一支付平台APPID", in.PayAppID},
		field{"payAppSecret", "统一支付平台AppSecret", in.PayAppSecret},
		field{"termNo", "终端编号", in.TermNo},
		field{"cardType", "卡类型", in.CardType},
		field{"cardNo", "卡号/住院号", in.CardNo},
		field{"accountType", "帐户类型", in.AccountType},
		field{"tradeType", "查询交易类型", in.TradeType},
	)
}

func missing(fields ...field) string {
	for _, f := range fields {
		if f.value.Empty() {
			return fmt.Sprintf("缺少必填项 %s（%s）", f.code, f.name)
		}
	}
	return ""
}
