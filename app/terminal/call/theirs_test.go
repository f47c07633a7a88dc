package call

import (
	"testing"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// What the platform has a page of its own for goes to it as HIS said it; nothing of ours
// is on the screen or at a reader meanwhile.
func TestWhatThePlatformHasAPageForNeedsNoneOfOurs(t *testing.T) {
	paid := txn.Trade{Order: txn.Order{No: "R1"}, Progress: txn.Progress{State: txn.Succ, Result: onetrans.ResultSucc}}
	open := txn.Trade{Order: txn.Order{No: "R1"}, Progress: txn.Progress{State: txn.Pending, Result: onetrans.ResultInit}}
	ok := onetrans.Answer{Code: onetrans.T("000000"), Data: []byte(`{"card_no":"D1"}`)}
	for name, c := range map[string]struct {
		core      *fakeCore
		transType string
		in        []byte
		want      onetrans.Code
	}{
		"a page to pick how":          {&fakeCore{answer: ok}, onetrans.TransUserGet, userGetIn(t, "09", ""), "000000"},
		"a card at their reader":      {&fakeCore{answer: ok}, onetrans.TransUserGet, userGetIn(t, "03", ""), "000000"},
		"an identity card":            {&fakeCore{answer: ok}, onetrans.TransUserGet, userGetIn(t, "02", ""), "000000"},
		"paid at their cashier":       {&fakeCore{trade: paid}, onetrans.TransRecharge, rechargeIn(t, "extra", nil), "000000"},
		"left: the order stays open":  {&fakeCore{trade: open}, onetrans.TransRecharge, rechargeIn(t, "extra", nil), onetrans.CodeUnknown},
		"settled":                     {&fakeCore{settled: txn.SettleStatus{No: "M1", State: txn.Succ}}, onetrans.TransSettle, settleIn(t), "000000"},
		"settled, the answer is lost": {&fakeCore{settled: txn.SettleStatus{No: "M1", State: txn.Unknown}}, onetrans.TransSettle, settleIn(t), onetrans.CodeUnknown},
	} {
		c.core.plain = true
		var lent, back int
		pages := fakePages{err: ErrNoPage, lent: &lent, back: &back}
		code, text, _, _ := call(t, doorWith(Terminal{Core: c.core, Cards: fakeCards{}, Identity: fakeIdentity{}, Pages: pages}, nil), c.transType, c.in)
		if code != string(c.want) || c.core.sent != 1 {
			t.Errorf("%s: %s %s, sent %d", name, code, text, c.core.sent)
		}
		if lent != 1 || back != 1 {
			t.Errorf("%s: lent %d times, back %d", name, lent, back)
		}
	}
}

// It is not settled a second time, nor asked about: nobody can be.
func TestASettlementInOneCallThatStandsIsReportedAsItStands(t *testing.T) {
	core := &fakeCore{plain: true, settlement: txn.SettleStatus{No: "M1", State: txn.Unknown, Desk: txn.ReasonNoAnswer}}
	code, _, _, _ := call(t, doorWith(Terminal{Core: core, Pages: fakePages{}}, nil), onetrans.TransSettle, settleIn(t))
	if code != string(onetrans.CodeUnknown) || core.sent != 0 {
		t.Errorf("%s, sent %d", code, core.sent)
	}
}

func TestAScreenThatSomebodyUsesIsNotLent(t *testing.T) {
	core := &fakeCore{plain: true}
	code, _, _, _ := call(t, doorWith(Terminal{Core: core, Pages: fakePages{err: txn.ErrBusy}}, nil), onetrans.TransUserGet, userGetIn(t, "09", ""))
	if code != string(onetrans.CodeBusy) || core.sent != 0 {
		t.Errorf("%s, sent %d", code, core.sent)
	}
}
