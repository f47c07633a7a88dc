package txn

import (
	"fmt"
	"strings"
	"time"

	"onetrans/flows/message/onetrans"
)

// newRefund makes the trade that a refund asks for and takes the credentials
// out of its request.
func newRefund(request onetrans.Request, now time.Time) (Order, error) {
	var in onetrans.RefundIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return Order{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	original := originalOf(in)
	if original == "" {
		return Order{}, fmt.Errorf("%w: traceNo and outChargeNo are missing", ErrInvalid)
	}
	o, err := givingBack(request, in, onetrans.TransRefund, now)
	o.Original = original
	o.Content = o.content()
	return o, err
}

// givingBack is an order to give money back, but for what it gives back of.
func givingBack(request onetrans.Request, in onetrans.RefundIn, kind string, now time.Time) (Order, error) {
	amount, err := in.Amount.Payable()
	if err != nil {
		return Order{}, fmt.Errorf("%w: amount: %w", ErrInvalid, err)
	}
	if in.OutRefundNo.Empty() {
		return Order{}, fmt.Errorf("%w: outRefundNo is missing", ErrInvalid)
	}
	o := Order{
		No:          in.OutRefundNo.String(),
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
		},
	}
	in.PayAppID, in.PayAppSecret = onetrans.Text{}, onetrans.Text{}
	in.Amount = onetrans.Yuan(amount) // always with two decimals
	o.Request, err = withoutSecrets(request, kind, in)
	return o, err
}

// originalOf is what a refund gives back; traceNo wins over outChargeNo.
func originalOf(in onetrans.RefundIn) string {
	switch {
	case !in.TraceNo.Empty():
		return byTrace(in.TraceNo.String())
	case !in.OutChargeNo.Empty():
		return byNo(in.OutChargeNo.String())
	}
	return ""
}

func cutNo(original string) (outChargeNo string, ok bool) {
	return strings.CutPrefix(original, byNo(""))
}

func cutTrace(original string) (traceNo string, ok bool) {
	return strings.CutPrefix(original, byTrace(""))
}

// refund is the message that makes the refund; repeated, it is the same refund.
func (o Order) refund() (onetrans.Request, error) {
	in, err := o.refundIn()
	if err != nil {
		return onetrans.Request{}, err
	}
	in.PayAppID, in.PayAppSecret = present(o.Secrets.PayAppID), present(o.Secrets.PayAppSecret)
	return o.message(onetrans.TransRefund, in)
}

// refundQuery is the message that asks for the refund's state.
func (o Order) refundQuery(wait time.Duration) (onetrans.Request, error) {
	in, err := o.refundIn()
	if err != nil {
		return onetrans.Request{}, err
	}
	q := o.question(in)
	q.TradeType, q.IsRefund = onetrans.T(onetrans.TransRefund), onetrans.T("1")
	// No traceNo: the charge's is the same for all its refunds, and would win.
	q.OutTradeNo = onetrans.T(o.No)
	return o.message(onetrans.TransQuery, waiting(q, wait))
}

// chargeQuery is the message that asks for the charge with this outChargeNo.
func (o Order) chargeQuery(outChargeNo string) (onetrans.Request, error) {
	in, err := o.refundIn()
	if err != nil {
		return onetrans.Request{}, err
	}
	q := o.question(in)
	q.TradeType, q.OutTradeNo = onetrans.T(onetrans.TransRecharge), onetrans.T(outChargeNo)
	return o.message(onetrans.TransQuery, q)
}

// question is a query by who asks for the refund, but for what it asks for.
func (o Order) question(in onetrans.RefundIn) onetrans.QueryIn {
	return onetrans.QueryIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       in.TermNo,
		CardType:     in.CardType,
		CardNo:       in.CardNo,
		AccountType:  in.AccountType,
	}
}

func (o Order) refundIn() (onetrans.RefundIn, error) {
	var in onetrans.RefundIn
	err := onetrans.UnmarshalData(o.Request.Data, &in)
	return in, err
}
