package sandbox

import (
	"errors"

	"onetrans/flows/message/onetrans"
)

// phase is a phase of a settlement. Repeating one repeats its answer.
type phase func(c *call, no string, in onetrans.SettleIn) (onetrans.SettleOut, error)

func phases() map[onetrans.Phase]phase {
	return map[onetrans.Phase]phase{
		onetrans.PhasePre:     settlePre,
		onetrans.PhasePay:     settlePay,
		onetrans.PhaseConfirm: settleConfirm,
		onetrans.PhaseAbandon: settleAbandon,
	}
}

// answerSettle is fsi.outpatient.charge, in phases. A call without a phase asks for
// a cashier's page, which only a terminal can show.
func answerSettle(c *call, in onetrans.SettleIn) (out onetrans.SettleOut, err error) {
	extra := in.Extra.Value
	do, known := phases()[onetrans.Phase(extra.Phase.String())]
	if !known {
		return out, refuseField("extra.phase")
	}
	no := extra.OutSettleNo
	if no.Empty() {
		no = extra.HisMsgID
	}
	if err := required(field{"extra.outSettleNo", no, 32}); err != nil {
		return out, err
	}
	return do(c, no.String(), in)
}

// Refusals of a settlement. Only 610007 is final.
var (
	errSettleOver   = refuse(onetrans.CodePlatformNoSettle, "结算未成立，已撤销")
	errSettleFailed = refuse(onetrans.CodePlatformNoSettle, "医保结算被拒绝")
	errShareClosed  = refuse(onetrans.CodePlatformNoSettle, "支付订单已关闭，结算未成立")
	errShareUnpaid  = refuse(onetrans.CodePlatformBusy, "自付部分尚未付款，付款后再确认")
	errShareOpen    = refuse(onetrans.CodePlatformBusy, "支付订单尚未关闭，关闭后再放弃")
	errSharePaid    = refuse(onetrans.CodePlatformNoRefund, "自付部分已付款，不能放弃，请确认结算")
	errSettledKeeps = refuse(onetrans.CodePlatformNoRefund, "结算已成立，不能放弃，请取消结算")
)

// standing is the settlement that a later phase is about.
func (c *call) standing(no string, in onetrans.SettleIn) (*settlement, error) {
	s, err := c.settlement(no)
	if errors.Is(err, errUnknownTrade) {
		return nil, refuseField("extra.outSettleNo")
	}
	if err != nil {
		return nil, err
	}
	bills := in.Extra.Value.BillNos
	switch {
	case s.HisCustID == "": // reserved by abandoning a number never seen
	case !in.CardNo.Empty() && in.CardNo.String() != s.CardNo:
		return nil, errConflict
	case len(bills.Items) > 0 && !s.pays(texts(bills)):
		return nil, errConflict // a choice that came late must not be paid for another
	}
	return s, nil
}

// texts are the items of a list as they stand.
func texts(list onetrans.List[onetrans.Text]) (all []string) {
	for _, t := range list.Items {
		all = append(all, t.String())
	}
	return all
}

// settleOut is the part of the answer that every phase has.
func (c *call) settleOut(s *settlement) onetrans.SettleOut {
	out := onetrans.SettleOut{OutSettleNo: onetrans.T(s.OutSettleNo)}
	if s.HisCustID == "" {
		return out
	}
	out.MdtrtID, out.PreSetl = onetrans.T(s.MdtrtID), s.Sums.preSetl()
	if s.SetlID != "" {
		out.SetlID = onetrans.T(s.SetlID)
	}
	out.Steps.Items = steps(s)
	return out
}

// addOrder adds the order that pays the person's share.
func (c *call) addOrder(out *onetrans.SettleOut, s *settlement) error {
	if s.OrderNo == "" {
		return nil
	}
	o, err := c.order(s.OrderNo)
	if err != nil {
		return err
	}
	out.ChargeNo, out.TraceNo = onetrans.T(o.ChargeNo), onetrans.T(o.TraceNo)
	out.TraceTime = onetrans.T(paidTime(o))
	return nil
}

// The states of a step.
const (
	stepAhead   = "ahead"
	stepNow     = "now"
	stepDone    = "done"
	stepSkipped = "skipped"
	// stepCancelled is the state of a confirmation that was later cancelled.
	stepCancelled = "cancelled"
)

// steps are the progress of a settlement.
func steps(s *settlement) []onetrans.SettleStep {
	registration, payment, confirmation := stepSkipped, stepAhead, stepAhead
	if s.AskedVisit == "" {
		registration = stepDone
	}
	switch {
	case s.Sums.Cash == 0 || !s.Collect:
		payment = stepSkipped
	case s.OrderNo != "":
		payment = stepNow
	}
	if s.booked() {
		confirmation = stepDone
		if s.State == settleCancelled {
			confirmation = stepCancelled
		}
		if payment == stepNow {
			payment = stepDone
		}
	}
	list := []onetrans.SettleStep{}
	for _, step := range [][3]string{
		{"person", "人员信息", stepDone},
		{"registration", "就诊登记", registration},
		{"pre_settlement", "预结算", stepDone},
		{"payment", "支付", payment},
		{"confirmation", "结算确认", confirmation},
	} {
		list = append(list, onetrans.SettleStep{
			Code: onetrans.T(step[0]), Name: onetrans.T(step[1]), State: onetrans.T(step[2]),
		})
	}
	return list
}
