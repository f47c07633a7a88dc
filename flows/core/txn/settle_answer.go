package txn

import (
	"errors"
	"slices"
	"time"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// settleAnswered says what the answer to the message that begins a settlement proves.
func settleAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	if !t.Progress.Whole {
		return preAnswered(t, answer, err)
	}
	if e := notOK(answer, err); e != nil {
		return e
	}
	return orUnanswered(confirmAnswered(t, answer, nil))
}

// preAnswered says what the answer to a pre-settlement proves. Amounts that
// don't add up prove nothing.
func preAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	if errors.Is(err, platform.ErrNotSent) {
		return neverSentBy(err)
	}
	out, e := phaseOut(t, answer, err)
	if e != nil || out == nil {
		return orUnanswered(e)
	}
	p := priced{mdtrtID: out.MdtrtID.String(), steps: stepsOf(out.Steps)}
	var ok bool
	if p.amounts, ok = amountsOf(out.PreSetl.Value); !ok {
		return unanswered{}
	}
	if p.bills, ok = billsOf(out.Bills); !ok || !holdsAll(p.bills, t.settlement().BillNos) {
		return unanswered{}
	}
	return p
}

// holdsAll says whether the bills that a price is for, where it names any, are
// those that were chosen.
func holdsAll(bills []Bill, chosen []string) bool {
	for _, no := range chosen {
		if len(bills) > 0 && !slices.ContainsFunc(bills, func(b Bill) bool { return b.No == no }) {
			return false
		}
	}
	return true
}

func orUnanswered(e flow.Event) flow.Event {
	if e == nil {
		return unanswered{}
	}
	return e
}

// payAnswered says what the answer to pay proves; nil when nothing.
func payAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	if errors.Is(err, platform.ErrNotSent) {
		return neverSentBy(err)
	}
	out, e := phaseOut(t, answer, err)
	if e != nil || out == nil {
		return e
	}
	if out.TraceNo.Empty() || !t.matches(out.TraceNo.String(), "") {
		return nil
	}
	d := details{
		chargeNo: out.ChargeNo.String(),
		traceNo:  out.TraceNo.String(),
		qrcode:   out.QRCode.String(),
		expireAt: expiry(out.ExpireTime, answer.RespondTime, time.Now()),
	}
	if t.otherPrice(*out) {
		return repriced{d}
	}
	if known(out.Result) {
		return told{result: onetrans.Result(out.Result.String()), details: d}
	}
	return ordered{d, stepsOf(out.Steps)}
}

// confirmAnswered says what the answer to confirm proves; nil when nothing.
// What was settled has a number.
func confirmAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	out, e := phaseOut(t, answer, err)
	if e != nil || out == nil {
		return e
	}
	s := settled{
		details: details{
			chargeNo:  out.ChargeNo.String(),
			traceNo:   out.TraceNo.String(),
			traceTime: out.TraceTime.String(),
			callsn:    out.Callsn.String(),
		},
		steps:      stepsOf(out.Steps),
		setlID:     out.SetlID.String(),
		otherPrice: t.otherPrice(*out),
	}
	for _, no := range out.OrderList.Items {
		s.orderList = append(s.orderList, no.String())
	}
	if s.setlID == "" && len(s.orderList) == 0 || !t.matches(s.traceNo, "") {
		return nil
	}
	return s
}

// abandonAnswered says what the answer to abandon proves; nil when nothing.
func abandonAnswered(t Trade, answer onetrans.Answer, err error) flow.Event {
	out, e := phaseOut(t, answer, err)
	if e != nil || out == nil {
		return e
	}
	return abandoned{}
}

// phaseOut reads what a phase answered: its data, or a refusal, or that the
// settlement was cancelled; nothing when there is no normal answer, or one about
// another settlement.
func phaseOut(t Trade, answer onetrans.Answer, err error) (*onetrans.SettleOut, flow.Event) {
	code := codeOf(answer)
	if err != nil || code == "" {
		return nil, nil
	}
	if code != onetrans.CodeOK {
		return nil, refused{code: code, words: answer.Words()}
	}
	var out onetrans.SettleOut
	if onetrans.UnmarshalData(answer.Data, &out) != nil || !out.OutSettleNo.Empty() && out.OutSettleNo.String() != t.Order.No {
		return nil, nil
	}
	if saysCancelled(out) {
		return nil, t.cancelledAs(out)
	}
	return &out, nil
}

// cancelledAs is what such an answer proves; nil when it is about another
// settlement or payment.
func (t Trade) cancelledAs(out onetrans.SettleOut) flow.Event {
	known := t.settlement().SetlID
	if known != "" && known != out.SetlID.String() || !t.matches(out.TraceNo.String(), "") {
		return nil
	}
	return cancelledSince{
		details{chargeNo: out.ChargeNo.String(), traceNo: out.TraceNo.String(), traceTime: out.TraceTime.String()}, out.SetlID.String(),
	}
}

// saysCancelled says whether a phase's answer is of a settlement that was made and
// cancelled since: one that was never made has no setl_id.
func saysCancelled(out onetrans.SettleOut) bool {
	return !out.SetlID.Empty() && slices.ContainsFunc(out.Steps.Items, func(s onetrans.SettleStep) bool {
		return s.Code.String() == "confirmation" && s.State.String() == "cancelled"
	})
}

// otherPrice says whether an answer has other amounts than the person saw.
func (t Trade) otherPrice(out onetrans.SettleOut) bool {
	now, ok := amountsOf(out.PreSetl.Value)
	s := t.settlement()
	return ok && now != amounts{s.Total, s.Fund, s.Account, s.Cash}
}

// amountsOf reads the amounts of a pre-settlement; ok says that they add up.
// What a fund or an account does not pay may be left out.
func amountsOf(p onetrans.PreSetl) (a amounts, ok bool) {
	var errs [4]error
	a.total, errs[0] = p.MedfeeSumamt.Fen()
	a.cash, errs[1] = p.PsnCashPay.Fen()
	if !p.FundPaySumamt.Empty() {
		a.fund, errs[2] = p.FundPaySumamt.Fen()
	}
	if !p.AcctPay.Empty() {
		a.account, errs[3] = p.AcctPay.Fen()
	}
	return a, errors.Join(errs[:]...) == nil && a.total == a.fund+a.account+a.cash
}

// billsOf reads the bills; ok says that each has a number and an amount.
func billsOf(list onetrans.List[onetrans.Bill]) (bills []Bill, ok bool) {
	for _, b := range list.Items {
		amount, err := b.Amount.Fen()
		if err != nil || b.BillNo.Empty() {
			return nil, false
		}
		bills = append(bills, Bill{
			No: b.BillNo.String(), Dept: b.Dept.String(), Doctor: b.Doctor.String(), Date: b.Date.String(),
			Amount: amount, Items: b.Items.Items,
		})
	}
	return bills, true
}

func stepsOf(list onetrans.List[onetrans.SettleStep]) (steps []Step) {
	for _, s := range list.Items {
		steps = append(steps, Step{Code: s.Code.String(), Name: s.Name.String(), State: s.State.String()})
	}
	return steps
}
