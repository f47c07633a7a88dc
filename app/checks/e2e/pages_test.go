//go:build e2e

package e2e

import (
	"maps"
	"slices"
	"time"

	"onetrans/app/sandbox"
	"onetrans/flows/message/mask"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// pages are the screens that the tests have to tell apart.
func pages() map[string]view.Page {
	person := sandbox.Persons()[0]
	name := mask.Name(person.Name)
	deposit := view.ServiceInpatientDeposit
	look := view.Look{Language: view.Chinese}
	clock := view.Countdown{Left: 55, Total: 60}
	steps := func(now int) *view.Steps {
		return &view.Steps{Names: []string{"choose", "check", "amount", "confirm", "pay"}, Now: now}
	}
	quick := []string{"50", "100", "200", "500"}
	cashier := view.Cashier{
		Account: deposit, Payee: sandbox.DefaultHospital, Name: name, Amount: "200.00",
		QRCode:  "http://127.0.0.1:40000/pay/1734129942764986369",
		Wallets: []string{"wechat", "alipay", "unionpay"}, Left: 290, Total: 300,
	}
	offline := cashier
	offline.Offline = true
	const reference = "26112331085570383770214305"
	trouble := func(kind view.TroubleKind, retry, cardIn bool) view.Page {
		return view.Page{Content: view.Trouble{Kind: kind, Retry: retry, CardIn: cardIn}, Home: true, Countdown: clock, Look: look}
	}
	all := map[string]view.Page{
		"attract":        {Content: view.Attract{}, Look: look},
		"out of service": {Content: view.OutOfService{Fault: view.FaultDamaged}, Look: look},
		"home":           {Content: view.Home{Services: []view.Service{{Kind: view.ServiceOutpatientPayment, Main: true}, {Kind: deposit}}}, Countdown: clock, Look: look},
		"identify":       {Content: view.PickWay{Ways: []view.WayKind{view.WaySocialSecurityCard, view.WayCode}}, Steps: steps(0), Back: true, Home: true, Countdown: clock, Look: look},
		"insert":         {Content: view.Present{Way: view.WaySocialSecurityCard}, Steps: steps(0), Back: true, Home: true, Countdown: clock, Look: look},
		"looking":        {Content: view.Busy{Kind: view.BusyLookup}, Steps: steps(0), Home: true, Countdown: clock, Look: look},
		"person": {Content: view.Person{
			Name: name, Sex: view.SexFemale, Age: 38, Insurance: "职工基本医疗保险", IDNo: mask.IDNo(person.CertNo),
			CardNo: mask.CardNo(person.CardNo), Account: deposit, Balance: "3,000.00", CardIn: true,
		}, Steps: steps(1), Back: true, Home: true, Countdown: clock, Look: look},
		"amount": {
			Content: view.Amount{Account: deposit, Balance: "3,000.00", Min: "1", Max: "5,000", Quick: quick, Selected: -1},
			Steps:   steps(2), Back: true, Home: true, Countdown: clock, Look: look,
		},
		"amount entered": {
			Content: view.Amount{Account: deposit, Balance: "3,000.00", Min: "1", Max: "5,000", Quick: quick, Selected: 2, Typed: "200", Ready: true},
			Steps:   steps(2), Back: true, Home: true, Countdown: clock, Look: look,
		},
		"confirm": {
			Content: view.Confirm{Account: deposit, Amount: "200.00", Name: name, Balance: "3,000.00"},
			Steps:   steps(3), Back: true, Home: true, Countdown: clock, Look: look,
		},
		"ordering":        {Content: view.Busy{Kind: view.BusyOrder}, Steps: steps(4), Look: look},
		"closing":         {Content: view.Busy{Kind: view.BusyClosing}, Steps: steps(4), Look: look},
		"cashier":         {Content: cashier, Steps: steps(4), Look: look},
		"cashier offline": {Content: offline, Steps: steps(4), Look: look},
		"leave":           {Content: cashier, Steps: steps(4), Ask: &view.Ask{Kind: view.AskLeavePay}, Look: look},
		"result": {Content: view.Result{
			Account: deposit, Amount: "200.00", Balance: "3,200.00", Channel: "wechat",
			At: time.Now(), Reference: reference, CardIn: true,
		}, Look: look},
		"doubt":      {Content: view.Doubt{Kind: view.DoubtOffline, Amount: "200.00", Reference: reference, Waited: 5, CardIn: true}, Look: look},
		"their home": {Content: view.Home{Services: []view.Service{{Kind: deposit, Main: true}}}, Countdown: clock, Look: look},
		"their result": {Content: view.Result{
			Account: deposit, Amount: "200.00", Balance: "3,200.00", Channel: "wechat", At: time.Now(), Reference: reference,
		}, Slip: view.Slip{State: view.SlipOffered}, Look: look},
		"their doubt": {
			Content: view.Doubt{Kind: view.DoubtElsewhere, Amount: "200.00", Reference: reference, Waited: 5},
			Slip:    view.Slip{State: view.SlipOffered}, Look: look,
		},
		"nobody read":    trouble(view.TroubleNobodyRead, true, false),
		"take card":      {Content: view.TakeCard{}, Look: look},
		"wrong card":     trouble(view.TroubleWrongCard, true, true),
		"card pulled":    trouble(view.TroubleCardPulled, true, false),
		"card locked":    trouble(view.TroubleCardLocked, false, true),
		"no reader":      trouble(view.TroubleNoReader, true, false),
		"no person":      trouble(view.TroubleNoPerson, true, true),
		"offline":        trouble(view.TroubleOffline, true, true),
		"not registered": trouble(view.TroubleNotRegistered, false, true),
		"journal":        trouble(view.TroubleJournal, false, true),
		"no order":       trouble(view.TroubleNoOrder, true, true),
	}
	maps.Copy(all, callPages(look, clock))
	maps.Copy(all, billPages(look, clock))
	return all
}

// billPages are the screens on which the person settles bills, chosen down to the first.
func billPages(look view.Look, clock view.Countdown) map[string]view.Page {
	person := sandbox.Persons()[0]
	name := mask.Name(person.Name)
	at := func(now int, c view.Content) view.Page {
		return view.Page{
			Content: c, Steps: &view.Steps{Names: []string{"choose", "check", "bills", "review", "pay"}, Now: now},
			Back: true, Home: true, Countdown: clock, Look: look,
		}
	}
	day := time.Now().In(onetrans.Zone())
	bills := view.Bills{Name: name, Pages: 1, Chosen: 3, All: 3, Amount: "648.12", Rows: []view.BillRow{
		{Dept: "呼吸与危重症医学科", Doctor: "周明远", Date: day.Format(time.DateOnly), Amount: "460.12", Chosen: true},
		{Index: 1, Dept: "检验科", Doctor: "郑晓岚", Date: day.Format(time.DateOnly), Amount: "74.00", Chosen: true},
		{Index: 2, Dept: "皮肤科", Doctor: "何静怡", Date: day.AddDate(0, 0, -2).Format(time.DateOnly), Amount: "114.00", Chosen: true},
	}}
	fewer := bills
	fewer.Chosen, fewer.Amount, fewer.Rows = 2, "534.12", slices.Clone(bills.Rows)
	fewer.Rows[2].Chosen = false
	settled := view.Settled{
		Name: name, Bills: 2, Total: "534.12", Fund: "376.22", Account: "139.30", Cash: "18.60", At: day,
		Reference: "26112331085570383770214305",
	}
	settledIn := settled
	settledIn.CardIn = true
	checked := view.Person{
		Name: name, Sex: view.SexFemale, Age: 38, Insurance: "职工基本医疗保险", IDNo: mask.IDNo(person.CertNo),
		CardNo: mask.CardNo(person.HospitalCard), Account: view.ServiceOutpatientPayment,
	}
	byCard, byIdentity := checked, checked
	byCard.CardNo, byCard.CardIn, byIdentity.Laid = mask.CardNo(person.CardNo), true, true
	allWays := []view.WayKind{view.WaySocialSecurityCard, view.WayIdentityCard, view.WayCode, view.WayHealthCard}
	cashier := at(4, view.Cashier{
		Account: view.ServiceOutpatientPayment, Payee: sandbox.DefaultHospital, Name: name, Amount: "18.60",
		QRCode:  "http://127.0.0.1:40000/pay/1734129942764986369",
		Wallets: []string{"wechat", "alipay", "unionpay"}, Left: 290, Total: 300,
	})
	cashier.Back, cashier.Home, cashier.Countdown = false, false, view.Countdown{}
	return map[string]view.Page{
		"bill ways":             at(0, view.PickWay{Ways: allWays}),
		"bill person":           at(1, byCard),
		"bill person, known":    at(1, checked),
		"bill person, laid":     at(1, byIdentity),
		"bills":                 at(2, bills),
		"bills fewer":           at(2, fewer),
		"bill review":           at(3, view.Review{Name: name, Bills: 2, Total: "534.12", Fund: "376.22", Account: "139.30", Cash: "18.60"}),
		"bill pay":              cashier,
		"bill settled":          {Content: settledIn, Look: look},
		"bill settled, no card": {Content: settled, Look: look},
	}
}

// callPages are the screens of HIS's calls, with the people and the money of
// the specification's samples.
func callPages(look view.Look, clock view.Countdown) map[string]view.Page {
	from := func(c view.Caller) func(view.Page) view.Page {
		return func(p view.Page) view.Page {
			p.Single, p.Caller, p.Look = true, c, look
			return p
		}
	}
	// The people and desks of the specification's samples.
	identifying := from(view.Caller{From: "妇产科 lyj"})
	paying := from(view.Caller{Name: "姓*", Card: "004X", From: "消化内科 超级管理员"})
	rarely := from(view.Caller{Name: mask.Name(rareName), Card: "004X", From: "消化内科 超级管理员"})
	settling := from(view.Caller{Name: "李*", Card: "0001", From: "肉芽肿性乳腺炎门诊 王五"})
	steps := func(now int) *view.Steps { return &view.Steps{Names: []string{"bills", "review", "pay"}, Now: now} }
	cashier := view.Cashier{
		Account: view.ServiceOutpatientDeposit, Payee: sandbox.DefaultHospital, Name: "姓*", Amount: "0.01", Balance: "10.00",
		QRCode:  "http://127.0.0.1:40000/pay/1734129942764986369",
		Wallets: []string{"wechat", "alipay", "unionpay"}, Left: 290, Total: 300,
	}
	rare := cashier
	rare.Name = mask.Name(rareName)
	share := cashier
	share.Account, share.Name, share.Amount, share.Balance = view.ServiceOutpatientPayment, "李*", "42.00", ""
	return map[string]view.Page{
		"call identify": identifying(view.Page{Content: view.PickWay{Ways: []view.WayKind{view.WaySocialSecurityCard, view.WayCode}}, Home: true, Countdown: clock}),
		"call identify, card there": identifying(view.Page{Content: view.PickWay{
			Ways: []view.WayKind{view.WaySocialSecurityCard, view.WayCode}, Before: view.BeforeCard,
		}, Home: true, Countdown: clock}),
		"call insert":  identifying(view.Page{Content: view.Present{Way: view.WaySocialSecurityCard}, Back: true, Home: true, Countdown: clock}),
		"call scan":    identifying(view.Page{Content: view.Present{Way: view.WayCode}, Home: true, Countdown: clock}),
		"call cashier": paying(view.Page{Content: cashier}),
		"call rare":    rarely(view.Page{Content: rare}),
		"call leave":   paying(view.Page{Content: cashier, Ask: &view.Ask{Kind: view.AskLeavePay}}),
		"call result": paying(view.Page{Content: view.Result{
			Account: cashier.Account, Amount: "0.01", Balance: "10.01", Channel: "wechat",
			At: time.Now(), Reference: "1702283177285398",
		}, Countdown: view.Countdown{Left: 29, Total: 30}}),
		"call bills": settling(view.Page{Content: view.Bills{
			Name: "李*", Pages: 1, Chosen: 1, All: 1, Amount: "456.66",
			Rows: []view.BillRow{{Dept: "肉芽肿性乳腺炎门诊", Doctor: "王五", Date: onetrans.FormatTime(time.Now())[:4] + "-11-26", Amount: "456.66", Chosen: true}},
		}, Steps: steps(0), Home: true, Countdown: clock}),
		"call review": settling(view.Page{Content: view.Review{
			Name: "李*", Bills: 1, Total: "456.66", Fund: "219.37", Account: "195.29", Cash: "42.00",
		}, Steps: steps(1), Back: true, Home: true, Countdown: clock}),
		"call share": settling(view.Page{Content: share, Steps: steps(2)}),
		"call settled": settling(view.Page{Content: view.Settled{
			Name: "李*", Bills: 1, Total: "456.66", Fund: "219.37", Account: "195.29", Cash: "42.00", At: time.Now(), Reference: "H35010200275202404171045034300",
		}, Countdown: view.Countdown{Left: 29, Total: 30}}),
	}
}

// rareName is no GBK, and both its rare characters stay when it is masked.
const rareName = "㛃司马𬱖"
