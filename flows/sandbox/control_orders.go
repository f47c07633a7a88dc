package sandbox

import (
	"net/http"
	"time"

	"onetrans/flows/onetrans"
)

// orderList is what GET /control/orders says of an order. Amounts are yuan
// with two decimals; paidAt is absent until then.
type orderList struct {
	OutChargeNo string          `json:"outChargeNo"`
	TraceNo     string          `json:"traceNo"`
	ChargeNo    string          `json:"chargeNo"`
	CardNo      string          `json:"cardNo"`
	Amount      string          `json:"amount"`
	Result      onetrans.Result `json:"result"`
	PaidAt      time.Time       `json:"paidAt,omitzero"`
	Refunds     []refundList    `json:"refunds"`
}

type refundList struct {
	OutRefundNo string          `json:"outRefundNo"`
	Amount      string          `json:"amount"`
	Result      onetrans.Result `json:"result"`
}

// controlOrders lists all orders by their number.
func (s *Server) controlOrders(w http.ResponseWriter, _ *http.Request) {
	list := []orderList{}
	err := s.ledger.view(func(b *book) error {
		orders, err := b.orders()
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

func listOrder(o *order, refunds []*refund) orderList {
	l := orderList{
		OutChargeNo: o.OutChargeNo, TraceNo: o.TraceNo, ChargeNo: o.ChargeNo, CardNo: o.CardNo,
		Amount: o.Amount.String(), Result: o.Result, PaidAt: o.PaidAt, Refunds: []refundList{},
	}
	for _, r := range refunds {
		l.Refunds = append(l.Refunds, refundList{r.OutRefundNo, r.Amount.String(), r.Result})
	}
	return l
}
