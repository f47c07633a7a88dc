package sandbox

import "onetrans/flows/onetrans"

// answerRecharge is hop.trade.recharge: an order to be paid by QR code, or paid
// with the code that the patient showed.
func answerRecharge(c *call, in onetrans.RechargeIn) (out onetrans.RechargeOut, err error) {
	n, err := newOrder(in)
	if err != nil {
		return out, err
	}
	wallet, code := in.DepositType.String(), in.Extra.Value.AuthCode.String()
	if err := checkDeposit(wallet, code); err != nil {
		return out, err
	}
	if wallet != "" {
		n.Origin, n.CodeDead = originBar, true
	}
	o, _, err := c.place(n, c.srv.opts.OrderTTL)
	if err != nil {
		return out, err
	}
	if wallet != "" {
		if err := c.payWithCode(o, wallet, code); err != nil {
			return out, err
		}
	}
	return c.rechargeOut(o)
}

// newOrder reads what a recharge asks for, and refuses what can't be.
func newOrder(in onetrans.RechargeIn) (*order, error) {
	if err := required(field{"payAppId", in.PayAppID, 32}, field{"payAppSecret", in.PayAppSecret, 32},
		field{"termNo", in.TermNo, 64}, field{"cardType", in.CardType, 2}, field{"cardNo", in.CardNo, 32},
		field{"accountType", in.AccountType, 2}, field{"hisCustId", in.HisCustID, 32},
		field{"userName", in.UserName, 64}, field{"outChargeNo", in.OutChargeNo, 32},
		field{"amount", in.Amount.Text, 16}); err != nil {
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
	if !in.EmpiUserID.Empty() || !in.PayType.Empty() {
		return nil, refuse(onetrans.CodePlatformField, "未开通信用就医：empiUserId、payType")
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
	}, nil
}

// checkDeposit refuses ways to pay that this platform doesn't have, and codes
// that can't be the wallet's.
func checkDeposit(wallet, code string) error {
	switch {
	case wallet == "":
		return nil
	case wallet == onetrans.DepositChsOne:
		// It belongs to a bill after its settlement, and names it.
		return refuse(onetrans.CodePlatformField, "没有对应的医保结算：depositType")
	case !isWallet(wallet):
		return refuseField("depositType")
	case !fitsWallet(wallet, code):
		return refuseField("extra.authCode")
	}
	return nil
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
	if o.Result == onetrans.ResultSucc {
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
