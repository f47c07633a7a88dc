package kiosk

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

// place makes the order, and watches what becomes of it.
func (r *Runner) place(s *session, call *PageCall, charge recharge.Charge) {
	status, err := r.order(s, call, charge)
	if err != nil {
		r.out.Log.Warn("making an order", "error", err)
		r.report(s, recharge.Update{What: cashier.Sent, Err: err})
		return
	}
	r.report(s, recharge.Update{What: cashier.Sent, Status: status})
	r.charges().follow(s, status.Trade.Order.No, func(status txn.Status) bool { return status.Trade.Final() })
}

// order sends the order of a charge; an error means that nothing left.
func (r *Runner) order(s *session, call *PageCall, charge recharge.Charge) (status txn.Status, err error) {
	defer s.sending.Done()
	defer func() { s.unsent = err }()
	asked, err := r.orderRequest(call, charge)
	if err != nil {
		return status, err
	}
	ctx := s.ctx
	if !r.can.OwnCashier { // its page is up as long as the platform lets it
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, view.OrderPatience)
		defer cancel()
	}
	return r.out.Core.Recharge(ctx, asked)
}

// orderRequest is the order for a charge: for HIS its own.
func (r *Runner) orderRequest(call *PageCall, charge recharge.Charge) (asked onetrans.Asked[onetrans.RechargeIn], err error) {
	if call != nil {
		return hisOrder(*call, charge), nil
	}
	no, err := txn.NewNo(time.Now(), r.out.Random)
	if err != nil {
		return asked, err
	}
	return r.out.Messages.recharge(no, charge, r.can.OwnCashier)
}

// hisOrder is an order of HIS, to be paid with the code that was scanned, or
// else to be answered at once with the code to show.
func hisOrder(call PageCall, charge recharge.Charge) onetrans.Asked[onetrans.RechargeIn] {
	in := call.Order
	if in.Extra.Empty() {
		in.Extra = onetrans.Object(in.Extra.Value)
	}
	if charge.AuthCode != "" {
		in.Extra.Value.AuthCode = onetrans.T(charge.AuthCode)
	} else {
		in.Extra.Value.PrintMode = onetrans.T("1")
	}
	if charge.Despite != "" {
		in.Extra.Value.Despite = onetrans.T(charge.Despite)
	}
	return onetrans.Asked[onetrans.RechargeIn]{Request: call.Request, In: in}
}

// recharge asks for an order, with its code to show unless the platform collects itself.
func (m Messages) recharge(no string, c recharge.Charge, theirs bool) (asked onetrans.Asked[onetrans.RechargeIn], err error) {
	merchant, ok := m.Merchants[c.Account.Type]
	if !ok {
		return asked, fmt.Errorf("nobody collects for account type %q", c.Account.Type)
	}
	in := onetrans.RechargeIn{
		PayAppID:     onetrans.T(merchant.PayAppID),
		PayAppSecret: onetrans.T(merchant.PayAppSecret),
		TermNo:       onetrans.T(m.TermNo),
		CardType:     onetrans.T(c.Account.CardType),
		CardNo:       onetrans.T(c.Account.CardNo),
		AccountType:  onetrans.T(c.Account.Type),
		HisCustID:    onetrans.T(c.Person.HisCustID),
		UserName:     onetrans.T(c.Person.Name),
		Amount:       onetrans.Yuan(c.Amount),
		OutChargeNo:  onetrans.T(no),
		DepositType:  onetrans.T(""),
	}
	if c.Person.IDNo != "" {
		in.IDNo = onetrans.T(c.Person.IDNo)
	}
	if c.Account.Told {
		in.OrigBalance = onetrans.Yuan(c.Account.Balance)
	}
	if !theirs {
		in.Extra.Value.PrintMode = onetrans.T("1")
	}
	if merchant.Subject != "" {
		in.Extra.Value.Subject = onetrans.T(merchant.Subject)
	}
	if c.Despite != "" {
		in.Extra.Value.Despite = onetrans.T(c.Despite)
	}
	return onetrans.Asked[onetrans.RechargeIn]{Request: m.Terminal, In: in}, nil
}
