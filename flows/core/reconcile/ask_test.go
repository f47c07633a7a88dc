package reconcile

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// spoken is a platform that answers as told, by the number it is asked for.
type spoken struct {
	answers map[string]onetrans.QueryOut

	mu    sync.Mutex
	asked []onetrans.QueryIn
}

func (p *spoken) Query(_ context.Context, asked onetrans.Asked[onetrans.QueryIn]) (onetrans.Answer, error) {
	in := asked.In
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, in)
	no := in.OutTradeNo.String()
	if no == "" {
		no = in.TraceNo.String()
	}
	out, ok := p.answers[no]
	if !ok {
		return onetrans.Answer{}, errors.New("no answer")
	}
	data, err := onetrans.Marshal(out)
	return onetrans.Answer{Code: onetrans.T(string(onetrans.CodeOK)), Data: data}, err
}

func trade(t testing.TB, kind, no string, amount onetrans.Fen, state flow.State) txn.Trade {
	t.Helper()
	return txn.Trade{
		Order: txn.Order{
			No: no, Amount: amount, AccountType: "02", CardType: "01", CardNo: "DD4", CreatedAt: at(t, "12:00:00"),
			Request: onetrans.Request{TransType: onetrans.T(kind), Data: []byte(`{"termNo":"T9","userName":"姓名"}`)},
		},
		Progress: txn.Progress{State: state, TraceNo: "T" + no, TraceTime: "20261125120001"},
	}
}

func refundOf(t testing.TB, charge, no string, amount onetrans.Fen, state flow.State) txn.Trade {
	r := trade(t, onetrans.TransRefund, no, amount, state)
	r.Order.Original = charge
	return r
}

func says(result, refunded, refunding string) onetrans.QueryOut {
	return onetrans.QueryOut{
		Result:      onetrans.T(result),
		RefundedAmt: onetrans.AmountOf(onetrans.T(refunded)), RefundingAmt: onetrans.AmountOf(onetrans.T(refunding)),
	}
}

func echoing(out onetrans.QueryOut, no string) onetrans.QueryOut {
	out.OutRefundNo = onetrans.T(no)
	return out
}

func byHand(t txn.Trade, verdict txn.Verdict) txn.Trade {
	t.Progress.Hand = &txn.Hand{Verdict: verdict, By: "王五"}
	return t
}

// paidElsewhere is a bill that was settled here, and names the payment TE that was
// made for it otherwise.
func paidElsewhere(t testing.TB) txn.Trade {
	e := trade(t, onetrans.TransSettle, "E", 0, txn.Succ)
	e.Progress.Settle = &txn.Settlement{Cash: 300}
	return e
}

func TestThePlatformsWord(t *testing.T) {
	paid := trade(t, onetrans.TransRecharge, "A", 20000, txn.Succ)
	half := refundOf(t, "no:A", "R", 500, txn.Succ)
	settled := trade(t, onetrans.TransSettle, "S", 0, txn.Succ)
	settled.Progress.Settle = &txn.Settlement{Cash: 300, Paid: true}
	for name, c := range map[string]struct {
		here     []txn.Trade
		answers  map[string]onetrans.QueryOut
		onlyHere bool
		found    []string
	}{
		"the same": {
			here: []txn.Trade{paid, half, settled},
			answers: map[string]onetrans.QueryOut{
				"A": says("succ", "5.00", "0"), "R": echoing(says("succ", "5.00", "0"), "R"), "TS": says("succ", "0", "0"),
			},
		},
		"a bill that was paid elsewhere": {
			here: []txn.Trade{paidElsewhere(t)}, answers: map[string]onetrans.QueryOut{"TE": says("succ", "0", "0")},
		},
		"never heard of": {
			here: []txn.Trade{paid}, answers: map[string]onetrans.QueryOut{"A": says("notfound", "", "")},
			found: []string{"missing_there charge A"},
		},
		"closed there": {
			here: []txn.Trade{paid}, answers: map[string]onetrans.QueryOut{"A": says("closed", "", "")},
			found: []string{"differs charge A state"},
		},
		"paid there, closed here": {
			here:    []txn.Trade{trade(t, onetrans.TransRecharge, "A", 1, txn.Closed)},
			answers: map[string]onetrans.QueryOut{"A": says("succ", "0", "0")},
			found:   []string{"differs charge A state"},
		},
		"not sent here, and still to be paid there": {
			here:    []txn.Trade{trade(t, onetrans.TransRecharge, "A", 1, txn.NotSent)},
			answers: map[string]onetrans.QueryOut{"A": says("init", "", "")},
			found:   []string{"differs charge A state"},
		},
		"no answer": {here: []txn.Trade{paid}, found: []string{"undecided charge A"}},
		"an answer about another": {
			here:    []txn.Trade{paid},
			answers: map[string]onetrans.QueryOut{"A": {Result: onetrans.T("succ"), TraceNo: onetrans.T("T9")}},
			found:   []string{"undecided charge A"},
		},
		"given back elsewhere": {
			here: []txn.Trade{paid, half},
			answers: map[string]onetrans.QueryOut{
				"A": says("succ", "12.00", "0"), "R": echoing(says("succ", "12.00", "0"), "R"),
			},
			found: []string{"missing_here refund "},
		},
		"less given back than here": {
			here: []txn.Trade{paid, half},
			answers: map[string]onetrans.QueryOut{
				"A": says("succ", "1.00", "0"), "R": echoing(says("succ", "1.00", "0"), "R"),
			},
			found: []string{"differs charge A refunds"},
		},
		"a refund that a person says was done, and the platform does not": {
			here: []txn.Trade{paid, half, byHand(refundOf(t, "no:A", "H", 700, txn.Succ), txn.VerdictDone)},
			answers: map[string]onetrans.QueryOut{
				"A": says("succ", "5.00", "7.00"), "R": echoing(says("succ", "5.00", "7.00"), "R"), "H": echoing(says("ing", "5.00", "7.00"), "H"),
			},
			found: []string{"decided refund H state"},
		},
		"a refund that a person says failed, and the platform has": {
			here: []txn.Trade{paid, half, byHand(refundOf(t, "no:A", "H", 700, txn.Fail), txn.VerdictFailed)},
			answers: map[string]onetrans.QueryOut{
				"A": says("succ", "12.00", "0"), "R": echoing(says("succ", "12.00", "0"), "R"), "H": echoing(says("succ", "12.00", "0"), "H"),
			},
			found: []string{"decided refund H state"},
		},
		"less given back than here, whatever a person says of another refund": {
			here: []txn.Trade{paid, half, byHand(refundOf(t, "no:A", "H", 700, txn.Succ), txn.VerdictDone)},
			answers: map[string]onetrans.QueryOut{
				"A": says("succ", "4.00", "0"), "R": echoing(says("succ", "4.00", "0"), "R"), "H": echoing(says("ing", "4.00", "0"), "H"),
			},
			found: []string{"decided refund H state", "differs charge A refunds"},
		},
		"a refund that is not named, whose sum may be of one that a person decided": {
			here: []txn.Trade{paid, half, byHand(refundOf(t, "no:A", "H", 500, txn.Succ), txn.VerdictDone)},
			answers: map[string]onetrans.QueryOut{
				"A": says("succ", "5.00", "0"), "R": says("succ", "5.00", "0"), "H": echoing(says("succ", "5.00", "0"), "H"),
			},
			onlyHere: true,
			found:    []string{"undecided refund R"},
		},
		"a refund that is not named, and proven by the sum where nobody else refunds": {
			here:     []txn.Trade{paid, half},
			answers:  map[string]onetrans.QueryOut{"A": says("succ", "5.00", "0"), "R": says("succ", "5.00", "0")},
			onlyHere: true,
		},
		"a refund that is not named, whose sum may be another terminal's": {
			here:    []txn.Trade{paid, half},
			answers: map[string]onetrans.QueryOut{"A": says("succ", "5.00", "0"), "R": says("succ", "5.00", "0")},
			found:   []string{"undecided refund R"},
		},
		"a refund that is not named, and not proven": {
			here:     []txn.Trade{half},
			answers:  map[string]onetrans.QueryOut{"R": says("succ", "4.00", "0")},
			onlyHere: true,
			found:    []string{"undecided refund R"},
		},
		"a refund under way for days": {
			here: []txn.Trade{paid, refundOf(t, "trace:TA", "R", 500, txn.Pending)},
			answers: map[string]onetrans.QueryOut{
				"A": says("succ", "0", "5.00"), "R": echoing(says("ing", "0", "5.00"), "R"),
			},
			found: []string{"waiting refund R"},
		},
		"in doubt here": {
			here:    []txn.Trade{trade(t, onetrans.TransRecharge, "A", 1, txn.Unknown)},
			answers: map[string]onetrans.QueryOut{"A": says("succ", "0", "0")},
			found:   []string{"undecided charge A"},
		},
		"a share that a person knows to be paid": {here: []txn.Trade{{
			Order: txn.Order{
				No: "S", AccountType: "02", CreatedAt: at(t, "12:00:00"), Request: onetrans.Request{TransType: onetrans.T(onetrans.TransSettle)},
			},
			Progress: txn.Progress{State: txn.Succ, Settle: &txn.Settlement{Cash: 100, Paid: true}, Hand: &txn.Hand{Verdict: txn.VerdictDone, By: "王五"}},
		}}, found: []string{"undecided charge S"}},
		"a settlement without an order": {here: []txn.Trade{{
			Order:    txn.Order{No: "S", Request: onetrans.Request{TransType: onetrans.T(onetrans.TransSettle)}, CreatedAt: at(t, "12:00:00")},
			Progress: txn.Progress{State: txn.Abandoned},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				platform := &spoken{answers: c.answers}
				report, err := AskPlatform(t.Context(), platform, today(t), c.here, map[string]onetrans.Merchant{"02": {PayAppID: "P", PayAppSecret: "S"}}, c.onlyHere)
				if err != nil {
					t.Fatal(err)
				}
				if got := found(report); !slices.Equal(got, c.found) {
					t.Errorf("found %q, want %q", got, c.found)
				}
			})
		})
	}
}

func TestWhatIsAsked(t *testing.T) {
	platform := &spoken{answers: map[string]onetrans.QueryOut{"R": echoing(says("succ", "5.00", "0"), "R")}}
	elsewhen := trade(t, onetrans.TransRecharge, "Z", 1, txn.Succ)
	elsewhen.Progress.TraceTime = "20261124235959"
	_, err := AskPlatform(t.Context(), platform, today(t), []txn.Trade{refundOf(t, "no:Z", "R", 500, txn.Succ), elsewhen}, map[string]onetrans.Merchant{"02": {PayAppID: "P", PayAppSecret: "S"}}, false)
	if err != nil || len(platform.asked) != 1 {
		t.Fatalf("%v, asked %+v", err, platform.asked)
	}
	in := platform.asked[0]
	for field, got := range map[string]onetrans.Text{
		"P": in.PayAppID, "S": in.PayAppSecret, "T9": in.TermNo, "01": in.CardType, "DD4": in.CardNo, "02": in.AccountType,
		onetrans.TransRefund: in.TradeType, "R": in.OutTradeNo, "": in.TraceNo,
	} {
		if got.String() != field {
			t.Errorf("%q, want %q", got.String(), field)
		}
	}
}

func TestWithoutAMerchantNothingIsAsked(t *testing.T) {
	platform := &spoken{}
	_, err := AskPlatform(t.Context(), platform, today(t), []txn.Trade{trade(t, onetrans.TransRecharge, "A", 1, txn.Succ)}, map[string]onetrans.Merchant{"01": {PayAppID: "P", PayAppSecret: "S"}}, false)
	if !errors.Is(err, ErrMerchant) || platform.asked != nil {
		t.Errorf("%v, asked %v", err, platform.asked)
	}
}

func TestAskingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := AskPlatform(ctx, &spoken{}, today(t), []txn.Trade{trade(t, onetrans.TransRecharge, "A", 1, txn.Succ)}, map[string]onetrans.Merchant{"02": {PayAppID: "P", PayAppSecret: "S"}}, false)
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
