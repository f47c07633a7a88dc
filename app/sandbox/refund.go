package sandbox

import (
	"time"

	"onetrans/flows/message/onetrans"
)

// refund is a refund of an order, identified by its outRefundNo for life.
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

	doomed bool // this attempt fails: misbehaviour was requested
}

// Ways to refund that take days: bank transfer, transfer to an employer.
func slowMode(mode string) bool {
	return mode == onetrans.WithdrawTransfer || mode == onetrans.WithdrawUnit
}

// begin starts an attempt at the refund: done at once, or in progress for days.
func (r *refund) begin(now time.Time) {
	r.Tries++
	r.Result, r.Note = onetrans.ResultIng, "退款处理中"
	if r.doomed || !slowMode(r.Mode) {
		r.settle(now, !r.doomed)
	}
}

// settle ends a refund in progress.
func (r *refund) settle(now time.Time, succeeded bool) {
	r.Result, r.Note = onetrans.ResultFail, "退款失败"
	if succeeded {
		r.Result, r.Note, r.DoneAt = onetrans.ResultSucc, "退款成功", now.Truncate(time.Second)
	}
}

// holds reports whether the refund reduces what is left of its order.
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
