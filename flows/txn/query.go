package txn

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/onetrans"
)

// Query passes a caller's query (hop.trade.query) to the platform. What the
// answer says of a trade in this journal is journaled; and while this program
// may still send that trade, or its payment may still come, 'not found' and
// 'failed' go out as 'ing', because a caller would charge again.
func (c *Core) Query(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	var in onetrans.QueryIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return onetrans.Answer{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	l, ok := c.asksFor(in)
	if !ok {
		return c.platform.Call(ctx, request)
	}
	defer l.interrupt()()
	release, err := l.take(ctx)
	if err != nil {
		return onetrans.Answer{}, err
	}
	defer release()
	t := l.status().Trade
	answer, err := c.platform.Call(ctx, request)
	l.heard(err == nil)
	if e := queryEvent(t, answer, err); e != nil {
		if t, err = c.happen(l, e, fate(answer, nil)); err != nil {
			return onetrans.Answer{}, err
		}
	}
	if err != nil || t.Final() {
		return answer, err
	}
	return stillOpen(answer)
}

// asksFor finds the open recharge that a query is about.
func (c *Core) asksFor(in onetrans.QueryIn) (*live, bool) {
	if in.TradeType.String() != onetrans.TransRecharge {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if in.TraceNo.Empty() {
		l, ok := c.live[in.OutTradeNo.String()]
		return l, ok
	}
	for _, l := range c.live {
		if l.status().Trade.Progress.TraceNo == in.TraceNo.String() {
			return l, true
		}
	}
	return nil, false
}

// stillOpen rewrites the result of an answer about a trade that is not decided.
func stillOpen(answer onetrans.Answer) (onetrans.Answer, error) {
	var out onetrans.QueryOut
	if answer.Code.String() != string(onetrans.CodeOK) || onetrans.UnmarshalData(answer.Data, &out) != nil {
		return answer, nil
	}
	switch onetrans.Result(out.Result.String()) {
	case onetrans.ResultNotFound, onetrans.ResultFail, onetrans.ResultClosed:
		out.Result = onetrans.T(string(onetrans.ResultIng))
	}
	data, err := json.Marshal(out)
	answer.Data = jsontext.Value(data)
	return answer, err
}
