package txn

import (
	"context"
	"encoding/binary"
	"io"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
)

// reopened: the caller repeats a refund that was told as failed.
type reopened struct{}

func (reopened) Name() string { return "reopened" }

func refundKind() kind {
	return kind{
		table:    refundTable(),
		verdicts: endedByHand,
		decidable: func(t Trade, _ Verdict, _ time.Time) time.Time {
			if t.At() == Pending {
				return time.Time{}
			}
			return t.Progress.SentAt.Add(RequestArrival)
		},
		request:  Trade.refund,
		answered: refundAnswered,
		question: Trade.refundQuery,
		word:     (*Core).refundWord,
		echoes:   true,
		hear:     hearOfRefund,
		ask:      askForRefund,
		holds:    isPending,
		// What the platform has of a refund it carries out, whatever it calls that.
		moves: func(onetrans.Result) bool { return true },
		// A refund that failed before may have been repeated in vain or be forgotten.
		harmless: map[onetrans.Result][]flow.State{
			onetrans.ResultNotFound: {Refused, NotSent, Fail},
			onetrans.ResultFail:     {Refused, NotSent},
		},
		repeats:     refundRepeats,
		same:        (*Core).sameRefund,
		resendAfter: resendPause,
		takesDays:   true,
		waits:       Trade.refundWaitsFor,
		refs: func(t Trade) []string {
			refs := []string{refundsOf(t.Order.Original)}
			if t.Progress.OtherName != "" {
				refs = append(refs, refundsOf(t.Progress.OtherName))
			}
			return refs
		},
	}
}

// refundRepeats: what was told as refused, not sent or failed is the caller's to
// repeat, unless a person has decided it.
func refundRepeats(t Trade) bool {
	return neverBegan(t) || t.At() == Fail && !t.Order.Own && t.Progress.Hand == nil
}

// refundTable decides every event in every state of a refund.
func refundTable() flow.Table[Trade] {
	table := withHands(endedByHand, flow.Table[Trade]{
		draft: {flow.On(sent{}, onFirstSent, Created)},
		Created: append(refundWords(),
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(neverSent{}, onRefundNeverSent, NotSent, Unknown),
			flow.On(refused{}, onRefundRefused, Refused, Unknown),
			flow.On(accepted{}, onAccepted, Pending),
		),
		// A connection that does not open says nothing of the sends before.
		Unknown: append(refundWords(),
			flow.On(sent{}, onSent, Unknown),
			flow.On(unanswered{}, onUnanswered, Unknown),
			flow.On(refused{}, onRefundRefused, Refused, Unknown),
			flow.On(accepted{}, onAccepted, Pending),
			flow.On(atDesk{}, onAtDesk, Unknown),
		),
		Pending: append(refundWords(), flow.On(atDesk{}, onAtDesk, Pending)),
		Succ:    contradictions(Succ),
		// The same way it is asked for before it is sent; another way goes out anew.
		Fail: append(contradictions(Fail),
			flow.On(reopened{}, to[reopened](Unknown), Unknown),
			flow.On(retryAsked{}, onResumed, Fail, Unknown),
			flow.On(sent{}, onSentAnotherWay, Created)),
		Refused: append(contradictions(Refused), flow.On(sent{}, onFirstSent, Created)),
		NotSent: append(contradictions(NotSent), flow.On(sent{}, onFirstSent, Created)),
	})
	for state := range table {
		if state != draft {
			table[state] = append(table[state], flow.On(otherName{}, onOtherName, state))
		}
	}
	return table
}

// onSentAnotherWay: what the platform said of the way before is not true of this one.
func onSentAnotherWay(t Trade, e sent) (Trade, []flow.Effect) {
	p := &t.Progress
	p.Result, p.ChargeNo, p.TraceNo, p.TraceTime, p.Channel, p.Answer = "", "", "", "", "", ""
	return onFirstSent(t, e)
}

// givenUp: a refund of our own ends without the money only by a person's word.
func (t Trade) givenUp() bool { return t.Order.Own && t.At() == Fail && t.byHand() }

// onResumed: who wants it tried again takes back that it was given up.
func onResumed(t Trade, _ retryAsked) (Trade, []flow.Effect) {
	if !t.givenUp() {
		return t, nil
	}
	t.Progress.Hand, t.Progress.Said, t.Progress.Desk = nil, "", ""
	return t.at(Unknown), nil
}

// refundWords are the rules for the platform's word on a refund that is not final.
func refundWords() []rule {
	return []rule{
		flow.On(told{result: onetrans.ResultSucc}, onTold(Succ), Succ),
		flow.On(told{result: onetrans.ResultInit}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultIng}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultExp}, onTold(Pending), Pending),
		flow.On(told{result: onetrans.ResultFail}, onRefundFailed, Fail, Unknown),
		flow.On(told{result: onetrans.ResultNotFound}, onTold(Unknown), Unknown),
		// No refund is ever closed: what it means is for a person to find out.
		flow.On(told{result: onetrans.ResultClosed}, func(t Trade, e told) (Trade, []flow.Effect) {
			t.Progress.Desk = ReasonClosed
			return onTold(Unknown)(t, e)
		}, Unknown),
	}
}

// onRefundFailed: a failed refund is told to its caller, whose it is to repeat. It is
// not where another send may still arrive and succeed, or where it is our own, of
// which nobody is told.
func onRefundFailed(t Trade, e told) (Trade, []flow.Effect) {
	if t.Order.Own || !e.late || t.At() == Unknown && !e.answersSend {
		return onTold(Unknown)(t, e)
	}
	return onTold(Fail)(t, e)
}

func onRefundNeverSent(t Trade, e neverSent) (Trade, []flow.Effect) {
	if t.Order.Own {
		return t.at(Unknown), nil
	}
	return onNeverSent(t, e)
}

func onRefundRefused(t Trade, e refused) (Trade, []flow.Effect) {
	t = t.refusedBy(e)
	if e.late && !t.Order.Own {
		return t.at(Refused), nil
	}
	t.Progress.State = Unknown
	if !curable(e.code) {
		t.Progress.Desk = ReasonRefused
	}
	return t, nil
}

// refundAnswered says what the answer to a refund proves.
func refundAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	late := t.allArrived(time.Now())
	switch e := notOK(answer, err).(type) {
	case nil:
	case refused:
		e.late = late
		return e
	default:
		return e
	}
	var out onetrans.RefundOut
	if onetrans.UnmarshalData(answer.Data, &out) != nil || !echoes(t, out.OutRefundNo) {
		return unanswered{}
	}
	d := details{
		chargeNo:  out.ChargeNo.String(),
		traceNo:   out.TraceNo.String(),
		traceTime: out.TraceTime.String(),
		channel:   firstOf(out.TradeMode, out.Channel),
		sums:      sumsOf(out.RefundedAmt, out.RefundingAmt),
		answer:    answer.Data,
	}
	if !known(out.Result) {
		return accepted{d}
	}
	return told{result: onetrans.Result(out.Result.String()), details: d, late: late, answersSend: true}
}

func echoes(t Trade, outRefundNo onetrans.Text) bool {
	return outRefundNo.Empty() || outRefundNo.String() == t.Order.No
}

// refundWord says what the answer to a query proves of a refund; nil when it
// was none. The refund's own number in it does; without it, the sums of its
// original's refunds must. What proves nothing is for a person to find out.
func (c *Core) refundWord(t Trade, answer onetrans.Answer, err error) flow.Event {
	var out onetrans.QueryOut
	if !spoke(answer, err, &out) {
		return nil
	}
	word := told{
		result:   onetrans.Result(out.Result.String()),
		late:     t.allArrived(time.Now()),
		original: firstOf(out.OrigTraceNo, out.TraceNo),
		details: details{
			chargeNo: out.ChargeNo.String(),
			traceNo:  out.TraceNo.String(),
			channel:  firstOf(out.TradeMode, out.Channel),
			sums:     sumsOf(out.RefundedAmt, out.RefundingAmt),
			answer:   answer.Data,
		},
	}
	if out.OutRefundNo.String() == t.Order.No {
		if !known(out.Result) {
			return nil
		}
		return word
	}
	// The sums and what goes with them are the order's, not this refund's.
	word.details = details{sums: word.sums}
	if word.result = c.bySums(t, out, word.sums); word.result == "" {
		return atDesk{ReasonNoEcho}
	}
	return word
}

// allArrived says whether no send of the refund can still arrive.
func (t Trade) allArrived(now time.Time) bool {
	p := t.Progress
	return p.UnansweredAt.IsZero() || now.After(p.UnansweredAt.Add(RequestArrival))
}

// askForRefund asks how a refund stands, and sends it again, under the same
// number, once the answer proves that the platform does not have it or failed to
// carry it out.
func askForRefund(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	spoke, err = hearOfRefund(c, ctx, l, hold)
	if err != nil || !spoke || !l.now().refundMayBeResent(time.Now()) {
		return spoke, err
	}
	return true, c.sendAgain(ctx, l)
}

func hearOfRefund(c *Core, ctx context.Context, l *live, hold time.Duration) (spoke bool, err error) {
	request, err := l.now().refundQuery(hold)
	if err != nil {
		return false, err
	}
	return c.put(ctx, l, message{request: request, read: c.refundWord}, hold)
}

// refundMayBeResent: the platform proved that the money did not move, no
// person has the refund, and the last send was long enough ago.
func (t Trade) refundMayBeResent(now time.Time) bool {
	return t.refundWaits() && !now.Before(t.Progress.RetryAt)
}

// refundWaits: it will be sent again, as things stand.
func (t Trade) refundWaits() bool {
	p := t.Progress
	return t.At() == Unknown && p.Desk == "" &&
		(p.Result == onetrans.ResultNotFound || p.Result == onetrans.ResultFail)
}

// maxRetryPause is how long at most a refund waits to be sent again.
const maxRetryPause = 10 * time.Minute

// resendPause is how long at most to wait after the n-th send.
func resendPause(sends int) time.Duration {
	if sends <= maxResends {
		return 0
	}
	return min(idlePause<<min(sends-maxResends-1, 8), maxRetryPause)
}

// nextTry is when a trade that is sent again now may be sent once more by itself; zero
// where it never is.
func (c *Core) nextTry(t Trade, now time.Time) time.Time {
	after := t.kind().resendAfter
	if after == nil {
		return time.Time{}
	}
	pause := after(t.Progress.Sends + 1)
	return now.Add(pause - c.jitter(pause/4))
}

// jitter is a random part of most, so that many terminals that lost the same
// platform don't come back to it at once.
func (c *Core) jitter(most time.Duration) time.Duration {
	var random [8]byte
	if _, err := io.ReadFull(c.options.Random, random[:]); err != nil || most <= 0 {
		return 0
	}
	return time.Duration(binary.BigEndian.Uint64(random[:]) % uint64(most))
}
