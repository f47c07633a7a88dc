package kiosk

import (
	"cmp"
	"context"
	"time"

	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/settle"
	"onetrans/flows/view"
)

// Bills is what the kiosk needs of the transaction core to settle bills.
type Bills interface {
	PreSettle(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn], billNos []string) (txn.SettleStatus, error)
	PaySettlement(ctx context.Context, no string) (txn.SettleStatus, error)
	ConfirmSettlement(ctx context.Context, no string) (txn.SettleStatus, error)
	AbandonSettlement(ctx context.Context, no string) (txn.SettleStatus, error)
	CheckSettlement(ctx context.Context, no string) (txn.SettleStatus, error)
	WatchSettlement(no string) (statuses <-chan txn.SettleStatus, end func(), err error)
}

// settleEffect starts what a settlement wants.
func (r *Runner) settleEffect(ctx context.Context, s *session, effect flow.Effect) {
	if r.out.Bills == nil {
		return
	}
	bills, o := r.out.Bills, r.settlements()
	switch effect := effect.(type) {
	case settle.PreSettle:
		call := r.model.call
		s.sending.Add(1)
		r.work.Go(func() { r.preSettle(s, call, effect) })
	case settle.Order:
		o.try(s.ctx, s, cashier.Sent, effect.No, view.OrderPatience, bills.PaySettlement)
	case settle.Confirm:
		o.try(s.ctx, s, settle.Confirmed, effect.No, view.ConfirmPatience, bills.ConfirmSettlement)
	case settle.Abandon:
		// It goes on when the person is gone.
		o.try(ctx, s, cashier.CloseDone, effect.No, view.ClosePatience, bills.AbandonSettlement)
	case settle.Check:
		o.try(s.ctx, s, cashier.Checked, effect.No, view.CheckPatience, bills.CheckSettlement)
	}
}

// preSettle asks what there is to pay, and watches what becomes of it.
func (r *Runner) preSettle(s *session, call *PageCall, effect settle.PreSettle) {
	status, no, err := r.price(s, call, effect)
	if err != nil {
		r.out.Log.Warn("pre-settling", "no", no, "error", err)
	}
	r.report(s, settle.Update{What: settle.PreSettled, Status: status, Err: err})
	if effect.No == "" && status.No != "" {
		r.settlements().follow(s, no, func(txn.SettleStatus) bool { return false })
	}
}

// price sends a pre-settlement. An error of the first means that nothing of
// this settlement left.
func (r *Runner) price(s *session, call *PageCall, effect settle.PreSettle) (status txn.SettleStatus, no string, err error) {
	defer s.sending.Done()
	defer func() {
		if effect.No == "" {
			s.unsent = err
		}
	}()
	asked, no, err := r.settleRequest(call, effect.No, effect.Person)
	if err != nil {
		return status, no, err
	}
	// From here on there is something to abandon.
	r.report(s, settle.Update{What: cashier.Changed, Status: txn.SettleStatus{No: no}})
	ctx, cancel := context.WithTimeout(s.ctx, view.PreSettlePatience)
	defer cancel()
	status, err = r.out.Bills.PreSettle(ctx, asked, effect.BillNos)
	return status, no, err
}

// settleRequest is the settlement's request and its number: for HIS its own.
func (r *Runner) settleRequest(call *PageCall, no string, person identify.Person) (asked onetrans.Asked[onetrans.SettleIn], _ string, err error) {
	if call != nil {
		return onetrans.Asked[onetrans.SettleIn]{Request: call.Request, In: call.Bills}, call.No, nil
	}
	if no == "" {
		if no, err = txn.NewNo(time.Now(), r.out.Random); err != nil {
			return asked, "", err
		}
	}
	return r.out.Messages.settle(no, person), no, nil
}

// settle asks what a person's bills come to.
func (m Messages) settle(no string, p identify.Person) onetrans.Asked[onetrans.SettleIn] {
	merchant := m.Merchants[onetrans.AccountOutpatient]
	in := onetrans.SettleIn{
		TermNo:         onetrans.T(m.TermNo),
		CertNo:         onetrans.T(p.IDNo),
		PatientType:    onetrans.T(patientOwn),
		CardType:       onetrans.T(p.CardType),
		CardNo:         onetrans.T(p.CardNo),
		PayAppID:       onetrans.T(merchant.PayAppID),
		PayAppSecret:   onetrans.T(merchant.PayAppSecret),
		AccountType:    onetrans.T(onetrans.AccountOutpatient),
		PsnCertType:    onetrans.T(p.CertType),
		PsnName:        onetrans.T(p.Name),
		MdtrtareaAdmvs: onetrans.T(m.Hospital.Area),
		FixmedinsCode:  onetrans.T(m.Hospital.Code),
		FixmedinsName:  onetrans.T(m.Hospital.Name),
		HisCustID:      onetrans.T(p.HisCustID),
	}
	if p.InsuType != "" {
		in.PatientType, in.PsnNo = onetrans.T(patientInsured), onetrans.T(p.PsnNo)
		in.Insutype, in.InsuplcAdmdvs = onetrans.T(p.InsuType), onetrans.T(cmp.Or(p.InsuPlace, m.Hospital.InsuPlace))
	}
	in.Extra.Value = onetrans.SettleExtra{CardNo: onetrans.T(p.CardNo), OutSettleNo: onetrans.T(no)}
	if m.Hospital.OrgCode != "" {
		in.Extra.Value.HisExtra.Value.HisOrgCode = onetrans.T(m.Hospital.OrgCode)
	}
	return onetrans.Asked[onetrans.SettleIn]{Request: m.Terminal, In: in}
}

// Values of patientType.
const (
	patientOwn     = "00" // 自费患者
	patientInsured = "01" // 医保患者
)
