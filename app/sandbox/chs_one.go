package sandbox

import (
	"errors"

	"onetrans/flows/message/onetrans"
)

// chsOne finds the settlement that a payment with 医保一码付 is for, and
// refuses one that doesn't fit it.
func (c *call) chsOne(in onetrans.RechargeIn, n *order) (*settlement, error) {
	content := in.Extra.Value.MedicalContent.Value
	if err := required(field{"extra.ecToken", in.Extra.Value.EcToken, 64},
		field{"extra.medicalContent.bizTraceNo", content.BizTraceNo, 64}); err != nil {
		return nil, err
	}
	if err := addsUp(content, n.Amount); err != nil {
		return nil, err
	}
	p, _ := personByHis(n.HisCustID)
	if in.Extra.Value.EcToken.String() != ecToken(p) {
		return nil, refuse(onetrans.CodePlatformNoPerson, "电子凭证不是该就诊人的：extra.ecToken")
	}
	s, err := c.settlementBySetl(content.BizTraceNo.String())
	switch {
	case errors.Is(err, errUnknownTrade), err == nil && (s.HisCustID != n.HisCustID || s.State != settleDone):
		return nil, refuse(onetrans.CodePlatformField, "没有对应的医保结算：extra.medicalContent.bizTraceNo")
	case err != nil:
		return nil, err
	case s.OrderNo != "" && s.OrderNo != n.OutChargeNo:
		return nil, refuse(onetrans.CodePlatformOtherTrade, "该结算的自付部分已付款")
	}
	fund, _ := content.FundPay.Fen()
	account, _ := content.PsnAcctPay.Fen()
	if fund != s.Sums.funds() || account != s.Sums.Account || n.Amount != s.Sums.Cash {
		return nil, refuse(onetrans.CodePlatformField, "金额与医保结算不符：extra.medicalContent")
	}
	return s, nil
}

// addsUp refuses a medicalContent whose parts are not its sum, or whose share
// is not what is to be paid.
func addsUp(content onetrans.MedicalContent, amount onetrans.Fen) error {
	var fen [4]onetrans.Fen
	for i, f := range []struct {
		name   string
		amount onetrans.Amount
	}{
		{"feeSumamt", content.FeeSumamt},
		{"fundPay", content.FundPay},
		{"psnAcctPay", content.PsnAcctPay},
		{"ownPayAmt", content.OwnPayAmt},
	} {
		var err error
		if fen[i], err = f.amount.Fen(); err != nil {
			return refuseField("extra.medicalContent." + f.name)
		}
	}
	switch {
	case fen[0] != fen[1]+fen[2]+fen[3]:
		return refuse(onetrans.CodePlatformField, "各项之和与总额不符：extra.medicalContent.feeSumamt")
	case fen[3] != amount:
		return refuse(onetrans.CodePlatformField, "金额与自费金额不符：amount")
	}
	return nil
}

// payShare pays a settlement's share with the order o, at once.
func (c *call) payShare(s *settlement, o *order) error {
	switch {
	case !o.unpaid():
		return nil
	case o.SettleNo != s.OutSettleNo:
		return errConflict // a deposit under the same number
	}
	s.OrderNo = o.OutChargeNo
	return errors.Join(c.pay(o, onetrans.DepositChsOne), c.putSettlement(s))
}
