package vendorlib

import (
	"errors"
	"fmt"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// errNoWay: the specification has no field in which a library could be handed a code.
var errNoWay = errors.New("the vendor's library can't be handed what our reader has read")

// readsSomething says whether a message has the library read a card or a code.
func readsSomething(request onetrans.Request) bool {
	t := request.TransType.String()
	return t == onetrans.TransUserGet || t == onetrans.TransUserThirdGet
}

// read answers with what our readers have read, which is all that is known of a person
// here: a card says who somebody is, and a code nothing without the library. Its error is
// platform.ErrNotSent.
func (v *Vendor) read(request onetrans.Request) (onetrans.Answer, error) {
	var in onetrans.UserGetIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return onetrans.Answer{}, fmt.Errorf("%w: %w", platform.ErrNotSent, err)
	}
	c := in.Cert
	if c.CertNo.Empty() || c.PsnName.Empty() {
		return onetrans.Answer{}, fmt.Errorf("%w: %w", platform.ErrNotSent, errNoWay)
	}
	if c.PsnCertType.Empty() {
		c.PsnCertType = onetrans.T(onetrans.PsnCertResident)
	}
	base := onetrans.BaseInfo{PsnNo: onetrans.T(""), PsnCertType: c.PsnCertType, CertNo: c.CertNo, PsnName: c.PsnName}
	out := onetrans.UserGetOut{
		BaseInfo: onetrans.Object(base), MdtrtCertType: in.MdtrtCertType,
		CardCode: c.CardCode, CardNo: c.CardNo, CardType: c.CardType, IssueDeptID: c.IssueDeptID,
	}
	data, err := onetrans.Marshal(&out)
	if err != nil {
		return onetrans.Answer{}, fmt.Errorf("%w: %w", platform.ErrNotSent, err)
	}
	return onetrans.Answer{
		Code: onetrans.T(string(onetrans.CodeOK)), RespondTime: onetrans.T(onetrans.FormatTimestamp(v.options.Now())), Data: data,
	}, nil
}
