package recharge_test

import (
	"reflect"
	"testing"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

// Payment codes by their published shapes, and what is none.
const (
	weChat   = "134567890123456789"
	alipay   = "281234567890123456"
	unionPay = "6212345678901234567"
	voucher  = "3500000000000000000012345678"
)

func scanning(depositType string) recharge.Model {
	charge := recharge.Charge{Person: patient, Account: account, Amount: 20000, DepositType: depositType}
	m, _ := recharge.StartOrder(terms, charge, "下方", noon)
	return m
}

func TestOnlyTheWalletsOwnCodeIsCharged(t *testing.T) {
	listen := []flow.Effect{identify.Listen{CodeOnly: true}}
	for depositType, own := range map[string]string{
		onetrans.DepositWeChat: weChat, onetrans.DepositAlipay: alipay, onetrans.DepositUnionPay: unionPay,
	} {
		for _, code := range []string{weChat, alipay, unionPay, voucher, "", "1", "https://pay/1"} {
			m, effects := scanning(depositType).Step(identify.CodeScanned{Code: code})
			if code == own {
				place, ok := effects[0].(recharge.Place)
				if !ok || place.Charge.AuthCode != code || screen(m) != cashier.Ordering || m.Content().(view.Busy).Kind != view.BusyCharging {
					t.Errorf("%s: %q: %q, %+v", depositType, code, screen(m), effects)
				}
				continue
			}
			problem := view.PayCodeOther
			if code == voucher {
				problem = view.PayCodeHealth
			}
			if asks := m.Content().(view.PayCode); screen(m) != cashier.Scanning || !reflect.DeepEqual(effects, listen) || asks.Problem != problem {
				t.Errorf("%s: %q: %q, %+v, %+v", depositType, code, screen(m), effects, asks)
			}
		}
	}
}

// A code that was sent may have paid: only the platform's word says that it did not.
func TestWhatBecomesOfAPaymentCode(t *testing.T) {
	for name, c := range map[string]struct {
		status txn.Status
		want   flow.State
	}{
		"paid":                  {status(txn.Succ), recharge.Succeeded},
		"the person confirms":   {status(txn.Pending, noCode, func(s *txn.Status) { s.Trade.Progress.Result = onetrans.ResultIng }), cashier.Doubtful},
		"no answer":             {status(txn.Unknown, noCode), cashier.Doubtful},
		"an answer of no state": {status(txn.Pending, noCode, func(s *txn.Status) { s.Trade.Progress.Result = "" }), cashier.Doubtful},
		"declined":              {status(txn.Fail), recharge.Troubled},
		"never sent":            {status(txn.NotSent), recharge.Troubled},
	} {
		m := after(scanning(onetrans.DepositWeChat), identify.CodeScanned{Code: weChat})
		m, effects := m.Step(recharge.News{What: cashier.Sent, Status: c.status})
		if screen(m) != c.want || len(effects) != 0 {
			t.Errorf("%s: %q, %+v", name, screen(m), effects)
		}
	}
}

// The platform's word that the order is still unpaid says that the code was
// declined: another may be shown.
func TestACodeThatWasDeclined(t *testing.T) {
	m := after(scanning(onetrans.DepositWeChat), identify.CodeScanned{Code: weChat}, recharge.News{What: cashier.Sent, Status: status(txn.Pending, noCode)})
	if screen(m) != cashier.Scanning || m.Content().(view.PayCode).Problem != view.PayCodeRefused || m.No() != "1" {
		t.Fatalf("%q, %+v, %q", screen(m), m.Content(), m.No())
	}
	_, effects := m.Step(identify.CodeScanned{Code: weChat})
	if len(effects) != 1 || effects[0].(recharge.Place).Charge.AuthCode != weChat {
		t.Errorf("%+v", effects)
	}
	if _, effects := m.Step(tap(view.GoHome)); !reflect.DeepEqual(effects, []flow.Effect{recharge.Close{No: "1"}}) {
		t.Errorf("an order that is there is closed: %+v", effects)
	}
	if paid := after(m, recharge.News{What: cashier.Changed, Status: status(txn.Succ)}); screen(paid) != recharge.Succeeded {
		t.Errorf("%q", screen(paid))
	}
}

func TestWhoDoesNotWantToShowTheirCodeLeaves(t *testing.T) {
	m := scanning(onetrans.DepositAlipay)
	if !m.Home() || m.Back() || m.MoneyInFlight() {
		t.Errorf("home %v, back %v, in flight %v", m.Home(), m.Back(), m.MoneyInFlight())
	}
	if _, effects := m.Step(tap(view.GoHome)); !reflect.DeepEqual(effects, []flow.Effect{cashier.Left{To: cashier.ToHome}}) {
		t.Errorf("%+v", effects)
	}
}
