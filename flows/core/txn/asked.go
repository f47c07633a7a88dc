package txn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"onetrans/flows/message/onetrans"
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

// withMerchant is a trade that can be asked for: one whose credentials were lost, as
// in a journal that was brought back, has the configuration's, where those are the
// same merchant's. Another's 'not found' would be no word of it.
func (c *Core) withMerchant(t Trade) Trade {
	s := &t.Order.Secrets
	if own := c.ownTag(t.Order); s.PayAppID == "" && s.PayAppSecret == "" && own != "" && own == t.Order.Merchant {
		merchant := c.options.Merchants[t.Order.AccountType]
		s.PayAppID, s.PayAppSecret = merchant.PayAppID, merchant.PayAppSecret
	}
	return t
}

// ownTag is the tag that an order has by the configuration's credentials.
func (c *Core) ownTag(o Order) string {
	return c.merchantTag(Secrets{PayAppID: c.options.Merchants[o.AccountType].PayAppID})
}

// merchantTag stands for who collects, and by which application that is said; empty
// where nobody does.
func (c *Core) merchantTag(s Secrets) string {
	if s.PayAppID == "" {
		return ""
	}
	if s.AppID == c.options.AppID {
		s.AppID = "" // it goes without saying
	}
	sum := sha256.Sum256([]byte(s.AppID + "\x00" + s.PayAppID))
	return hex.EncodeToString(sum[:4])
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
