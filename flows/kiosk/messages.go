package kiosk

import (
	"fmt"

	"onetrans/flows/identify"
	"onetrans/flows/onetrans"
	"onetrans/flows/recharge"
)

// Messages makes the kiosk's requests.
type Messages struct {
	// Terminal has the common fields that say which terminal speaks.
	Terminal onetrans.Request
	TermNo   string
	// Business is the business_type of a person's identification.
	Business string
	// Merchants are the payment platform's credentials, by account type.
	Merchants map[string]Merchant
}

// Merchant is who collects for a deposit account.
type Merchant struct {
	AppID, AppSecret string
	// Subject is what the order is called in the person's wallet.
	Subject string
}

func (m Messages) lookUp(l identify.LookUp) (onetrans.Request, error) {
	in := onetrans.UserGetIn{BusinessType: onetrans.T(m.Business)}
	if l.Code != "" {
		in.MdtrtCertType = onetrans.T(onetrans.CertVoucher)
		in.Cert.Code = onetrans.T(l.Code)
		return m.message(onetrans.TransUserGet, in)
	}
	in.MdtrtCertType = onetrans.T(onetrans.CertSocialSecurity)
	in.Cert = onetrans.Cert{
		CardCode:    onetrans.T(l.Card.CardCode),
		CardNo:      onetrans.T(l.Card.CardNo),
		CardType:    onetrans.T(onetrans.CardSocialSecurity),
		IssueDeptID: onetrans.T(l.Card.Issuer),
		CertNo:      onetrans.T(l.Card.IDNo),
		PsnName:     onetrans.T(l.Card.Name),
	}
	return m.message(onetrans.TransUserGet, in)
}

func (m Messages) recharge(no string, c recharge.Charge) (onetrans.Request, error) {
	merchant, ok := m.Merchants[c.Account.Type]
	if !ok {
		return onetrans.Request{}, fmt.Errorf("nobody collects for account type %q", c.Account.Type)
	}
	in := onetrans.RechargeIn{
		PayAppID:     onetrans.T(merchant.AppID),
		PayAppSecret: onetrans.T(merchant.AppSecret),
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
