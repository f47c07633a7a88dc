package settle

import (
	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/receipt"
)

// Receipt is what a receipt of the present screen tells; false where there is
// no result yet to be told.
func (m Model) Receipt() (receipt.Facts, bool) {
	kind, ok := m.receiptKind()
	if !ok {
		return receipt.Facts{}, false
	}
	f := receipt.Facts{
		Kind: kind, No: m.No(), TraceNo: m.status.TraceNo, TicketNo: m.status.CallSN, At: m.settled().At,
		Name: m.person.Name, CardType: m.person.CardType, CardNo: m.person.CardNo, Insurance: m.person.InsuType,
		Amount: m.status.Cash,
		Shares: &receipt.Shares{Total: m.status.Total, Fund: m.status.Fund, Account: m.status.Account, Cash: m.status.Cash},
	}
	if m.state == Refunding {
		f.No, f.At = m.refundNo(), m.since
	}
	return f, true
}

func (m Model) receiptKind() (kind receipt.Kind, ok bool) {
	switch m.state {
	case Succeeded:
		return receipt.Settled, true
	case AtCashier:
		return receipt.SettleDoubt, m.cashier.At() == cashier.Doubtful
	case Refunding:
		switch {
		case m.status.State == txn.Refunded:
			return receipt.SettleRefunded, true
		case m.refundAtDesk():
			return receipt.SettleRefundDesk, true
		}
		return receipt.SettleRefunding, true
	}
	return "", false
}
