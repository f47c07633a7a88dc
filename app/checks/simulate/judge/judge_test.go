package judge_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/flows/message/onetrans"
)

// heardOn are the judge's sentences about a day, which has a clock of its own.
func heardOn(t *testing.T, day func(*judge.Judge)) (sentences []string) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		day(judge.New(func(format string, args ...any) { sentences = append(sentences, fmt.Sprintf(format, args...)) }))
	})
	return sentences
}

// fine fails where the judge minds a day, and minds where it has other sentences
// about one than these.
func fine(t *testing.T, day func(*judge.Judge)) {
	t.Helper()
	if heard := heardOn(t, day); len(heard) > 0 {
		t.Errorf("the judge minds what is right: %q", heard)
	}
}

func minds(t *testing.T, day func(*judge.Judge), sentences ...string) {
	t.Helper()
	if heard := heardOn(t, day); !slices.Equal(heard, sentences) {
		t.Errorf("the judge says\n%q, not\n%q", heard, sentences)
	}
}

// The trades of these tests.
var (
	charge     = judge.Key{Kind: onetrans.TransRecharge, No: "C1"}
	refund     = judge.Key{Kind: onetrans.TransRefund, No: "F1"}
	settlement = judge.Key{Kind: onetrans.TransSettle, No: "S1"}
	cancelled  = judge.Key{Kind: onetrans.TransSettleCancel, No: "L1"}
)

// row is a trade of 100 fen as a journal has it.
func row(k judge.Key, state string, change ...func(*judge.Row)) judge.Row {
	r := judge.Row{Key: k, State: state, Content: "hash", Amount: 100, CardNo: "card", AccountType: "01"}
	switch k.Kind {
	case onetrans.TransRecharge:
		r.TraceNo = "T-" + k.No
	case onetrans.TransRefund:
		r.Original = "no:C1"
	case onetrans.TransSettle:
		r.Amount, r.Cash, r.Paid, r.TraceNo, r.SetlID = 0, 100, true, "T-"+k.No, "L1"
	}
	for _, c := range change {
		c(&r)
	}
	return r
}

// order is an order of 100 fen as the platform has it.
func order(no string, result onetrans.Result, refunds ...judge.Refund) judge.Order {
	return judge.Order{OutChargeNo: no, TraceNo: "T-" + no, CardNo: "card", AccountType: "01", Amount: 100, Result: result, Refunds: refunds}
}

func refunded(no string, amount onetrans.Fen, result onetrans.Result) judge.Refund {
	return judge.Refund{OutRefundNo: no, Amount: amount, Result: result, Way: judge.Way{Mode: "1", Process: "direct"}}
}

// book is the platform's.
func book(entries ...any) judge.Book {
	b := judge.Book{Orders: map[string]judge.Order{}, Settlements: map[string]judge.Settlement{}}
	for _, e := range entries {
		switch e := e.(type) {
		case judge.Order:
			b.Orders[e.OutChargeNo] = e
		case judge.Settlement:
			b.Settlements[e.OutSettleNo] = e
		}
	}
	return b
}

func settles(state string) judge.Settlement {
	return judge.Settlement{OutSettleNo: "S1", SetlID: "L1", State: state}
}

// kept are rows as they should be found on disk.
func kept(rows ...judge.Row) (all []judge.Kept) {
	open := []string{"created", "unknown", "pending", "presettled", "paying", "confirming", "abandoning", "refunding"}
	for _, r := range rows {
		all = append(all, judge.Kept{Row: r, Logged: r.State, Open: slices.Contains(open, r.State)})
	}
	return all
}

// at is a day whose one journal has these rows.
func at(terminal string, b judge.Book, rows ...judge.Row) judge.Day {
	return judge.Day{Book: b, Journals: map[string][]judge.Kept{terminal: kept(rows...)}}
}

func closed(d judge.Day) func(*judge.Judge) { return func(j *judge.Judge) { j.Close(d) } }

func TestADayOfWhichAllSayTheSameIsFine(t *testing.T) {
	fine(t, func(j *judge.Judge) {
		d := at("A", book(
			order("C1", onetrans.ResultSucc, refunded("F1", 40, onetrans.ResultSucc), refunded("F2", 60, onetrans.ResultFail)),
			order("C2", onetrans.ResultClosed), order("C3", onetrans.ResultExp), order("S1", onetrans.ResultSucc, refunded("XL1", 100, onetrans.ResultSucc)),
			order("S2", onetrans.ResultSucc), settles("cancelled"),
			judge.Settlement{OutSettleNo: "S2", SetlID: "L2", State: "settled"}, judge.Settlement{OutSettleNo: "S3", State: "abandoned"},
		),
			row(charge, "succ"), row(refund, "succ", of(40)), row(other(refund, "F2"), "fail", of(60)),
			row(other(charge, "C2"), "closed"), row(other(charge, "C3"), "succ"),
			row(settlement, "cancelled"), row(cancelled, "succ"), row(other(refund, "XL1"), "succ", original("trace:T-S1")),
			row(other(settlement, "S2"), "succ", func(r *judge.Row) { r.SetlID = "L2" }),
			row(other(settlement, "S3"), "abandoned", func(r *judge.Row) { r.Paid, r.SetlID = false, "" }),
		)
		d.Phones = map[string]bool{"C1": true, "C3": true, "S1": true, "S2": true}
		d.Wishes = map[string][]judge.Key{"somebody": {charge, other(charge, "C2")}}
		j.Close(d)
	})
}

func other(k judge.Key, no string) judge.Key { return judge.Key{Kind: k.Kind, No: no} }

func of(amount onetrans.Fen) func(*judge.Row) { return func(r *judge.Row) { r.Amount = amount } }

func original(name string) func(*judge.Row) { return func(r *judge.Row) { r.Original = name } }

func TestWhatAPhonePaidIsPaidAtThePlatform(t *testing.T) {
	d := at("A", book(order("C1", onetrans.ResultClosed)), row(charge, "closed"))
	d.Phones = map[string]bool{"C1": true, "C9": true}
	minds(t, closed(d), "a phone paid C1, which is closed", "a phone paid C9, which is not there")
}

func TestWhatIsPaidAtThePlatformIsInAJournalWithItsAmount(t *testing.T) {
	paid := book(order("C1", onetrans.ResultSucc))
	minds(t, closed(at("A", paid)), "C1 is paid, and no journal has it so")
	minds(t, closed(at("A", paid, row(charge, "succ", of(99)))), "C1 is paid, and no journal has it so")

	share := book(order("S1", onetrans.ResultSucc), settles("settled"))
	fine(t, closed(at("A", share, row(settlement, "succ"))))
	minds(t, closed(at("A", share, row(settlement, "succ", func(r *judge.Row) { r.Paid = false }))), "S1 is paid, and no journal has it so")
	minds(t, closed(at("A", share, row(settlement, "succ", func(r *judge.Row) { r.Cash = 99 }))), "S1 is paid, and no journal has it so")
}

func TestNoMoreIsGivenBackThanWasPaid(t *testing.T) {
	b := book(order("C1", onetrans.ResultSucc, refunded("F1", 60, onetrans.ResultSucc), refunded("F2", 50, onetrans.ResultSucc)))
	minds(t, closed(at("A", b, row(charge, "succ"), row(refund, "succ", of(60)), row(other(refund, "F2"), "succ", of(50)))),
		"C1: 1.10 given back of 1.00")
	b = book(order("C1", onetrans.ResultSucc, refunded("F1", 60, onetrans.ResultSucc), refunded("F2", 50, onetrans.ResultFail)))
	fine(t, closed(at("A", b, row(charge, "succ"), row(refund, "succ", of(60)), row(other(refund, "F2"), "fail", of(50)))))
}

func TestWhatThePlatformGaveBackIsInAJournalWithAmountAndResult(t *testing.T) {
	b := book(order("C1", onetrans.ResultSucc, refunded("F1", 60, onetrans.ResultSucc)))
	const missing = "refund F1 of C1 over 0.60 is succ, and no journal has it so"
	minds(t, closed(at("A", b, row(charge, "succ"))), missing)
	minds(t, closed(at("A", b, row(charge, "succ"), row(refund, "succ", of(59)))), missing)
	minds(t, closed(at("A", b, row(charge, "succ"), row(refund, "fail", of(60)))),
		missing, "hop.trade.refund F1 is fail at A; at the platform: true")
	failed := book(order("C1", onetrans.ResultSucc, refunded("F1", 60, onetrans.ResultFail)))
	minds(t, closed(at("A", failed, row(charge, "succ"), row(refund, "succ", of(60)))),
		"refund F1 of C1 over 0.60 is fail, and no journal has it so", "hop.trade.refund F1 is succ at A; at the platform: false")
}

func TestWhatAJournalHasAsDoneIsDoneAtThePlatform(t *testing.T) {
	for _, c := range []struct {
		book     judge.Book
		row      judge.Row
		sentence string
	}{
		{book(order("C1", onetrans.ResultClosed)), row(charge, "succ"), "hop.trade.recharge C1 is succ at A; at the platform: false"},
		{book(), row(charge, "succ"), "hop.trade.recharge C1 is succ at A; at the platform: false"},
		{book(), row(refund, "succ"), "hop.trade.refund F1 is succ at A; at the platform: false"},
		{book(settles("abandoned")), row(settlement, "succ"), "fsi.outpatient.charge S1 is succ at A; at the platform: false"},
		{book(settles("settled")), row(settlement, "abandoned"), "fsi.outpatient.charge S1 is abandoned at A; at the platform: true"},
		{book(settles("settled")), row(cancelled, "succ"), "chs.common.outpatient.settle.cancel L1 is succ at A; at the platform: false"},
		{book(settles("cancelled")), row(cancelled, "refused"), "chs.common.outpatient.settle.cancel L1 is refused at A; at the platform: true"},
	} {
		minds(t, closed(at("A", c.book, c.row)), c.sentence)
	}
}

func TestWhatWasGivenUpAtOneTerminalMayHaveGoneOnAtAnother(t *testing.T) {
	d := at("A", book(order("C1", onetrans.ResultSucc)), row(charge, "refused"))
	d.Journals["B"] = kept(row(charge, "succ"))
	fine(t, closed(d))
}

func TestTheSettlementThatWasCancelledSaysSo(t *testing.T) {
	undone := book(order("S1", onetrans.ResultSucc, refunded("XL1", 100, onetrans.ResultSucc)), settles("cancelled"))
	share := row(other(refund, "XL1"), "succ", original("trace:T-S1"))
	fine(t, closed(at("A", undone, row(settlement, "cancelled"), row(cancelled, "succ"), share)))
	minds(t, closed(at("A", undone, row(settlement, "succ"), row(cancelled, "succ"), share)),
		"fsi.outpatient.charge S1 is succ at A; at the platform: cancelled")
	minds(t, closed(at("A", book(settles("settled")), row(settlement, "cancelled"))),
		"fsi.outpatient.charge S1 is cancelled at A; at the platform: settled")

	elsewhere := at("A", undone, row(settlement, "succ"))
	elsewhere.Journals["B"] = kept(row(cancelled, "succ"), share)
	fine(t, closed(elsewhere))
}

func TestASettlementStandsWithItsShareOrNeitherDoes(t *testing.T) {
	settled := row(settlement, "succ")
	for _, c := range []struct {
		share    judge.Order
		state    string
		rows     []judge.Row
		sentence string
	}{
		{order("S1", onetrans.ResultClosed), "settled", []judge.Row{settled}, "settlement S1 stands, its order is closed, 0.00 given back"},
		{
			order("S1", onetrans.ResultSucc, refunded("F1", 1, onetrans.ResultSucc)), "settled",
			[]judge.Row{settled, row(refund, "succ", of(1))},
			"settlement S1 stands, its order is succ, 0.01 given back",
		},
		{order("S1", onetrans.ResultSucc), "refused", []judge.Row{row(settlement, "refunded")}, "settlement S1 is refused, and its share is kept"},
		{
			order("S1", onetrans.ResultSucc, refunded("F1", 99, onetrans.ResultSucc)), "cancelled",
			[]judge.Row{row(settlement, "cancelled"), row(refund, "succ", of(99))},
			"settlement S1 is cancelled, and its share is kept",
		},
	} {
		minds(t, closed(at("A", book(c.share, settles(c.state)), c.rows...)), c.sentence)
	}
	fine(t, closed(at("A", book(settles("settled")), settled))) // its share was paid elsewhere, or there was none
}

func TestNoSettlementIsLeftOpenAtThePlatform(t *testing.T) {
	minds(t, closed(at("A", book(settles("open")), row(settlement, "abandoned"))), "settlement S1 is still open at the platform")
}

func TestAShareIsAskedForUnderOneNumberWhereverThatIs(t *testing.T) {
	b := book(order("S1", onetrans.ResultSucc, refunded("X1", 100, onetrans.ResultSucc)), settles("cancelled"))
	d := at("A", b, row(settlement, "cancelled"), row(other(refund, "X1"), "succ", original("trace:T-S1")))
	fine(t, closed(d))
	for _, name := range []string{"trace:T-S1", "no:S1"} {
		d.Journals["B"] = kept(row(other(refund, "X2"), "refused", original(name)))
		minds(t, closed(d), "the share of settlement S1 is asked for under [X1 X2]")
	}
}

func TestNothingIsLeftInDoubt(t *testing.T) {
	for state, of := range map[string]judge.Key{
		"created": charge, "unknown": refund, "pending": charge, "presettled": settlement, "paying": settlement,
		"confirming": settlement, "abandoning": settlement, "refunding": cancelled,
	} {
		r := row(of, state, func(r *judge.Row) { r.Desk = "no_echo" })
		minds(t, closed(at("A", book(), r)), of.Kind+" "+of.No+" is still "+state+` at A: "no_echo"`)
	}
}

func TestAnAlarmIsRaisedOnlyOverALie(t *testing.T) {
	d := at("A", book(order("C1", onetrans.ResultSucc)), row(charge, "succ", func(r *judge.Row) { r.Alarm = "was succ, now said to be fail" }))
	minds(t, closed(d), "hop.trade.recharge C1: alarm: was succ, now said to be fail")
	fine(t, func(j *judge.Judge) { j.Unsays("C1"); j.Close(d) })
	fine(t, func(j *judge.Judge) { // it may have gone on there
		j.Begin(&judge.Call{Key: charge, Terminal: "B"}, judge.Book{})
		j.Close(d)
	})
	minds(t, func(j *judge.Judge) {
		j.Begin(&judge.Call{Key: charge, Terminal: "B", Asks: true}, judge.Book{})
		j.Begin(&judge.Call{Key: charge, Terminal: "A"}, judge.Book{})
		j.Close(d)
	}, "hop.trade.recharge C1: alarm: was succ, now said to be fail")
}

func TestAJournalSaysTheSameOfATradeEverywhere(t *testing.T) {
	b := book(order("C1", onetrans.ResultSucc))
	d := at("A", b)
	d.Journals["A"] = []judge.Kept{{Row: row(charge, "succ"), Logged: "unknown"}}
	minds(t, closed(d), `hop.trade.recharge C1 is "succ" at A, and was "unknown" last in its log`)
	d.Journals["A"] = []judge.Kept{{Row: row(charge, "succ"), Logged: "succ", Open: true}}
	minds(t, closed(d), `hop.trade.recharge C1 is "succ" at A, and listed as open: true`)
	d = at("A", book())
	d.Journals["A"] = []judge.Kept{{Row: row(charge, "unknown"), Logged: "unknown"}}
	minds(t, closed(d), `hop.trade.recharge C1 is "unknown" at A, and listed as open: false`, `hop.trade.recharge C1 is still unknown at A: ""`)
}

func TestWhatSomebodyWantedOnceWasDoneOnceAtMost(t *testing.T) {
	d := at("A", book(order("C1", onetrans.ResultSucc), order("C2", onetrans.ResultSucc)), row(charge, "succ"), row(other(charge, "C2"), "succ"))
	d.Wishes = map[string][]judge.Key{"v1": {charge}, "v2": {other(charge, "C2"), other(charge, "C3")}}
	fine(t, closed(d))
	d.Wishes = map[string][]judge.Key{"v1": {charge, other(charge, "C2")}}
	minds(t, closed(d), "v1 was done more than once: [C1 C2]")
}

// call is a call at A that has ended.
func call(j *judge.Judge, c judge.Call, said judge.Word, code onetrans.Code, b judge.Book) *judge.Call {
	if c.Terminal == "" {
		c.Terminal = "A"
	}
	j.Begin(&c, b)
	time.Sleep(time.Second)
	j.End(&c, said, "how", code, b)
	time.Sleep(time.Second)
	return &c
}

func TestWhatCallersWereToldIsTrueWhenTheDayIsOver(t *testing.T) {
	paid, unpaid := book(order("C1", onetrans.ResultSucc)), book(order("C1", onetrans.ResultClosed))
	settled, gone := book(settles("settled")), book(settles("abandoned"))
	never := at("A", unpaid, row(charge, "closed"))
	took := at("A", paid, row(charge, "succ"))
	for _, c := range []struct {
		name     string
		key      judge.Key
		said     judge.Word
		then     judge.Book
		day      judge.Day
		sentence string
	}{
		{"taken", charge, judge.Taken, paid, never, `hop.trade.recharge C1 was told as "taken" (how) at A; at the platform: false`},
		{"not taken", charge, judge.NotTaken, unpaid, took, `hop.trade.recharge C1 was told as "not taken" (how) at A; at the platform: true`},
		{"undone", settlement, judge.Undone, book(settles("cancelled")), at("A", gone, row(settlement, "abandoned")), ""},
		{
			"undone, and its share was never given back", settlement, judge.Undone, book(settles("cancelled")),
			at("A", book(order("S1", onetrans.ResultClosed), settles("abandoned")), row(settlement, "abandoned")),
			`fsi.outpatient.charge S1 was told as "undone" (how) at A; at the platform: false`,
		},
		{"settled", settlement, judge.Taken, settled, at("A", gone, row(settlement, "abandoned")), `fsi.outpatient.charge S1 was told as "taken" (how) at A; at the platform: false`},
		{"unsaid", charge, judge.Unsaid, judge.Book{}, took, ""},
		{"true", charge, judge.Taken, paid, took, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			day := func(j *judge.Judge) {
				call(j, judge.Call{Key: c.key}, c.said, onetrans.CodeOK, c.then)
				j.Close(c.day)
			}
			if c.sentence == "" {
				fine(t, day)
			} else {
				minds(t, day, c.sentence)
			}
		})
	}
}

func TestWhoWasToldNothingWasTakenMayBeOvertaken(t *testing.T) {
	paid, unpaid := book(order("C1", onetrans.ResultSucc)), book(order("C1", onetrans.ResultClosed))
	took := at("A", paid, row(charge, "succ"))
	const lie = `hop.trade.recharge C1 was told as "not taken" (how) at A; at the platform: true`
	for name, c := range map[string]struct {
		day  func(*judge.Judge)
		fine bool
	}{
		"by nobody": {func(j *judge.Judge) { call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeNotTaken, unpaid) }, false},
		"by who tried before": {func(j *judge.Judge) {
			call(j, judge.Call{Key: charge}, judge.Unsaid, onetrans.CodeUnknown, judge.Book{})
			call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeNotTaken, unpaid)
		}, false},
		"by who tried since": {func(j *judge.Judge) {
			call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeNotTaken, unpaid)
			call(j, judge.Call{Key: charge}, judge.Unsaid, onetrans.CodeUnknown, judge.Book{})
		}, true},
		"by who only asked since": {func(j *judge.Judge) {
			call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeNotTaken, unpaid)
			call(j, judge.Call{Key: charge, Asks: true}, judge.Unsaid, onetrans.CodeUnknown, judge.Book{})
		}, false},
		"elsewhere": {func(j *judge.Judge) {
			call(j, judge.Call{Key: charge, Terminal: "B"}, judge.Unsaid, onetrans.CodeUnknown, judge.Book{})
			call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeNotTaken, unpaid)
		}, true},
		"while it was turned away": {func(j *judge.Judge) {
			call(j, judge.Call{Key: charge}, judge.Unsaid, onetrans.CodeUnknown, judge.Book{})
			call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeBusy, unpaid)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			day := func(j *judge.Judge) { c.day(j); j.Close(took) }
			if c.fine {
				fine(t, day)
			} else {
				minds(t, day, lie)
			}
		})
	}
}
