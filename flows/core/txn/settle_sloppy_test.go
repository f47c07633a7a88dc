package txn_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// repricedCode answers pay with an order for another share than was pre-settled.
func repricedCode(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	expire := onetrans.FormatTime(time.Now().Add(5 * time.Minute))
	return data(fmt.Sprintf(`"chargeNo":"C1","traceNo":"T1","qrcode":"https://pay/1","expireTime":%q,
		"preSetl":{"medfee_sumamt":"110.00","fund_pay_sumamt":"70.00","psn_cash_pay":"40.00"}`, expire))(ctx, request)
}

func TestNobodyPaysAnotherPriceThanTheySaw(t *testing.T) {
	play(t, func(w *world) {
		w.priced("S", "30.00")
		w.platform.on("pay", repricedCode)
		w.platform.on("close", says("closed"))
		w.platform.on("abandon", data(``))
		s := w.pay("S", time.Minute)
		if s.State != txn.Abandoned || s.QRCode != "" || w.count("send close") != 1 || w.count("send confirm") != 0 {
			t.Errorf("%+v; %s", s, w.diary)
		}
	})
	play(t, func(w *world) { // what proves paid all the same is settled
		w.priced("S", "30.00")
		w.platform.on("pay", repricedCode)
		w.platform.on("close", says("succ"))
		w.platform.on("confirm", settledOK)
		if s := w.pay("S", time.Minute); s.QRCode != "" {
			t.Errorf("%+v", s)
		}
		w.pass(time.Minute)
		w.settlementMustBe("S", txn.Succ)
	})
}

// What was settled over other amounts stands, and a person looks at it.
func TestASettlementOverOtherAmountsIsForAPerson(t *testing.T) {
	for name, c := range map[string]struct {
		preSetl string
		why     txn.Reason
	}{
		"the same":      {`{"medfee_sumamt":"100.00","fund_pay_sumamt":"70.00","acct_pay":"0","psn_cash_pay":"30.00"}`, ""},
		"not said":      {`{}`, ""},
		"nonsense":      {`{"medfee_sumamt":"1.00","psn_cash_pay":"30.00"}`, ""},
		"another share": {`{"medfee_sumamt":"100.00","fund_pay_sumamt":"60.00","psn_cash_pay":"40.00"}`, txn.ReasonOtherPrice},
		"another bill":  {`{"medfee_sumamt":"110.00","fund_pay_sumamt":"80.00","psn_cash_pay":"30.00"}`, txn.ReasonOtherPrice},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.ordered("S")
				w.platform.on("confirm", data(`"setl_id":"S1","orderList":["O1"],"preSetl":`+c.preSetl))
				w.platform.on("query", says("succ"))
				w.pass(10 * time.Second)
				got := w.tradeOf(onetrans.TransSettle, "S")
				if got.At() != txn.Succ || got.Progress.Desk != c.why || got.Progress.Settle.Cash != 3000 {
					t.Errorf("%s, %q, %s", got.At(), got.Progress.Desk, got.Progress.Settle.Cash)
				}
			})
		})
	}
}

// A price is for the bills that were chosen, or it is none.
func TestAPriceForOtherBillsIsNone(t *testing.T) {
	for answered, want := range map[string]flow.State{
		`[{"billNo":"B1","amount":"60.00"}]`:                                  txn.Unknown,
		`[{"billNo":"B2","amount":"40.00"}]`:                                  txn.PreSettled,
		`[{"billNo":"B1","amount":"60.00"},{"billNo":"B2","amount":"40.00"}]`: txn.PreSettled,
		`[]`: txn.PreSettled,
	} {
		play(t, func(w *world) {
			w.priced("S", "30.00")
			w.platform.on("pre", data(`"mdtrt_id":"M1","bills":`+answered+`,"preSetl":{"medfee_sumamt":"40.00","fund_pay_sumamt":"30.00","psn_cash_pay":"10.00"}`))
			if s, err := w.preSettle(bills{no: "S", nos: []string{"B2"}}, 5*time.Second); err != nil || s.State != want {
				t.Errorf("%s: %s %v", answered, s.State, err)
			}
		})
	}
}
