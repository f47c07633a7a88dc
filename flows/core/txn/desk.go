package txn

import (
	"cmp"
	"fmt"
	"slices"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// atTheDesk is the Ref of what is final and waits for a person.
const atTheDesk = "at the desk"

// theUnsaid is the Ref of charges that the platform has unsaid, or disputes with
// a person, until a person has seen to them.
const theUnsaid = "unsaid"

// Desk lists the trades that wait for a person, the oldest first. Its cost
// follows what is open and what has ever waited after its end. Trades carry no
// credentials here. Its error is ErrJournal.
func (c *Core) Desk() ([]Status, error) {
	var waiting []Status
	for _, l := range c.open() {
		if s := l.status(); s.Trade.AtDesk() {
			waiting = append(waiting, s)
		}
	}
	ended, err := c.related(atTheDesk)
	if err != nil {
		return nil, fmt.Errorf("listing the desk: %w", err)
	}
	for _, t := range ended {
		waiting = append(waiting, Status{Trade: t})
	}
	slices.SortFunc(waiting, func(a, b Status) int {
		return cmp.Or(a.Trade.Order.CreatedAt.Compare(b.Trade.Order.CreatedAt), cmp.Compare(a.Trade.Order.No, b.Trade.Order.No))
	})
	for i := range waiting {
		waiting[i].Trade.Order.Secrets = Secrets{}
	}
	return waiting, nil
}

// open are the trades in memory that are not final, in no order.
func (c *Core) open() []*live {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*live, 0, len(c.live))
	for _, l := range c.live {
		all = append(all, l)
	}
	return all
}

// Contradicted: there was an alarm. That a person has seen it makes the final
// answer no surer.
func (p Progress) Contradicted() bool { return p.Alarm != "" }

// Disputed: the platform has it otherwise than it ended, by its own word before or
// by a person's.
func (p Progress) Disputed() bool { return p.Contradicted() || p.Said != "" }

// Denied: the platform has another end than this one, not only none yet, or moves
// money of which a person has said that it never would.
func (t Trade) Denied() bool {
	return t.Progress.Contradicted() || t.Progress.Said != "" && t.deniesPerson(t.Progress.Said)
}

// deniesPerson says whether the platform's word, which is another than a person's,
// denies it: that it is undecided does so only where it moves what was given up.
func (t Trade) deniesPerson(word onetrans.Result) bool {
	switch {
	case isEnd(word):
		return true
	case t.Order.Kind() == onetrans.TransRefund:
		return t.At() == Fail
	}
	return t.At() == Fail && word != onetrans.ResultInit
}

// Denied is [Trade.Denied] for a settlement.
func (s SettleStatus) Denied() bool { return s.Alarm != "" || isEnd(s.Said) }

// isEnd says whether a word of the platform's has a trade end.
func isEnd(word onetrans.Result) bool {
	switch word {
	case "", onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp:
		return false
	}
	return true
}

// contradicted is a final trade of which the platform now says something else:
// it stands, and a person must look.
func (t Trade) contradicted(now onetrans.Result) Trade {
	if !t.Progress.Contradicted() {
		t.Progress.Alarm = "was " + string(t.At()) + ", now said to be " + string(now)
		t.Progress.Desk = ReasonContradiction
	}
	return t
}

// paymentWords are the rules for the platform's word on the payment of a
// settlement that is final.
func paymentWords(final flow.State) []rule {
	var rules []rule
	for _, result := range results() {
		rules = append(rules, flow.On(told{result: result}, func(t Trade, e told) (Trade, []flow.Effect) {
			switch {
			case t.settlement().PaidBy != "":
				t = t.saidBeside(e.result)
			case t.paymentContradicts(e.result):
				t = t.contradicted(e.result)
			}
			return t, nil
		}, final))
	}
	return rules
}

// paymentContradicts says whether a settlement that is final ended otherwise
// than this word on its payment has it.
func (t Trade) paymentContradicts(word onetrans.Result) bool {
	switch {
	case t.settlement().Paid:
		return word != onetrans.ResultSucc
	case t.PaidElsewhere():
		return false
	}
	return !unpaid(word)
}

// PaidElsewhere: it is a settlement that stood without an order of its own. Which
// payment it names, if any, was made for it otherwise, and is another trade's.
func (t Trade) PaidElsewhere() bool {
	return t.Order.Kind() == onetrans.TransSettle && (t.At() == Succ || t.At() == Cancelled) &&
		!t.settlement().Paid && t.Progress.Result == ""
}

// unpaid: nothing was taken, and nothing can be any more.
func unpaid(r onetrans.Result) bool {
	return r == onetrans.ResultFail || r == onetrans.ResultClosed || r == onetrans.ResultNotFound
}

// onAtDesk: a person must see to it.
func onAtDesk(t Trade, e atDesk) (Trade, []flow.Effect) {
	t.Progress.Desk = e.why
	return t, nil
}
