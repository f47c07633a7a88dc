package onetrans

import "slices"

// together checks what depends on several fields at once.
func (c *check) together(in RechargeIn) {
	if in.DepositType.String() == DepositChsOne {
		c.oneCode(in)
	}
	if in.byCredit() {
		c.credit(in)
	}
	// The code on the screen, or a way to pay that needs none: an order with both
	// would be waited for where nobody shows it.
	if in.Extra.Value.PrintMode.String() == "1" && !in.DepositType.Empty() {
		fault := in.fault("data", "depositType", Conflicts)
		fault.Other = "data.extra.printMode 1"
		c.add(fault)
	}
}

// oneCode checks 医保一码付: it needs a settlement, and collects the person's own share
// of it.
func (c *check) oneCode(in RechargeIn) {
	extra := in.Extra.Value
	if extra.EcToken.Empty() {
		c.add(in.fault("data.extra", "ecToken", Missing))
	}
	if extra.MedicalContent.Empty() {
		c.add(in.fault("data.extra", "medicalContent", Missing))
		return
	}
	c.add(in.oneCodeAddsUp())
}

// oneCodeAddsUp checks that the settlement's parts add up to its total, and that
// the amount is the person's own share.
func (in RechargeIn) oneCodeAddsUp() *FieldError {
	m := in.Extra.Value.MedicalContent.Value
	const node = "data.extra.medicalContent"
	var fen [4]Fen
	for i, p := range []part{{"feeSumamt", m.FeeSumamt}, {"fundPay", m.FundPay}, {"psnAcctPay", m.PsnAcctPay}, {"ownPayAmt", m.OwnPayAmt}} {
		var err *FieldError
		if fen[i], err = in.fen(node, p); err != nil {
			return err
		}
	}
	total, fund, account, own := fen[0], fen[1], fen[2], fen[3]
	if total != fund+account+own {
		return in.differs(node, "feeSumamt", "fundPay + psnAcctPay + ownPayAmt")
	}
	amount, err := in.fen("data", part{"amount", in.Amount})
	if err != nil {
		return err
	}
	if amount != own {
		return in.differs("data", "amount", "ownPayAmt")
	}
	return nil
}

// part is a named amount of a sum.
type part struct {
	code   string
	amount Amount
}

// fen is an amount that must be present.
func (in RechargeIn) fen(node string, p part) (Fen, *FieldError) {
	if p.amount.Empty() {
		return 0, in.fault(node, p.code, Missing)
	}
	fen, err := p.amount.Fen()
	if err != nil {
		return 0, in.fault(node, p.code, Malformed)
	}
	return fen, nil
}

// differs is the error of an amount that is not what it must be.
func (in RechargeIn) differs(node, code, from string) *FieldError {
	fault := in.fault(node, code, Differs)
	fault.Other = from
	return fault
}

// byCredit reports whether any field of credit pay (信用就医) is used.
func (in RechargeIn) byCredit() bool {
	texts := []Text{
		in.PayType, in.EmpiUserID, in.TransID, in.CreditPayType,
		in.AgreementNo, in.OutAgreementNo, in.AgreementType, in.FrozenType,
	}
	return slices.ContainsFunc(texts, func(t Text) bool { return !t.Empty() }) ||
		!in.BusinessInfo.Empty() || !in.PayInfo.Empty()
}

// credit checks the fields that credit pay needs; agreementNo takes precedence over
// outAgreementNo with agreementType.
func (c *check) credit(in RechargeIn) {
	needs := []struct {
		code    string
		missing bool
	}{
		{"empiUserId", in.EmpiUserID.Empty()},
		{"payType", in.PayType.Empty()},
		{"transId", in.PayType.String() == CreditByPlatform && in.TransID.Empty()},
		{"agreementNo", in.AgreementNo.Empty() && (in.OutAgreementNo.Empty() || in.AgreementType.Empty())},
		{"businessInfo", in.BusinessInfo.Empty()},
		{"payInfo", in.PayInfo.Empty()},
	}
	for _, need := range needs {
		if need.missing {
			c.add(in.fault("data", need.code, Missing))
		}
	}
	if !in.PayInfo.Empty() {
		c.add(in.creditAddsUp())
	}
}

// creditAddsUp checks that what the insurance, the deposit, the wallets and others
// pay adds up to the total. The tables have no field for what credit itself pays:
// either it is among the others, or it is the amount recharged.
func (in RechargeIn) creditAddsUp() *FieldError {
	const node = "data.payInfo"
	pay := in.PayInfo.Value
	total, err := in.fen(node, part{"totalPayAmt", pay.TotalPayAmt})
	if err != nil {
		return err
	}
	var sum Fen
	for _, p := range []part{
		{"insuPayAmt", pay.InsuPayAmt},
		{"yjjPayAmt", pay.YjjPayAmt},
		{"wxPayAmt", pay.WxPayAmt},
		{"aliPayAmt", pay.AliPayAmt},
		{"otherPayAmt", pay.OtherPayAmt},
	} {
		if p.amount.Empty() {
			continue
		}
		fen, err := in.fen(node, p)
		if err != nil {
			return err
		}
		sum += fen
	}
	amount, err := in.fen("data", part{"amount", in.Amount})
	if err != nil {
		return err
	}
	if sum != total && sum+amount != total {
		return in.differs(node, "totalPayAmt", "insuPayAmt + yjjPayAmt + wxPayAmt + aliPayAmt + otherPayAmt")
	}
	return nil
}

// fault is an error of a recharge's field, named as its rule declares.
func (RechargeIn) fault(node, code string, fault Fault) *FieldError {
	for _, rule := range Rules(TransRecharge, In) {
		if rule.Node == node && rule.Code == code {
			return &FieldError{Code: code, Name: rule.Name, Fault: fault}
		}
	}
	return &FieldError{Code: code, Fault: fault}
}
