package sandbox

import (
	"errors"
	"slices"
	"strings"

	"onetrans/flows/message/onetrans"
)

// settlePre looks up the person, registers them if needed and pre-settles. The
// choice of bills may change until there is an order.
func settlePre(c *call, no string, in onetrans.SettleIn) (out onetrans.SettleOut, err error) {
	p, n, err := newSettlement(no, in)
	if err != nil {
		return out, err
	}
	s, err := c.settlement(no)
	switch {
	case errors.Is(err, errUnknownTrade):
		return c.preSettle(p, n)
	case err != nil:
		return out, err
	case s.over():
		return out, errSettleOver // also when the phases overtook each other
	case !s.sameAs(n):
		return out, errConflict
	case slices.Equal(s.AskedBills, n.AskedBills):
		return c.preOut(s), nil
	case s.State != settleOpen || s.OrderNo != "":
		return out, errConflict
	}
	n.MdtrtID, n.Registered = s.MdtrtID, s.Registered
	return c.preSettle(p, n)
}

// newSettlement reads what a pre-settlement asks for.
func newSettlement(no string, in onetrans.SettleIn) (p Person, s *settlement, err error) {
	if err := checkSettle(in); err != nil {
		return p, nil, err
	}
	p, ok := personByCard(in.CardNo.String())
	if !ok || p.HisCustID == "" || !strings.EqualFold(p.CertNo, in.CertNo.String()) || p.Name != in.PsnName.String() {
		return p, nil, refuse(onetrans.CodePlatformNoPerson, "没有找到该就诊人，或卡号、证件、姓名不一致")
	}
	insured := in.PatientType.String() != patientSelf
	if _, ok := benefitOf(p, in.PatientType.String()); !ok || insured && in.Insutype.String() != p.Insurance.Type {
		return p, nil, refuse(onetrans.CodePlatformNoPerson, "该就诊人没有这种参保或待遇")
	}
	return p, &settlement{
		OutSettleNo: no, State: settleOpen,
		HisCustID: p.HisCustID, Name: p.Name,
		CardType: in.CardType.String(), CardNo: in.CardNo.String(), AccountType: in.AccountType.String(),
		PatientType: in.PatientType.String(),
		AskedVisit:  in.MdtrtID.String(),
		AskedBills:  texts(in.Extra.Value.BillNos),
		Collect:     !in.PayAppID.Empty() && !in.PayAppSecret.Empty(),
	}, nil
}

func checkSettle(in onetrans.SettleIn) error {
	if err := required(field{"termNo", in.TermNo, 64}, field{"certno", in.CertNo, 20},
		field{"patientType", in.PatientType, 2}, field{"cardno", in.CardNo, 32},
		field{"account_type", in.AccountType, 2}, field{"psn_cert_type", in.PsnCertType, 3},
		field{"psn_name", in.PsnName, 64}, field{"mdtrtarea_admvs", in.MdtrtareaAdmvs, 6},
		field{"fixmedins_code", in.FixmedinsCode, 30}, field{"fixmedins_name", in.FixmedinsName, 200}); err != nil {
		return err
	}
	if err := bounded(field{"mdtrt_id", in.MdtrtID, 30}, field{"cardType", in.CardType, 2},
		field{"payAppId", in.PayAppID, 32}, field{"payAppSecret", in.PayAppSecret, 32}); err != nil {
		return err
	}
	if !slices.Contains([]string{patientSelf, patientInsured, patientPrivileged}, in.PatientType.String()) {
		return refuseField("patientType")
	}
	if in.PatientType.String() == patientSelf {
		return nil
	}
	return required(field{"insutype", in.Insutype, 6}, field{"insuplc_admdvs", in.InsuplcAdmdvs, 6})
}

// preSettle opens the settlement n. If there are no bills to pay there is nothing
// to open.
func (c *call) preSettle(p Person, n *settlement) (out onetrans.SettleOut, err error) {
	if open := c.openOf(p.HisCustID); open != "" && open != n.OutSettleNo {
		return out, refuse(onetrans.CodePlatformOtherTrade, "该卡有未完成的结算："+open)
	}
	waiting, err := c.waiting(p)
	if err != nil {
		return out, err
	}
	chosen, ok := pick(waiting, n.AskedBills)
	if !ok {
		return out, refuseField("extra.billNos")
	}
	n.Bills = chosen
	if len(chosen) == 0 {
		out.OutSettleNo = onetrans.T(n.OutSettleNo)
		out.Bills, out.PreSetl = wireBills(chosen), n.Sums.preSetl()
		return out, nil
	}
	if err := c.priceFor(p, n); err != nil {
		return out, err
	}
	c.register(n)
	return c.preOut(n), c.begin(n)
}

// priceFor calculates what a settlement comes to.
func (c *call) priceFor(p Person, n *settlement) error {
	benefit, _ := benefitOf(p, n.PatientType)
	balance, err := c.insured(p)
	if err != nil {
		return err
	}
	n.Sums, err = price(n.Bills, benefit, balance)
	return err
}

// register registers a person who comes without a registration.
func (c *call) register(n *settlement) {
	switch {
	case n.AskedVisit != "":
		n.MdtrtID = n.AskedVisit
	case n.MdtrtID == "":
		n.MdtrtID, n.Registered = c.number(), true
	}
}

func (c *call) preOut(s *settlement) onetrans.SettleOut {
	out := c.settleOut(s)
	out.Bills = wireBills(s.Bills)
	return out
}
