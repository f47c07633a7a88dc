package onetrans_test

import (
	"errors"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// transType is one of the nine, whatever number a fuzzer comes up with.
func transType(n byte) string {
	all := onetrans.TransTypes()
	return all[int(n)%len(all)]
}

// FuzzRequest: whatever HIS sends is refused for a reason that has a name, or
// taken; and what is taken passes on unchanged.
func FuzzRequest(f *testing.F) {
	for n, transType := range onetrans.TransTypes() {
		whole := commonFields()
		whole["data"] = good()[transType]
		text, err := json.Marshal(whole, json.Deterministic(true))
		if err != nil {
			f.Fatal(err)
		}
		gbk, err := onetrans.EncodeGBK(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(n), gbk)
	}
	f.Fuzz(func(t *testing.T, n byte, gbk []byte) {
		r, err := decode(transType(n), gbk)
		if err != nil {
			named := errors.Is(err, onetrans.ErrGBK) || errors.Is(err, onetrans.ErrMalformed) || errors.Is(err, onetrans.ErrField)
			if !named {
				t.Fatalf("refused for no reason that has a name: %v", err)
			}
			deviations(transType(n), r)
			return
		}
		stable(t, &r)
		if err := validate(transType(n), r); err != nil {
			t.Fatalf("taken, then refused: %v", err)
		}
		object, err := onetrans.DataObject(r.Data)
		if err != nil {
			t.Fatal(err)
		}
		r.Data = object
		if err := validate(transType(n), r); err != nil {
			t.Fatalf("taken as text, refused as an object: %v", err)
		}
		deviations(transType(n), r)
	})
}

// FuzzAnswer: whatever a platform answers is read or refused; and what was
// read reaches HIS whole, or as much of it as the buffer takes.
func FuzzAnswer(f *testing.F) {
	for n, text := range []string{
		`{"code":"000000","data":{"baseinfo":{"psn_name":"李四","exp_content":"{\"accounts\":[]}"},"insuinfo":{"balc":1}}}`,
		`{"err_msg":"success","data":"{\"ehcinfo\":[{\"id_no\":\"1\"}]}"}`,
		`{"code":"000000","data":{"chargeNo":"1","extra":{"callsn":""},"result":"succ","balance":0.10}}`,
		`{"code":"000000","data":{"canRrefundAmt":"","result":"ing","extra":""}}`,
		`{"code":"610005","err_msg":"no","data":null}`,
		`{"code":"000000","data":{"orderList":["1"],"bills":[{"items":{"name":"x"}}],"preSetl":{"acct_pay":"1.00"}}}`,
		`{"code":"000000","data":{"setlinfo":"{\"balc\":1}","setldetail":{"fund_payamt":1}}}`,
		`{"code":"000000","data":{"ehealth_authurl":"x"}}`,
		`{"code":"000000","data":{"auth_status":"succ","user_name":"𠅤"}}`,
	} {
		f.Add(byte(n), []byte(text), 100)
	}
	f.Fuzz(func(t *testing.T, n byte, text []byte, buffer int) {
		var a onetrans.Answer
		if err := onetrans.Unmarshal(text, &a); err != nil {
			if !errors.Is(err, onetrans.ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		stable(t, &a)
		readAs(t, transType(n), a.Data)
		whole, err := onetrans.Fit(transType(n), a, 0)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := onetrans.DecodeGBK(whole); err == nil && canonical(t, back) != canonical(t, marshalled(t, a)) {
			t.Fatalf("%q became %q", text, back)
		}
		fitted, err := onetrans.Fit(transType(n), a, buffer)
		switch {
		case errors.Is(err, onetrans.ErrTooLong) && buffer > 0 && len(whole) > buffer:
		case err == nil && len(fitted) <= len(whole):
		default:
			t.Fatalf("%d bytes into %d: %d, %v", len(whole), buffer, len(fitted), err)
		}
	})
}

func marshalled(t *testing.T, v any) []byte {
	t.Helper()
	text, err := onetrans.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// readAs reads an answer's data as its trans_type has it.
func readAs(t *testing.T, transType string, data jsontext.Value) {
	t.Helper()
	switch transType {
	case onetrans.TransUserGet, onetrans.TransUserThirdGet:
		read[onetrans.UserGetOut](t, data)
	case onetrans.TransRecharge:
		read[onetrans.RechargeOut](t, data)
	case onetrans.TransQuery:
		read[onetrans.QueryOut](t, data)
	case onetrans.TransRefund:
		read[onetrans.RefundOut](t, data)
	case onetrans.TransSettle:
		read[onetrans.SettleOut](t, data)
	case onetrans.TransSettleCancel:
		read[onetrans.SettleCancelOut](t, data)
	case onetrans.TransAuthURL:
		read[onetrans.AuthURLOut](t, data)
	case onetrans.TransAuthQuery:
		read[onetrans.AuthQueryOut](t, data)
	}
}

func read[T any](t *testing.T, data jsontext.Value) {
	t.Helper()
	var v T
	if err := onetrans.UnmarshalData(data, &v); err != nil {
		if !errors.Is(err, onetrans.ErrMalformed) {
			t.Fatal(err)
		}
		return
	}
	stable(t, &v)
}
