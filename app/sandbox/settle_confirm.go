package sandbox

import "onetrans/flows/message/onetrans"

// settleConfirm settles for good, once the person's share is paid. A refusal with
// 610007 is final: the payment, if there was one, can be refunded.
func settleConfirm(c *call, no string, in onetrans.SettleIn) (out onetrans.SettleOut, err error) {
	s, err := c.standing(no, in)
	switch {
	case err != nil:
		return out, err
	case s.booked():
		return c.confirmOut(s)
	case s.over():
		return out, errSettleOver
	}
	o, refused, err := c.share(s)
	if err != nil {
		return out, err
	}
	if refused == nil && c.verdict.failConfirm {
		refused = errSettleFailed
	}
	switch {
	case refused == errShareUnpaid:
		return out, refused
	case refused != nil:
		if err := c.endOpen(s, settleRefused); err != nil {
			return out, err
		}
		return out, refused
	}
	if err := c.settle(s); err != nil {
		return out, err
	}
	if o != nil {
		o.CallSN = s.CallSN
		if err := c.putOrder(o); err != nil {
			return out, err
		}
	}
	return c.confirmOut(s)
}

// share finds the payment of a settlement's share, where there is to be one,
// and says why it doesn't allow the settlement.
func (c *call) share(s *settlement) (o *order, refused, err error) {
	if s.OrderNo == "" {
		if s.Collect && s.Sums.Cash > 0 {
			return nil, errShareUnpaid, nil
		}
		return nil, nil, nil
	}
	if o, err = c.order(s.OrderNo); err != nil {
		return nil, nil, err
	}
	switch {
	case o.Result == onetrans.ResultSucc:
		return o, nil, nil
	case o.Result == onetrans.ResultExp || o.unpaid():
		return o, errShareUnpaid, nil
	default:
		return o, errShareClosed, nil
	}
}

func (c *call) confirmOut(s *settlement) (onetrans.SettleOut, error) {
	out := c.settleOut(s)
	out.SetlID, out.OrderList.Items = onetrans.T(s.SetlID), []onetrans.Text{}
	for _, no := range s.OrderList {
		out.OrderList.Items = append(out.OrderList.Items, onetrans.T(no))
	}
	out.Callsn = onetrans.T(s.CallSN)
	return out, c.addOrder(&out, s)
}
