package cashier_test

import (
	"reflect"
	"slices"
	"testing"

	"onetrans/flows/cashier"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Payment codes by their published shapes, and what is none.
const (
	weChat   = "134567890123456789"
	alipay   = "281234567890123456"
	unionPay = "6212345678901234567"
	voucher  = "3500000000000000000012345678"
)

var (
	listen   = []flow.Effect{identify.Listen{CodeOnly: true}}
	declined = []flow.Event{identify.CodeScanned{Code: weChat}, sent(order(cashier.Unpaid, noCode))}
)

func TestOnlyTheWalletsOwnCodeIsCharged(t *testing.T) {
	for depositType, own := range map[string]string{
		onetrans.DepositWeChat: weChat, onetrans.DepositAlipay: alipay, onetrans.DepositUnionPay: unionPay,
	} {
		for _, code := range []string{weChat, alipay, unionPay, voucher, "", "1", "https://pay/1"} {
			m, effects := after(depositType, identify.CodeScanned{Code: code})
			if code == own {
				if !reflect.DeepEqual(effects, []flow.Effect{cashier.Place{AuthCode: code}}) || m.Content(due).(view.Busy).Kind != view.BusyCharging {
					t.Errorf("%s: %q: %q, %+v", depositType, code, m.At(), effects)
				}
				continue
			}
			problem := view.PayCodeOther
			if code == voucher {
				problem = view.PayCodeHealth
			}
			if asks := m.Content(due).(view.PayCode); m.At() != cashier.Scanning || !reflect.DeepEqual(effects, listen) || asks.Problem != problem {
				t.Errorf("%s: %q: %q, %+v, %+v", depositType, code, m.At(), effects, asks)
			}
		}
	}
}

func TestShownSaysWhichDepositTypesArePaidWithAPersonsCode(t *testing.T) {
	for depositType, shown := range map[string]bool{
		onetrans.DepositWeChat: true, onetrans.DepositAlipay: true, onetrans.DepositUnionPay: true, "": false, "99": false,
	} {
		if cashier.Shown(depositType) != shown {
			t.Errorf("%q: %v", depositType, !shown)
		}
	}
}

// The platform's word that the order is still unpaid says that the code was
// declined: another may be shown. Anything less says nothing of the kind.
func TestACodeThatWasDeclined(t *testing.T) {
	m, effects := after(onetrans.DepositWeChat, declined...)
	if m.Content(due).(view.PayCode).Problem != view.PayCodeRefused || !reflect.DeepEqual(effects, listen) {
		t.Fatalf("%q, %+v, %+v", m.At(), m.Content(due), effects)
	}
	if again, effects := m.Step(identify.CodeScanned{Code: weChat}); again.At() != cashier.Ordering || !reflect.DeepEqual(effects, []flow.Effect{cashier.Place{AuthCode: weChat}}) {
		t.Errorf("another code: %q, %+v", again.At(), effects)
	}
	for name, o := range map[string]cashier.Order{
		"unknown": order(cashier.Unknown, noCode), "moving": order(cashier.Moving, noCode), "closing": order(cashier.Unpaid, noCode, closing),
	} {
		if m, _ := after(onetrans.DepositWeChat, declined[0], sent(o)); m.At() != cashier.Doubtful {
			t.Errorf("%s: %q", name, m.At())
		}
	}
}

// An order that was declined may still be paid, or be closed, while another code is wanted.
func TestAnOrderIsHeardOfWhileAnotherCodeIsWanted(t *testing.T) {
	for stands, want := range map[cashier.Standing]flow.State{
		cashier.Unknown: cashier.Scanning, cashier.Unpaid: cashier.Scanning, cashier.Moving: cashier.Doubtful, cashier.Crediting: cashier.Doubtful,
		cashier.Paid: cashier.Over, cashier.Closed: cashier.Over, cashier.Ended: cashier.Over,
	} {
		m, effects := after(onetrans.DepositWeChat, append(slices.Clone(declined), changed(order(stands)))...)
		listensOn := !slices.Contains(effects, flow.Effect(identify.StopListening{}))
		if m.At() != want || listensOn != (want == cashier.Scanning) || slices.Contains(effects, flow.Effect(cashier.Finished{})) != (want == cashier.Over) {
			t.Errorf("%v: %q, %+v", stands, m.At(), effects)
		}
	}
}

func TestWhoDoesNotWantToShowTheirCodeLeaves(t *testing.T) {
	m, _ := after(onetrans.DepositAlipay)
	if m.MoneyInFlight() {
		t.Error("no timeout may end it")
	}
	if m, effects := m.Step(tap(view.GoHome)); m.At() != cashier.Over || !reflect.DeepEqual(effects, []flow.Effect{cashier.Left{To: cashier.ToHome}}) {
		t.Errorf("%q, %+v", m.At(), effects)
	}
	m, _ = after(onetrans.DepositWeChat, declined...)
	if m, effects := m.Step(tap(view.GoHome)); m.At() != cashier.Closing || !m.Leaves() || !reflect.DeepEqual(effects, []flow.Effect{cashier.Close{No: "1"}}) {
		t.Errorf("an order that is there is closed: %q, %+v", m.At(), effects)
	}
}
