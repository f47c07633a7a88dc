package txn

import (
	"fmt"
	"time"

	"onetrans/flows/message/onetrans"
)

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

// waiting is a query that the platform may hold for so long.
func waiting(q onetrans.QueryIn, wait time.Duration) onetrans.QueryIn {
	if wait > 0 {
		q.Extra.Value.WaitSeconds = onetrans.T(fmt.Sprint(int(wait.Seconds())))
	}
	return q
}
