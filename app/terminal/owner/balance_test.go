package owner

import (
	"testing"
	"time"

	"onetrans/app/sandbox"
	"onetrans/flows/core/reconcile"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Two deposits came in; more than one of them holds is given back of both, once,
// the newest first, also for who asks again after a restart.
func TestABalanceGoesBackToTheOrdersThatPaidIt(t *testing.T) {
	o := options(t)
	owner, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	paid := town{owner, t}.paid("A1") + town{owner, t}.paid("A2")
	refund := onetrans.RefundIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T1"), CardType: onetrans.T("01"), CardNo: onetrans.T("DD456004X"),
		AccountType: onetrans.T(onetrans.AccountInpatient), HisCustID: onetrans.T("000239281700"), UserName: onetrans.T("姓名"),
		WithdrawMode: onetrans.T(onetrans.WithdrawOriginal), RefundType: onetrans.T(onetrans.RefundHisDecide),
		Amount: onetrans.Yuan(25000), OutRefundNo: onetrans.T("W1"),
	}
	s, err := owner.Core.RefundBalance(t.Context(), message(refund))
	if err != nil || s.State != txn.Succ || len(s.Lines) != 2 || s.Lines[0].ChargeNo != "A2" || s.Lines[0].Amount != 20000 || s.Lines[1].Amount != 5000 {
		t.Fatalf("%+v %v", s, err)
	}
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	owner = open(t, o)
	if again, err := owner.Core.RefundBalance(t.Context(), message(refund)); err != nil || again.State != txn.Succ || again.Lines[0].No != s.Lines[0].No {
		t.Errorf("after a restart: %+v %v", again, err)
	}
	refund.Amount, refund.OutRefundNo = onetrans.Yuan(15001), onetrans.T("W2")
	if _, err := owner.Core.RefundBalance(t.Context(), message(refund)); err == nil {
		t.Error("more than is left was given back")
	}
	trades := all(t, owner)
	// The balance itself is no trade of the platform's; its parts are.
	report := town{owner, t}.reconciled(begin, trades)
	charges, refunds := *report.There[reconcile.Charge], *report.There[reconcile.Refund]
	if !report.Agrees() || charges != (reconcile.Sum{Count: 2, Amount: paid}) || refunds != (reconcile.Sum{Count: 2, Amount: s.Amount}) {
		t.Errorf("charges %+v and refunds %+v", charges, refunds)
	}
	if waiting, err := owner.Core.Desk(); err != nil || len(waiting) != 0 {
		t.Errorf("%v %v", waiting, err)
	}
}
