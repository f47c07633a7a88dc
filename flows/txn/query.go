package txn

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
	"onetrans/flows/platform"
)

// Query passes a caller's query (hop.trade.query) to the platform. What the
// answer says of a trade in this journal is journaled. While this program may
// still send that trade, or its payment may still come, 'not found' and what
// else is not believed go out as 'ing', because a caller would charge again.
//
// Its errors are ErrInvalid, ErrJournal, and the platform's. Of a trade that is
// not decided here, [platform.ErrNoAnswer] stands for [platform.ErrNotSent] too,
// and for an answer that speaks of another trade.
func (c *Core) Query(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	var in onetrans.QueryIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return onetrans.Answer{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if l, ok := c.asksFor(in); ok {
		return c.queryOpen(ctx, l, in, request)
	}
	return c.queryFinal(ctx, in, request)
}

// queryFinal passes on a query for a trade that is decided, or not ours.
func (c *Core) queryFinal(ctx context.Context, in onetrans.QueryIn, request onetrans.Request) (onetrans.Answer, error) {
	answer, err := c.call(ctx, request)
	if err == nil {
		c.learn(in, answer)
	}
	return answer, err
}

// queryOpen passes on a query for a trade that is not decided.
func (c *Core) queryOpen(ctx context.Context, l *live, in onetrans.QueryIn, request onetrans.Request) (onetrans.Answer, error) {
	defer l.interrupt()()
	release, err := l.take(ctx)
	if err != nil {
		return onetrans.Answer{}, unheard(err)
	}
	defer release()
	t := l.now()
	if t.Final() {
		return c.queryFinal(ctx, in, request)
	}
	answer, err := c.call(ctx, request)
	if err != nil {
		return answer, unheard(err)
	}
	if !t.goesBy(in.TraceNo) {
		return stillOpen(answer) // for all that is known here it may speak of another trade
	}
	if err := ofAnother(t, answer); err != nil {
		return onetrans.Answer{}, err
	}
	e := c.word(t, answer)
	if e != nil {
		if t, err = c.happen(l, e, fate(answer, nil)); err != nil {
			return onetrans.Answer{}, err
		}
	}
	switch {
	case t.Final():
		return answer, nil
	case e == nil && t.Order.Kind() == onetrans.TransRefund:
		return unproven(answer)
	}
	return stillOpen(answer)
}

// unheard is the error of a question about a trade that is not decided. That
// the question was not sent says nothing of the trade, so no caller may hear it.
func unheard(err error) error {
	if errors.Is(err, platform.ErrNoAnswer) {
		return err
	}
	return fmt.Errorf("%w: %v", platform.ErrNoAnswer, err) // %v: it is not to be found in there
}

// word is what the answer to a query proves of a trade, nil when nothing.
func (c *Core) word(t Trade, answer onetrans.Answer) flow.Event {
	if t.Order.Kind() == onetrans.TransRefund {
		return c.refundWord(t, answer, nil)
	}
	return queryEvent(t, answer, nil)
}

// asksFor finds the open recharge or refund that a query is about. A trace
// number wins over the trade's own, which counts while the trade's trace number
// is not known; a refund's answer says itself which one it is about.
func (c *Core) asksFor(in onetrans.QueryIn) (*live, bool) {
	kind := in.TradeType.String()
	l, ok := c.find(kind, in.OutTradeNo.String())
	if ok && (l.now().Progress.TraceNo == "" || l.now().goesBy(in.TraceNo)) {
		return l, true
	}
	if in.TraceNo.Empty() {
		return nil, false
	}
	for _, l := range c.all(kind) {
		if l.now().Progress.TraceNo == in.TraceNo.String() {
			return l, true
		}
	}
	return nil, false
}

// goesBy says whether a query's trace number, if it has one, is this trade's. A
// refund's proves nothing either way: the answer's echo does.
func (t Trade) goesBy(traceNo onetrans.Text) bool {
	return t.Order.Kind() == onetrans.TransRefund || traceNo.Empty() || traceNo.String() == t.Progress.TraceNo
}

// learn journals what an answer says of a trade that is final: what a receipt
// needs, or that the platform contradicts itself.
func (c *Core) learn(in onetrans.QueryIn, answer onetrans.Answer) {
	c.beginning.Lock()
	defer c.beginning.Unlock()
	t, found, err := c.subject(in)
	if err != nil {
		c.log.Error("looking for what was asked for", "error", err)
	}
	// One that was sent again meanwhile is not what the answer is about.
	if err != nil || !found || !t.Final() || !t.goesBy(in.TraceNo) {
		return
	}
	l := newLive(t)
	if e := c.word(t, answer); e != nil {
		if _, err := c.happen(l, e, fate(answer, nil)); err != nil {
			c.log.Error("learning more of a trade", "no", t.Order.No, "error", err)
			return
		}
	}
	if err := c.passOn(l.now()); err != nil {
		c.log.Error("passing on what became of a trade", "no", t.Order.No, "error", err)
	}
}

// subject is the trade in this journal that a query is about: the one with its
// number, or whose payment has its trace number.
func (c *Core) subject(in onetrans.QueryIn) (t Trade, found bool, err error) {
	kind := in.TradeType.String()
	switch {
	case kind != onetrans.TransRecharge && kind != onetrans.TransRefund:
		return Trade{}, false, nil
	case !in.OutTradeNo.Empty():
		t, found, err = c.journal.Trade(kind, in.OutTradeNo.String())
		if found || err != nil && !errors.Is(err, ErrArchived) {
			return t, found, err
		}
	}
	if kind != onetrans.TransRecharge || in.TraceNo.Empty() {
		return Trade{}, false, nil
	}
	paid, err := c.related(byTrace(in.TraceNo.String()))
	if err != nil || len(paid) == 0 {
		return Trade{}, false, err
	}
	return paid[0], true, nil
}

// ofAnother is the error for an answer that succeeded and does not speak of t.
func ofAnother(t Trade, answer onetrans.Answer) error {
	var out onetrans.QueryOut
	if codeOf(answer) != onetrans.CodeOK {
		return nil
	}
	if err := onetrans.UnmarshalData(answer.Data, &out); err != nil {
		return fmt.Errorf("%w: %w", platform.ErrNoAnswer, err)
	}
	echo := out.OutRefundNo.String()
	if t.Order.Kind() == onetrans.TransRefund && echo != "" && echo != t.Order.No ||
		t.Order.Kind() != onetrans.TransRefund && !t.matches(firstOf(out.TraceNo, out.OrigTraceNo), "") {
		return fmt.Errorf("%w: it speaks of another trade", platform.ErrNoAnswer)
	}
	return nil
}

// stillOpen rewrites the result of an answer about a trade that is not decided.
func stillOpen(answer onetrans.Answer) (onetrans.Answer, error) {
	return underWay(answer, onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp, onetrans.ResultSucc)
}

// unproven rewrites the result of an answer that may be about another refund.
func unproven(answer onetrans.Answer) (onetrans.Answer, error) {
	return underWay(answer, onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp)
}

// underWay makes every result but those to keep 'ing'.
func underWay(answer onetrans.Answer, keep ...onetrans.Result) (onetrans.Answer, error) {
	var out onetrans.QueryOut
	if codeOf(answer) != onetrans.CodeOK || onetrans.UnmarshalData(answer.Data, &out) != nil ||
		slices.Contains(keep, onetrans.Result(out.Result.String())) {
		return answer, nil
	}
	out.Result = onetrans.T(string(onetrans.ResultIng))
	var err error
	answer.Data, err = onetrans.Marshal(out)
	return answer, err
}
