package kiosk

import (
	"cmp"
	"fmt"
	"time"

	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

// Messages makes the kiosk's requests.
type Messages struct {
	// Terminal has the common fields that say which terminal speaks.
	Terminal onetrans.Request
	TermNo   string
	// Business is the business_type of a person's identification, Businesses that
	// for a service, where it has one of its own.
	Business   string
	Businesses map[view.ServiceKind]string
	// Hospital is what a settlement says about the hospital.
	Hospital Hospital
	// HealthCard is how this terminal asks for health cards, Treatments for what:
	// the treatment_code (诊疗环节编码) of each service.
	HealthCard HealthCard
	Treatments map[view.ServiceKind]string
	// Merchants are the payment platform's credentials, by account type.
	Merchants map[string]onetrans.Merchant
}

// Hospital is what a settlement says about the hospital.
type Hospital struct {
	Code, Name string // 定点医药机构编号 and 名称
	Area       string // 就医地医保区划
	InsuPlace  string // 参保地医保区划 of who is insured and does not say where
	OrgCode    string // HIS's own code for this part of the hospital; may be empty
}

// HealthCard is what the health-card platform knows this terminal by.
type HealthCard struct{ AppID, AppSecret, TermID string }

// lookUp asks who it is, for a service.
func (m Messages) lookUp(l identify.LookUp, service view.ServiceKind) (onetrans.Request, error) {
	in := onetrans.UserGetIn{BusinessType: onetrans.T(m.Business)}
	if business, ok := m.Businesses[service]; ok {
		in.BusinessType = onetrans.T(business)
	}
	in.MdtrtCertType, in.Cert = certOf(l)
	return m.message(onetrans.TransUserGet, in)
}

// hisLookUp is HIS's own request, with what was read.
func hisLookUp(request onetrans.Request, l identify.LookUp) (onetrans.Request, error) {
	var in onetrans.UserGetIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return request, fmt.Errorf("reading %s: %w", onetrans.TransUserGet, err)
	}
	_, in.Cert = certOf(l)
	return Messages{Terminal: request}.message(onetrans.TransUserGet, in)
}

// certOf is what was read, and what it is.
func certOf(l identify.LookUp) (certType onetrans.Text, _ onetrans.Cert) {
	switch {
	case l.Code != "":
		return onetrans.T(onetrans.CertVoucher), onetrans.Cert{Code: onetrans.T(l.Code)}
	case l.Holder.IDNo != "":
		return onetrans.T(onetrans.CertHealthCard), onetrans.Cert{
			CertNo: onetrans.T(l.Holder.IDNo), PsnName: onetrans.T(l.Holder.Name), PsnCertType: onetrans.T(l.Holder.IDType),
		}
	case l.Identity.Number != "":
		return onetrans.T(onetrans.CertIdentityCard), onetrans.CertOfIdentity(l.Identity)
	}
	return onetrans.T(onetrans.CertSocialSecurity), onetrans.CertOfCard(l.Card)
}

// settle asks what a person's bills come to.
func (m Messages) settle(no string, p identify.Person) (onetrans.Request, error) {
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
	return m.message(onetrans.TransSettle, in)
}

// Values of patientType.
const (
	patientOwn     = "00" // 自费患者
	patientInsured = "01" // 医保患者
)

// authURL asks for a code with which a health card can be authorised.
func (m Messages) authURL(no string, service view.ServiceKind, now time.Time) (onetrans.Request, error) {
	h := m.HealthCard
	return m.message(onetrans.TransAuthURL, onetrans.AuthURLIn{
		EhcAppID: onetrans.T(h.AppID), EhcAppSecret: onetrans.T(h.AppSecret), TermID: onetrans.T(h.TermID),
		OutAuthorizeNo: onetrans.T(no), OutAuthorizeTime: onetrans.T(onetrans.FormatTime(now)), TreatmentCode: onetrans.T(m.treatment(service)),
	})
}

// treatment is what a health card is asked for: for HIS, which names no service,
// paying.
func (m Messages) treatment(service view.ServiceKind) string {
	if code, ok := m.Treatments[service]; ok {
		return code
	}
	return m.Treatments[view.ServiceOutpatientPayment]
}

// authQuery asks what became of it.
func (m Messages) authQuery(no string) (onetrans.Request, error) {
	h := m.HealthCard
	return m.message(onetrans.TransAuthQuery, onetrans.AuthQueryIn{
		EhcAppID: onetrans.T(h.AppID), EhcAppSecret: onetrans.T(h.AppSecret), TermID: onetrans.T(h.TermID), OutAuthorizeNo: onetrans.T(no),
	})
}

// hisOrder is an order of HIS, to be paid with the code that was scanned, or
// else to be answered at once with the code to show.
func hisOrder(request onetrans.Request, charge recharge.Charge) (onetrans.Request, error) {
	var in onetrans.RechargeIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return request, fmt.Errorf("reading %s: %w", onetrans.TransRecharge, err)
	}
	if charge.AuthCode != "" {
		in.Extra.Value.AuthCode = onetrans.T(charge.AuthCode)
	} else {
		in.Extra.Value.PrintMode = onetrans.T("1")
	}
	if charge.Despite != "" {
		in.Extra.Value.Despite = onetrans.T(charge.Despite)
	}
	return Messages{Terminal: request}.message(onetrans.TransRecharge, in)
}

func (m Messages) recharge(no string, c recharge.Charge) (onetrans.Request, error) {
	merchant, ok := m.Merchants[c.Account.Type]
	if !ok {
		return onetrans.Request{}, fmt.Errorf("nobody collects for account type %q", c.Account.Type)
	}
	in := onetrans.RechargeIn{
		PayAppID:     onetrans.T(merchant.PayAppID),
		PayAppSecret: onetrans.T(merchant.PayAppSecret),
		TermNo:       onetrans.T(m.TermNo),
		CardType:     onetrans.T(c.Account.CardType),
		CardNo:       onetrans.T(c.Account.CardNo),
		AccountType:  onetrans.T(c.Account.Type),
		HisCustID:    onetrans.T(c.Person.HisCustID),
		UserName:     onetrans.T(c.Person.Name),
		Amount:       onetrans.Yuan(c.Amount),
		OutChargeNo:  onetrans.T(no),
		DepositType:  onetrans.T(""),
	}
	if c.Person.IDNo != "" {
		in.IDNo = onetrans.T(c.Person.IDNo)
	}
	if c.Account.Told {
		in.OrigBalance = onetrans.Yuan(c.Account.Balance)
	}
	in.Extra.Value.PrintMode = onetrans.T("1")
	if merchant.Subject != "" {
		in.Extra.Value.Subject = onetrans.T(merchant.Subject)
	}
	if c.Despite != "" {
		in.Extra.Value.Despite = onetrans.T(c.Despite)
	}
	return m.message(onetrans.TransRecharge, in)
}

func (m Messages) message(transType string, data any) (onetrans.Request, error) {
	request := m.Terminal
	request.TransType = onetrans.T(transType)
	var err error
	if request.Data, err = onetrans.Marshal(data); err != nil {
		return request, fmt.Errorf("making %s: %w", transType, err)
	}
	return request, nil
}
