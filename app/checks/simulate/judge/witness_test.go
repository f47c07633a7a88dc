package judge_test

import (
	"fmt"
	"slices"
	"testing"

	"onetrans/app/checks/simulate/judge"
	"onetrans/flows/message/onetrans"
)

// states are where a trade of each kind may stand, and which of them are final.
var states = map[string]struct{ open, final []string }{
	onetrans.TransRecharge: {
		[]string{"created", "unknown", "pending"},
		[]string{"succ", "fail", "refused", "notsent", "closed", "notfound"},
	},
	onetrans.TransRefund: {
		[]string{"created", "unknown", "pending"},
		[]string{"succ", "fail", "refused", "notsent"},
	},
	onetrans.TransSettle: {
		[]string{"created", "unknown", "presettled", "paying", "confirming", "abandoning", "refunding"},
		[]string{"succ", "refused", "notsent", "cancelled", "abandoned", "refunded"},
	},
	onetrans.TransSettleCancel: {
		[]string{"created", "unknown", "refunding"},
		[]string{"succ", "refused", "notsent"},
	},
}

func TestATradeStandsInAStateOfItsKind(t *testing.T) {
	for kind, own := range states {
		for _, others := range states {
			for _, state := range slices.Concat(others.open, others.final, []string{"", "draft", "cancelling", "SUCC"}) {
				r := row(judge.Key{Kind: kind, No: "1"}, state)
				write := func(j *judge.Judge) { j.Wrote("A", "told", r) }
				if slices.Contains(slices.Concat(own.open, own.final), state) {
					fine(t, write)
				} else {
					minds(t, write, fmt.Sprintf("%s 1 is %q at A, which promises nothing", kind, state))
				}
			}
		}
	}
}

// mayBecome are the ways out of what is final, by kind, state, event and next state.
func mayBecome(kind, state, event, next string) bool {
	switch event {
	case "sent": // the caller repeats the number
		return state == "refused" || state == "notsent" || state == "fail"
	case "reopened": // the platform has it otherwise than a person said
		return state == "fail"
	case "cancelled since":
		return kind == onetrans.TransSettle && state == "succ" && next == "cancelled"
	}
	return false
}

func TestWhatIsFinalStaysSo(t *testing.T) {
	for kind, own := range states {
		k := judge.Key{Kind: kind, No: "1"}
		for _, state := range slices.Concat(own.open, own.final) {
			for _, next := range slices.Concat(own.open, own.final) {
				for _, event := range []string{"sent", "reopened", "retry asked", "told", "cancelled since"} {
					write := func(j *judge.Judge) {
						j.Wrote("A", "told", row(k, state))
						j.Wrote("A", event, row(k, next))
					}
					if slices.Contains(own.open, state) || state == next || mayBecome(kind, state, event, next) {
						fine(t, write)
					} else {
						minds(t, write, fmt.Sprintf("%s 1 was %s, which is final, and became %s by %q", kind, state, next, event))
					}
				}
			}
		}
	}
}

func TestARefundOfOurOwnThatAPersonGaveUpIsTakenUpByAPerson(t *testing.T) {
	for _, own := range []bool{false, true} {
		for _, byHand := range []bool{false, true} {
			given := func(r *judge.Row) { r.Own, r.ByHand = own, byHand }
			retry := func(j *judge.Judge) {
				j.Wrote("A", "decided", row(refund, "fail", given))
				j.Wrote("A", "retry asked", row(refund, "unknown", given))
			}
			if own && byHand {
				fine(t, retry)
			} else {
				minds(t, retry, `hop.trade.refund F1 was fail, which is final, and became unknown by "retry asked"`)
			}
		}
	}
}

func TestATradeNeverBecomesAnother(t *testing.T) {
	for name, change := range map[string]func(*judge.Row){
		"content": func(r *judge.Row) { r.Content = "other" },
		"amount":  func(r *judge.Row) { r.Amount++ },
		"card":    func(r *judge.Row) { r.CardNo = "other" },
		"account": func(r *judge.Row) { r.AccountType = "02" },
		"whose":   func(r *judge.Row) { r.Own = true },
	} {
		t.Run(name, func(t *testing.T) {
			minds(t, func(j *judge.Judge) {
				j.Wrote("A", "sent", row(refund, "created"))
				j.Wrote("A", "no normal answer", row(refund, "unknown", change))
			}, "hop.trade.refund F1 was changed: no normal answer")
		})
	}
}

func TestAPaymentHasTwoNamesAndNoMore(t *testing.T) {
	renamed := func(name string) func(*judge.Judge) {
		return func(j *judge.Judge) {
			j.Wrote("A", "told succ", row(charge, "succ"))
			j.Wrote("A", "told succ", row(other(charge, "C2"), "succ"))
			j.Wrote("A", "never sent", row(refund, "notsent"))
			j.Wrote("A", "sent", row(refund, "created", original(name)))
		}
	}
	fine(t, renamed("no:C1"))
	fine(t, renamed("trace:T-C1"))
	minds(t, renamed("no:C2"), "hop.trade.refund F1 was changed: sent")
	minds(t, renamed("trace:T-C2"), "hop.trade.refund F1 was changed: sent")
}

func TestRefundsNeverComeToMoreThanWasPaid(t *testing.T) {
	charged := row(charge, "succ")
	settled := row(settlement, "succ", func(r *judge.Row) { r.Amount = 1000 }) // its share is 100
	for _, c := range []struct {
		name    string
		payment judge.Row
		first   judge.Row
		second  judge.Row
		sum     string
	}{
		{"all of it twice", charged, row(refund, "succ"), row(other(refund, "F2"), "created"), "C1 come to 2.00 of 1.00"},
		{"a fen too much", charged, row(refund, "unknown", of(60)), row(other(refund, "F2"), "created", of(41)), "C1 come to 1.01 of 1.00"},
		{"all of it", charged, row(refund, "unknown", of(60)), row(other(refund, "F2"), "created", of(40)), ""},
		{"by its other name", charged, row(refund, "pending"), row(other(refund, "F2"), "created", original("trace:T-C1")), "C1 come to 2.00 of 1.00"},
		{"after one that failed", charged, row(refund, "fail"), row(other(refund, "F2"), "created"), ""},
		{"after one that was refused", charged, row(refund, "refused"), row(other(refund, "F2"), "created"), ""},
		{"after one that was not sent", charged, row(refund, "notsent"), row(other(refund, "F2"), "created"), ""},
		{"of another payment", charged, row(refund, "succ", original("no:C9")), row(other(refund, "F2"), "created"), ""},
		{"of a payment without a name yet", row(charge, "pending", func(r *judge.Row) { r.TraceNo = "" }), row(refund, "succ", original("trace:")), row(other(refund, "F2"), "created"), ""},
		{"of one that another terminal took", row(other(charge, "C9"), "succ"), row(refund, "succ"), row(other(refund, "F2"), "created"), ""},
		{
			"of a share", settled, row(refund, "succ", original("trace:T-S1")), row(other(refund, "F2"), "created", of(1), original("trace:T-S1")),
			"S1 come to 1.01 of 1.00",
		},
		{"of a settlement by a charge's name", settled, row(refund, "succ", original("no:S1")), row(other(refund, "F2"), "created", original("no:S1")), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			day := func(j *judge.Judge) {
				j.Wrote("A", "told", c.payment)
				j.Wrote("A", "told", c.first)
				j.Wrote("A", "sent", c.second)
			}
			if c.sum == "" {
				fine(t, day)
			} else {
				minds(t, day, "refunds of "+c.sum)
			}
		})
	}
}

func TestWhatMakesATradeIsInTheJournalBeforeItLeaves(t *testing.T) {
	for _, k := range []judge.Key{charge, refund, settlement, cancelled} {
		m := judge.Message{Kind: k.Kind, No: k.No}
		if k == settlement {
			m.Of = "pre"
		}
		lacks := m.String() + " is sent and is not in the journal as open"
		minds(t, func(j *judge.Judge) { j.Leaves("A", m) }, lacks)
		minds(t, func(j *judge.Judge) { j.Wrote("B", "sent", row(k, "created")); j.Leaves("A", m) }, lacks)
		minds(t, func(j *judge.Judge) { j.Wrote("A", "told", row(k, "succ")); j.Leaves("A", m) }, lacks)
		fine(t, func(j *judge.Judge) { j.Wrote("A", "sent", row(k, "created")); j.Leaves("A", m) })
	}
	for _, m := range []judge.Message{
		{Kind: onetrans.TransQuery, Of: onetrans.TransRefund, No: "F1"},
		{Kind: onetrans.TransSettle, Of: "confirm", No: "S1"},
		{Kind: onetrans.TransSettle, Of: "pay", No: "S1"},
		{Kind: onetrans.TransClose, No: "C1"},
	} {
		fine(t, func(j *judge.Judge) { j.Leaves("A", m) }) // it makes nothing
	}
}

func TestARefundInDoubtIsAskedForBeforeItIsSentAgain(t *testing.T) {
	send := judge.Message{Kind: onetrans.TransRefund, No: "F1"}
	ask := judge.Message{Kind: onetrans.TransQuery, Of: onetrans.TransRefund, No: "F1"}
	for _, c := range []struct {
		name    string
		between func(*judge.Judge)
		fine    bool
	}{
		{"nothing", func(*judge.Judge) {}, false},
		{"no answer", func(j *judge.Judge) { j.Answered("A", send, judge.Reply{}) }, false},
		{"an answer", func(j *judge.Judge) { j.Answered("A", send, judge.Reply{Code: onetrans.CodeOK}) }, true},
		{"a refusal", func(j *judge.Judge) { j.Answered("A", send, judge.Reply{Code: onetrans.CodePlatformBusy}) }, true},
		{"a code of another form", func(j *judge.Judge) { j.Answered("A", send, judge.Reply{Code: "0"}) }, false},
		{"nothing left", func(j *judge.Judge) { j.Answered("A", send, judge.Reply{NeverSent: true}) }, true},
		{"a query", func(j *judge.Judge) { j.Answered("A", ask, judge.Reply{Code: onetrans.CodeOK}) }, true},
		{"a query without an answer", func(j *judge.Judge) { j.Answered("A", ask, judge.Reply{}) }, false},
		{"a query that never left", func(j *judge.Judge) { j.Answered("A", ask, judge.Reply{NeverSent: true}) }, false},
		{"another's query", func(j *judge.Judge) {
			j.Answered("A", judge.Message{Kind: onetrans.TransQuery, Of: onetrans.TransRefund, No: "F2"}, judge.Reply{Code: onetrans.CodeOK})
		}, false},
		{"another terminal's query", func(j *judge.Judge) { j.Answered("B", ask, judge.Reply{Code: onetrans.CodeOK}) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			day := func(j *judge.Judge) {
				j.Wrote("A", "sent", row(refund, "created"))
				j.Leaves("A", send)
				c.between(j)
				j.Leaves("A", send)
			}
			if c.fine {
				fine(t, day)
			} else {
				minds(t, day, "refund F1 is in doubt and is sent again without a query")
			}
		})
	}
	fine(t, func(j *judge.Judge) { // a charge is known by its number
		j.Wrote("A", "sent", row(charge, "created"))
		for range 2 {
			j.Leaves("A", judge.Message{Kind: onetrans.TransRecharge, No: "C1"})
		}
	})
}

func TestWhatIsStillToComeIsCounted(t *testing.T) {
	fine(t, func(j *judge.Judge) {
		j.Wrote("A", "sent", row(charge, "created"))
		j.Wrote("A", "told", row(charge, "unknown"))
		j.Wrote("A", "told", row(other(charge, "C2"), "succ"))
		j.Wrote("B", "told", row(refund, "pending"))
		j.Wrote("B", "told", row(settlement, "confirming", func(r *judge.Row) { r.Desk = "refused" }))
		if j.Trades() != 4 || j.Undecided() != 2 {
			t.Errorf("%d trades, %d undecided", j.Trades(), j.Undecided())
		}
	})
}

func TestATerminalAnswersForWhatItHasBegun(t *testing.T) {
	for _, c := range []struct {
		row     judge.Row
		answers bool
	}{
		{row(charge, "succ"), true},
		{row(charge, "unknown"), true},
		{row(charge, "refused"), false},
		{row(charge, "notsent"), false},
		{row(charge, "succ", func(r *judge.Row) { r.Alarm = "was succ" }), false},
	} {
		fine(t, func(j *judge.Judge) {
			j.Wrote("A", "told", c.row)
			if j.Answers("A", charge) != c.answers || j.Answers("B", charge) {
				t.Errorf("%s: answers at A: %v, at B: %v", c.row.State, j.Answers("A", charge), j.Answers("B", charge))
			}
		})
	}
}
