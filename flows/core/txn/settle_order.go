package txn

import (
	"fmt"
	"time"

	"onetrans/flows/message/onetrans"
)

// newSettlement makes the trade that a settlement asks for and takes the
// credentials out of its request.
func (c *Core) newSettlement(asked onetrans.Asked[onetrans.SettleIn], now time.Time) (Order, error) {
	in := asked.In
	if in.CardNo.Empty() {
		return Order{}, fmt.Errorf("%w: cardno is missing", ErrInvalid)
	}
	no := firstOf(in.Extra.Value.OutSettleNo, asked.Request.MsgID)
	if no == "" {
		var err error
		if no, err = NewNo(now, c.options.Random); err != nil {
			return Order{}, err
		}
	}
	o := newOrder(no, now, asked.Request, settleParty(in), in.PayAppID, in.PayAppSecret)
	o.MustBook = c.options.MustBook
	in.PayAppID, in.PayAppSecret = onetrans.Text{}, onetrans.Text{}
	in.Extra.Value.OutSettleNo = onetrans.T(no)
	var err error
	o.Request, err = withoutSecrets(asked.Request, onetrans.TransSettle, in)
	o.Content = o.content()
	return o, err
}

// settlementRequest is the message that begins a settlement: its first phase, or all
// of it where the platform has none.
func (t Trade) settlementRequest() (onetrans.Request, error) {
	if !t.Progress.Whole {
		return t.phase(onetrans.PhasePre)
	}
	in, err := requested[onetrans.SettleIn](t.Order)
	if err != nil {
		return onetrans.Request{}, err
	}
	in.PayAppID, in.PayAppSecret = present(t.Order.Secrets.PayAppID), present(t.Order.Secrets.PayAppSecret)
	return t.Order.message(onetrans.TransSettle, in)
}

// phase is the message of one phase of a settlement; repeated, it repeats its answer.
func (t Trade) phase(phase onetrans.Phase) (onetrans.Request, error) {
	in, err := requested[onetrans.SettleIn](t.Order)
	if err != nil {
		return onetrans.Request{}, err
	}
	in.PayAppID, in.PayAppSecret = present(t.Order.Secrets.PayAppID), present(t.Order.Secrets.PayAppSecret)
	in.Extra.Value.Phase = onetrans.T(string(phase))
	in.Extra.Value.BillNos = onetrans.List[onetrans.Text]{}
	for _, no := range t.settlement().BillNos {
		in.Extra.Value.BillNos.Items = append(in.Extra.Value.BillNos.Items, onetrans.T(no))
	}
	return t.Order.message(onetrans.TransSettle, in)
}

func settleParty(in onetrans.SettleIn) party {
	return party{in.TermNo, in.CardType, in.CardNo, in.AccountType}
}

// paymentQuery is the message that asks for the state of a settlement's order.
func (t Trade) paymentQuery(wait time.Duration) (onetrans.Request, error) {
	in, err := requested[onetrans.SettleIn](t.Order)
	if err != nil {
		return onetrans.Request{}, err
	}
	q := t.Order.query(settleParty(in), wait)
	// The order's own number is the platform's secret.
	q.TradeType, q.TraceNo = onetrans.T(onetrans.TransRecharge), onetrans.T(t.Progress.TraceNo)
	return t.Order.message(onetrans.TransQuery, q)
}

// paymentClose is the message that closes a settlement's unpaid order for good.
func (t Trade) paymentClose() (onetrans.Request, error) {
	in, err := requested[onetrans.SettleIn](t.Order)
	if err != nil {
		return onetrans.Request{}, err
	}
	m := t.Order.close(settleParty(in))
	m.TraceNo = onetrans.T(t.Progress.TraceNo)
	return t.Order.message(onetrans.TransClose, m)
}

// paymentRefund is the refund of a payment whose settlement was refused for good.
func (t Trade) paymentRefund(now time.Time) (Order, error) {
	in, err := requested[onetrans.SettleIn](t.Order)
	if err != nil {
		return Order{}, err
	}
	return t.ownRefund(onetrans.RefundIn{
		PayAppID:     present(t.Order.Secrets.PayAppID),
		PayAppSecret: present(t.Order.Secrets.PayAppSecret),
		TermNo:       in.TermNo,
		CardType:     in.CardType,
		CardNo:       in.CardNo,
		AccountType:  in.AccountType,
		UserName:     in.PsnName,
		HisCustID:    payer(in),
		Amount:       onetrans.Yuan(t.settlement().Cash),
		WithdrawMode: onetrans.T(onetrans.WithdrawOriginal),
	}, now)
}

// payer is who a settlement's payment is of in HIS: said by our own pages, and
// else what the insurance knows the person by, since HIS's own request does not say.
func payer(in onetrans.SettleIn) onetrans.Text {
	return onetrans.T(firstOf(in.HisCustID, in.PsnNo, in.CertNo))
}
