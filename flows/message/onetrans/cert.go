package onetrans

import "onetrans/devices"

// Values of psn_cert_type (人员证件类型) of the identity cards that a reader can read.
const (
	PsnCertResident        = "01" // 居民身份证（户口簿）
	PsnCertForeigner       = "07" // 外国人永久居留证
	PsnCertResidencePermit = "17" // 港澳台居民居住证
)

// CertOfCard is a social security card as it is sent to the platform.
func CertOfCard(card devices.SocialSecurityCard) Cert {
	return Cert{
		CardCode:    T(card.CardCode),
		CardNo:      T(card.CardNo),
		CardType:    T(CardSocialSecurity),
		IssueDeptID: T(card.Issuer),
		CertNo:      T(card.IDNo),
		PsnName:     T(card.Name),
	}
}

// CertOfIdentity is an identity card as it is sent to the platform.
func CertOfIdentity(card devices.IdentityCard) Cert {
	kind := PsnCertResident
	switch card.Kind {
	case devices.ResidencePermit:
		kind = PsnCertResidencePermit
	case devices.ForeignCard2017, devices.ForeignCard2023:
		kind = PsnCertForeigner
	}
	return Cert{CertNo: T(card.Number), PsnName: T(card.Name), PsnCertType: T(kind)}
}
