package ui_test

import (
	"onetrans/flows/view"
)

func settleSteps(now int) *view.Steps {
	return &view.Steps{Names: []string{"choose", "check", "bills", "review", "pay"}, Now: now}
}

// settleSamples are the pages of a settlement and of the health card's authorisation.
func settleSamples() []sample {
	time58 := view.Countdown{Left: 58, Total: 60}
	rows := []view.BillRow{
		{Index: 0, Dept: "中西医结合肉芽肿性乳腺炎专病门诊", Doctor: "欧阳小明", Date: "2026-11-22", Amount: "12,345.60", Chosen: true},
		{Index: 1, Dept: "心血管内科", Doctor: "李珺", Date: "2026-11-22", Amount: "86.50", Chosen: true},
		{Index: 2, Dept: "检验科", Date: "2026-11-21", Amount: "230.00"},
	}
	bills := view.Bills{Name: "欧阳*珺", Rows: rows, Pages: 1, Chosen: 2, All: 3, Amount: "12,432.10"}
	many, last, none := bills, bills, bills
	many.Pages, many.All, many.Chosen = 3, 7, 7
	last.Pages, last.Page, last.All, last.Rows = 3, 2, 7, rows[1:2]
	none.Chosen, none.Amount = 0, "0.00"
	review := view.Review{
		Name: "欧阳*珺", Bills: 2, Total: "12,432.10", Fund: "9,800.00", Account: "1,432.10", Cash: "1,200.00",
	}
	free, own := review, review
	free.Cash, free.Free, free.Account = "0.00", true, "2,632.10"
	own.Fund, own.Account, own.Cash = "", "", "12,432.10"
	settled := view.Settled{
		Name: "欧阳*珺", Bills: 2, Total: "12,432.10", Fund: "9,800.00", Account: "1,432.10", Cash: "1,200.00",
		At: at(10, 26), Reference: "17341299427649863690123456789012", CardIn: true,
	}
	refunding := view.Refunding{Amount: "1,200.00", Reference: "17341299427649863690123456789012", CardIn: true}
	refunded := refunding
	refunded.Refunded = true
	refundDesk := refunding
	refundDesk.AtDesk = true
	cashier := view.Cashier{
		Account: view.ServiceOutpatientPayment, Payee: "滨江市第一医院", Name: "欧阳*珺", Amount: "1,200.00", Balance: "3,000.00",
		QRCode:  "https://qr.95516.com/00010000/62512345678901234567890123456789",
		Wallets: []string{"wechat", "alipay", "unionpay"}, Left: 161, Total: 180,
	}
	services := []view.Service{
		{Kind: view.ServiceOutpatientPayment, Main: true}, {Kind: view.ServiceInpatientDeposit}, {Kind: view.ServiceOutpatientDeposit},
	}
	ways := []view.WayKind{view.WaySocialSecurityCard, view.WayCode, view.WayHealthCard}
	allWays := []view.WayKind{view.WaySocialSecurityCard, view.WayIdentityCard, view.WayCode, view.WayHealthCard}
	auth := view.Authorise{QRCode: "https://ehc.example.cn/auth?no=62512345678901234567890123456789", Left: 97, Total: 120}
	authOffline := auth
	authOffline.Offline = true
	result := view.Countdown{Left: 30, Total: 30}
	payCode := view.PayCode{Account: view.ServiceInpatientDeposit, Payee: "滨江市第一医院", Name: "欧阳*珺", Amount: "1,200.00", Wallet: "wechat", Place: "屏幕正下方扫码口"}
	healthCode, otherCode, refusedCode := payCode, payCode, payCode
	refusedCode.Problem = view.PayCodeRefused
	healthCode.Problem, otherCode.Problem, otherCode.Place = view.PayCodeHealth, view.PayCodeOther, ""
	called := []sample{
		{"called-pay-code", view.Page{Content: payCode, Home: true, Countdown: time58}},
		{"called-pay-code-health", view.Page{Content: healthCode, Home: true, Countdown: time58}},
		{"called-pay-code-refused", view.Page{Content: refusedCode, Home: true, Countdown: time58}},
		{"called-pay-code-other", view.Page{Content: otherCode, Home: true, Countdown: time58}},
		{"called-pick", view.Page{Content: view.PickWay{Ways: ways}, Home: true, Countdown: time58}},
		{"called-pick-four", view.Page{Content: view.PickWay{Ways: allWays}, Home: true, Countdown: time58}},
		{"called-pick-before", view.Page{Content: view.PickWay{Ways: ways, Before: view.BeforeCard}, Home: true, Countdown: time58}},
		{"called-pick-four-before", view.Page{Content: view.PickWay{Ways: allWays, Before: view.BeforeIdentity}, Home: true, Countdown: time58}},
		{"called-present-before", view.Page{Content: view.Present{Way: view.WaySocialSecurityCard, Place: "屏幕左下方卡槽，绿灯处", Before: view.BeforeCard}, Back: true, Home: true, Countdown: time58}},
		{"called-identity-before", view.Page{Content: view.Present{Way: view.WayIdentityCard, Place: "屏幕右下方，绿灯处", Before: view.BeforeIdentity}, Back: true, Home: true, Countdown: time58}},
		{"called-scan", view.Page{Content: view.Present{Way: view.WayCode}, Home: true, Countdown: time58}},
		{"called-cashier", view.Page{Content: cashier}},
		{"called-bills", view.Page{Content: many, Steps: &view.Steps{Names: []string{"bills", "review", "pay"}}, Home: true, Countdown: time58}},
		{"called-trouble", view.Page{Content: view.Trouble{Kind: view.TroubleCardLocked, CardIn: true}, Home: true, Countdown: time58}},
		{"called-settled", view.Page{Content: settled, Countdown: result}},
		{"called-refunding", view.Page{Content: refunding, Countdown: result}},
		{"called-trouble-retry", view.Page{Content: view.Trouble{Kind: view.TroubleWrongCard, Retry: true, CardIn: true}, Home: true, Countdown: time58}},
		{"called-still-there", view.Page{Content: view.PickWay{Ways: ways}, Home: true, Ask: &view.Ask{Kind: view.AskStillThere, Left: 17}}},
	}
	for i := range called {
		called[i].page.Single = true
		called[i].page.Caller = view.Caller{Name: "欧阳*珺", Card: "0301", From: "门诊收费处三号窗口 欧阳文珺"}
	}
	return append(called, []sample{
		{"home-settle", view.Page{Content: view.Home{Services: services[:2]}, Countdown: time58}},
		{"home-three", view.Page{Content: view.Home{Services: services}, Countdown: time58}},
		{"pick-three", view.Page{Content: view.PickWay{Ways: ways}, Steps: settleSteps(0), Back: true, Home: true, Countdown: time58}},
		{"pick-four", view.Page{Content: view.PickWay{Ways: allWays}, Steps: settleSteps(0), Back: true, Home: true, Countdown: time58}},
		{"authorise", view.Page{Content: auth, Steps: settleSteps(0), Back: true, Home: true}},
		{"authorise-offline", view.Page{Content: authOffline, Steps: settleSteps(0), Back: true, Home: true}},
		{"settling", view.Page{Content: settling(0, false), Steps: settleSteps(2), Home: true}},
		{"settling-confirm", view.Page{Content: settling(4, true), Steps: settleSteps(4)}},
		{"bills", view.Page{Content: bills, Steps: settleSteps(2), Back: true, Home: true, Countdown: time58}},
		{"bills-many", view.Page{Content: many, Steps: settleSteps(2), Back: true, Home: true, Countdown: time58}},
		{"bills-last", view.Page{Content: last, Steps: settleSteps(2), Back: true, Home: true, Countdown: time58}},
		{"bills-none", view.Page{Content: none, Steps: settleSteps(2), Back: true, Home: true, Countdown: time58}},
		{"review", view.Page{Content: review, Steps: settleSteps(3), Back: true, Home: true, Countdown: time58}},
		{"review-free", view.Page{Content: free, Steps: settleSteps(3), Back: true, Home: true, Countdown: time58}},
		{"review-own", view.Page{Content: own, Steps: settleSteps(3), Back: true, Home: true, Countdown: time58}},
		{"cashier-settle", view.Page{Content: cashier, Steps: settleSteps(4)}},
		{"settled", view.Page{Content: settled, Countdown: result}},
		{"refunding", view.Page{Content: refunding, Countdown: result}},
		{"refunded", view.Page{Content: refunded, Countdown: result}},
		{"refund-desk", view.Page{Content: refundDesk, Countdown: result}},
	}...)
}

// settling has its first steps done and one of them not needed.
func settling(now int, paid bool) view.Settling {
	v := view.Settling{Long: paid, Paid: paid}
	for i, kind := range []view.StepKind{
		view.StepPerson, view.StepRegistration, view.StepPreSettle, view.StepPayment, view.StepConfirm,
	} {
		state := view.StepAhead
		switch {
		case i == now:
			state = view.StepNow
		case i == 1 && i < now:
			state = view.StepSkipped
		case i < now:
			state = view.StepDone
		}
		v.Steps = append(v.Steps, view.SettleStep{Kind: kind, State: state})
	}
	return v
}
