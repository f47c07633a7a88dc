package txn

import (
	"errors"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// spoke reads the data of an answer that succeeded.
func spoke(answer onetrans.Answer, err error, out any) bool {
	return err == nil && codeOf(answer) == onetrans.CodeOK && onetrans.UnmarshalData(answer.Data, out) == nil
}

// notOK is what an answer to a send proves that did not succeed; nil for one that did.
func notOK(answer onetrans.Answer, err error) flow.Event {
	switch code := codeOf(answer); {
	case errors.Is(err, platform.ErrNotSent):
		return neverSentBy(err)
	case err != nil:
		return unanswered{code, answer.Words()}
	case code == "":
		return unanswered{}
	case code != onetrans.CodeOK:
		return refused{code: code, words: answer.Words()}
	}
	return nil
}

// codeLength is how many letters and digits a return code has (table 3-2).
const codeLength = 6

// codeOf is the answer's return code; empty when there is none. An answer about money
// counts only with a code; in reads, other fields may stand in for one.
func codeOf(answer onetrans.Answer) onetrans.Code {
	code := answer.Code.String()
	if len(code) != codeLength {
		return ""
	}
	for _, c := range []byte(code) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return ""
		}
	}
	return onetrans.Code(code)
}

// outcomeNote says in a word what became of a message, without its content.
func outcomeNote(answer onetrans.Answer, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(codeOf(answer))
}

// results are all words that a platform has for a trade.
func results() []onetrans.Result {
	return []onetrans.Result{
		onetrans.ResultInit, onetrans.ResultSucc, onetrans.ResultFail, onetrans.ResultExp,
		onetrans.ResultIng, onetrans.ResultClosed, onetrans.ResultNotFound,
	}
}

// known says whether a result is one of the specification's.
func known(result onetrans.Text) bool {
	for _, r := range results() {
		if result.String() == string(r) {
			return true
		}
	}
	return false
}

// matches says whether an answer's numbers are this trade's, as far as both are known.
func (t Trade) matches(traceNo, outChargeNo string) bool {
	return (outChargeNo == "" || outChargeNo == t.Order.No) &&
		(traceNo == "" || t.Progress.TraceNo == "" || traceNo == t.Progress.TraceNo)
}

func firstOf(texts ...onetrans.Text) string {
	for _, t := range texts {
		if !t.Empty() {
			return t.String()
		}
	}
	return ""
}
