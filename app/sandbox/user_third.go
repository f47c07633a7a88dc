package sandbox

import "onetrans/flows/message/onetrans"

// answerUserThirdGet is hos.user.third.get: the code of a voucher or of a
// health card becomes a person.
func answerUserThirdGet(c *call, in onetrans.UserThirdGetIn) (out onetrans.UserGetOut, err error) {
	if err := required(field{"business_type", in.BusinessType, 5}, field{"ehc_app_id", in.EhcAppID, 32},
		field{"ehc_app_secret", in.EhcAppSecret, 32}, field{"term_id", in.TermID, 30},
		field{"out_verify_time", in.OutVerifyTime, 32}, field{"treatment_code", in.TreatmentCode, 32},
		field{"cert.code", in.Cert.Code, 512}); err != nil {
		return out, err
	}
	kind := certKind(in.Cert)
	p, ok := personByCert(kind, in.Cert)
	if !ok || kind == onetrans.CertVoucher && in.Cert.Code.String() != p.Voucher {
		return out, errNoPerson
	}
	return c.personOut(p, kind)
}
