package sandbox

import (
	"errors"
	"net/http"

	"onetrans/flows/message/onetrans"
)

// settleList is what GET /control/settlements says of a settlement, of all or
// of the one that outSettleNo or setl_id names. Amounts are yuan with two
// decimals; setl_id and chargeNo are empty until there is one.
type settleList struct {
	OutSettleNo   string      `json:"outSettleNo"`
	SetlID        string      `json:"setl_id"`
	MdtrtID       string      `json:"mdtrt_id"`
	Registered    bool        `json:"registered"` // this settlement's own registration stands
	State         settleState `json:"state"`
	CardNo        string      `json:"cardNo"`
	BillNos       []string    `json:"billNos"`
	MedfeeSumamt  string      `json:"medfee_sumamt"`
	FundPaySumamt string      `json:"fund_pay_sumamt"`
	AcctPay       string      `json:"acct_pay"`
	PsnCashPay    string      `json:"psn_cash_pay"`
	ChargeNo      string      `json:"chargeNo"`
}

func (b *book) listSettlement(s *settlement) (l settleList, err error) {
	l = settleList{
		OutSettleNo: s.OutSettleNo, SetlID: s.SetlID, MdtrtID: s.MdtrtID, Registered: s.Registered,
		State: s.State, CardNo: s.CardNo, BillNos: s.billNos(),
		MedfeeSumamt: s.Sums.Total.String(), FundPaySumamt: s.Sums.funds().String(),
		AcctPay: s.Sums.Account.String(), PsnCashPay: s.Sums.Cash.String(),
	}
	if s.OrderNo == "" {
		return l, nil
	}
	o, err := b.order(s.OrderNo)
	if err != nil {
		return l, err
	}
	l.ChargeNo = o.ChargeNo
	return l, nil
}

// controlSettlements lists settlements by their number.
func (s *Server) controlSettlements(w http.ResponseWriter, r *http.Request) {
	list := []settleList{}
	err := s.ledger.view(func(b *book) error {
		all, err := b.settlementsNamed(r.URL.Query().Get("outSettleNo"), r.URL.Query().Get("setl_id"))
		if err != nil {
			return err
		}
		for _, one := range all {
			l, err := b.listSettlement(one)
			if err != nil {
				return err
			}
			list = append(list, l)
		}
		return nil
	})
	s.controlAnswer(w, list, err)
}

// settlementsNamed are the settlement of a number, or of a setl_id, or all where
// there is neither.
func (b *book) settlementsNamed(outSettleNo, setlID string) ([]*settlement, error) {
	var one *settlement
	var err error
	switch {
	case setlID != "":
		one, err = b.settlementBySetl(setlID)
	case outSettleNo != "":
		one, err = b.settlement(outSettleNo)
	default:
		return b.settlements()
	}
	if err != nil {
		return nil, none(err)
	}
	return []*settlement{one}, nil
}

// controlBills names whose bills are to be settled, and under which number.
type controlBills struct {
	OutSettleNo string   `json:"outSettleNo"`
	CardNo      string   `json:"cardNo"`
	PatientType string   `json:"patientType"` // empty: as the person is insured
	BillNos     []string `json:"billNos"`     // empty: all
}

// controlSettle settles bills as the hospital's counter would, without a
// payment here: the person's share is left to 医保一码付.
func (s *Server) controlSettle(w http.ResponseWriter, r *http.Request) {
	var in controlBills
	var l settleList
	err := readControl(r, &in)
	if err == nil {
		err = s.ledger.update(func(b *book) (err error) {
			c := &call{book: b, srv: s}
			one, err := c.settleAtCounter(in)
			if err != nil {
				return err
			}
			l, err = b.listSettlement(one)
			return err
		})
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		err = errors.Join(errControl, refused)
	}
	s.controlAnswer(w, l, err)
}

func (c *call) settleAtCounter(in controlBills) (*settlement, error) {
	p, ok := personByCard(in.CardNo)
	if !ok || in.OutSettleNo == "" {
		return nil, errUnknownTrade
	}
	data := settleInOf(p, in.PatientType)
	data.CardNo = onetrans.T(in.CardNo)
	for _, no := range in.BillNos {
		data.Extra.Value.BillNos.Items = append(data.Extra.Value.BillNos.Items, onetrans.T(no))
	}
	for _, do := range []phase{settlePre, settleConfirm} {
		if _, err := do(c, in.OutSettleNo, data); err != nil {
			return nil, err
		}
	}
	return c.settlement(in.OutSettleNo)
}

// settleInOf is what a counter says of a person; it has no payment credentials.
func settleInOf(p Person, patientType string) onetrans.SettleIn {
	in := onetrans.SettleIn{
		TermNo: onetrans.T("COUNTER"), CertNo: onetrans.T(p.CertNo), PsnName: onetrans.T(p.Name),
		PsnCertType: onetrans.T("01"), CardType: onetrans.T(onetrans.CardSocialSecurity),
		AccountType: onetrans.T(onetrans.AccountOutpatient), PatientType: onetrans.T(patientType),
		MdtrtareaAdmvs: onetrans.T(region), FixmedinsCode: onetrans.T("H35990000001"), FixmedinsName: onetrans.T(DefaultHospital),
	}
	if p.Insurance != nil {
		in.Insutype, in.InsuplcAdmdvs = onetrans.T(p.Insurance.Type), onetrans.T(p.Insurance.Region)
	}
	switch {
	case patientType != "":
	case p.Insurance == nil:
		in.PatientType = onetrans.T(patientSelf)
	case p.Insurance.PersonType == psnPrivileged:
		in.PatientType = onetrans.T(patientPrivileged)
	default:
		in.PatientType = onetrans.T(patientInsured)
	}
	return in
}
