package txn

import (
	"fmt"
	"time"

	"onetrans/flows/message/onetrans"
)

// newOrder makes the order that a recharge asks for and takes the credentials
// out of its request.
func newOrder(request onetrans.Request, now time.Time) (Order, onetrans.RechargeIn, error) {
	var in onetrans.RechargeIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return Order{}, in, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	amount, err := in.Amount.Payable()
	if err != nil {
		return Order{}, in, fmt.Errorf("%w: amount: %w", ErrInvalid, err)
	}
	if in.OutChargeNo.Empty() {
		return Order{}, in, fmt.Errorf("%w: outChargeNo is missing", ErrInvalid)
	}
	o := Order{
		No:          in.OutChargeNo.String(),
		Amount:      amount,
		CardType:    in.CardType.String(),
		CardNo:      in.CardNo.String(),
		AccountType: in.AccountType.String(),
		CreatedAt:   now,
		Secrets: Secrets{
			AppID:        request.AppID.String(),
			AppKey:       request.AppKey.String(),
			PayAppID:     in.PayAppID.String(),
			PayAppSecret: in.PayAppSecret.String(),
			AuthCode:     in.Extra.Value.AuthCode.String(),
			EcToken:      in.Extra.Value.EcToken.String(),
		},
	}
	in.PayAppID, in.PayAppSecret = onetrans.Text{}, onetrans.Text{}
	in.Extra.Value.AuthCode, in.Extra.Value.EcToken = onetrans.Text{}, onetrans.Text{}
	o.Request, err = withoutSecrets(request, onetrans.TransRecharge, in)
	o.Content = o.content()
	return o, in, err
}

// withoutSecrets is what the journal keeps of a request.
func withoutSecrets(request onetrans.Request, transType string, data any) (onetrans.Request, error) {
	request.AppID, request.AppKey = onetrans.Text{}, onetrans.Text{}
	request.TransType = onetrans.T(transType)
	var err error
	if request.Data, err = onetrans.Marshal(data); err != nil {
		return request, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return request, nil
}

// recharge is the message that makes the order, or pays it with the code that was
// shown since; repeated, it is the same order.
func (t Trade) recharge() (onetrans.Request, error) {
	o := t.Order
	in, err := o.in()
	if err != nil {
		return onetrans.Request{}, err
	}
	if t.Progress.PayWith != "" {
		in.DepositType, in.Extra.Value.PrintMode = onetrans.T(t.Progress.PayWith), onetrans.Text{}
	}
	in.PayAppID, in.PayAppSecret = present(o.Secrets.PayAppID), present(o.Secrets.PayAppSecret)
	in.Extra.Value.AuthCode, in.Extra.Value.EcToken = present(o.Secrets.AuthCode), present(o.Secrets.EcToken)
	return o.message(onetrans.TransRecharge, in)
}

// query is the message that asks for the order's state; wait is how long the
// platform may hold its answer, in whole seconds.
func (o Order) query(wait time.Duration) (onetrans.Request, error) {
	in, err := o.in()
	if err != nil {
		return onetrans.Request{}, err
	}
	q := onetrans.QueryIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       in.TermNo,
		CardType:     in.CardType,
		CardNo:       in.CardNo,
		AccountType:  in.AccountType,
		TradeType:    onetrans.T(onetrans.TransRecharge),
		// No traceNo: it would win over the number by which the order is known.
		OutTradeNo: onetrans.T(o.No),
		IDNo:       in.IDNo,
	}
	if !in.IDNo.Empty() {
		q.IsBalance = onetrans.T("1")
	}
	return o.message(onetrans.TransQuery, waiting(q, wait))
}

// waiting is a query that the platform may hold for so long.
func waiting(q onetrans.QueryIn, wait time.Duration) onetrans.QueryIn {
	if wait > 0 {
		q.Extra.Value.WaitSeconds = onetrans.T(fmt.Sprint(int(wait.Seconds())))
	}
	return q
}

// close is the message that closes the unpaid order for good.
func (o Order) close() (onetrans.Request, error) {
	in, err := o.in()
	if err != nil {
		return onetrans.Request{}, err
	}
	return o.message(onetrans.TransClose, onetrans.CloseIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       in.TermNo,
		CardType:     in.CardType,
		CardNo:       in.CardNo,
		AccountType:  in.AccountType,
		OutTradeNo:   onetrans.T(o.No),
	})
}

func (o Order) in() (onetrans.RechargeIn, error) {
	var in onetrans.RechargeIn
	err := onetrans.UnmarshalData(o.Request.Data, &in)
	return in, err
}

func (o Order) message(transType string, data any) (onetrans.Request, error) {
	m := o.Request
	m.AppID, m.AppKey = present(o.Secrets.AppID), present(o.Secrets.AppKey)
	m.TransType = onetrans.T(transType)
	var err error
	m.Data, err = onetrans.Marshal(data)
	return m, err
}

// present is a field that is left out when there is nothing to say.
func present(s string) onetrans.Text {
	if s == "" {
		return onetrans.Text{}
	}
	return onetrans.T(s)
}
