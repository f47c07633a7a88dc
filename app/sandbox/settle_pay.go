package sandbox

import "onetrans/flows/message/onetrans"

// settlePay makes the order for the person's share. The order has the
// settlement's number, so that it can be closed even if this answer is lost.
func settlePay(c *call, no string, in onetrans.SettleIn) (out onetrans.SettleOut, err error) {
	s, err := c.standing(no, in)
	switch {
	case err != nil:
		return out, err
	case s.OrderNo != "":
		return c.payOut(s)
	case s.over():
		return out, errSettleOver
	case s.State != settleOpen || s.Sums.Cash == 0:
		return out, refuse(onetrans.CodePlatformField, "没有需要支付的自付部分：extra.phase")
	case in.PayAppID.Empty() || in.PayAppSecret.Empty():
		return out, refuseField("payAppId")
	}
	o, _, err := c.place(&order{
		OutChargeNo: s.OutSettleNo,
		CardType:    s.CardType, CardNo: s.CardNo, AccountType: s.AccountType, HisCustID: s.HisCustID,
		Name: s.Name, Subject: "门诊缴费", Amount: s.Sums.Cash,
		SettleNo: s.OutSettleNo, Share: true,
		Origin: originQR, Result: onetrans.ResultInit, Note: "等待付款",
	}, c.srv.opts.OrderTTL)
	if err != nil {
		return out, err
	}
	if o.SettleNo != s.OutSettleNo && o.Origin != originClosed {
		return out, errConflict // a deposit under the same number
	}
	s.OrderNo, s.Collect = o.OutChargeNo, true
	if err := c.putSettlement(s); err != nil {
		return out, err
	}
	return c.payOut(s)
}

// payOut is the order for a settlement's share, as it is now.
func (c *call) payOut(s *settlement) (onetrans.SettleOut, error) {
	out := c.settleOut(s)
	if err := c.addOrder(&out, s); err != nil {
		return out, err
	}
	o, err := c.order(s.OrderNo)
	if err != nil {
		return out, err
	}
	out.Result = onetrans.T(string(o.Result))
	out.ExpireTime = onetrans.T(onetrans.FormatTime(o.ExpireAt))
	if o.Result == onetrans.ResultInit && !o.CodeDead {
		out.QRCode = onetrans.T(c.link(o))
	}
	return out, nil
}
