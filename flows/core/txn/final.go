package txn

import (
	"slices"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// contradictions are the rules for the platform's word on a final trade. A late answer
// may still bring what a receipt needs.
func contradictions(final flow.State) []rule {
	return wordsOn(final, func(t Trade, e told) Trade {
		if flow.State(e.result) == final {
			t = t.with(e.details).booked()
		}
		return t
	})
}

// paymentWords are the rules for the platform's word on the payment of a
// settlement that is final.
func paymentWords(final flow.State) []rule {
	return wordsOn(final, func(t Trade, _ told) Trade { return t })
}

// wordsOn are the rules for words on what is final: the state stands, and another
// word than was proven alarms a person. Where a person has decided it, the word is
// noted apart. learn takes over what else a word brings.
func wordsOn(final flow.State, learn func(Trade, told) Trade) []rule {
	var rules []rule
	for _, result := range results() {
		rules = append(rules, flow.On(told{result: result}, func(t Trade, e told) (Trade, []flow.Effect) {
			switch {
			case t.personDecided():
				t = t.noteSaid(e.result)
			case !t.agreesWith(e.result):
				return t.contradicted(e.result), nil
			}
			return learn(t, e), nil
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

// noteSaid notes what the platform says of a trade that a person has decided. Another
// end is for a person to look at; that the platform is undecided is not.
func (t Trade) noteSaid(word onetrans.Result) Trade {
	before := t.Progress.Said
	if t.Progress.Said = word; t.agreesWith(word) {
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

// agreesWith says whether a word of the platform fits a trade that is final. What
// failed by a person's word the platform may have in whatever way it moves no money.
func (t Trade) agreesWith(word onetrans.Result) bool {
	switch {
	case t.Progress.Settle != nil:
		return !t.paymentContradicts(word)
	case t.byHand() && t.At() == Fail:
		return unpaid(word)
	}
	return flow.State(word) == t.At() || slices.Contains(t.kind().harmless[word], t.At())
}

// personDecided: what the platform is asked about, a trade or a settlement's payment,
// ended by a person's word.
func (t Trade) personDecided() bool {
	if s := t.Progress.Settle; s != nil {
		return s.PaidBy != ""
	}
	return t.byHand()
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

// PaidElsewhere: it is a settlement without an order of its own. A payment that it
// names is another trade's.
func (t Trade) PaidElsewhere() bool {
	s := t.Progress.Settle
	return s != nil && (t.At() == Succ || t.At() == Cancelled) && !s.Paid && t.Progress.Result == ""
}

// unpaid: nothing was taken, and nothing can be any more.
func unpaid(r onetrans.Result) bool {
	return r == onetrans.ResultFail || r == onetrans.ResultClosed || r == onetrans.ResultNotFound
}

// Contradicted: there was an alarm. That a person has seen it makes the final
// answer no surer.
func (p Progress) Contradicted() bool { return p.Alarm != "" }

// Disputed: the platform says otherwise than the trade ended, be it by the platform's
// own earlier word or by a person's.
func (p Progress) Disputed() bool { return p.Contradicted() || p.Said != "" }

// Denied: the platform names another end than this one, or moves money after a person
// said that it never would. That it is merely undecided denies nothing.
func (t Trade) Denied() bool {
	return t.Progress.Contradicted() || t.Progress.Said != "" && t.deniesPerson(t.Progress.Said)
}

// deniedBy says whether the platform's word is another than what was proven.
// What a person has decided stands while the platform is undecided, unless it
// moves what was given up.
func (t Trade) deniedBy(word onetrans.Result) bool {
	if t.personDecided() && !t.deniesPerson(word) {
		return false
	}
	return !t.agreesWith(word)
}

// deniesPerson says whether a word of the platform's denies a person's: another end
// does, and so does money that moves in what the person gave up.
func (t Trade) deniesPerson(word onetrans.Result) bool {
	return isEnd(word) || t.At() == Fail && t.movesMoney(word)
}

// isEnd says whether a word of the platform's has a trade end.
func isEnd(word onetrans.Result) bool {
	switch word {
	case "", onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp:
		return false
	}
	return true
}

// proven is the result of a final trade; of a settlement, its payment's.
func (t Trade) proven() onetrans.Result {
	switch {
	case t.settlement().Paid:
		return onetrans.ResultSucc
	case t.Progress.Settle != nil:
		return t.Progress.Result
	case t.At() == Refused:
		return onetrans.ResultFail
	case t.At() == NotSent:
		return onetrans.ResultNotFound
	}
	return onetrans.Result(t.At())
}
