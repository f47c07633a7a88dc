package judge_test

import (
	"testing"

	"onetrans/app/checks/simulate/judge"
	"onetrans/flows/message/onetrans"
)

func TestWhatHISBooksOfAnAnswer(t *testing.T) {
	const (
		charge = onetrans.TransRecharge
		refund = onetrans.TransRefund
		settle = onetrans.TransSettle
		cancel = onetrans.TransSettleCancel
		query  = onetrans.TransQuery
	)
	for _, c := range []struct {
		of          string
		code        onetrans.Code
		result      onetrans.Result
		first, then judge.Word // of who speaks of the trade first; of who comes later
	}{
		{charge, onetrans.CodeOK, onetrans.ResultSucc, judge.Taken, judge.Taken},
		{charge, onetrans.CodeOK, onetrans.ResultInit, judge.Unsaid, judge.Unsaid},
		{charge, onetrans.CodeOK, onetrans.ResultIng, judge.Unsaid, judge.Unsaid},
		{charge, onetrans.CodeOK, onetrans.ResultExp, judge.Unsaid, judge.Unsaid},
		{charge, onetrans.CodeOK, onetrans.ResultFail, judge.NotTaken, judge.NotTaken},
		{charge, onetrans.CodeOK, onetrans.ResultClosed, judge.NotTaken, judge.NotTaken},
		{charge, onetrans.CodeNotTaken, "", judge.NotTaken, judge.NotTaken},
		{charge, onetrans.CodeNotSent, "", judge.NotTaken, judge.NotTaken},
		{charge, onetrans.CodeCancelled, "", judge.NotTaken, judge.NotTaken},
		{charge, onetrans.CodeTimedOut, "", judge.NotTaken, judge.NotTaken},
		{charge, onetrans.CodePlatformField, "", judge.NotTaken, judge.NotTaken},
		{charge, onetrans.CodeUnknown, onetrans.ResultIng, judge.Unsaid, judge.Unsaid},
		{charge, onetrans.CodeUnknown, onetrans.ResultSucc, judge.Taken, judge.Taken},
		{charge, onetrans.CodeOtherTrade, "", judge.Unsaid, judge.Unsaid},
		{charge, onetrans.CodePlatformOtherTrade, "", judge.Unsaid, judge.Unsaid},
		{charge, onetrans.CodePlatformReplay, "", judge.Unsaid, judge.Unsaid},
		{charge, onetrans.CodeBusy, "", judge.NotTaken, judge.Unsaid},
		{charge, onetrans.CodeField, "", judge.NotTaken, judge.Unsaid},
		{charge, onetrans.CodeDevice, "", judge.NotTaken, judge.Unsaid},
		{charge, onetrans.CodeJournal, "", judge.NotTaken, judge.Unsaid},
		{charge, onetrans.CodeInDoubt, "", judge.NotTaken, judge.Unsaid},
		{charge, onetrans.CodeInternal, "", judge.NotTaken, judge.Unsaid},
		{refund, onetrans.CodePlatformExceeds, "", judge.NotTaken, judge.Unsaid},
		{refund, onetrans.CodeOK, onetrans.ResultSucc, judge.Taken, judge.Taken},
		{refund, onetrans.CodeOK, onetrans.ResultIng, judge.UnderWay, judge.UnderWay},
		{refund, onetrans.CodeOK, onetrans.ResultFail, judge.NotTaken, judge.NotTaken},
		{settle, onetrans.CodeOK, "", judge.Taken, judge.Taken},
		{settle, onetrans.CodeUnsettled, "", judge.Undone, judge.Undone},
		{settle, onetrans.CodePlatformNoSettle, "", judge.NotTaken, judge.NotTaken},
		{cancel, onetrans.CodeOK, "", judge.Taken, judge.Taken},
		{query, onetrans.CodeOK, onetrans.ResultSucc, judge.Taken, judge.Taken},
		{query, onetrans.CodeOK, onetrans.ResultIng, judge.Unsaid, judge.Unsaid},
		{query, onetrans.CodeOK, onetrans.ResultNotFound, judge.NotTaken, judge.NotTaken},
		{query, onetrans.CodeUnknown, onetrans.ResultSucc, judge.Taken, judge.Taken},
		{query, onetrans.CodeUnknown, onetrans.ResultFail, judge.Unsaid, judge.Unsaid},
		{query, onetrans.CodeBusy, "", judge.Unsaid, judge.Unsaid},
		{query, onetrans.CodeNotSent, "", judge.Unsaid, judge.Unsaid},
	} {
		fine(t, func(j *judge.Judge) {
			for _, want := range []judge.Word{c.first, c.then} {
				caller := &judge.Call{Key: judge.Key{Kind: c.of, No: "1"}, Terminal: "A"}
				j.Begin(caller, judge.Book{})
				if said := caller.Says(judge.Heard{TransType: c.of, Code: c.code, Result: c.result}); said != want {
					t.Errorf("%s %s %s is booked as %q, not as %q", c.of, c.code, c.result, said, want)
				}
			}
		})
	}
}

func TestWhatIsHeardAtTheCounter(t *testing.T) {
	for word, states := range map[judge.Word][]string{
		judge.Taken:    {"succ"},
		judge.NotTaken: {"fail", "refused", "notsent", "closed", "notfound", "abandoned"},
		judge.Unsaid:   {"created", "unknown", "pending", "confirming", "refunding"},
	} {
		for _, state := range states {
			if said := judge.Stands(state); said != word {
				t.Errorf("%s is heard as %q", state, said)
			}
		}
	}
}
