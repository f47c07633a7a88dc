package recharge

import (
	"onetrans/flows/cashier"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/receipt"
)

// Receipt is what a receipt of the present screen tells; false where there is
// no result yet to be told.
func (m Model) Receipt() (receipt.Facts, bool) {
	doubtful := m.Cashier() == cashier.Doubtful
	if m.state != Succeeded && !doubtful {
		return receipt.Facts{}, false
	}
	order, p := m.status.Trade.Order, m.status.Trade.Progress
	f := receipt.Facts{
		Kind: receipt.RechargeDoubt, No: m.No(), TraceNo: p.TraceNo, TicketNo: p.CallSN, At: order.CreatedAt,
		Name: m.charge.Person.Name, CardType: m.charge.Account.CardType, CardNo: m.charge.Account.CardNo,
		AccountType: m.charge.Account.Type, Channel: p.Channel, Amount: m.charge.Amount,
	}
	if order.CardNo != "" { // HIS's own says more than its page knows
		f.CardType, f.CardNo = order.CardType, order.CardNo
	}
	if f.At.IsZero() {
		f.At = m.since
	}
	if doubtful {
		return f, true
	}
	result := m.result()
	f.Kind, f.At = receipt.Recharged, result.At
	if result.NotBooked {
		f.Kind = receipt.RechargedUnbooked
	}
	amount := onetrans.AmountOf(onetrans.T(p.Balance))
	if balance, err := amount.Fen(); err == nil {
		f.Balance = &balance
	}
	return f, true
}
