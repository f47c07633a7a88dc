package sandbox

import "onetrans/flows/onetrans"

// channelCredit is the channel of what was paid with credit (信用就医).
const channelCredit = "CREDIT"

// wantsCredit says whether a recharge is to be paid with credit.
func wantsCredit(in onetrans.RechargeIn) bool {
	return !in.EmpiUserID.Empty() || !in.PayType.Empty() || !in.AgreementNo.Empty() || !in.OutAgreementNo.Empty()
}

// checkCredit refuses a payment with credit that lacks what one needs. The
// agreement is named by agreementNo, else by outAgreementNo with its type.
func checkCredit(in onetrans.RechargeIn) error {
	business, pay := in.BusinessInfo.Value, in.PayInfo.Value
	if err := required(field{"empiUserId", in.EmpiUserID, 64}, field{"payType", in.PayType, 32},
		field{"businessInfo.sceneType", business.SceneType, 5}, field{"businessInfo.sourceType", business.SourceType, 5}); err != nil {
		return err
	}
	switch {
	case !in.DepositType.Empty():
		return refuseField("depositType")
	case in.PayType.String() == "2" && in.TransID.Empty():
		return refuseField("transId")
	case in.AgreementNo.Empty() && in.OutAgreementNo.Empty():
		return refuseField("agreementNo")
	case in.AgreementNo.Empty() && in.AgreementType.Empty():
		return refuseField("agreementType")
	}
	if err := bounded(field{"agreementNo", in.AgreementNo, 32}, field{"outAgreementNo", in.OutAgreementNo, 32},
		field{"transId", in.TransID, 64}); err != nil {
		return err
	}
	for name, amount := range map[string]onetrans.Amount{
		"payInfo.totalPayAmt": pay.TotalPayAmt, "payInfo.insuPayAmt": pay.InsuPayAmt, "payInfo.yjjPayAmt": pay.YjjPayAmt,
	} {
		if _, err := amount.Fen(); err != nil {
			return refuseField(name)
		}
	}
	return nil
}
