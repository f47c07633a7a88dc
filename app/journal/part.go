package journal

import (
	"cmp"
	"fmt"
	"io"

	"onetrans/flows/money"
	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// part is a part of a refunded balance as people read it: a refund of its own,
// which list and show find under its number.
type part struct {
	Number      string `json:"number"`
	ChargeNo    string `json:"charge_no"` // of the order that it gives back of
	Amount      string `json:"amount"`
	State       string `json:"state"` // empty while it is not made
	RefusedWith string `json:"refused_with,omitzero"`
	Waits       string `json:"waits_for,omitzero"`

	fen onetrans.Fen
}

// partsOf are the parts of a balance; nil of any other trade.
func partsOf(t txn.Trade) (parts []part) {
	for i, p := range t.Order.Parts {
		out := part{Number: p.No, ChargeNo: p.ChargeNo, Amount: p.Amount.String(), fen: p.Amount}
		if i < len(t.Progress.Lines) {
			line := t.Progress.Lines[i]
			out.State, out.RefusedWith = string(line.State), string(line.RefusedWith)
			if line.Desk != "" {
				out.Waits = "a person: " + line.Desk
			}
		}
		parts = append(parts, out)
	}
	return parts
}

func (p part) write(out io.Writer) error {
	state := cmp.Or(p.State, "not made yet")
	if p.RefusedWith != "" {
		state += ", refused with " + p.RefusedWith
	}
	if p.Waits != "" {
		state += ", waits for " + p.Waits
	}
	_, err := fmt.Fprintf(out, "%-13s %s: %s of %s, %s\n", "part", clean(p.Number), money.Grouped(p.fen), clean(p.ChargeNo), clean(state))
	return err
}
