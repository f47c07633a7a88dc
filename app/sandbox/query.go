package sandbox

import (
	"errors"
	"strconv"

	"onetrans/flows/message/onetrans"
)

// answerQuery is hop.trade.query, of a charge or a refund.
func answerQuery(c *call, in onetrans.QueryIn) (out onetrans.QueryOut, err error) {
	if err := checkQuery(in); err != nil {
		return out, err
	}
	switch {
	case in.TradeType.String() != onetrans.TransRefund:
		out, err = c.queryCharge(in)
	case c.verdict.noEcho || c.verdict.wrongEcho:
		out, err = c.queryNewest(in)
	default:
		out, err = c.queryRefund(in)
	}
	if err != nil || in.IsBalance.String() != "1" {
		return out, err
	}
	return out, c.addBalance(&out, in)
}

func checkQuery(in onetrans.QueryIn) error {
	if err := required(field{"payAppId", in.PayAppID, 32}, field{"payAppSecret", in.PayAppSecret, 32},
		field{"termNo", in.TermNo, 64}, field{"cardType", in.CardType, 2}, field{"cardNo", in.CardNo, 32},
		field{"accountType", in.AccountType, 2}, field{"tradeType", in.TradeType, 32}); err != nil {
		return err
	}
	if err := bounded(field{"traceNo", in.TraceNo, 32}, field{"outTradeNo", in.OutTradeNo, 32}); err != nil {
		return err
	}
	switch kind := in.TradeType.String(); {
	case kind != onetrans.TransRecharge && kind != onetrans.TransRefund:
		return refuseField("tradeType")
	case in.TraceNo.Empty() && in.OutTradeNo.Empty():
		return refuseField("outTradeNo")
	case in.IsBalance.String() == "1" && in.IDNo.Empty():
		return refuseField("idNo")
	}
	return nil
}

// queryCharge answers the state of an order.
func (c *call) queryCharge(in onetrans.QueryIn) (out onetrans.QueryOut, err error) {
	o, err := c.orderBy(in.TraceNo.String(), in.OutTradeNo.String())
	if errors.Is(err, errUnknownTrade) {
		return notFound(), nil
	}
	if err != nil {
		return out, err
	}
	out, err = c.chargeOut(o)
	if result, ok := c.verdict.unsay[o.OutChargeNo]; ok {
		return unsaid(out, result), err
	}
	out.Result, out.ResultDesc = onetrans.T(string(o.Result)), onetrans.T(o.Note)
	out.TraceNo = onetrans.T(o.TraceNo)
	if o.unpaid() {
		out.ExpireTime = onetrans.T(onetrans.FormatTime(o.ExpireAt))
	}
	return out, err
}

// queryRefund answers the state of a refund. The caller's number or the refund's
// own trace number proves which one is meant, and is echoed. A charge's trace
// number does not: only its last refund and its sums can be given.
func (c *call) queryRefund(in onetrans.QueryIn) (onetrans.QueryOut, error) {
	r, proven, err := c.refundBy(in.TraceNo.String(), in.OutTradeNo.String())
	switch {
	case errors.Is(err, errUnknownTrade):
		out := notFound()
		if in.TraceNo.Empty() {
			out.OutRefundNo = in.OutTradeNo
		}
		return out, nil
	case err != nil:
		return onetrans.QueryOut{}, err
	}
	o, err := c.order(r.OutChargeNo)
	if err != nil {
		return onetrans.QueryOut{}, err
	}
	out, err := c.chargeOut(o)
	if proven {
		out.OutRefundNo = onetrans.T(r.OutRefundNo)
	}
	if result, ok := c.verdict.unsay[r.OutRefundNo]; ok && proven {
		return unsaid(out, result), err
	}
	out.Result, out.ResultDesc = onetrans.T(string(r.Result)), onetrans.T(r.Note)
	out.TraceNo = onetrans.T(r.TraceNo)
	return out, err
}

// unsaid is an answer whose result contradicts the book.
func unsaid(out onetrans.QueryOut, result onetrans.Result) onetrans.QueryOut {
	if result != onetrans.ResultNotFound {
		out.Result, out.ResultDesc = onetrans.T(string(result)), onetrans.T("交易未成功")
		return out
	}
	none := notFound()
	none.OutRefundNo = out.OutRefundNo
	return none
}

// queryNewest is the answer of a platform that looks up refunds by card: the newest
// refund of the card's newest order, whichever was meant.
func (c *call) queryNewest(in onetrans.QueryIn) (out onetrans.QueryOut, err error) {
	o, err := c.newestOf(in)
	if err != nil {
		return out, err
	}
	if o == nil {
		return notFound(), nil
	}
	if out, err = c.chargeOut(o); err != nil {
		return out, err
	}
	out.Result = onetrans.T(string(onetrans.ResultNotFound))
	if len(o.Refunds) == 0 {
		return out, nil
	}
	r, err := c.refund(o.Refunds[len(o.Refunds)-1])
	if err != nil {
		return out, err
	}
	out.Result, out.ResultDesc = onetrans.T(string(r.Result)), onetrans.T(r.Note)
	if c.verdict.wrongEcho {
		out.TraceNo, out.OutRefundNo = onetrans.T(r.TraceNo), onetrans.T(r.OutRefundNo)
	}
	return out, nil
}

// newestOf is the order that a refund is of, or else the newest of a card that
// was paid; nil where there is none.
func (c *call) newestOf(in onetrans.QueryIn) (*order, error) {
	r, err := c.refund(in.OutTradeNo.String())
	if err == nil {
		return c.order(r.OutChargeNo)
	}
	if !errors.Is(err, errUnknownTrade) {
		return nil, err
	}
	orders, err := c.orders()
	if err != nil {
		return nil, err
	}
	var newest *order
	for _, o := range orders {
		if o.paid() && o.CardNo == in.CardNo.String() && o.AccountType == in.AccountType.String() &&
			(newest == nil || o.PaidAt.After(newest.PaidAt)) {
			newest = o
		}
	}
	return newest, nil
}

// refundBy finds a refund, and reports whether the numbers prove that it is meant.
func (b *book) refundBy(traceNo, outRefundNo string) (r *refund, proven bool, err error) {
	if traceNo == "" {
		r, err = b.refund(outRefundNo)
		return r, true, err
	}
	r, err = b.refundByTrace(traceNo)
	if !errors.Is(err, errUnknownTrade) {
		return r, true, err
	}
	o, err := b.orderByTrace(traceNo)
	if err != nil {
		return nil, false, err
	}
	if len(o.Refunds) == 0 {
		return nil, false, errUnknownTrade
	}
	r, err = b.refund(o.Refunds[len(o.Refunds)-1])
	return r, false, err
}

// chargeOut is what every query says of the charge behind it.
func (c *call) chargeOut(o *order) (out onetrans.QueryOut, err error) {
	refunds, err := c.refundsOf(o)
	if err != nil {
		return out, err
	}
	sums := sumRefunds(refunds)
	return onetrans.QueryOut{
		TradeMode:     onetrans.T(o.Channel),
		Channel:       onetrans.T(o.Channel),
		OrigTraceNo:   onetrans.T(o.TraceNo),
		OrigTraceTime: onetrans.T(paidTime(o)),
		ChargeNo:      onetrans.T(o.ChargeNo),
		RefundedAmt:   onetrans.Yuan(sums.done),
		RefundingAmt:  onetrans.Yuan(sums.pending),
		RefundCount:   onetrans.T(strconv.Itoa(sums.count)),
		Extra: onetrans.Object(onetrans.QueryOutExtra{
			PayType: onetrans.T(o.Channel),
			Callsn:  onetrans.T(o.CallSN),
			ResNote: onetrans.T(o.Note),
		}),
	}, nil
}

// addBalance adds the balance of the card's account, if there is such a card.
func (c *call) addBalance(out *onetrans.QueryOut, in onetrans.QueryIn) error {
	p, ok := personByCard(in.CardNo.String())
	if !ok || p.HisCustID == "" {
		return nil
	}
	balance, err := c.balance(p, in.AccountType.String())
	out.Balance = onetrans.Yuan(balance)
	return err
}

func notFound() onetrans.QueryOut {
	return onetrans.QueryOut{
		Result:     onetrans.T(string(onetrans.ResultNotFound)),
		ResultDesc: onetrans.T("交易记录不存在"),
		// Demanded of every answer, and nothing is known.
		Channel: onetrans.T(""), OrigTraceNo: onetrans.T(""), OrigTraceTime: onetrans.T(""),
	}
}
