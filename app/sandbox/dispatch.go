package sandbox

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// call is a message being answered, within one transaction of the book.
type call struct {
	*book
	srv     *Server
	msgID   string
	base    string // what the links of QR codes start with
	verdict verdict
}

// transaction is one trans_type. answer returns the answer's data, or a [refusal];
// then it must have changed nothing, except that a settlement may be refused for
// good. hold, if there is one, returns when it is time to answer.
type transaction struct {
	answer func(c *call, data jsontext.Value) (any, error)
	hold   func(ctx context.Context, s *Server, data jsontext.Value)
}

// transactions are those that this platform supports.
func transactions() map[string]transaction {
	return map[string]transaction{
		onetrans.TransUserGet:      {answer: typed(answerUserGet)},
		onetrans.TransUserThirdGet: {answer: typed(answerUserThirdGet)},
		onetrans.TransRecharge:     {answer: typed(answerRecharge)},
		onetrans.TransQuery:        {answer: typed(answerQuery), hold: holdQuery},
		onetrans.TransRefund:       {answer: typed(answerRefund)},
		onetrans.TransClose:        {answer: typed(answerClose)},
		onetrans.TransSettle:       {answer: typed(answerSettle)},
		onetrans.TransSettleCancel: {answer: typed(answerSettleCancel)},
		onetrans.TransAuthURL:      {answer: typed(answerAuthURL)},
		onetrans.TransAuthQuery:    {answer: typed(answerAuthQuery)},
	}
}

// link is the text of an order's QR code.
func (c *call) link(o *order) string { return c.base + "/pay/" + o.ChargeNo }

// typed reads a message's data into what its answer wants.
func typed[In, Out any](do func(*call, In) (Out, error)) func(*call, jsontext.Value) (any, error) {
	return func(c *call, data jsontext.Value) (any, error) {
		var in In
		if err := onetrans.UnmarshalData(data, &in); err != nil {
			return nil, refuse(onetrans.CodePlatformField, errMessage("字段格式错误：data（%v）", err))
		}
		out, err := do(c, in)
		if err != nil {
			return nil, asRefusal(fmt.Errorf("answering: %w", err))
		}
		return out, nil
	}
}
