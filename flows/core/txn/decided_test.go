package txn

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// allEvents are an example of everything that can happen to a trade.
func allEvents() []flow.Event {
	events := []flow.Event{
		sent{},
		unanswered{},
		neverSent{},
		refused{},
		accepted{},
		closeAsked{},
		reopened{},
		otherName{},
		payAsked{},
		confirmAsked{},
		abandoning{},
		priced{},
		ordered{},
		repriced{},
		settled{},
		cancelledSince{},
		abandoned{},
		refundNamed{},
		refundStands{},
		atDesk{},
		cancelled{},
		decided{},
		inHand{},
		retryAsked{},
		partStands{},
		newsTold{},
	}
	for _, r := range results() {
		events = append(events, told{result: r})
	}
	return events
}

// undecided are cells of the tables that are empty on purpose: the event can't
// happen there, or changes nothing.
type undecided struct {
	kinds   []string
	states  []flow.State
	events  []string
	because string
}

var (
	all       = []string{onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettle, onetrans.TransSettleCancel, KindBalance}
	recharges = []string{onetrans.TransRecharge}
	refunds   = []string{onetrans.TransRefund}
	settles   = []string{onetrans.TransSettle}
	cancels   = []string{onetrans.TransSettleCancel}
	balances  = []string{KindBalance}

	anyState  []flow.State
	finals    = []flow.State{Succ, Fail, Closed, NotFound, Refused, NotSent, Abandoned, Refunded, Cancelled, Partly}
	anyWord   = []string{"told init", "told succ", "told fail", "told exp", "told ing", "told closed", "told notfound"}
	byAnswer  = []string{"no normal answer", "never sent", "refused", "accepted"}
	ofSettles = []string{"pay asked", "confirm asked", "abandoning", "priced", "ordered", "repriced", "settled", "cancelled since", "abandoned"}
	ofUndoing = []string{"refund named", "refund stands"}
)

func leftOut() []undecided {
	return []undecided{
		{all, []flow.State{draft}, nil, "nothing is known of it but that it is about to be sent"},

		{
			[]string{onetrans.TransRecharge, onetrans.TransRefund},
			anyState, slices.Concat(ofSettles, ofUndoing, []string{"cancelled"}),
			"those are a settlement's or a cancellation's",
		},
		{settles, anyState, []string{"cancelled", "accepted", "reopened"}, "those are others'"},
		{cancels, anyState, slices.Concat(ofSettles, anyWord, []string{"accepted", "close asked", "reopened"}), "those are others'"},
		{slices.Concat(recharges, refunds, settles, cancels), anyState, []string{"part stands"}, "only a balance has parts"},
		{
			all,
			[]flow.State{Created, Unknown, Pending, PreSettled, Paying, Confirming, Abandoning, Refunding},
			[]string{"passed on"},
			"what is open is no news",
		},
		{
			balances, anyState, slices.Concat(byAnswer, anyWord, ofSettles, ofUndoing, []string{"cancelled", "close asked", "at the desk", "reopened"}),
			"the platform hears and speaks of its parts alone",
		},
		{balances, []flow.State{Refunding}, []string{"sent"}, "it is planned once"},
		{balances, finals, []string{"part stands"}, "its parts are over"},
		{recharges, anyState, []string{"reopened"}, "a failed charge is repeated under another number"},
		{refunds, anyState, []string{"close asked"}, "no refund is ever closed"},
		{refunds, []flow.State{Created}, []string{"at the desk"}, "it is not asked for while it is being sent"},

		{all, finals, slices.Concat(byAnswer, []string{"close asked", "at the desk"}), "who still speaks of it was too late"},
		{all, finals, slices.Concat(ofUndoing, ofSettles, []string{"cancelled"}), "who still speaks of it was too late"},
		{all, finals, []string{"in hand", "retry asked"}, "what is decided stays so"},
		{slices.Concat(recharges, settles, cancels, balances), anyState, []string{"other name"}, "only what a refund gives back has two names"},
		{slices.Concat(recharges, settles, cancels, balances), []flow.State{Succ, Fail, Closed, NotFound, Abandoned, Refunded, Cancelled, Partly}, []string{"sent"}, "its number is used up"},
		{refunds, []flow.State{Succ}, []string{"sent"}, "its number is used up"},
		{refunds, []flow.State{Succ, Refused, NotSent}, []string{"reopened"}, "only what the platform had and failed to do is asked for before it is repeated"},

		{recharges, []flow.State{Created}, []string{"sent"}, "one send at a time"},
		{recharges, []flow.State{Created, Pending}, []string{"at the desk"}, "only what never arrived comes there"},
		{recharges, []flow.State{Unknown, Pending}, []string{"never sent"}, "an earlier send may have arrived"},

		{refunds, []flow.State{Created, Pending}, []string{"sent", "reopened"}, "nothing proves that it may be sent again"},
		{refunds, []flow.State{Unknown}, []string{"never sent"}, "it says nothing of the sends before"},
		{refunds, []flow.State{Unknown}, []string{"reopened"}, "it is taken up already"},
		{refunds, []flow.State{Pending}, byAnswer, "what the platform has is not sent"},

		{settles, []flow.State{Created, Unknown, PreSettled, Confirming, Abandoning, Refunding}, anyWord, "its order is asked for while it is being paid, and by nobody else"},
		{settles, []flow.State{Created, Unknown}, []string{"pay asked", "confirm asked", "ordered", "repriced", "abandoned"}, "its price comes first"},
		{settles, []flow.State{Created, Unknown, PreSettled, Paying, Abandoning}, ofUndoing, "nothing is to be given back"},
		{settles, []flow.State{Confirming}, ofUndoing, "nothing is to be given back while it may yet stand"},
		{settles, []flow.State{Unknown}, []string{"never sent"}, "it says nothing of the sends before"},
		{settles, []flow.State{PreSettled}, slices.Concat(byAnswer, []string{"priced", "ordered", "repriced", "settled", "cancelled since", "abandoned"}), "nothing was asked since the price"},
		{settles, []flow.State{Paying}, []string{"pay asked", "confirm asked", "abandoning", "priced", "settled", "abandoned"}, "first its order is decided"},
		{settles, []flow.State{Paying}, []string{"no normal answer"}, "the order is asked for"},
		{settles, []flow.State{Confirming}, []string{"no normal answer", "never sent", "sent"}, "confirm is repeated until it is answered"},
		{settles, []flow.State{Confirming}, []string{"pay asked", "confirm asked", "close asked", "abandoning", "priced", "ordered", "repriced", "abandoned"}, "there is no way back but the platform's refusal"},
		{settles, []flow.State{Abandoning}, []string{"no normal answer", "never sent", "sent"}, "abandon is repeated until it is answered"},
		{settles, []flow.State{Abandoning}, []string{"pay asked", "confirm asked", "close asked", "abandoning", "priced", "ordered", "repriced", "settled"}, "it is being left already"},
		{settles, []flow.State{Refunding}, slices.Concat(ofSettles, byAnswer, []string{"sent", "close asked"}), "it was refused for good"},
		{settles, []flow.State{Created, Unknown, PreSettled, Paying, Confirming, Abandoning}, []string{"at the desk"}, "it comes there by what the platform says of it"},

		{cancels, []flow.State{Created, Unknown}, []string{"sent"}, "it is repeated until it is answered"},
		{cancels, []flow.State{Created, Unknown}, slices.Concat(ofUndoing, []string{"at the desk"}), "what is to be given back is not known yet"},
		{cancels, []flow.State{Unknown}, []string{"never sent"}, "it says nothing of the sends before"},
		{cancels, []flow.State{Refunding}, slices.Concat(byAnswer, []string{"sent", "cancelled"}), "it is answered"},
	}
}

// Every event is decided in every state of every kind of trade, or is left out
// for a reason.
func TestEveryEventIsDecidedInEveryState(t *testing.T) {
	reasons := leftOut()
	used := make([]bool, len(reasons))
	for kind, k := range kinds {
		for state := range k.table {
			for _, e := range allEvents() {
				if k.table.Takes(state, e.Name()) {
					continue
				}
				because := false
				for i, u := range reasons {
					if slices.Contains(u.kinds, kind) && (u.states == nil || slices.Contains(u.states, state)) &&
						(u.events == nil || slices.Contains(u.events, e.Name())) {
						because, used[i] = true, true
					}
				}
				if !because {
					t.Errorf("%s: nobody says what %q means in %q", kind, e.Name(), state)
				}
			}
		}
	}
	for i, u := range reasons {
		if !used[i] {
			t.Errorf("not needed: %v in %v of %v, %s", u.events, u.states, u.kinds, u.because)
		}
	}
}

// allEvents forgets none: every type of this package that has an event's name
// is among them.
func TestAllEventsAreKnown(t *testing.T) {
	known := map[string]bool{}
	for _, e := range allEvents() {
		known[reflect.TypeOf(e).Name()] = true
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Name" {
				continue
			}
			if receiver, ok := f.Recv.List[0].Type.(*ast.Ident); ok && !known[receiver.Name] {
				t.Errorf("%s is no example of allEvents", receiver.Name)
			}
		}
	}
}

// atTheEnd is why what is final may wait for a person.
var atTheEnd = []Reason{ReasonNotBooked, ReasonOtherPrice, ReasonCancelledElsewhere}

// What a table does is what it says, whatever the trade it happens to: no
// event leads where the table does not, and none unmakes what is final.
func TestNoEventLeadsWhereTheTableDoesNot(t *testing.T) {
	for name, kind := range kinds {
		for state := range kind.table {
			for _, trade := range trades(name, state) {
				for _, e := range variants() {
					next, _ := kind.table.Step(trade, e) // it panics where it leads astray
					mayBegin := e.Name() == "sent" || e.Name() == "reopened"
					undoes := e.Name() == "cancelled since" && trade.At() == Succ
					if trade.Final() && next.At() != trade.At() && !mayBegin && !undoes {
						t.Errorf("%s: %q leads from %q to %q", name, e.Name(), trade.At(), next.At())
					}
					if p := next.Progress; !trade.Final() && next.Final() && p.Desk != "" && !slices.Contains(atTheEnd, p.Desk) {
						t.Errorf("%s: %q ends %q as %q, and a person still waits for it", name, e.Name(), trade.At(), next.At())
					}
				}
			}
		}
	}
}

// trades are trades in a state, with what rules look at.
func trades(kind string, state flow.State) (all []Trade) {
	for _, own := range []bool{false, true} {
		for _, paid := range []bool{false, true} {
			for _, sends := range []int{0, 1, 2} {
				t := Trade{Progress: Progress{State: state, Sends: sends}}
				if state != draft && !t.Final() {
					t.Progress.Desk = "something"
				}
				t.Order.Request.TransType = onetrans.T(kind)
				t.Order.Own, t.Order.MustBook = own, own
				switch kind {
				case onetrans.TransSettle:
					t.Progress.Settle = &Settlement{Paid: paid, Cash: 1, PaySends: sends}
					if paid {
						t.Progress.Settle.MdtrtID = "M"
					}
				case KindBalance:
					t.Order.Parts, t.Progress.Lines = make([]Part, 2), []Line{{State: Succ}, {}}
					if paid {
						t.Progress.Lines[0].State = Fail
					}
				}
				all = append(all, t)
			}
		}
	}
	return all
}

// variants are the events with what rules look at.
func variants() (all []flow.Event) {
	for _, e := range allEvents() {
		switch e := e.(type) {
		case told:
			for n := range 8 {
				e.late, e.answersClose, e.answersSend = n&1 != 0, n&2 != 0, n&4 != 0
				all = append(all, e)
			}
		case refused:
			for _, code := range []onetrans.Code{onetrans.CodePlatformNoSettle, onetrans.CodePlatformBusy, onetrans.CodePlatformNoRefund} {
				all = append(all, refused{code: code}, refused{code: code, late: true})
			}
		case refundStands:
			all = append(all, refundStands{state: Succ}, refundStands{state: Unknown}, refundStands{state: Fail})
		case partStands:
			for _, state := range []flow.State{"", Succ, Fail, Unknown} {
				all = append(all, partStands{0, Line{State: state}}, partStands{1, Line{State: state}}, partStands{2, Line{State: state}})
			}
		case decided:
			for _, v := range []Verdict{VerdictDone, VerdictFailed, VerdictSeen} {
				all = append(all, decided{Hand{Verdict: v}})
			}
		case cancelled:
			paid := &payment{"T", 1}
			all = append(all, cancelled{share: 1}, cancelled{}, cancelled{unclear: true},
				cancelled{share: 1, paid: paid}, cancelled{paid: paid}, cancelled{unclear: true, paid: paid})
		case settled:
			all = append(all, e, settled{otherPrice: true})
		default:
			all = append(all, e)
		}
	}
	return all
}
