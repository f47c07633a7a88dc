package simulate

import (
	"onetrans/app/checks/simulate/judge"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

// request is a message of HIS with the demo application's credentials.
func request(transType string, data any) onetrans.Request {
	encoded, err := onetrans.Marshal(data)
	if err != nil {
		panic(err) // our own structures
	}
	return onetrans.Request{
		AppID: onetrans.T(sandbox.DemoAppID), AppKey: onetrans.T(sandbox.DemoAppKey),
		RecerSysCode: onetrans.T("HIS"), DeptCodg: onetrans.T("1"), DeptName: onetrans.T("收费处"),
		Opter: onetrans.T("0042"), OpterName: onetrans.T("收费员"), OpterType: onetrans.T("1"),
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
	if v.hit(0.3) { // at a page of the terminal's own
		extra = onetrans.RechargeExtra{}
	}
	in.Extra = onetrans.Object(extra)
	return request(onetrans.TransRecharge, in)
}

// despite is an order that is wanted although a like one is in doubt.
func despite(order onetrans.Request, no onetrans.Text) onetrans.Request {
	return changed(order, func(in *onetrans.RechargeIn) { in.Extra.Value.Despite = no })
}

// changed is a request with other data.
func changed[In any](r onetrans.Request, change func(*In)) onetrans.Request {
	var in In
	if err := onetrans.UnmarshalData(r.Data, &in); err != nil {
		panic(err) // our own message
	}
	change(&in)
	return request(r.TransType.String(), in)
}

// payCode is a WeChat payment code; its last digit decides what comes of it.
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

// refundOf names the order by either of its numbers, or by both, at random.
func (v visitor) refundOf(r receipt, no string, amount onetrans.Fen, w judge.Way) onetrans.Asked[onetrans.RefundIn] {
	in := refundIn(r, no, amount, w)
	switch v.IntN(3) {
	case 0:
		in.TraceNo, in.OutChargeNo = onetrans.T(r.traceNo), onetrans.Text{}
	case 1:
		in.TraceNo = onetrans.T(r.traceNo)
	}
	return onetrans.Asked[onetrans.RefundIn]{Request: request(onetrans.TransRefund, in), In: in}
}

func refundIn(r receipt, no string, amount onetrans.Fen, w judge.Way) onetrans.RefundIn {
	return onetrans.RefundIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T" + r.terminal.name), CardType: onetrans.T(onetrans.CardSocialSecurity),
		CardNo: onetrans.T(r.person.CardNo), AccountType: onetrans.T(r.account), UserName: onetrans.T(r.person.Name),
		Amount: onetrans.Yuan(amount), WithdrawMode: onetrans.T(w.Mode), RefundType: onetrans.T(w.Process),
		OutChargeNo: onetrans.T(r.no), OutRefundNo: onetrans.T(no), HisCustID: onetrans.T(r.person.HisCustID),
	}
}

const region = "359900"

func (v visitor) settlement(p sandbox.Person, c card, no string) onetrans.Request {
	in := onetrans.SettleIn{
		TermNo: onetrans.T("T"), CertNo: onetrans.T(p.CertNo), PatientType: onetrans.T("00"),
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		CardType: onetrans.T(c.kind), CardNo: onetrans.T(c.no), PsnNo: onetrans.T(p.PsnNo), HisCustID: onetrans.T(p.HisCustID),
		AccountType: onetrans.T(onetrans.AccountOutpatient), PsnCertType: onetrans.T("01"), PsnName: onetrans.T(p.Name),
		MdtrtareaAdmvs: onetrans.T(region), FixmedinsCode: onetrans.T("H35990000001"), FixmedinsName: onetrans.T(sandbox.DefaultHospital),
		Extra: onetrans.Object(onetrans.SettleExtra{CardNo: onetrans.T(c.no), OutSettleNo: onetrans.T(no)}),
	}
	if p.Insurance != nil && v.hit(0.5) { // others pay all of it themselves
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
