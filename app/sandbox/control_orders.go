package sandbox

import (
	"errors"
	"net/http"
	"time"

	"onetrans/flows/message/onetrans"
)

// orderList is what GET /control/orders says of an order, of all or of the one
// that outChargeNo or outRefundNo names. Amounts are yuan with two decimals;
// paidAt is absent until then, withdrawMode and refundType are the way of a refund's last try.
type orderList struct {
	OutChargeNo string          `json:"outChargeNo"`
	TraceNo     string          `json:"traceNo"`
	ChargeNo    string          `json:"chargeNo"`
	CardNo      string          `json:"cardNo"`
	AccountType string          `json:"accountType"`
	Amount      string          `json:"amount"`
	Result      onetrans.Result `json:"result"`
	PaidAt      time.Time       `json:"paidAt,omitzero"`
	Refunds     []refundList    `json:"refunds"`
}

type refundList struct {
	OutRefundNo  string          `json:"outRefundNo"`
	Amount       string          `json:"amount"`
	WithdrawMode string          `json:"withdrawMode"`
	RefundType   string          `json:"refundType"`
	Result       onetrans.Result `json:"result"`
}

// controlOrders lists orders by their number.
func (s *Server) controlOrders(w http.ResponseWriter, r *http.Request) {
	list := []orderList{}
	err := s.ledger.view(func(b *book) error {
		orders, err := b.ordersNamed(r.URL.Query().Get("outChargeNo"), r.URL.Query().Get("outRefundNo"))
		if err != nil {
			return err
		}
		for _, o := range orders {
			refunds, err := b.refundsOf(o)
			if err != nil {
				return err
			}
			list = append(list, listOrder(o, refunds))
		}
		return nil
	})
	s.controlAnswer(w, list, err)
}

// ordersNamed are the order of a number, or of a refund's, or all where there is
// neither.
func (b *book) ordersNamed(outChargeNo, outRefundNo string) ([]*order, error) {
	if outRefundNo != "" {
		r, err := b.refund(outRefundNo)
		if err != nil {
			return nil, none(err)
		}
		outChargeNo = r.OutChargeNo
	}
	if outChargeNo == "" {
		return b.orders()
	}
	o, err := b.order(outChargeNo)
	if err != nil {
		return nil, none(err)
	}
	return []*order{o}, nil
}

// none turns the error of a trade that does not exist into no error.
func none(err error) error {
	if errors.Is(err, errUnknownTrade) {
		return nil
	}
	return err
}

func listOrder(o *order, refunds []*refund) orderList {
	l := orderList{
		OutChargeNo: o.OutChargeNo, TraceNo: o.TraceNo, ChargeNo: o.ChargeNo, CardNo: o.CardNo,
		AccountType: o.AccountType, Amount: o.Amount.String(), Result: o.Result, PaidAt: o.PaidAt, Refunds: []refundList{},
	}
	for _, r := range refunds {
		l.Refunds = append(l.Refunds, refundList{r.OutRefundNo, r.Amount.String(), r.Mode, r.Process, r.Result})
	}
	return l
}
