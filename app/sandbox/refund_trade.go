package sandbox

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"onetrans/flows/message/onetrans"
)

// answerRefund is hop.trade.refund.
func answerRefund(c *call, in onetrans.RefundIn) (out onetrans.RefundOut, err error) {
	n, err := newRefund(in)
	if err != nil {
		return out, err
	}
	n.doomed = c.verdict.failRefund
	o, err := c.orderBy(in.TraceNo.String(), in.OutChargeNo.String())
	switch {
	case errors.Is(err, errUnknownTrade):
		return out, c.refuseOrphan(n)
	case err != nil:
		return out, err
	case o.Origin != originClosed && !paidBy(o, in.HisCustID.String()):
		return out, refuse(onetrans.CodePlatformNoRefund, "原交易不是该就诊人的，不能退款")
	}
	r, err := c.giveBack(o, n)
	if err != nil {
		return out, err
	}
	return c.refundOut(o, r)
}

// paidBy reports whether an order is the person's. A settlement's request does not
// say who they are in HIS: its payment's refund may name what insurance knows
// them by.
func paidBy(o *order, id string) bool {
	if id == o.HisCustID {
		return true
	}
	p, ok := personByHis(o.HisCustID)
	return ok && o.SettleNo != "" && id != "" && (id == p.PsnNo || strings.EqualFold(id, p.CertNo))
}

// newRefund reads what a refund asks for.
func newRefund(in onetrans.RefundIn) (*refund, error) {
	if err := required(field{"payAppId", in.PayAppID, 32}, field{"payAppSecret", in.PayAppSecret, 32},
		field{"termNo", in.TermNo, 64}, field{"cardType", in.CardType, 2}, field{"cardNo", in.CardNo, 32},
		field{"accountType", in.AccountType, 2}, field{"userName", in.UserName, 64},
		field{"withdrawMode", in.WithdrawMode, 1}, field{"refundType", in.RefundType, 32},
		field{"outRefundNo", in.OutRefundNo, 32}, field{"hisCustId", in.HisCustID, 32},
		field{"amount", onetrans.T(in.Amount.String()), 16}); err != nil {
		return nil, err
	}
	if err := bounded(field{"traceNo", in.TraceNo, 256}, field{"outChargeNo", in.OutChargeNo, 32}); err != nil {
		return nil, err
	}
	switch {
	case in.TraceNo.Empty() && in.OutChargeNo.Empty():
		return nil, refuseField("outChargeNo")
	case !slices.Contains(withdrawModes(), in.WithdrawMode.String()):
		return nil, refuseField("withdrawMode")
	case !slices.Contains(refundTypes(), in.RefundType.String()):
		return nil, refuseField("refundType")
	}
	amount, err := payable("amount", in.Amount)
	if err != nil {
		return nil, err
	}
	return &refund{OutRefundNo: in.OutRefundNo.String(), Amount: amount, Mode: in.WithdrawMode.String(), Process: in.RefundType.String()}, nil
}

func withdrawModes() []string {
	return []string{
		onetrans.WithdrawCash, onetrans.WithdrawOriginal, onetrans.WithdrawTransfer,
		onetrans.WithdrawInsurance, onetrans.WithdrawOffline, onetrans.WithdrawUnit, onetrans.WithdrawMisPOS,
	}
}

func refundTypes() []string {
	return []string{onetrans.RefundDirect, onetrans.RefundHisDecide, onetrans.RefundPrepare}
}

// refuseOrphan refuses a refund of an order that nobody knows.
func (c *call) refuseOrphan(n *refund) error {
	_, err := c.refund(n.OutRefundNo)
	switch {
	case err == nil:
		return errConflict
	case errors.Is(err, errUnknownTrade):
		return refuse(onetrans.CodePlatformNoRefund, "原交易不存在，不能退款")
	}
	return err
}

// refundOut is what a refund's state answers.
func (c *call) refundOut(o *order, r *refund) (out onetrans.RefundOut, err error) {
	refunds, err := c.refundsOf(o)
	if err != nil {
		return out, err
	}
	sums := sumRefunds(refunds)
	out = onetrans.RefundOut{
		OutRefundNo:   onetrans.T(r.OutRefundNo),
		TraceTime:     onetrans.T(""),
		TraceNo:       onetrans.T(r.TraceNo),
		TradeMode:     onetrans.T(o.Channel),
		Result:        onetrans.T(string(r.Result)),
		Channel:       onetrans.T(o.Channel),
		ResultDesc:    onetrans.T(r.Note),
		OrigTraceNo:   onetrans.T(o.TraceNo),
		OrigTraceTime: onetrans.T(paidTime(o)),
		ChargeNo:      onetrans.T(o.ChargeNo),
		RefundedAmt:   onetrans.Yuan(sums.done),
		RefundingAmt:  onetrans.Yuan(sums.pending),
		RefundCount:   onetrans.T(strconv.Itoa(sums.count)),
	}
	if !r.DoneAt.IsZero() {
		out.TraceTime = onetrans.T(onetrans.FormatTime(r.DoneAt))
	}
	return out, nil
}
