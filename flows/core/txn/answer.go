package txn

import (
	"errors"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// maxOrderTime bounds what an answer may say of an order's remaining time.
const maxOrderTime = 24 * time.Hour

// sendEvent says what the answer to a send proves.
func sendEvent(t Trade, answer onetrans.Answer, err error) flow.Event {
	switch {
	case errors.Is(err, platform.ErrNotSent):
		return neverLeftBy(err)
	case err != nil || codeOf(answer) == "":
		return unanswered{}
	case codeOf(answer) != onetrans.CodeOK:
		return refused{code: codeOf(answer), words: answer.Words()}
	}
	var out onetrans.RechargeOut
	if onetrans.UnmarshalData(answer.Data, &out) != nil || !t.matches(out.TraceNo.String(), out.OutChargeNo.String()) {
		return unanswered{}
	}
	d := details{
		chargeNo:  out.ChargeNo.String(),
		traceNo:   out.TraceNo.String(),
		traceTime: out.TraceTime.String(),
		qrcode:    out.QRCode.String(),
		callsn:    firstOf(out.Callsn, out.Extra.Value.Callsn),
		channel:   out.Extra.Value.PayType.String(),
		balance:   out.Balance.String(),
		expireAt:  expiry(out.ExpireTime, answer.RespondTime, time.Now()),
		answer:    answer.Data,
	}
	if !known(out.Result) {
		return accepted{d}
	}
	return told{result: onetrans.Result(out.Result.String()), details: d}
}

// queryEvent says what the answer to a query proves; nil when it proves nothing.
func queryEvent(t Trade, answer onetrans.Answer, err error) flow.Event {
	var out onetrans.QueryOut
	if !spoke(answer, err, &out) || !known(out.Result) || !t.matches(firstOf(out.TraceNo, out.OrigTraceNo), "") {
		return nil
	}
	return told{
		result: onetrans.Result(out.Result.String()),
		late:   t.tooLateToArrive(time.Now()),
		details: details{
			chargeNo:  out.ChargeNo.String(),
			traceNo:   firstOf(out.TraceNo, out.OrigTraceNo),
			traceTime: out.OrigTraceTime.String(),
			callsn:    out.Extra.Value.Callsn.String(),
			channel:   firstOf(out.TradeMode, out.Channel),
			balance:   out.Balance.String(),
			expireAt:  expiry(out.ExpireTime, answer.RespondTime, time.Now()),
			answer:    answer.Data,
		},
	}
}

// closeEvent says what the answer to a close proves; nil when it proves nothing.
func closeEvent(t Trade, answer onetrans.Answer, err error) flow.Event {
	var out onetrans.CloseOut
	if !spoke(answer, err, &out) || !known(out.Result) || !t.matches(out.TraceNo.String(), "") {
		return nil
	}
	return told{
		result:       onetrans.Result(out.Result.String()),
		late:         t.tooLateToArrive(time.Now()),
		answersClose: true,
		details: details{
			chargeNo:  out.ChargeNo.String(),
			traceNo:   out.TraceNo.String(),
			traceTime: out.TraceTime.String(),
			callsn:    out.Callsn.String(),
			channel:   out.Channel.String(),
			answer:    answer.Data,
		},
	}
}

// spoke reads the data of an answer that succeeded.
func spoke(answer onetrans.Answer, err error, out any) bool {
	return err == nil && codeOf(answer) == onetrans.CodeOK && onetrans.UnmarshalData(answer.Data, out) == nil
}

// codeLength is how many letters and digits a return code has (table 3-2).
const codeLength = 6

// codeOf is the answer's return code; empty when there is none. Only for
// reading may anything stand in for it: money that is not answered with a code
// is not answered.
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

// matches says whether an answer's numbers are this trade's, as far as both are known.
func (t Trade) matches(traceNo, outChargeNo string) bool {
	return (outChargeNo == "" || outChargeNo == t.Order.No) &&
		(traceNo == "" || t.Progress.TraceNo == "" || traceNo == t.Progress.TraceNo)
}

// tooLateToArrive says whether a send of the order can no longer reach the
// platform, so that 'not found' is final.
func (t Trade) tooLateToArrive(now time.Time) bool {
	p := t.Progress
	return p.CloseAnswered ||
		!p.ExpireAt.IsZero() && now.After(p.ExpireAt.Add(ArrivalMargin)) && now.After(p.SentAt.Add(ArrivalMargin))
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

// expiry converts the platform's closing time to this machine's clock, by the
// difference of two times of the platform's own; zero when it did not say.
func expiry(expireTime, respondTime onetrans.Text, now time.Time) time.Time {
	expire, err := onetrans.ParseTime(expireTime.String())
	if err != nil {
		return time.Time{}
	}
	respond, err := onetrans.ParseTime(respondTime.String())
	if err != nil {
		respond = now
	}
	left := expire.Sub(respond)
	if left < 0 || left > maxOrderTime {
		return time.Time{}
	}
	return now.Add(left)
}

func firstOf(texts ...onetrans.Text) string {
	for _, t := range texts {
		if !t.Empty() {
			return t.String()
		}
	}
	return ""
}
