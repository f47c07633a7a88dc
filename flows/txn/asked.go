package txn

import (
	"context"
	"time"

	"onetrans/flows/onetrans"
)

// refundNos are the refunds that belong to a trade.
func (t Trade) refundNos() []string {
	var nos []string
	for _, part := range t.Order.Parts {
		nos = append(nos, part.No)
	}
	if no := t.Progress.RefundNo; no != "" {
		nos = append(nos, no)
	}
	return nos
}

// askOfDecided asks the platform about a recharge or a refund that is decided.
func (c *Core) askOfDecided(ctx context.Context, kind, no string) (Status, error) {
	s, err := c.last(kind, no)
	if err != nil || kind != onetrans.TransRecharge && kind != onetrans.TransRefund {
		return s, err
	}
	request, err := c.questionOf(s.Trade)
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
	c.learn(onetrans.QueryIn{TradeType: onetrans.T(kind), OutTradeNo: onetrans.T(no)}, answer, nil)
	return c.last(kind, no)
}

// questionOf asks how a trade stands whose own credentials are forgotten.
func (c *Core) questionOf(t Trade) (onetrans.Request, error) {
	o := t.Order
	merchant := c.options.Merchants[o.AccountType]
	o.Secrets = Secrets{PayAppID: merchant.PayAppID, PayAppSecret: merchant.PayAppSecret}
	if o.Kind() == onetrans.TransRefund {
		return o.refundQuery(0)
	}
	return o.query(0)
}
