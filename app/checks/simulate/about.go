package simulate

import (
	"errors"

	"onetrans/app/checks/simulate/judge"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// aboutOf reads a request of any trans_type about money.
func aboutOf(request onetrans.Request) judge.Message {
	var in struct {
		OutChargeNo onetrans.Text `json:"outChargeNo"`
		OutRefundNo onetrans.Text `json:"outRefundNo"`
		OutTradeNo  onetrans.Text `json:"outTradeNo"`
		TraceNo     onetrans.Text `json:"traceNo"`
		TradeType   onetrans.Text `json:"tradeType"`
		SetlID      onetrans.Text `json:"setl_id"`
		Extra       onetrans.Nested[struct {
			Phase       onetrans.Text `json:"phase"`
			OutSettleNo onetrans.Text `json:"outSettleNo"`
		}] `json:"extra"`
	}
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		panic(err) // the core's own messages
	}
	a := judge.Message{Kind: request.TransType.String()}
	switch a.Kind {
	case onetrans.TransRecharge:
		a.No = in.OutChargeNo.String()
	case onetrans.TransRefund:
		a.No = in.OutRefundNo.String()
	case onetrans.TransSettle:
		a.Of, a.No = in.Extra.Value.Phase.String(), in.Extra.Value.OutSettleNo.String()
	case onetrans.TransSettleCancel:
		a.No = in.SetlID.String()
	default:
		a.Of, a.No = in.TradeType.String(), in.OutTradeNo.String()
		if a.No == "" {
			a.No = in.TraceNo.String()
		}
	}
	return a
}

// resultOf is an answer's result, for the trace.
func resultOf(answer onetrans.Answer) string {
	var out struct {
		Result onetrans.Text `json:"result"`
	}
	_ = onetrans.UnmarshalData(answer.Data, &out) // for people only
	return out.Result.String()
}

// heard is the result of a message, for the trace.
type heard struct {
	answer onetrans.Answer
	err    error
}

func (h heard) String() string {
	if h.err != nil {
		return h.err.Error()
	}
	return h.answer.Code.String() + " " + resultOf(h.answer)
}

// reply is what the judge hears of an answer.
func (h heard) reply() judge.Reply {
	if h.err != nil {
		return judge.Reply{NeverSent: errors.Is(h.err, platform.ErrNotSent)}
	}
	return judge.Reply{Code: onetrans.Code(h.answer.Code.String())}
}
