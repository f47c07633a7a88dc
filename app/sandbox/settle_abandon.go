package sandbox

import (
	"errors"

	"onetrans/flows/message/onetrans"
)

// settleAbandon undoes a pre-settlement and its registration. A number never seen
// is reserved as abandoned: messages still on their way then have no effect.
func settleAbandon(c *call, no string, in onetrans.SettleIn) (out onetrans.SettleOut, err error) {
	s, err := c.settlement(no)
	switch {
	case errors.Is(err, errUnknownTrade):
		s = &settlement{OutSettleNo: no, State: settleAbandoned}
		return c.settleOut(s), c.putSettlement(s)
	case err != nil:
		return out, err
	case s.over():
		return c.settleOut(s), nil
	case s.booked():
		return out, errSettledKeeps
	case !in.CardNo.Empty() && in.CardNo.String() != s.CardNo:
		return out, errConflict
	}
	if err := c.mayAbandon(s); err != nil {
		return out, err
	}
	return c.settleOut(s), c.endOpen(s, settleAbandoned)
}

// mayAbandon says why an open settlement can't be abandoned: its order can
// still be paid, or is.
func (c *call) mayAbandon(s *settlement) error {
	if s.OrderNo == "" {
		return nil
	}
	o, err := c.order(s.OrderNo)
	switch {
	case err != nil:
		return err
	case o.unpaid():
		return errShareOpen
	case o.Result == onetrans.ResultClosed || o.Result == onetrans.ResultFail:
		return nil
	default:
		return errSharePaid
	}
}
