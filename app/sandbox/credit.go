package sandbox

import (
	"slices"

	"onetrans/flows/message/onetrans"
)

// channelCredit is the channel of what was paid with credit (信用就医).
const channelCredit = "CREDIT"

// wantsCredit reports whether a recharge is to be paid with credit.
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
	case !slices.Contains([]string{"", onetrans.FrozenCharge, onetrans.FrozenSettlement}, in.FrozenType.String()):
		return refuseField("frozenType")
	}
	if err := bounded(field{"agreementNo", in.AgreementNo, 32}, field{"outAgreementNo", in.OutAgreementNo, 32},
		field{"transId", in.TransID, 64}); err != nil {
		return err
	}
	return paidWhole(pay, in.Amount)
}

// paidWhole refuses parts that are not the total, neither by themselves nor with
// the amount that is paid with credit.
func paidWhole(pay onetrans.PayInfo, amount onetrans.Amount) error {
	total, err := pay.TotalPayAmt.Fen()
	if err != nil {
		return refuseField("payInfo.totalPayAmt")
	}
	for _, p := range []struct {
		name   string
		amount onetrans.Amount
		needed bool
	}{
		{"insuPayAmt", pay.InsuPayAmt, true},
		{"yjjPayAmt", pay.YjjPayAmt, true},
		{"wxPayAmt", pay.WxPayAmt, false},
		{"aliPayAmt", pay.AliPayAmt, false},
		{"otherPayAmt", pay.OtherPayAmt, false},
	} {
		if p.amount.Empty() && !p.needed {
			continue
		}
		fen, err := p.amount.Fen()
		if err != nil {
			return refuseField("payInfo." + p.name)
		}
		total -= fen
	}
	if byCredit, err := amount.Fen(); total != 0 && (err != nil || total != byCredit) {
		return refuse(onetrans.CodePlatformField, "各项之和与总额不符：payInfo.totalPayAmt")
	}
	return nil
}
