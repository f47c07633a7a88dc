package journal

import (
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// part is a part of a refunded balance for people: a refund of its own, which list
// and show find by its number.
type part struct {
	Number      string `json:"number"`
	ChargeNo    string `json:"charge_no"` // of the order that it refunds
	Amount      string `json:"amount"`
	State       string `json:"state"` // empty until it is made
	RefusedWith string `json:"refused_with,omitzero"`
	Refused     string `json:"refused_words,omitzero"`
	Desk        string `json:"desk,omitzero"` // why it waits for a person
}

// partsOf are the parts of a balance; nil for any other trade.
func partsOf(t txn.Trade) (parts []part) {
	for i, p := range t.Order.Parts {
		out := part{Number: p.No, ChargeNo: p.ChargeNo, Amount: p.Amount.String()}
		if i < len(t.Progress.Lines) {
			line := t.Progress.Lines[i]
			out.State, out.RefusedWith, out.Desk = string(line.State), string(line.RefusedWith), string(line.Desk)
			out.Refused = personOf(t.Order, fieldsOf(t.Order)).unnamed(line.RefusedWords)
		}
		parts = append(parts, out)
	}
	return parts
}

// say is a part in a line.
func (p part) say(w words) string {
	state := w.say("part.not_made")
	if p.State != "" {
		state = w.name("state", p.State)
	}
	if p.Desk != "" {
		state = w.say("stands.waits", "stands", state, "waits", w.because(txn.Reason(p.Desk), onetrans.Code(p.RefusedWith), p.Refused))
	}
	return w.say("part.line", "no", p.Number, "amount", grouped(p.Amount), "charge", p.ChargeNo, "state", state)
}
