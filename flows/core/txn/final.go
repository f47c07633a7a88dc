package txn

import (
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// contradictions are the rules for the platform's word on a final trade: the
// state stands, and another word than before alarms a person, unless a person
// has decided the trade: then it stands beside.
func contradictions(final flow.State) []rule {
	var rules []rule
	for _, result := range results() {
		rules = append(rules, flow.On(told{result: result}, func(t Trade, e told) (Trade, []flow.Effect) {
			switch {
			case t.byHand():
				t = t.saidBeside(e.result)
			case !t.bearsOut(e.result):
				return t.contradicted(e.result), nil
			}
			// A late answer may still bring what a receipt needs.
			if flow.State(e.result) == final {
				t = t.with(e.details).booked()
			}
			return t, nil
		}, final))
	}
	return rules
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

// contradicted is a final trade of which the platform now says something else:
// it stands, and a person must look.
func (t Trade) contradicted(now onetrans.Result) Trade {
	if !t.Progress.Contradicted() {
		t.Progress.Alarm = "was " + string(t.At()) + ", now said to be " + string(now)
		t.Progress.Desk = ReasonContradiction
	}
	return t
}

// saidBeside notes what the platform says of a trade that a person has decided.
// That it is undecided is no news to who has; another end is for a person to look at.
func (t Trade) saidBeside(word onetrans.Result) Trade {
	before := t.Progress.Said
	if t.Progress.Said = word; t.bearsOut(word) {
		t.Progress.Said = ""
	}
	switch {
	case t.deniedBy(word) && word != before:
		t.Progress.Desk = ReasonDisputed
	case !t.deniedBy(word) && t.Progress.Desk == ReasonDisputed:
		t.Progress.Desk = ""
	}
	return t
}

// bearsOut says whether a word of the platform fits a trade that is final.
func (t Trade) bearsOut(word onetrans.Result) bool {
	if t.Order.Kind() == onetrans.TransSettle {
		return !t.paymentContradicts(word)
	}
	return flow.State(word) == t.At() || harmless(t, word)
}

// harmless: what never reached the platform may be unknown to it, what it refused
// it may have as an order that came to nothing, an unknown number that was to be
// closed is closed, a refund that failed before may have
// been repeated in vain or be forgotten, and what failed by a person's word the
// platform may have in whatever way it moves no money.
func harmless(t Trade, result onetrans.Result) bool {
	final := t.At()
	if t.byHand() && final == Fail {
		return unpaid(result)
	}
	switch result {
	case onetrans.ResultNotFound:
		return final == Refused || final == NotSent || final == Closed ||
			final == Fail && t.Order.Kind() == onetrans.TransRefund
	case onetrans.ResultClosed:
		return final == NotFound || final == Refused && t.Order.Kind() == onetrans.TransRecharge
	case onetrans.ResultFail:
		return final == Refused || final == NotSent && t.Order.Kind() == onetrans.TransRefund
	}
	return false
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

// deniedBy says whether the platform's word is another than what was proven.
// What a person has decided stands while the platform is undecided, unless it
// moves what was given up.
func (t Trade) deniedBy(word onetrans.Result) bool {
	decided := t.byHand()
	if t.Order.Kind() == onetrans.TransSettle {
		decided = t.settlement().PaidBy != ""
	}
	if decided && !t.deniesPerson(word) {
		return false
	}
	return !t.bearsOut(word)
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

// isEnd says whether a word of the platform's has a trade end.
func isEnd(word onetrans.Result) bool {
	switch word {
	case "", onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp:
		return false
	}
	return true
}

// proven is the result of a trade that is final, of a settlement's payment.
func (t Trade) proven() onetrans.Result {
	switch {
	case t.Order.Kind() == onetrans.TransSettle && t.settlement().Paid:
		return onetrans.ResultSucc
	case t.Order.Kind() == onetrans.TransSettle:
		return t.Progress.Result
	case t.At() == Refused:
		return onetrans.ResultFail
	case t.At() == NotSent:
		return onetrans.ResultNotFound
	}
	return onetrans.Result(t.At())
}
