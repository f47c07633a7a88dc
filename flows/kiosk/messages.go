package kiosk

import (
	"fmt"
	"time"

	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
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
	case l.Theirs:
		return onetrans.T(onetrans.CertPick), onetrans.Cert{}
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

func (m Messages) message(transType string, data any) (onetrans.Request, error) {
	request, err := m.Terminal.With(transType, data)
	if err != nil {
		err = fmt.Errorf("making %s: %w", transType, err)
	}
	return request, err
}
