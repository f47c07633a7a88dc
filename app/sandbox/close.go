package sandbox

import (
	"errors"

	"onetrans/flows/message/onetrans"
)

// answerClose is hop.trade.close: an unpaid order can never be paid afterwards,
// a paid one answers that it is.
func answerClose(c *call, in onetrans.CloseIn) (out onetrans.CloseOut, err error) {
	traceNo, outTradeNo := in.TraceNo.String(), in.OutTradeNo.String()
	if traceNo == "" && outTradeNo == "" {
		return out, refuseField("outTradeNo")
	}
	if err := bounded(field{"traceNo", in.TraceNo, 32}, field{"outTradeNo", in.OutTradeNo, 32}); err != nil {
		return out, err
	}
	o, err := c.closeOrder(traceNo, outTradeNo)
	if errors.Is(err, errUnknownTrade) {
		// A trace number is the platform's own: what it never gave out can't be reserved.
		return onetrans.CloseOut{
			Result:     onetrans.T(string(onetrans.ResultNotFound)),
			ResultDesc: onetrans.T("交易记录不存在"),
		}, nil
	}
	if err != nil {
		return out, err
	}
	return onetrans.CloseOut{
		Result:     onetrans.T(string(o.Result)),
		ResultDesc: onetrans.T(o.Note),
		Channel:    onetrans.T(o.Channel),
		TraceNo:    onetrans.T(o.TraceNo),
		TraceTime:  onetrans.T(paidTime(o)),
		ChargeNo:   onetrans.T(o.ChargeNo),
		Callsn:     onetrans.T(o.CallSN),
	}, nil
}
