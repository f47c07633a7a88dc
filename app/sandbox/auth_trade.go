package sandbox

import (
	"errors"
	"time"

	"onetrans/flows/message/onetrans"
)

// answerAuthURL is ehc.ehealthcard.authurl: a code to scan, with which the phone's
// owner authorises a health card or refuses. The same number gives the same code.
func answerAuthURL(c *call, in onetrans.AuthURLIn) (out onetrans.AuthURLOut, err error) {
	if err := required(field{"ehc_app_id", in.EhcAppID, 32}, field{"ehc_app_secret", in.EhcAppSecret, 32},
		field{"term_id", in.TermID, 30}, field{"out_authorize_no", in.OutAuthorizeNo, 32},
		field{"out_authorize_time", in.OutAuthorizeTime, 32}, field{"treatment_code", in.TreatmentCode, 32}); err != nil {
		return out, err
	}
	a, err := c.auth(in.OutAuthorizeNo.String())
	switch {
	case errors.Is(err, errUnknownTrade):
		a = &auth{
			OutAuthorizeNo: in.OutAuthorizeNo.String(), TermID: in.TermID.String(), Status: onetrans.AuthPending,
			ExpireAt: c.now.Add(c.srv.opts.OrderTTL).Truncate(time.Second),
		}
		if err := c.enterAuth(a); err != nil {
			return out, err
		}
	case err != nil:
		return out, err
	case a.TermID != in.TermID.String():
		return out, errConflict
	}
	out.EhealthAuthurl = onetrans.T(c.base + "/auth/" + a.Link)
	return out, nil
}

// answerAuthQuery is ehc.ehealthcard.auth.query: it names the person only if they
// agreed.
func answerAuthQuery(c *call, in onetrans.AuthQueryIn) (out onetrans.AuthQueryOut, err error) {
	if err := required(field{"ehc_app_id", in.EhcAppID, 32}, field{"ehc_app_secret", in.EhcAppSecret, 32},
		field{"term_id", in.TermID, 30}, field{"out_authorize_no", in.OutAuthorizeNo, 32}); err != nil {
		return out, err
	}
	a, err := c.auth(in.OutAuthorizeNo.String())
	switch {
	case errors.Is(err, errUnknownTrade), err == nil && a.TermID != in.TermID.String():
		return out, refuseField("out_authorize_no")
	case err != nil:
		return out, err
	}
	out.AuthStatus = onetrans.T(a.Status)
	if a.Status != onetrans.AuthSucceeded {
		return out, nil
	}
	p, ok := personByCard(a.HospitalCard)
	if !ok {
		return out, errNoPerson
	}
	addAuthorised(&out, p)
	return out, nil
}

// addAuthorised adds the person who agreed.
func addAuthorised(out *onetrans.AuthQueryOut, p Person) {
	out.MindexID = onetrans.T(mindexID(p))
	out.EhealthCardID = onetrans.T(p.HealthCard)
	out.IDType, out.IDNo = onetrans.T("01"), onetrans.T(p.CertNo)
	out.UserName, out.UserSex = onetrans.T(p.Name), onetrans.T(p.Sex)
	out.MobilePhone, out.Telephone = onetrans.T(p.Phone), onetrans.T(p.Phone)
	out.Birthday = onetrans.T(p.Birth)
	if p.Insurance != nil {
		out.WorkUnit = onetrans.T(p.Insurance.Employer)
	}
	out.CardType, out.CardNo = onetrans.T(onetrans.CardHospital), onetrans.T(p.HospitalCard)
}
