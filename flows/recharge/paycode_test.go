package recharge_test

import (
	"fmt"
	"strings"
	"testing"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

const weChat = "134567890123456789"

func scanning(depositType string) recharge.Model {
	charge := recharge.Charge{Person: patient, Account: account, Amount: 20000, DepositType: depositType}
	m, _ := recharge.StartOrder(terms, charge, noon)
	return m
}

// The code that was scanned goes with the order, also when that is made all the
// same despite a doubt, and is forgotten once it is answered for.
func TestThePersonsCodeGoesWithTheOrderAndIsForgotten(t *testing.T) {
	m, effects := scanning(onetrans.DepositWeChat).Step(identify.CodeScanned{Code: weChat})
	if place, ok := effects[0].(recharge.Place); !ok || place.Charge.AuthCode != weChat || place.Charge.Despite != "" {
		t.Errorf("%+v", effects)
	}
	asked := after(m, recharge.Update{What: cashier.Sent, Err: &txn.InDoubtError{No: "9", Amount: 20000}})
	_, effects = asked.Step(tap(view.PayAnyway))
	if place, ok := effects[0].(recharge.Place); !ok || place.Charge.AuthCode != weChat || place.Charge.Despite != "9" {
		t.Errorf("%+v", effects)
	}
	m = after(m, recharge.Update{What: cashier.Sent, Status: status(txn.Pending, noCode, result(onetrans.ResultIng))})
	if left := fmt.Sprintf("%+v", m); strings.Contains(left, weChat) {
		t.Errorf("it is still there: %s", left)
	}
}

// The screen that asks for the code leads home, and not back to an amount that stands.
func TestWhoIsAskedForACodeMayGoHome(t *testing.T) {
	m := scanning(onetrans.DepositAlipay)
	if !m.Home() || m.Back() || m.MoneyInFlight() || m.Content().(view.PayCode).Place != "下方" {
		t.Errorf("home %v, back %v, in flight %v, %+v", m.Home(), m.Back(), m.MoneyInFlight(), m.Content())
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
		m, effects := m.Step(recharge.Update{What: cashier.Sent, Status: c.status})
		if screen(m) != c.want || len(effects) != 0 {
			t.Errorf("%s: %q, %+v", name, screen(m), effects)
		}
	}
}
