package kiosk

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"onetrans/devices"
	"onetrans/flows/authorise"
	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/receipt"
	"onetrans/flows/recharge"
	"onetrans/flows/settle"
	"onetrans/flows/view"
)

// anything are examples of all that can happen to a kiosk, more of what goes on than of what ends.
func anything(t *rapid.T, now time.Time) flow.Event {
	state := rapid.SampledFrom([]flow.State{
		txn.Pending, txn.Paying, txn.PreSettled, txn.Confirming, txn.Succ, txn.Fail, txn.Closed, txn.Abandoning, txn.Abandoned,
		txn.Refunding, txn.Refunded, txn.Refused, txn.NotSent, txn.Cancelled, txn.Unknown,
	}).Draw(t, "state")
	result := rapid.SampledFrom([]onetrans.Result{onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp, ""}).Draw(t, "result")
	order := txn.Status{Trade: txn.Trade{Order: txn.Order{No: "1"}, Progress: txn.Progress{State: state, Result: result, QRCode: qrcode}}}
	bills := txn.SettleStatus{No: "1", State: state, Result: result, QRCode: qrcode}
	bills.Cash, bills.Bills = 3560, []txn.Bill{{No: "B1", Amount: 3560}}
	what := rapid.SampledFrom([]cashier.Occasion{
		cashier.Sent, cashier.Changed, cashier.Checked, cashier.CloseDone, settle.PreSettled, settle.Confirmed,
	}).Draw(t, "occasion")
	err := rapid.SampledFrom([]error{nil, nil, nil, txn.ErrBusy, &txn.InDoubtError{No: "9"}}).Draw(t, "error")
	person := identify.Person{
		Name: name, HisCustID: hisID, CardNo: cardNo, ByCard: true, Accounts: []identify.Account{{Type: "02"}},
	}
	kind := rapid.SampledFrom([]PageKind{PageIdentify, PageScan, PageCashier, PageSettle}).Draw(t, "call")
	no := rapid.IntRange(0, 3).Draw(t, "number")
	tap := rapid.SampledFrom([]view.Tap{
		{Action: view.Start},
		{Action: view.PickService, Value: string(view.ServiceInpatientDeposit)},
		{Action: view.PickService, Value: string(view.ServiceOutpatientPayment)},
		{Action: view.ChooseWay, Value: string(view.WayHealthCard)},
		{Action: view.ChooseWay, Value: string(view.WaySocialSecurityCard)},
		{Action: view.Correct},
		{Action: view.Wrong},
		{Action: view.Quick, Value: "1"},
		{Action: view.Next},
		{Action: view.Pay},
		{Action: view.PayAnyway},
		{Action: view.CheckPaid},
		{Action: view.LeavePay},
		{Action: view.KeepPaying},
		{Action: view.ReallyLeave},
		{Action: view.KeepWaiting},
		{Action: view.GoToCounter},
		{Action: view.Back},
		{Action: view.GoHome},
		{Action: view.Retry},
		{Action: view.Done},
		{Action: view.Continue},
		{Action: view.PrintSlip},
	}).Draw(t, "tap")
	return rapid.SampledFrom([]flow.Event{
		tap, tap, tap, tap, tap, tap,
		Began{},
		Began{Err: err},
		identify.CardRead{},
		identify.CardPulled{},
		identify.CardFailed{Err: devices.ErrUnreadable},
		identify.CardBefore{In: true},
		identify.IdentityRead{},
		identify.IdentityLifted{},
		identify.CodeScanned{Code: code},
		identify.Found{LookUp: no, Person: person},
		identify.Found{LookUp: no, Person: person},
		identify.NotFound{LookUp: no, Why: view.TroubleNoPerson},
		authorise.Coded{No: no, Code: "c"},
		authorise.Agreed{No: no},
		authorise.Failed{No: no, Why: view.TroubleOffline},
		recharge.Update{What: what, Status: order, Err: err},
		recharge.Update{What: what, Status: order, Err: err},
		settle.Update{What: what, Status: bills, Err: err},
		settle.Update{What: what, Status: bills, Err: err},
		receipt.Printed{},
		HungUp{},
		Called{Call: PageCall{Kind: kind, No: "1", Patience: time.Minute}, Person: person},
		flow.Waited{Now: now},
		flow.Waited{Now: now},
	}).Draw(t, "event")
}

// Whatever happens when, a flow that has the screen leads only where the kiosk's
// table says, something stands on the screen, and who has left is forgotten.
func TestWhateverHappensLeadsWhereTheTableSays(t *testing.T) {
	limits := recharge.Limits{Min: 100, Max: 500000, Quick: []onetrans.Fen{10000, 20000}}
	options := Options{
		Services: []Service{
			{Kind: view.ServiceInpatientDeposit, AccountType: "02", Limits: limits}, {Kind: view.ServiceOutpatientPayment},
		},
		Ways:   []view.WayKind{view.WaySocialSecurityCard, view.WayCode, view.WayHealthCard},
		Prints: true, Timeout: timeout, Language: view.Chinese,
	}
	begin := func(service view.ServiceKind) []flow.Event {
		return []flow.Event{view.Tap{Action: view.Start}, view.Tap{Action: view.PickService, Value: string(service)}, Began{}}
	}
	found := []flow.Event{
		identify.CardRead{}, identify.Found{LookUp: 1, Person: identify.Person{
			Name: name, HisCustID: hisID, CardNo: cardNo, Accounts: []identify.Account{{Type: "02"}},
		}}, view.Tap{Action: view.Correct},
	}
	ways := [][]flow.Event{
		nil, begin(view.ServiceInpatientDeposit), begin(view.ServiceOutpatientPayment),
		append(begin(view.ServiceInpatientDeposit), found...), append(begin(view.ServiceOutpatientPayment), found...),
		append(begin(view.ServiceInpatientDeposit), view.Tap{Action: view.ChooseWay, Value: string(view.WayHealthCard)}),
	}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
		m := New(options, now)
		for _, e := range rapid.SampledFrom(ways).Draw(t, "way") {
			m, _ = m.Step(e)
		}
		for range rapid.IntRange(10, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 1, 5, 30}).Draw(t, "seconds")) * time.Second)
			m, _ = m.Step(anything(t, now)) // it panics where the table does not say so
			if m.Page().Content == nil {
				t.Fatalf("nothing stands on the screen in %q", m.At())
			}
			if m.At() == Attracting && (m.identify.CardIn() || m.recharge.No() != "" || m.settle.No() != "" || m.call != nil) {
				t.Fatal("somebody who has left is remembered")
			}
		}
	})
}
