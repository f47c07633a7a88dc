package onetrans_test

import (
	"errors"
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
)

// decode reads a request of HIS as a door does.
func decode(transType string, gbk []byte) (onetrans.Request, error) {
	var r onetrans.Request
	text, err := onetrans.DecodeGBK(gbk)
	if err != nil {
		return r, err
	}
	if err := onetrans.Unmarshal(text, &r); err != nil {
		return r, err
	}
	return r, validate(transType, r)
}

// dataOf is a request's data in the type of its trans_type; nil where it can't be read.
func dataOf(transType string, r onetrans.Request) any {
	in := map[string]any{
		onetrans.TransUserGet: &onetrans.UserGetIn{}, onetrans.TransUserThirdGet: &onetrans.UserThirdGetIn{},
		onetrans.TransRecharge: &onetrans.RechargeIn{}, onetrans.TransQuery: &onetrans.QueryIn{}, onetrans.TransRefund: &onetrans.RefundIn{},
		onetrans.TransSettle: &onetrans.SettleIn{}, onetrans.TransSettleCancel: &onetrans.SettleCancelIn{},
		onetrans.TransAuthURL: &onetrans.AuthURLIn{}, onetrans.TransAuthQuery: &onetrans.AuthQueryIn{},
	}[transType]
	if onetrans.UnmarshalData(r.Data, in) != nil {
		return nil
	}
	return in
}

// validate judges a request's fields as of this trans_type.
func validate(transType string, r onetrans.Request) error {
	r.TransType = onetrans.T(transType)
	return onetrans.Validate(r, dataOf(transType, r))
}

// deviations are those of a request of this trans_type.
func deviations(transType string, r onetrans.Request) []string {
	r.TransType = onetrans.T(transType)
	in := dataOf(transType, r)
	if in == nil {
		return nil
	}
	return onetrans.Deviations(r, in)
}

func TestHostileRequestsAreRefusedClearly(t *testing.T) {
	const head = `{"recer_sys_code":"HIS","dept_codg":"1","dept_name":"1","opter":"o","opter_name":"o","opter_type":"1","data":`
	const auth = head + `{"ehc_app_id":"E","ehc_app_secret":"S","term_id":"T","out_authorize_no":`
	if _, err := decode(onetrans.TransAuthQuery, []byte(auth+`"N"}}`)); err != nil {
		t.Fatalf("the request that the others spoil is refused: %v", err)
	}
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"1 MB of JSON":              {auth + `"` + strings.Repeat("1", 1<<20) + `"}}`, onetrans.ErrMalformed},
		"1 MB of spaces":            {strings.Repeat(" ", 1<<20) + "{}", onetrans.ErrMalformed},
		"half a megabyte of number": {auth + `"` + strings.Repeat("1", 1<<19) + `"}}`, onetrans.ErrField},
		"10,000 nested lists":       {head + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}", onetrans.ErrMalformed},
		"10,000 nested objects":     {head + strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_001), onetrans.ErrMalformed},
		"10,000 nested in a text":   {head + `"` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `"}`, onetrans.ErrField},
		"broken GBK":                {auth + "\"\xc0\"}}", onetrans.ErrGBK},
		"bytes that mean nothing":   {"\xff\xfe\xff", onetrans.ErrGBK},
		"UTF-16":                    {"{\x00}\x00", onetrans.ErrMalformed},
		"a NUL inside":              {auth + "\"N\x00\"}}", onetrans.ErrMalformed},
		"a NUL inside, escaped":     {auth + `"N\u0000"}}`, onetrans.ErrField},
		"a NUL at the end":          {auth + "\"N\"}}\x00", onetrans.ErrMalformed},
		"twice the same name":       {auth + `"N","out_authorize_no":"M"}}`, onetrans.ErrMalformed},
		"twice, once escaped":       {auth + `"N","out_authorize_\u006eo":"M"}}`, onetrans.ErrMalformed},
		"twice in data as text":     {head + `"{\"term_id\":\"1\",\"term_id\":\"2\"}"}`, onetrans.ErrField},
		"two spellings":             {`{"app_id":"a","appId":"b","data":{}}`, onetrans.ErrMalformed},
		"a number of 400 digits":    {auth + strings.Repeat("9", 400) + "}}", onetrans.ErrMalformed},
		"400 digits as text":        {auth + `"` + strings.Repeat("9", 400) + `"}}`, onetrans.ErrField},
		"an exponent of 400 digits": {auth + "1e" + strings.Repeat("9", 400) + "}}", onetrans.ErrMalformed},
		"a lone surrogate":          {auth + `"\ud800"}}`, onetrans.ErrMalformed},
		"nothing":                   {"", onetrans.ErrMalformed},
		"a list":                    {"[]", onetrans.ErrMalformed},
		"data as a list":            {head + "[]}", onetrans.ErrField},
		"data as a number":          {head + "1}", onetrans.ErrField},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decode(onetrans.TransAuthQuery, []byte(c.in))
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if err != nil && len(err.Error()) > 200 {
				t.Errorf("the refusal is %d bytes long", len(err.Error()))
			}
		})
	}
}
