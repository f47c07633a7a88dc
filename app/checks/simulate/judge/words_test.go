package judge_test

import (
	"testing"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/flows/message/onetrans"
)

func TestEachWordIsTrueAsItIsSaid(t *testing.T) {
	under := func(r onetrans.Result) judge.Book {
		return book(order("C1", onetrans.ResultSucc, refunded("F1", 100, r)))
	}
	direct := judge.Way{Mode: "1", Process: "direct"}
	for _, c := range []struct {
		name string
		call judge.Call
		said judge.Word
		code onetrans.Code
		book judge.Book
		lie  string
	}{
		{"a charge that was paid", judge.Call{Key: charge}, judge.Taken, "000000", book(order("C1", onetrans.ResultSucc)), ""},
		{"a charge that was paid, and is being booked", judge.Call{Key: charge}, judge.Taken, "000000", book(order("C1", onetrans.ResultExp)), ""},
		{"a charge that is open", judge.Call{Key: charge}, judge.Taken, "000000", book(order("C1", onetrans.ResultIng)), "the platform has not done it"},
		{"a charge that is not there", judge.Call{Key: charge}, judge.Taken, "000000", book(), "the platform has not done it"},
		{
			"a charge of what was asked for",
			judge.Call{Key: charge, Content: judge.Content("card", "01", 100, "")},
			judge.Taken, "000000", book(order("C1", onetrans.ResultSucc)), "",
		},
		{
			"a charge of another sum",
			judge.Call{Key: charge, Content: judge.Content("card", "01", 99, "")},
			judge.Taken, "000000", book(order("C1", onetrans.ResultSucc)), "the platform has card 01 1.00 ",
		},
		{"a charge that was not taken", judge.Call{Key: charge}, judge.NotTaken, "600014", book(order("C1", onetrans.ResultClosed)), ""},
		{"a charge that was taken", judge.Call{Key: charge}, judge.NotTaken, "600014", book(order("C1", onetrans.ResultSucc)), "the platform has done it"},

		{"a refund that was done", judge.Call{Key: refund, Way: direct}, judge.Taken, "000000", under(onetrans.ResultSucc), ""},
		{"a refund of which no way is known", judge.Call{Key: refund}, judge.Taken, "000000", under(onetrans.ResultSucc), ""},
		{"a refund that failed", judge.Call{Key: refund}, judge.Taken, "000000", under(onetrans.ResultFail), "the platform has not done it"},
		{"a refund that is under way", judge.Call{Key: refund}, judge.Taken, "000000", under(onetrans.ResultIng), "the platform has not done it"},
		{
			"a refund another way",
			judge.Call{Key: refund, Way: judge.Way{Mode: "2", Process: "direct"}},
			judge.Taken, "000000", under(onetrans.ResultSucc), "the platform gave back by way 1 direct, not 2 direct",
		},
		{"a refund under way", judge.Call{Key: refund}, judge.UnderWay, "000000", under(onetrans.ResultIng), ""},
		{"a refund under way that failed since", judge.Call{Key: refund}, judge.UnderWay, "000000", under(onetrans.ResultFail), ""},
		{"a refund under way that is not there", judge.Call{Key: refund}, judge.UnderWay, "000000", book(), "the platform does not have it"},
		{"a refund that came to nothing", judge.Call{Key: refund}, judge.NotTaken, "600012", book(), ""},
		{"a refund that came to something", judge.Call{Key: refund}, judge.NotTaken, "600012", under(onetrans.ResultIng), "the platform has done it"},

		{"a settlement that stands", judge.Call{Key: settlement}, judge.Taken, "000000", book(settles("settled")), ""},
		{"a settlement that was cancelled just now", judge.Call{Key: settlement}, judge.Taken, "000000", book(settles("cancelled")), ""},
		{"a settlement that was abandoned", judge.Call{Key: settlement}, judge.Taken, "000000", book(settles("abandoned")), "the platform has not done it"},
		{"a settlement that was undone", judge.Call{Key: settlement}, judge.Undone, "600016", book(settles("cancelled")), ""},
		{"a settlement that stands all the same", judge.Call{Key: settlement}, judge.Undone, "600016", book(settles("settled")), "the platform has not undone it"},
		{"a settlement that never was", judge.Call{Key: settlement}, judge.Undone, "600016", book(settles("abandoned")), "the platform has not undone it"},

		{"a cancellation that is complete", judge.Call{Key: cancelled}, judge.Taken, "000000", book(settles("cancelled")), ""},
		{
			"a cancellation whose share is kept",
			judge.Call{Key: cancelled},
			judge.Taken, "000000", book(settles("cancelled"), order("S1", onetrans.ResultSucc, refunded("X1", 99, onetrans.ResultSucc))),
			"the platform has not done it",
		},
		{"a cancellation that was not done", judge.Call{Key: cancelled}, judge.Taken, "000000", book(settles("settled")), "the platform has not done it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			day := func(j *judge.Judge) { call(j, c.call, c.said, c.code, c.book) }
			if c.lie == "" {
				fine(t, day)
			} else {
				minds(t, day, c.call.Kind+" "+c.call.No+` was told at A as "`+string(c.said)+`" (how): `+c.lie)
			}
		})
	}
}

// A word that was found wrong once is not found wrong again when the day is over.
func TestALieIsToldOnce(t *testing.T) {
	minds(t, func(j *judge.Judge) {
		call(j, judge.Call{Key: charge}, judge.Taken, onetrans.CodeOK, book())
		j.Close(at("A", book()))
	}, `hop.trade.recharge C1 was told at A as "taken" (how): the platform has not done it`)
}

func TestATerminalToWhichThePlatformLiedIsNotToBlame(t *testing.T) {
	paid := book(order("C1", onetrans.ResultSucc))
	fine(t, func(j *judge.Judge) {
		j.Unsays("C1")
		if !j.HasUnsaid("C1") || j.HasUnsaid("C2") {
			t.Error("the judge forgets what the platform lied about")
		}
		call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeOK, paid)
		j.Close(at("A", paid, row(charge, "succ")))
	})
	// But one to which it was proven before is.
	minds(t, func(j *judge.Judge) {
		j.Wrote("A", "told succ", row(charge, "succ"))
		j.Unsays("C1")
		call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeOK, paid)
	}, `hop.trade.recharge C1 was told at A as "not taken" (how): the platform has done it`)
}

// What somebody else did meanwhile, or elsewhere, a terminal can't know.
func TestThatNothingWasTakenMayBeOvertakenMeanwhile(t *testing.T) {
	paid := book(order("C1", onetrans.ResultSucc))
	said := func(j *judge.Judge) { call(j, judge.Call{Key: charge}, judge.NotTaken, onetrans.CodeNotTaken, paid) }
	const lie = `hop.trade.recharge C1 was told at A as "not taken" (how): the platform has done it`
	minds(t, func(j *judge.Judge) { // it had ended
		call(j, judge.Call{Key: charge}, judge.Unsaid, onetrans.CodeUnknown, judge.Book{})
		said(j)
	}, lie)
	minds(t, func(j *judge.Judge) { // it only asks
		j.Begin(&judge.Call{Key: charge, Terminal: "B", Asks: true}, judge.Book{})
		said(j)
	}, lie)
	fine(t, func(j *judge.Judge) { // it goes on
		j.Begin(&judge.Call{Key: charge, Terminal: "A"}, judge.Book{})
		said(j)
	})
	fine(t, func(j *judge.Judge) { // elsewhere
		call(j, judge.Call{Key: charge, Terminal: "B"}, judge.Unsaid, onetrans.CodeUnknown, judge.Book{})
		said(j)
	})
	fine(t, func(j *judge.Judge) { // it began before, and ended meanwhile
		other := &judge.Call{Key: charge, Terminal: "A"}
		j.Begin(other, judge.Book{})
		time.Sleep(time.Second)
		c := &judge.Call{Key: charge, Terminal: "A"}
		j.Begin(c, judge.Book{})
		time.Sleep(time.Second)
		j.End(other, judge.Unsaid, "how", onetrans.CodeUnknown, judge.Book{})
		time.Sleep(time.Second)
		j.End(c, judge.NotTaken, "how", onetrans.CodeNotTaken, paid)
	})
}

func TestASettlementIsToldAsItStandsNow(t *testing.T) {
	const lie = `fsi.outpatient.charge S1 was told at A as `
	settled, gone := book(settles("settled")), book(settles("cancelled"))
	kept := book(settles("cancelled"), order("S1", onetrans.ResultSucc))

	// Whoever has begun to cancel it here knows.
	cancelling := func(state string, said judge.Word, code onetrans.Code, b judge.Book) func(*judge.Judge) {
		return func(j *judge.Judge) {
			j.Wrote("A", "settled", row(settlement, "succ"))
			j.Wrote("A", "sent", row(cancelled, state))
			call(j, judge.Call{Key: settlement}, said, code, b)
		}
	}
	minds(t, cancelling("unknown", judge.Taken, onetrans.CodeOK, settled), lie+`"taken" (how): it has been cancelled`)
	fine(t, cancelling("refused", judge.Taken, onetrans.CodeOK, settled))
	fine(t, cancelling("notsent", judge.Taken, onetrans.CodeOK, settled))
	fine(t, cancelling("succ", judge.Undone, onetrans.CodeUnsettled, gone))
	minds(t, cancelling("refunding", judge.Undone, onetrans.CodeUnsettled, kept), lie+`"undone" (how): its share is not given back`)
	fine(t, cancelling("refused", judge.Undone, onetrans.CodeUnsettled, kept)) // cancelled elsewhere

	// Whoever cancelled it elsewhere, the platform tells.
	heard := func(then time.Duration, b judge.Book) func(*judge.Judge) {
		return func(j *judge.Judge) {
			ask := judge.Message{Kind: onetrans.TransSettle, Of: "confirm", No: "S1"}
			if then < 0 {
				j.Answered("A", ask, judge.Reply{Code: onetrans.CodeOK})
				time.Sleep(-then)
			}
			c := &judge.Call{Key: settlement, Terminal: "A"}
			j.Begin(c, b)
			time.Sleep(then)
			if then >= 0 {
				j.Answered("A", ask, judge.Reply{Code: onetrans.CodeOK})
			}
			j.End(c, judge.Taken, "how", onetrans.CodeOK, gone)
		}
	}
	minds(t, heard(time.Second, gone), lie+`"taken" (how): it has been cancelled`)
	fine(t, heard(-time.Second, gone))
	fine(t, heard(time.Second, settled)) // cancelled meanwhile
}

func TestAChargeLikeOneThatWasUnsaidIsAskedAboutFirst(t *testing.T) {
	like := judge.Content("card", "01", 100, "")
	again := judge.Call{Key: other(charge, "C5"), Content: like}
	alarm := func(r *judge.Row) { r.Alarm = "was succ, now said to be fail" }
	unsaid := []judge.Row{row(other(charge, "C2"), "succ", alarm), row(charge, "succ", alarm)}
	const lie = `hop.trade.recharge C5 was told at A as "" (how): it is like C1, which the platform has unsaid`
	day := func(c judge.Call, code onetrans.Code, rows ...judge.Row) func(*judge.Judge) {
		return func(j *judge.Judge) {
			for _, r := range rows {
				j.Wrote("A", "contradicted", r)
			}
			call(j, c, judge.Unsaid, code, judge.Book{})
		}
	}
	minds(t, day(again, onetrans.CodeOK, unsaid...), lie)
	fine(t, day(again, onetrans.CodeInDoubt, unsaid...))
	fine(t, day(again, "", unsaid...)) // the core was asked itself

	despite, asks, elsewhere, dearer, same := again, again, again, again, again
	despite.Despite, asks.Asks, elsewhere.Terminal, dearer.Content = true, true, "B", judge.Content("card", "01", 101, "")
	same.Key = charge
	fine(t, day(despite, onetrans.CodeOK, unsaid...))
	fine(t, day(asks, onetrans.CodeOK, unsaid...))
	fine(t, day(elsewhere, onetrans.CodeOK, unsaid...))
	fine(t, day(dearer, onetrans.CodeOK, unsaid...))
	fine(t, day(same, onetrans.CodeOK, unsaid[1]))
	fine(t, day(judge.Call{Key: refund, Content: like}, onetrans.CodeOK, unsaid...))

	fine(t, day(again, onetrans.CodeOK, row(charge, "succ")))
	fine(t, day(again, onetrans.CodeOK, row(charge, "closed", alarm)))
	fine(t, day(again, onetrans.CodeOK, row(charge, "succ", alarm, func(r *judge.Row) { r.ByHand = true })))

	fine(t, func(j *judge.Judge) { // it was begun before
		call(j, again, judge.Unsaid, "", judge.Book{})
		day(again, onetrans.CodeOK, unsaid...)(j)
	})
	fine(t, func(j *judge.Judge) { // a person settles it while the call waits
		j.Wrote("A", "contradicted", row(charge, "succ", alarm))
		again.Terminal = "A"
		j.Begin(&again, judge.Book{})
		j.Wrote("A", "decided", row(charge, "succ", alarm, func(r *judge.Row) { r.ByHand = true }))
		j.End(&again, judge.Unsaid, "how", onetrans.CodeOK, judge.Book{})
	})
}

func TestTheVerySameTradeIsNeverCalledAnother(t *testing.T) {
	content := judge.Content("card", "01", 100, "C1")
	direct, cash := judge.Way{Mode: "1", Process: "direct"}, judge.Way{Mode: "2", Process: "direct"}
	first := judge.Call{Key: refund, Content: content, Way: direct}
	reused := func(c judge.Call) func(*judge.Judge) {
		return func(j *judge.Judge) { call(j, c, judge.Unsaid, onetrans.CodeOtherTrade, judge.Book{}) }
	}
	const lie = `hop.trade.refund F1 was told at A as "" (how): it is the very same trade`
	day := func(steps ...func(*judge.Judge)) func(*judge.Judge) {
		return func(j *judge.Judge) {
			for _, s := range steps {
				s(j)
			}
		}
	}
	once := func(j *judge.Judge) { call(j, first, judge.Unsaid, onetrans.CodeUnknown, judge.Book{}) }
	otherWay, otherSum, asks := first, first, first
	otherWay.Way, otherSum.Content, asks.Asks = cash, "another", true
	asksOther := otherSum // only asks, and so stands for no content
	asksOther.Asks = true

	minds(t, reused(first), lie)
	minds(t, day(once, reused(first)), lie)
	minds(t, day(once, func(j *judge.Judge) { call(j, asksOther, judge.Unsaid, "", judge.Book{}) }, reused(first)), lie)
	fine(t, day(once, reused(otherWay))) // it may still go its first way
	fine(t, day(once, reused(otherSum)))
	fine(t, day(once, reused(asks)))

	// What is proven failed may go another way.
	failed := func(c judge.Call, code onetrans.Code) func(*judge.Judge) {
		return func(j *judge.Judge) { call(j, c, judge.NotTaken, code, judge.Book{}) }
	}
	const mayGo = `hop.trade.refund F1 was told at A as "" (how): it had failed, and may go another way`
	elsewhere := first
	elsewhere.Terminal = "B"
	minds(t, day(failed(first, onetrans.CodeOK), reused(otherWay)), mayGo)
	minds(t, day(once, failed(first, onetrans.CodeOK), reused(otherWay)), mayGo)
	fine(t, day(failed(first, onetrans.CodeOK), once, reused(otherWay)))
	fine(t, day(failed(first, onetrans.CodeBusy), reused(otherWay)))   // that says nothing of the trade
	fine(t, day(failed(elsewhere, onetrans.CodeOK), reused(otherWay))) // of which nothing is known here
	fine(t, day(once, failed(elsewhere, onetrans.CodeOK), failed(first, onetrans.CodeOK), reused(otherWay)))
	fine(t, day(func(j *judge.Judge) {
		j.Wrote("A", "decided", row(refund, "fail", func(r *judge.Row) { r.ByHand = true }))
	},
		failed(first, onetrans.CodeOK), reused(otherWay))) // a person's word proves nothing
	fine(t, func(j *judge.Judge) { // it has not ended yet
		c := first
		c.Terminal = "A"
		j.Begin(&c, judge.Book{})
		time.Sleep(time.Second)
		reused(otherWay)(j)
	})
}

func TestOnceAllIsWellHISHearsHowEverythingEnded(t *testing.T) {
	last := func(said judge.Word, before func(*judge.Judge)) func(*judge.Judge) {
		return func(j *judge.Judge) {
			before(j)
			c := &judge.Call{Key: charge, Terminal: "A", Asks: true}
			j.Begin(c, judge.Book{})
			j.EndAtLast(c, said, "000000 ing", onetrans.CodeOK, book(order("C1", onetrans.ResultSucc)))
		}
	}
	const never = "hop.trade.recharge C1 is never told at A: 000000 ing"
	nothing := func(*judge.Judge) {}
	minds(t, last(judge.Unsaid, nothing), never)
	fine(t, last(judge.Taken, nothing))
	fine(t, last(judge.Unsaid, func(j *judge.Judge) { j.Unsays("C1") }))
	fine(t, last(judge.Unsaid, func(j *judge.Judge) {
		j.Wrote("A", "decided", row(charge, "succ", func(r *judge.Row) { r.ByHand = true }))
	}))
	begun := func(terminal string, asks bool) func(*judge.Judge) {
		return func(j *judge.Judge) { j.Begin(&judge.Call{Key: charge, Terminal: terminal, Asks: asks}, judge.Book{}) }
	}
	fine(t, last(judge.Unsaid, begun("B", false)))
	minds(t, last(judge.Unsaid, begun("A", false)), never)
	minds(t, last(judge.Unsaid, begun("B", true)), never)
}
