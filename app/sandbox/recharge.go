package sandbox

import "onetrans/flows/message/onetrans"

// answerRecharge is hop.trade.recharge: an order to be paid by QR code, or paid
// with the code that the patient showed, with 医保一码付 or with credit.
func answerRecharge(c *call, in onetrans.RechargeIn) (out onetrans.RechargeOut, err error) {
	n, err := newOrder(in)
	if err != nil {
		return out, err
	}
	pay, err := c.payment(in, n)
	if err != nil {
		return out, err
	}
	if pay != nil {
		n.Origin, n.CodeDead = originBar, true
	}
	o, _, err := c.place(n, c.srv.opts.OrderTTL)
	if err != nil {
		return out, err
	}
	if pay != nil {
		if err := pay(o); err != nil {
			return out, err
		}
	}
	return c.rechargeOut(o)
}

// payment is what pays the order n as it is placed; nil: somebody scans its
// code. What can't be paid so is refused.
func (c *call) payment(in onetrans.RechargeIn, n *order) (func(*order) error, error) {
	depositType, code := in.DepositType.String(), in.Extra.Value.AuthCode.String()
	switch {
	case wantsCredit(in):
		return func(o *order) error { return c.payAtOnce(o, channelCredit) }, checkCredit(in)
	case depositType == "":
		return nil, nil
	case depositType == onetrans.DepositChsOne:
		s, err := c.chsOne(in, n)
		if err != nil {
			return nil, err
		}
		n.SettleNo = s.OutSettleNo
		return func(o *order) error { return c.payShare(s, o) }, nil
	case !isWallet(depositType):
		return nil, refuseField("depositType")
	case !fitsWallet(depositType, code):
		return nil, refuseField("extra.authCode")
	}
	return func(o *order) error { return c.payWithCode(o, depositType, code) }, nil
}

// payAtOnce pays what is still to be paid.
func (c *call) payAtOnce(o *order, channel string) error {
	if !o.unpaid() {
		return nil
	}
	return c.pay(o, channel)
}

// newOrder is the order that a recharge asks for; invalid requests are refused.
func newOrder(in onetrans.RechargeIn) (*order, error) {
	if err := required(field{"payAppId", in.PayAppID, 32}, field{"payAppSecret", in.PayAppSecret, 32},
		field{"termNo", in.TermNo, 64}, field{"cardType", in.CardType, 2}, field{"cardNo", in.CardNo, 32},
		field{"accountType", in.AccountType, 2}, field{"hisCustId", in.HisCustID, 32},
		field{"userName", in.UserName, 64}, field{"outChargeNo", in.OutChargeNo, 32},
		field{"amount", onetrans.T(in.Amount.String()), 16}); err != nil {
		return nil, err
	}
	amount, err := payable("amount", in.Amount)
	if err != nil {
		return nil, err
	}
	accountType := in.AccountType.String()
	if accountType != onetrans.AccountOutpatient && accountType != onetrans.AccountInpatient {
		return nil, refuseField("accountType")
	}
	if err := bounded(field{"extra.notifyUrl", in.Extra.Value.NotifyURL, 256}); err != nil {
		return nil, err
	}
	p, ok := personByHis(in.HisCustID.String())
	if !ok || !p.owns(in.CardNo.String()) {
		return nil, refuse(onetrans.CodePlatformNoPerson, "没有找到该就诊人，或卡号不是本人的")
	}
	subject := in.Extra.Value.Subject.String()
	if subject == "" {
		subject = accountName(accountType) + "充值"
	}
	return &order{
		OutChargeNo: in.OutChargeNo.String(),
		CardType:    in.CardType.String(),
		CardNo:      in.CardNo.String(),
		AccountType: accountType,
		HisCustID:   p.HisCustID,
		Name:        in.UserName.String(),
		Subject:     subject,
		Amount:      amount,
		Origin:      originQR,
		Result:      onetrans.ResultInit,
		Note:        "等待付款",
		NotifyURL:   in.Extra.Value.NotifyURL.String(),
	}, nil
}

// rechargeOut is what an order's state answers.
func (c *call) rechargeOut(o *order) (onetrans.RechargeOut, error) {
	out := onetrans.RechargeOut{
		ChargeNo:    onetrans.T(o.ChargeNo),
		TraceNo:     onetrans.T(o.TraceNo),
		TraceTime:   onetrans.T(paidTime(o)),
		Callsn:      onetrans.T(o.CallSN),
		Result:      onetrans.T(string(o.Result)),
		ResultDesc:  onetrans.T(o.Note),
		OutChargeNo: onetrans.T(o.OutChargeNo),
		ExpireTime:  onetrans.T(onetrans.FormatTime(o.ExpireAt)),
		Extra: onetrans.Object(onetrans.RechargeOutExtra{
			PayType: onetrans.T(o.Channel),
			Callsn:  onetrans.T(o.CallSN),
			ResNote: onetrans.T(o.Note),
		}),
	}
	if o.Result == onetrans.ResultInit && !o.CodeDead {
		out.QRCode = onetrans.T(c.link(o))
	}
	if o.Result == onetrans.ResultSucc && o.SettleNo == "" {
		p, _ := personByHis(o.HisCustID)
		balance, err := c.balance(p, o.AccountType)
		if err != nil {
			return out, err
		}
		out.Balance = onetrans.Yuan(balance)
	}
	return out, nil
}

// paidTime is when an order was paid, as the wire has it; empty before.
func paidTime(o *order) string {
	if o.PaidAt.IsZero() {
		return ""
	}
	return onetrans.FormatTime(o.PaidAt)
}
