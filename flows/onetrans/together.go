package onetrans

import "slices"

// together checks what only several fields decide between them.
func (c check) together(transType string) error {
	if transType != TransRecharge {
		return nil
	}
	in, ok := c.root.Interface().(RechargeIn)
	if !ok {
		return nil
	}
	if in.DepositType.String() == DepositChsOne {
		if err := in.oneCode(); err != nil {
			return err
		}
	}
	if in.byCredit() {
		return in.credit()
	}
	return nil
}

// oneCode: 医保一码付 comes with a settlement, and what it collects is the
// person's own share of it.
func (in RechargeIn) oneCode() error {
	extra := in.Extra.Value
	if extra.EcToken.Empty() {
		return in.fault("data.extra", "ecToken", Missing)
	}
	if extra.MedicalContent.Empty() {
		return in.fault("data.extra", "medicalContent", Missing)
	}
	m := extra.MedicalContent.Value
	var fen [5]Fen
	for i, amount := range []Amount{m.FeeSumamt, m.FundPay, m.PsnAcctPay, m.OwnPayAmt, in.Amount} {
		var err error
		if fen[i], err = amount.Fen(); err != nil {
			return in.fault("data.extra", "medicalContent", Malformed)
		}
	}
	total, fund, account, own, amount := fen[0], fen[1], fen[2], fen[3], fen[4]
	if total != fund+account+own || own != amount {
		return in.fault("data.extra", "medicalContent", Malformed)
	}
	return nil
}

// byCredit says whether the fields of credit pay (信用就医) are in use.
func (in RechargeIn) byCredit() bool {
	texts := []Text{
		in.PayType, in.EmpiUserID, in.TransID, in.CreditPayType,
		in.AgreementNo, in.OutAgreementNo, in.AgreementType, in.FrozenType,
	}
	return slices.ContainsFunc(texts, func(t Text) bool { return !t.Empty() }) ||
		!in.BusinessInfo.Empty() || !in.PayInfo.Empty()
}

// credit: the fields that credit pay needs; agreementNo comes before
// outAgreementNo with agreementType.
func (in RechargeIn) credit() error {
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
			return in.fault("data", need.code, Missing)
		}
	}
	return nil
}

// fault names a field of a recharge by its declared rule.
func (RechargeIn) fault(node, code string, fault Fault) error {
	for _, rule := range Rules(TransRecharge, In) {
		if rule.Node == node && rule.Code == code {
			return &FieldError{code, rule.Name, fault}
		}
	}
	return &FieldError{Code: code, Fault: fault}
}
