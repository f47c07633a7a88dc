package sandbox

import (
	"errors"
	"strconv"
	"strings"

	"onetrans/flows/message/onetrans"
)

// answerUserGet is hos.user.get: it identifies the person by what the devices have
// read.
func answerUserGet(c *call, in onetrans.UserGetIn) (out onetrans.UserGetOut, err error) {
	cert := in.Cert
	if err := bounded(field{"cert.certno", cert.CertNo, 50}, field{"cert.psn_name", cert.PsnName, 50},
		field{"cert.card_code", cert.CardCode, 64}, field{"cert.card_no", cert.CardNo, 32},
		field{"cert.code", cert.Code, 512}, field{"cert.authNo", cert.AuthNo, 128}); err != nil {
		return out, err
	}
	kind := certKind(cert)
	if kind == "" {
		return out, refuseField("cert")
	}
	p, ok := personByCert(kind, cert)
	if !ok {
		return out, errNoPerson
	}
	if kind == onetrans.CertVoucher && cert.Code.String() != p.Voucher {
		kind = onetrans.CertHospitalCard // a wristband's or a hospital card's code
	}
	if kind == onetrans.CertIdentityCard && in.MdtrtCertType.String() == onetrans.CertHealthCard {
		kind = onetrans.CertHealthCard // whose owner agreed on the phone
	}
	return c.personOut(p, kind)
}

var errNoPerson = refuse(onetrans.CodePlatformNoPerson, "没有找到该就诊人")

// personOut is a person's data for one way of identification.
func (c *call) personOut(p Person, kind string) (out onetrans.UserGetOut, err error) {
	base, err := c.baseInfo(p)
	if err != nil {
		return out, err
	}
	insured, err := c.insured(p)
	if err != nil {
		return out, err
	}
	out = onetrans.UserGetOut{
		BaseInfo:      onetrans.Object(base),
		InsuInfo:      insuInfo(p, insured),
		IdetInfo:      idetInfo(p),
		MdtrtCertType: onetrans.T(kind),
	}
	if out.CardInfo, err = c.cardInfo(p); err != nil {
		return out, err
	}
	addRead(&out, kind, p)
	return out, nil
}

// certKind says what was read, as mdtrt_cert_type has it; "" for nothing.
func certKind(cert onetrans.Cert) string {
	switch {
	case !cert.Code.Empty() && isHealthCode(cert.Code.String()):
		return onetrans.CertHealthCard
	case !cert.Code.Empty():
		return onetrans.CertVoucher
	case !cert.AuthNo.Empty():
		return onetrans.CertVoucherFace
	case !cert.CardCode.Empty(), !cert.CardNo.Empty() && cert.CardType.String() == onetrans.CardSocialSecurity:
		return onetrans.CertSocialSecurity
	case !cert.CardNo.Empty():
		return onetrans.CertHospitalCard
	case !cert.CertNo.Empty():
		return onetrans.CertIdentityCard
	}
	return ""
}

// isHealthCode reports whether a scanned code has the shape of an electronic
// health card: parts between colons, the first of them 64 hex digits.
func isHealthCode(code string) bool {
	id, _, _ := strings.Cut(code, ":")
	return len(id) == 64 && strings.Trim(strings.ToUpper(id), "0123456789ABCDEF") == ""
}

// personByCert finds the person who was read. Two identifications of one person
// must agree.
func personByCert(kind string, cert onetrans.Cert) (Person, bool) {
	code, cardNo := cert.Code.String(), cert.CardNo.String()
	return findPerson(func(p Person) bool {
		switch kind {
		case onetrans.CertHealthCard:
			id, _, _ := strings.Cut(code, ":")
			return strings.EqualFold(p.HealthCard, id)
		case onetrans.CertVoucher:
			return code == p.Voucher || code == p.HospitalCard || p.AdmissionNo != "" && code == p.AdmissionNo
		case onetrans.CertVoucherFace:
			return cert.AuthNo.String() == p.FaceAuth
		case onetrans.CertSocialSecurity:
			return cardNo == p.CardNo && agree(cert.CardCode, p.CardCode) &&
				agree(cert.CertNo, p.CertNo) && agree(cert.PsnName, p.Name)
		case onetrans.CertHospitalCard:
			if cert.CardType.String() == onetrans.CardAdmission {
				return p.AdmissionNo != "" && cardNo == p.AdmissionNo
			}
			return cardNo == p.HospitalCard
		default:
			return strings.EqualFold(cert.CertNo.String(), p.CertNo) && agree(cert.PsnName, p.Name)
		}
	})
}

// agree reports whether a field that was read is what it should be.
func agree(read onetrans.Text, is string) bool {
	return read.Empty() || strings.EqualFold(read.String(), is)
}

func (c *call) baseInfo(p Person) (onetrans.BaseInfo, error) {
	accounts, err := c.accounts(p)
	if err != nil {
		return onetrans.BaseInfo{}, err
	}
	today := onetrans.FormatTime(c.now)[:8]
	base := onetrans.BaseInfo{
		PsnNo:       onetrans.T(p.PsnNo),
		PsnCertType: onetrans.T("01"),
		CertNo:      onetrans.T(p.CertNo),
		PsnName:     onetrans.T(p.Name),
		Gend:        onetrans.T(p.Sex),
		Naty:        onetrans.T(p.Nation),
		Brdy:        onetrans.T(dashed(p.Birth)),
		Age:         onetrans.T(strconv.Itoa(p.ageAt(today))),
	}
	if p.HisCustID != "" {
		base.ExpContent = onetrans.Object(onetrans.ExpContent{
			HisCustID: onetrans.T(p.HisCustID),
			Accounts:  onetrans.List[onetrans.Account]{Items: accounts},
		})
	}
	return base, nil
}

// accounts lists a person's deposit accounts with what is on them now.
func (c *call) accounts(p Person) ([]onetrans.Account, error) {
	accounts := []onetrans.Account{}
	for _, a := range p.Accounts {
		balance, err := c.balance(p, a.Type)
		if err != nil {
			return nil, err
		}
		account := onetrans.Account{
			AccountType: onetrans.T(a.Type),
			Name:        onetrans.T(accountName(a.Type)),
			CardType:    onetrans.T(onetrans.CardSocialSecurity),
			CardNo:      onetrans.T(p.CardNo),
			Balance:     onetrans.Yuan(balance),
		}
		if a.Type == onetrans.AccountInpatient && p.AdmissionNo != "" {
			account.CardType, account.CardNo = onetrans.T(onetrans.CardAdmission), onetrans.T(p.AdmissionNo)
		}
		accounts = append(accounts, account)
	}
	return accounts, nil
}

func accountName(accountType string) string {
	if accountType == onetrans.AccountInpatient {
		return "住院预交金"
	}
	return "门诊预交金"
}

// cardInfo is the person's hospital card, with the outpatient balance on it.
func (c *call) cardInfo(p Person) (list onetrans.List[onetrans.CardInfo], err error) {
	if p.HisCustID == "" {
		return list, nil
	}
	balance, err := c.balance(p, onetrans.AccountOutpatient)
	if err != nil && !errors.Is(err, errUnknownTrade) {
		return list, err
	}
	list.Items = []onetrans.CardInfo{{
		Balc:     onetrans.Yuan(balance),
		CardType: onetrans.T(onetrans.CardHospital),
		CardNo:   onetrans.T(p.HospitalCard),
	}}
	return list, nil
}

func insuInfo(p Person, balance onetrans.Fen) (list onetrans.List[onetrans.InsuInfo]) {
	if p.Insurance == nil {
		return list
	}
	list.Items = []onetrans.InsuInfo{{
		Balc:          onetrans.Yuan(balance),
		InsuType:      onetrans.T(p.Insurance.Type),
		PsnType:       onetrans.T(p.Insurance.PersonType),
		PsnInsuStas:   onetrans.T("1"),
		PsnInsuDate:   onetrans.T(dashed(p.Insurance.Since)),
		CvlservFlag:   onetrans.T("0"),
		InsuplcAdmdvs: onetrans.T(p.Insurance.Region),
		EmpName:       onetrans.T(p.Insurance.Employer),
	}}
	return list
}

func idetInfo(p Person) (list onetrans.List[onetrans.IdetInfo]) {
	if p.Identity == "" {
		return list
	}
	list.Items = []onetrans.IdetInfo{{
		PsnIdetType: onetrans.T(p.Identity),
		BegnTime:    onetrans.T("2020-01-01 00:00:00"),
	}}
	return list
}

// addRead adds what the answer has for one way of reading only.
func addRead(out *onetrans.UserGetOut, kind string, p Person) {
	switch kind {
	case onetrans.CertVoucher, onetrans.CertVoucherFace:
		if p.Insurance != nil {
			out.EcToken = onetrans.T(ecToken(p))
			out.InsuOrg = onetrans.T(p.Insurance.Region)
		}
	case onetrans.CertHealthCard:
		out.Phone = onetrans.T(p.Phone)
		out.EhcInfo.Items = []onetrans.EhcInfo{{
			MindexID:      onetrans.T(mindexID(p)),
			EhealthCardID: onetrans.T(p.HealthCard),
			Phone:         onetrans.T(p.Phone),
			CardType:      onetrans.T(onetrans.CardHealth),
			IDType:        onetrans.T("01"),
			IDNo:          onetrans.T(p.CertNo),
			UserName:      onetrans.T(p.Name),
			UserSex:       onetrans.T(p.Sex),
			Birthday:      onetrans.T(dashed(p.Birth)),
		}}
	case onetrans.CertSocialSecurity:
		out.CardCode = onetrans.T(p.CardCode)
		out.CardNo = onetrans.T(p.CardNo)
		out.CardType = onetrans.T(onetrans.CardSocialSecurity)
		out.IssueDeptID = onetrans.T(p.Issuer[:4])
	case onetrans.CertHospitalCard:
		out.CardNo = onetrans.T(p.HospitalCard)
		out.CardType = onetrans.T(onetrans.CardHospital)
	}
}

// dashed turns yyyyMMdd into yyyy-MM-dd.
func dashed(day string) string { return day[:4] + "-" + day[4:6] + "-" + day[6:] }

// mindexID is the person's number in the index of residents.
func mindexID(p Person) string { return strings.ToUpper(hashCode("mindex" + p.CertNo)) }

// ecToken is what a voucher's code is exchanged for.
func ecToken(p Person) string { return "EC" + hashCode(p.Voucher)[:30] }
