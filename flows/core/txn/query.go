package txn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// Query passes a caller's query (hop.trade.query) to the platform. What the
// answer says of a trade in this journal is journaled. While this program may
// still send that trade, or its payment may still come, 'not found' and what
// else is not trusted go out as 'ing', because a caller would charge again.
// What is final here goes out as it was proven.
//
// Its errors are ErrInvalid, ErrJournal, and the platform's. Of a trade that is
// not decided here, [platform.ErrNoAnswer] stands for [platform.ErrNotSent] too,
// and for an answer that speaks of another trade. Of one that is final, a
// [*ProvenError] comes with the platform's answer, where there was one.
func (c *Core) Query(ctx context.Context, asked onetrans.Asked[onetrans.QueryIn]) (onetrans.Answer, error) {
	answer, _, err := c.query(ctx, asked)
	return answer, err
}

// Ask is Query for who compares this journal with the platform: the answer is
// the platform's own, also where it says otherwise of what is final here.
func (c *Core) Ask(ctx context.Context, asked onetrans.Asked[onetrans.QueryIn]) (onetrans.Answer, error) {
	_, own, err := c.query(ctx, asked)
	if _, proven := errors.AsType[*ProvenError](err); proven && !own.Code.Empty() {
		return own, nil
	}
	return own, err
}

// AccountOf is the accountType of the trade in this journal that a query is
// about; empty when it is not there. Its error is ErrJournal.
func (c *Core) AccountOf(in onetrans.QueryIn) (accountType string, err error) {
	if l, ok := c.asksFor(in); ok {
		return l.order.AccountType, nil
	}
	t, _, err := c.subject(in)
	if err != nil && !errors.Is(err, ErrArchived) {
		return "", fmt.Errorf("%w: looking for what is asked for: %w", ErrJournal, err)
	}
	return t.Order.AccountType, nil
}

// query gives the answer for a caller, and the platform's own.
func (c *Core) query(ctx context.Context, asked onetrans.Asked[onetrans.QueryIn]) (answer, own onetrans.Answer, err error) {
	in := asked.In
	request, err := asked.Request.With(onetrans.TransQuery, in)
	if err != nil {
		return answer, own, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if l, ok := c.asksFor(in); ok {
		return c.queryOpen(ctx, l, in, request)
	}
	return c.queryFinal(ctx, in, request)
}

// queryFinal passes on a query for a trade that is decided, or not ours.
func (c *Core) queryFinal(ctx context.Context, in onetrans.QueryIn, request onetrans.Request) (answer, own onetrans.Answer, err error) {
	own, err = c.call(ctx, request)
	t, ours, lookErr := c.learn(in, own, err)
	switch {
	case lookErr != nil: // it may be final here, and otherwise than the platform says
		return own, own, stillInDoubt(lookErr)
	case ours:
		answer, err = c.asProven(t, own, err)
		return answer, own, err
	case err == nil && codeOf(own) != onetrans.CodeOK:
		return own, own, nil
	case err == nil && kinds[in.TradeType.String()].echoes:
		err = echoesQuery(in, own)
	}
	return own, own, err
}

// asProven is what a caller hears of a trade that is final, when this came of
// asking for it.
func (c *Core) asProven(t Trade, answer onetrans.Answer, err error) (onetrans.Answer, error) {
	var out onetrans.QueryOut
	switch {
	case err != nil:
	case codeOf(answer) != onetrans.CodeOK: // the question is refused, which says nothing of the trade
		err = fmt.Errorf("%w: it refuses to say (%s)", platform.ErrNoAnswer, codeOf(answer))
	case onetrans.UnmarshalData(answer.Data, &out) != nil:
		err = fmt.Errorf("%w: its data can't be read", platform.ErrNoAnswer)
	case !known(out.Result) && !t.kind().echoes:
		return withResult(answer, out, t.proven())
	default:
		word, ok := c.word(t, answer).(told)
		switch {
		case !ok:
			err = fmt.Errorf("%w: it proves nothing of %s", platform.ErrNoAnswer, t.Order.No)
		case t.deniedBy(word.result):
			err = fmt.Errorf("%w: it says %s", platform.ErrNoAnswer, word.result)
		case neverBegan(t) || t.Progress.Settle != nil:
			return withResult(answer, out, word.result)
		default:
			return withResult(answer, out, t.proven())
		}
	}
	return answer, &ProvenError{Kind: t.Order.Kind(), No: t.Order.No, Result: t.proven(), why: err}
}

// withResult is an answer with another result, in its own words: a cashier who
// reads that there is no such order charges again.
func withResult(answer onetrans.Answer, out onetrans.QueryOut, result onetrans.Result) (_ onetrans.Answer, err error) {
	if out.Result.String() == string(result) {
		return answer, nil
	}
	out.Result, out.ResultDesc = onetrans.T(string(result)), onetrans.T(result.Words())
	answer.Data, err = onetrans.Marshal(out)
	return answer, err
}

// echoesQuery is the error when an answer does not say that it is about the
// refund that was asked for.
func echoesQuery(in onetrans.QueryIn, answer onetrans.Answer) error {
	var out onetrans.QueryOut
	if onetrans.UnmarshalData(answer.Data, &out) != nil || out.OutRefundNo.Empty() ||
		!in.OutTradeNo.Empty() && out.OutRefundNo.String() != in.OutTradeNo.String() {
		return fmt.Errorf("%w: it does not say of which refund", platform.ErrNoAnswer)
	}
	return nil
}

// queryOpen passes on a query for a trade that is not decided.
func (c *Core) queryOpen(ctx context.Context, l *live, in onetrans.QueryIn, request onetrans.Request) (answer, own onetrans.Answer, err error) {
	defer l.interrupt()()
	release, err := l.lock(ctx)
	if err != nil {
		return answer, own, stillInDoubt(err)
	}
	defer release()
	if err := c.catchUp(l); err != nil {
		return answer, own, stillInDoubt(err)
	}
	t := l.now()
	if t.Final() {
		return c.queryFinal(ctx, in, request)
	}
	if own, err = c.call(ctx, request); err != nil {
		return answer, own, stillInDoubt(err)
	}
	answer = own
	if t.goesBy(in.TraceNo) { // else it may speak of another trade, for all that is known here
		if answer, err = c.learnFromQuery(l, own); err != nil || l.now().Final() {
			return answer, own, err
		}
	}
	answer, err = stillOpen(answer)
	return answer, own, err
}

// learnFromQuery journals what the answer to a caller's query says of an open trade. It
// gives the answer with what it proves: a refund's result may be another's.
func (c *Core) learnFromQuery(l *live, answer onetrans.Answer) (onetrans.Answer, error) {
	t := l.now()
	if err := ofAnother(t, answer); err != nil {
		return answer, err
	}
	e := c.word(t, answer)
	if e != nil {
		if _, err := c.happen(l, e, outcomeNote(answer, nil)); err != nil {
			return answer, err
		}
	}
	if !t.kind().echoes || codeOf(answer) != onetrans.CodeOK {
		return answer, nil
	}
	word, ok := e.(told)
	var out onetrans.QueryOut
	if !ok || onetrans.UnmarshalData(answer.Data, &out) != nil {
		return answer, fmt.Errorf("%w: it proves nothing of %s", platform.ErrNoAnswer, t.Order.No)
	}
	return withResult(answer, out, word.result)
}

// stillInDoubt is the error of a question about a trade that is not decided. That
// the question was not sent says nothing of the trade, so no caller may hear it.
func stillInDoubt(err error) error {
	if errors.Is(err, platform.ErrNoAnswer) {
		return err
	}
	return fmt.Errorf("%w: %v", platform.ErrNoAnswer, err) // %v: it is not to be found in there
}

// word is what the answer to a query proves of a trade, nil when nothing.
func (c *Core) word(t Trade, answer onetrans.Answer) flow.Event {
	if word := t.kind().word; word != nil {
		return word(c, t, answer, nil)
	}
	return nil
}

// asksFor finds the open recharge or refund that a query is about. A trace
// number wins over the trade's own, which counts while the trade's trace number
// is not known; a refund's answer says itself which one it is about.
func (c *Core) asksFor(in onetrans.QueryIn) (*live, bool) {
	tradeType := in.TradeType.String()
	l, ok := c.find(tradeType, in.OutTradeNo.String())
	if ok && (l.now().Progress.TraceNo == "" || l.now().goesBy(in.TraceNo)) {
		return l, true
	}
	if in.TraceNo.Empty() {
		return nil, false
	}
	for _, l := range c.openOf(tradeType) {
		if l.now().Progress.TraceNo == in.TraceNo.String() {
			return l, true
		}
	}
	return nil, false
}

// goesBy says whether a query's trace number, if it has one, is this trade's. A
// refund's proves nothing either way: the answer's echo does.
func (t Trade) goesBy(traceNo onetrans.Text) bool {
	return t.kind().echoes || traceNo.Empty() || traceNo.String() == t.Progress.TraceNo
}

// learn journals what an answer says of a trade that is final: what a receipt
// needs, or that the platform contradicts itself. It gives the trade, as it
// then stands, that was asked for, also where there was no answer. lookErr says
// that the journal can't be read.
func (c *Core) learn(in onetrans.QueryIn, answer onetrans.Answer, err error) (t Trade, ours bool, lookErr error) {
	c.beginning.Lock()
	defer c.beginning.Unlock()
	t, found, lookErr := c.subject(in)
	if lookErr != nil {
		c.log.Error("looking for what was asked for", "error", lookErr)
	}
	// One that was sent again meanwhile is not what the answer is about.
	if lookErr != nil || !found || !t.Final() || !t.goesBy(in.TraceNo) {
		return t, false, lookErr
	}
	if err != nil {
		return t, true, nil
	}
	l := newLive(t)
	if e := c.word(t, answer); e != nil {
		if _, err := c.happen(l, e, outcomeNote(answer, nil)); err != nil {
			c.log.Error("learning more of a trade", "no", t.Order.No, "error", err)
			return t, true, nil
		}
	}
	if err := c.noteTold(l.now()); err != nil {
		c.log.Error("passing on what became of a trade", "no", t.Order.No, "error", err)
	}
	return l.now(), true, nil
}

// subject is the trade in this journal that a query is about: the one with its
// number, or whose payment has its trace number.
func (c *Core) subject(in onetrans.QueryIn) (t Trade, found bool, err error) {
	asked := kinds[in.TradeType.String()]
	switch {
	case asked.question == nil:
		return Trade{}, false, nil
	case !in.OutTradeNo.Empty():
		t, found, err = c.journal.Trade(in.TradeType.String(), in.OutTradeNo.String())
		if found || err != nil && !errors.Is(err, ErrArchived) {
			return t, found, err
		}
	}
	if asked.echoes || in.TraceNo.Empty() {
		return Trade{}, false, nil
	}
	paid, err := c.originals(byTrace(in.TraceNo.String()))
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
	if !t.kind().echoes && !t.matches(firstOf(out.TraceNo, out.OrigTraceNo), "") {
		return fmt.Errorf("%w: it speaks of another trade", platform.ErrNoAnswer)
	}
	return nil
}

// stillOpen rewrites the result of an answer about a trade that is not decided:
// what would let a caller begin anew is 'ing'.
func stillOpen(answer onetrans.Answer) (onetrans.Answer, error) {
	var out onetrans.QueryOut
	if codeOf(answer) != onetrans.CodeOK || onetrans.UnmarshalData(answer.Data, &out) != nil {
		return answer, nil
	}
	switch result := onetrans.Result(out.Result.String()); result {
	case onetrans.ResultInit, onetrans.ResultIng, onetrans.ResultExp, onetrans.ResultSucc:
		return answer, nil
	}
	return withResult(answer, out, onetrans.ResultIng)
}

// askOfDecided asks the platform about a trade that is decided, where that can be asked.
func (c *Core) askOfDecided(ctx context.Context, tradeType, no string) (Status, error) {
	s, err := c.last(tradeType, no)
	if err != nil || kinds[tradeType].question == nil {
		return s, err
	}
	t := s.Trade // whose own credentials are forgotten
	merchant := c.options.Merchants[t.Order.AccountType]
	t.Order.Secrets = Secrets{PayAppID: merchant.PayAppID, PayAppSecret: merchant.PayAppSecret}
	request, err := t.kind().question(t, 0)
	if err != nil {
		return s, err
	}
	asking, done := context.WithTimeout(ctx, queryTimeout)
	defer done()
	answer, err := c.call(asking, request)
	if err != nil || codeOf(answer) != onetrans.CodeOK {
		s.SilentSince = time.Now()
		return s, ctx.Err()
	}
	c.learn(onetrans.QueryIn{TradeType: onetrans.T(tradeType), OutTradeNo: onetrans.T(no)}, answer, nil)
	return c.last(tradeType, no)
}
