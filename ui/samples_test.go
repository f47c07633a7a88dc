package ui_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"onetrans/assets/texts"
	"onetrans/flows/view"
	"onetrans/ui"
	"onetrans/ui/theme"
)

var (
	portrait32  = theme.Panel{WidthPx: 1080, HeightPx: 1920, Inches: 32}
	landscape32 = theme.Panel{WidthPx: 1920, HeightPx: 1080, Inches: 32}
	portrait21  = theme.Panel{WidthPx: 1080, HeightPx: 1920, Inches: 21.5}
	// Windows of calls on the monitors that PCs have, and on a small laptop.
	onDesktop   = theme.Panel{WidthPx: 1734, HeightPx: 1033, PixelMM: 0.248}
	onUpright   = theme.Panel{WidthPx: 972, HeightPx: 1726, PixelMM: 0.2767}
	onOldScreen = theme.Panel{WidthPx: 1280, HeightPx: 763, PixelMM: 0.294}
	onLaptop    = theme.Panel{WidthPx: 1156, HeightPx: 688, PixelMM: 0.2265}
	landscape21 = theme.Panel{WidthPx: 1920, HeightPx: 1080, Inches: 21.5}
)

type sample struct {
	name string
	page view.Page
}

func steps(now int) *view.Steps {
	return &view.Steps{Names: []string{"choose", "check", "amount", "confirm", "pay"}, Now: now}
}

func at(hour, minute int) time.Time {
	return time.Date(2026, 11, 22, hour, minute, 8, 0, time.FixedZone("CST", 8*3600))
}

// samples are all pages in all their states, with data as long as it gets.
func samples() []sample {
	time58 := view.Countdown{Left: 58, Total: 60}
	inpatient := view.ServiceInpatientDeposit
	amount := view.Amount{
		Account: inpatient, Balance: "3,000.00", Min: "1", Max: "5,000", Quick: []string{"500", "1,000", "2,000", "5,000"}, Selected: -1,
	}
	typed, small, large := amount, amount, amount
	typed.Typed, typed.Selected, typed.Ready = "1000", 1, true
	small.Typed, small.Problem = "0.5", view.AmountTooSmall
	large.Typed, large.Problem = "123456.78", view.AmountTooLarge
	person := view.Person{
		Name: "欧阳*珺", Sex: view.SexFemale, Age: 38, Insurance: "职工基本医疗保险", IDNo: "3501**********1235",
		CardNo: "D12****78", Account: inpatient, Balance: "3,000.00",
	}
	withCard, laid, rare := person, person, person
	withCard.CardIn, laid.Laid = true, true
	rare.Name, rare.Age, rare.Insurance, rare.Balance = "㛃䶮𠅤𬱖", -1, "", ""
	news := withCard
	news.News = []view.NewsLine{{Kind: view.NewsPaid, Amount: "1,200.00"}, {Kind: view.NewsSettled, Amount: "1,086.40"}, {Kind: view.NewsGivenBack, Amount: "386.40"}}
	confirm := view.Confirm{Account: inpatient, Amount: "1,200.00", Name: "欧阳*珺", Balance: "3,000.00"}
	cashier := view.Cashier{
		Account: inpatient, Payee: "滨江市第一医院", Name: "欧阳*珺", Amount: "200.00",
		QRCode:  "https://qr.95516.com/00010000/62512345678901234567890123456789",
		Wallets: []string{"wechat", "alipay", "unionpay"}, Left: 161, Total: 180,
	}
	checking, notPaid, offline := cashier, cashier, cashier
	checking.Checking, notPaid.NotPaidYet, offline.Offline = true, true, true
	result := view.Result{
		Account: inpatient, Amount: "200.00", Balance: "3,200.00", Channel: "WX_QR", At: at(10, 26),
		Reference: "17341299427649863690123456789012", CardIn: true,
	}
	notBooked := result
	notBooked.NotBooked, notBooked.Balance, notBooked.CardIn = true, "", false
	ask := func(kind view.AskKind) *view.Ask { return &view.Ask{Kind: kind} }
	home := view.Home{Services: []view.Service{{Kind: inpatient, Main: true}}}
	home2 := view.Home{Services: append(home.Services, view.Service{Kind: view.ServiceOutpatientDeposit})}
	pages := []sample{
		{"attract", view.Page{Content: view.Attract{}}},
		{"out-of-service", view.Page{Content: view.OutOfService{Fault: view.FaultAltered}}},
		{"home", view.Page{Content: home}},
		{"home-two", view.Page{Content: home2, Countdown: time58}},
		{"pick", view.Page{Content: view.PickWay{Ways: []view.WayKind{view.WaySocialSecurityCard, view.WayCode}}, Steps: steps(0), Back: true, Home: true, Countdown: time58}},
		{"pick-one", view.Page{Content: view.PickWay{Ways: []view.WayKind{view.WayCode}}, Steps: steps(0), Back: true, Home: true, Countdown: time58}},
		{"present-card", view.Page{Content: view.Present{Way: view.WaySocialSecurityCard, Place: "屏幕左下方卡槽，绿灯处"}, Steps: steps(0), Back: true, Home: true, Countdown: time58}},
		{"present-code", view.Page{Content: view.Present{Way: view.WayCode}, Steps: steps(0), Back: true, Home: true, Countdown: time58}},
		{"present-identity", view.Page{Content: view.Present{Way: view.WayIdentityCard, Place: "屏幕右下方，绿灯处"}, Steps: steps(0), Back: true, Home: true, Countdown: time58}},
		{"person", view.Page{Content: person, Steps: steps(1), Back: true, Home: true, Countdown: time58}},
		{"person-card", view.Page{Content: withCard, Steps: steps(1), Back: true, Home: true, Countdown: time58}},
		{"person-laid", view.Page{Content: laid, Steps: steps(1), Back: true, Home: true, Countdown: time58}},
		{"person-news", view.Page{Content: news, Steps: steps(1), Back: true, Home: true, Countdown: time58}},
		{"person-rare", view.Page{Content: rare, Steps: steps(1), Back: true, Home: true, Countdown: time58}},
		{"amount", view.Page{Content: amount, Steps: steps(2), Back: true, Home: true, Countdown: time58}},
		{"amount-typed", view.Page{Content: typed, Steps: steps(2), Back: true, Home: true, Countdown: time58}},
		{"amount-small", view.Page{Content: small, Steps: steps(2), Back: true, Home: true, Countdown: time58}},
		{"amount-large", view.Page{Content: large, Steps: steps(2), Back: true, Home: true, Countdown: time58}},
		{"confirm", view.Page{Content: confirm, Steps: steps(3), Back: true, Home: true, Countdown: time58}},
		{"pay-again", view.Page{Content: confirm, Steps: steps(3), Ask: &view.Ask{
			Kind: view.AskPayAgain, Charge: view.ChargeLine{Amount: "1,200.00", Reference: "17341299427649863690123456789012", At: at(9, 58)},
		}}},
		{"cashier", view.Page{Content: cashier, Steps: steps(4)}},
		{"cashier-checking", view.Page{Content: checking, Steps: steps(4)}},
		{"cashier-not-paid", view.Page{Content: notPaid, Steps: steps(4)}},
		{"cashier-offline", view.Page{Content: offline, Steps: steps(4)}},
		{"leave-pay", view.Page{Content: cashier, Steps: steps(4), Ask: ask(view.AskLeavePay)}},
		{"result", view.Page{Content: result, Countdown: view.Countdown{Left: 30, Total: 30}}},
		{"result-not-booked", view.Page{Content: notBooked, Countdown: view.Countdown{Left: 30, Total: 30}}},
		{"take-card", view.Page{Content: view.TakeCard{}}},
		{"take-identity", view.Page{Content: view.TakeCard{Identity: true}}},
		{"still-there", view.Page{Content: amount, Steps: steps(2), Back: true, Home: true, Ask: &view.Ask{Kind: view.AskStillThere, Left: 17}}},
	}
	pages = append(append(pages, settleSamples()...), slipSamples()...)
	for _, fault := range []view.FaultKind{
		view.FaultDamaged, view.FaultRolledBack, view.FaultTerminal, view.FaultLost, view.FaultMoved, view.FaultPlatform,
		view.FaultKey, view.FaultSchema, view.FaultDisk,
	} {
		pages = append(pages, sample{"out-of-service-" + string(fault), view.Page{Content: view.OutOfService{Fault: fault}}})
	}
	for _, kind := range []view.BusyKind{
		view.BusyReading, view.BusyLookup, view.BusyOrder, view.BusyClosing, view.BusyAuthorise, view.BusyAbandoning,
		view.BusyElsewhere,
	} {
		pages = append(pages, sample{"busy-" + string(kind), view.Page{Content: view.Busy{Kind: kind, Long: kind == view.BusyOrder}, Steps: steps(1)}})
	}
	for _, kind := range []view.DoubtKind{
		view.DoubtOffline, view.DoubtPaying, view.DoubtCrediting, view.DoubtElsewhere, view.DoubtBillOffline, view.DoubtBillPaying, view.DoubtBillConfirming,
	} {
		pages = append(pages, sample{"doubt-" + string(kind), view.Page{Content: view.Doubt{
			Kind: kind, Amount: "200.00", Reference: "17341299427649863690123456789012", Waited: 125, CardIn: kind == view.DoubtPaying,
		}}})
	}
	for _, kind := range troubleKinds() {
		trouble := view.Trouble{Kind: kind}
		switch kind {
		case view.TroubleRefused, view.TroubleFailed, view.TroubleClosed, view.TroubleBillRefused, view.TroubleBillClosed, view.TroubleBillCancelled, view.TroubleBillOpen:
			trouble.Reference, trouble.Retry, trouble.CardIn = "17341299427649863690123456789012", true, true
		case view.TroubleUnreadable, view.TroubleIdentityUnreadable, view.TroubleIdentityRefused, view.TroubleOffline,
			view.TroubleNobodyRead:
			trouble.Retry = true
		}
		pages = append(pages, sample{"trouble-" + string(kind), view.Page{Content: trouble, Home: true, Countdown: time58}})
	}
	return pages
}

func troubleKinds() []view.TroubleKind {
	return []view.TroubleKind{
		view.TroubleNoReader, view.TroubleWrongCard, view.TroubleCardPulled, view.TroubleCardLocked, view.TroubleUnreadable,
		view.TroubleNotIdentity, view.TroubleIdentityMoved, view.TroubleIdentityUnreadable, view.TroubleIdentityRefused, view.TroubleIdentityNumber,
		view.TroubleNoPerson, view.TroubleNobodyRead, view.TroubleNotRegistered, view.TroubleNoAccount, view.TroubleNoCard, view.TroubleOffline, view.TroubleNoOrder,
		view.TroubleRefused, view.TroubleClosed, view.TroubleFailed, view.TroubleJournal, view.TroubleBusy, view.TroubleInternal,
		view.TroubleBillOpen, view.TroubleNoBills, view.TroubleNoPreSettlement, view.TroubleBillRefused, view.TroubleBillClosed,
		view.TroubleBillCancelled,
		view.TroubleAuthRefused, view.TroubleAuthCancelled, view.TroubleAuthExpired,
	}
}

// desk is a kiosk with a clock to turn by hand and a list of what was tapped.
type desk struct {
	kiosk *ui.Kiosk
	now   time.Time
	taps  []view.Tap
	runes []rune
}

func newDesk(t *testing.T, panel theme.Panel) *desk { return deskOf(t, panel, false) }

// deskOf is a desk of a real platform, or of the sandbox.
func deskOf(t *testing.T, panel theme.Panel, demo bool) *desk {
	t.Helper()
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{now: at(10, 24)}
	app := test.NewTempApp(t)
	d.kiosk = ui.NewKiosk(ui.Options{
		Demo:  demo,
		Panel: panel, Texts: book, Hospital: "滨江市第一医院", HelpPlace: "一楼导诊台", HelpPhone: "0591-0000-0120",
		CounterPlace: "一楼收费处 3\u00a0号窗口",
		Now:          func() time.Time { return d.now },
		Emit:         func(tap view.Tap) { d.taps = append(d.taps, tap) },
		OnRune:       func(r rune) { d.runes = append(d.runes, r) },
	})
	app.Settings().SetTheme(d.kiosk.Theme())
	return d
}

// show puts a page in front of a person who has had time to see it.
func (d *desk) show(page view.Page) {
	d.kiosk.Show(page)
	d.now = d.now.Add(time.Second)
}

func (d *desk) objects() []fyne.CanvasObject { return d.kiosk.Content().(*fyne.Container).Objects }
