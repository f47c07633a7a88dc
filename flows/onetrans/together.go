package onetrans

import "reflect"

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

// oneCode: what 医保一码付 collects is the person's own share of its settlement.
func (in RechargeIn) oneCode() error {
	m := in.Extra.Value.MedicalContent.Value
	malformed := &FieldError{Code: "medicalContent", Name: "结算信息对象", Fault: Malformed}
	var fen [5]Fen
	for i, amount := range []Amount{m.FeeSumamt, m.FundPay, m.PsnAcctPay, m.OwnPayAmt, in.Amount} {
		var err error
		if fen[i], err = amount.Fen(); err != nil {
			return malformed
		}
	}
	total, fund, account, own, amount := fen[0], fen[1], fen[2], fen[3], fen[4]
	if total != fund+account+own || own != amount {
		return malformed
	}
	return nil
}

// byCredit says whether the fields of credit pay (信用就医) are in use.
func (in RechargeIn) byCredit() bool {
	return !in.PayType.Empty() || !in.AgreementNo.Empty() || !in.OutAgreementNo.Empty()
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
		{"businessInfo", in.BusinessInfo.IsZero()},
		{"payInfo", in.PayInfo.IsZero()},
	}
	for _, need := range needs {
		if need.missing {
			return &FieldError{need.code, in.nameOf(need.code), Missing}
		}
	}
	return nil
}

func (in RechargeIn) nameOf(code string) string {
	for field := range reflect.TypeOf(in).Fields() {
		if rule, ok := ruleOf(field, "", "spec"); ok && rule.Code == code {
			return rule.Name
		}
	}
	return ""
}
