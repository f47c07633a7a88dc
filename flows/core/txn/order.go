package txn

import (
	"fmt"
	"time"

	"onetrans/flows/message/onetrans"
)

// party is who a message is about: the terminal, the card and its account.
type party struct{ termNo, cardType, cardNo, accountType onetrans.Text }

// newOrder is an order of a party's, but for what it is for. Its credentials are the
// request's and payer's, which are taken out of what the journal keeps of the request.
func newOrder(no string, now time.Time, request onetrans.Request, p party, payAppID, payAppSecret onetrans.Text) Order {
	return Order{
		No:          no,
		CardType:    p.cardType.String(),
		CardNo:      p.cardNo.String(),
		AccountType: p.accountType.String(),
		CreatedAt:   now,
		Secrets: Secrets{
			AppID:        request.AppID.String(),
			AppKey:       request.AppKey.String(),
			PayAppID:     payAppID.String(),
			PayAppSecret: payAppSecret.String(),
		},
	}
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

// requested is what the order's request says.
func requested[T any](o Order) (in T, err error) {
	err = onetrans.UnmarshalData(o.Request.Data, &in)
	return in, err
}

// message is a message of the order's, with its credentials of today.
func (o Order) message(transType string, data any) (onetrans.Request, error) {
	m := o.Request
	m.AppID, m.AppKey = present(o.Secrets.AppID), present(o.Secrets.AppKey)
	m.TransType = onetrans.T(transType)
	var err error
	m.Data, err = onetrans.Marshal(data)
	return m, err
}

// query is a query by a party, but for what it asks for; wait is how long the
// platform may hold its answer, in whole seconds.
func (o Order) query(p party, wait time.Duration) onetrans.QueryIn {
	q := onetrans.QueryIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       p.termNo,
		CardType:     p.cardType,
		CardNo:       p.cardNo,
		AccountType:  p.accountType,
	}
	if wait > 0 {
		q.Extra.Value.WaitSeconds = onetrans.T(fmt.Sprint(int(wait.Seconds())))
	}
	return q
}

// close closes an unpaid order for good, but for the order's number.
func (o Order) close(p party) onetrans.CloseIn {
	return onetrans.CloseIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       p.termNo,
		CardType:     p.cardType,
		CardNo:       p.cardNo,
		AccountType:  p.accountType,
	}
}

// present is a field that is left out when there is nothing to say.
func present(s string) onetrans.Text {
	if s == "" {
		return onetrans.Text{}
	}
	return onetrans.T(s)
}
