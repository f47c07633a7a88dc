package simulate

import (
	"onetrans/flows/onetrans"
	"onetrans/flows/sandbox"
)

// request is a message of HIS's with the demo application's credentials.
func request(transType string, data any) onetrans.Request {
	encoded, err := onetrans.Marshal(data)
	if err != nil {
		panic(err) // our own structures
	}
	return onetrans.Request{
		AppID: onetrans.T(sandbox.DemoAppID), AppKey: onetrans.T(sandbox.DemoAppKey),
		TransType: onetrans.T(transType), Data: encoded,
	}
}

// order is a recharge: by a code on the screen, or with the patient's own.
func (v visitor) order(r receipt) onetrans.Request {
	in := onetrans.RechargeIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T" + r.terminal.name), CardType: onetrans.T(onetrans.CardSocialSecurity),
		CardNo: onetrans.T(r.person.CardNo), AccountType: onetrans.T(r.account),
		HisCustID: onetrans.T(r.person.HisCustID), UserName: onetrans.T(r.person.Name),
		Amount: onetrans.Yuan(r.amount), OutChargeNo: onetrans.T(r.no),
	}
	extra := onetrans.RechargeExtra{PrintMode: onetrans.T("1")}
	if v.hit(0.3) {
		in.DepositType = onetrans.T(onetrans.DepositWeChat)
		extra = onetrans.RechargeExtra{AuthCode: onetrans.T(v.payCode())}
	} else {
		in.DepositType = onetrans.T("")
	}
	in.Extra = onetrans.Object(extra)
	return request(onetrans.TransRecharge, in)
}

// payCode is a code of WeChat's; its last digit says what comes of it.
func (v visitor) payCode() string {
	code := []byte("13")
	for range 15 {
		code = append(code, byte('0'+v.IntN(10)))
	}
	return string(append(code, oneOf(v.dice, byte('1'), '1', '1', '8', '9', '9')))
}

func (v visitor) query(kind string, r receipt) onetrans.Request {
	return request(onetrans.TransQuery, onetrans.QueryIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T"), CardType: onetrans.T(onetrans.CardSocialSecurity), CardNo: onetrans.T(r.person.CardNo),
		AccountType: onetrans.T(r.account), TradeType: onetrans.T(kind), OutTradeNo: onetrans.T(r.no),
	})
}

// refundOf names the order by either of its numbers, always the same for one refund.
func (v visitor) refundOf(r receipt, no string, amount onetrans.Fen, mode string) onetrans.Request {
	in := refundIn(r, no, amount, mode)
	if diceOf(v.seed, "original of "+no).hit(0.5) {
		in.TraceNo, in.OutChargeNo = onetrans.T(r.traceNo), onetrans.Text{}
	}
	return request(onetrans.TransRefund, in)
}

func refundIn(r receipt, no string, amount onetrans.Fen, mode string) onetrans.RefundIn {
	return onetrans.RefundIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T" + r.terminal.name), CardType: onetrans.T(onetrans.CardSocialSecurity),
		CardNo: onetrans.T(r.person.CardNo), AccountType: onetrans.T(r.account), UserName: onetrans.T(r.person.Name),
		Amount: onetrans.Yuan(amount), WithdrawMode: onetrans.T(mode), RefundType: onetrans.T(onetrans.RefundDirect),
		OutChargeNo: onetrans.T(r.no), OutRefundNo: onetrans.T(no), HisCustID: onetrans.T(r.person.HisCustID),
	}
}

const region = "359900"

func (v visitor) settlement(p sandbox.Person, no string) onetrans.Request {
	in := onetrans.SettleIn{
		TermNo: onetrans.T("T"), CertNo: onetrans.T(p.CertNo), PatientType: onetrans.T("00"),
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		CardType: onetrans.T(onetrans.CardSocialSecurity), CardNo: onetrans.T(p.CardNo), PsnNo: onetrans.T(p.HisCustID),
		AccountType: onetrans.T(onetrans.AccountOutpatient), PsnCertType: onetrans.T("01"), PsnName: onetrans.T(p.Name),
		MdtrtareaAdmvs: onetrans.T(region), FixmedinsCode: onetrans.T("H35990000001"), FixmedinsName: onetrans.T(sandbox.DefaultHospital),
		Extra: onetrans.Object(onetrans.SettleExtra{OutSettleNo: onetrans.T(no)}),
	}
	if p.Insurance != nil {
		in.PatientType, in.Insutype, in.InsuplcAdmdvs = onetrans.T("01"), onetrans.T(p.Insurance.Type), onetrans.T(p.Insurance.Region)
	}
	return request(onetrans.TransSettle, in)
}

func (v visitor) cancellation(s settledBill) onetrans.Request {
	return request(onetrans.TransSettleCancel, onetrans.SettleCancelIn{
		InsuplcAdmdvs: onetrans.T(region), MdtrtareaAdmvs: onetrans.T(region),
		FixmedinsCode: onetrans.T("H35990000001"), FixmedinsName: onetrans.T(sandbox.DefaultHospital),
		MdtrtID: onetrans.T(s.mdtrt), SetlID: onetrans.T(s.setlID), PsnNo: onetrans.T(s.person.PsnNo),
	})
}
