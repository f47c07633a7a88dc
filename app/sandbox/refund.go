package sandbox

import (
	"time"

	"onetrans/flows/message/onetrans"
)

// refund is one refund of one order, known by its outRefundNo for life.
type refund struct {
	OutRefundNo string          `json:"outRefundNo"`
	OutChargeNo string          `json:"outChargeNo"`
	TraceNo     string          `json:"traceNo"` // its own, never the charge's
	Amount      onetrans.Fen    `json:"amount"`
	Mode        string          `json:"mode"`             // withdrawMode
	Process     string          `json:"process,omitzero"` // refundType
	Result      onetrans.Result `json:"result"`
	Note        string          `json:"note"`
	At          time.Time       `json:"at"`
	DoneAt      time.Time       `json:"doneAt,omitzero"`
	Tries       int             `json:"tries"`

	doomed bool // this try fails: somebody asked for misbehaviour
}

// Ways to refund that take days: bank transfer, transfer to an employer.
func slowMode(mode string) bool {
	return mode == onetrans.WithdrawTransfer || mode == onetrans.WithdrawUnit
}

// begin starts a try of the refund: done at once, or under way for days.
func (r *refund) begin(now time.Time) {
	r.Tries++
	r.Result, r.Note = onetrans.ResultIng, "退款处理中"
	if r.doomed || !slowMode(r.Mode) {
		r.settle(now, !r.doomed)
	}
}

// settle ends a refund that is under way.
func (r *refund) settle(now time.Time, succeeded bool) {
	r.Result, r.Note = onetrans.ResultFail, "退款失败"
	if succeeded {
		r.Result, r.Note, r.DoneAt = onetrans.ResultSucc, "退款成功", now.Truncate(time.Second)
	}
}

// holds says whether the refund takes from what is left of its order.
func (r *refund) holds() bool { return r.Result != onetrans.ResultFail }

// refundSums is what has become of an order's refunds.
type refundSums struct {
	done, pending onetrans.Fen
	count         int
}

func sumRefunds(refunds []*refund) (s refundSums) {
	for _, r := range refunds {
		switch r.Result {
		case onetrans.ResultSucc:
			s.done += r.Amount
			s.count++
		case onetrans.ResultIng:
			s.pending += r.Amount
			s.count++
		}
	}
	return s
}
