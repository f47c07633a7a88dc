package txn

import (
	"onetrans/flows/flow"
	"onetrans/flows/onetrans"
)

// More states, of settlements and cancellations.
const (
	PreSettled flow.State = "presettled" // the amounts are known; nothing is paid
	Paying     flow.State = "paying"     // pay was asked for: the order is open or unknown
	Confirming flow.State = "confirming" // confirm was sent; it is repeated until answered
	Abandoning flow.State = "abandoning" // abandon was sent; it is repeated until answered
	Refunding  flow.State = "refunding"  // what was paid is being given back

	Abandoned flow.State = "abandoned" // final: undone, nothing was paid
	Refunded  flow.State = "refunded"  // final: refused for good, what was paid was given back
)

// Settlement is how far a settlement has come, beside what every trade has.
type Settlement struct {
	// BillNos are the bills that were chosen; empty: all.
	BillNos []string              `json:"bill_nos,omitzero"`
	MdtrtID string                `json:"mdtrt_id,omitzero"`
	Bills   []onetrans.Bill       `json:"bills,omitzero"`
	Steps   []onetrans.SettleStep `json:"steps,omitzero"`

	// Total = Fund + Account + Cash, the person's own share.
	Total   onetrans.Fen `json:"total"`
	Fund    onetrans.Fen `json:"fund"`
	Account onetrans.Fen `json:"account"`
	Cash    onetrans.Fen `json:"cash"`
	// Paid says that the order over Cash is proven paid.
	Paid bool `json:"paid,omitzero"`

	OrderList []string `json:"order_list,omitzero"`
	SetlID    string   `json:"setl_id,omitzero"`
}

// Cancellation is how far a cancellation has come, beside what every trade has.
type Cancellation struct {
	// Answer is the platform's, an object.
	Answer string `json:"answer,omitzero"`
	// Share is the person's own share, paid under the trade's TraceNo.
	Share onetrans.Fen `json:"share"`
}
