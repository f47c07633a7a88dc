package sandbox

import (
	"cmp"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

func TestUserGetKnowsAPersonByWhatWasRead(t *testing.T) {
	b := newBench(t)
	p := patient()
	other := Persons()[1]
	card := obj{"card_code": p.CardCode, "card_no": p.CardNo, "card_type": "01", "certno": p.CertNo, "psn_name": p.Name}
	for _, c := range []struct {
		read string
		cert obj
		code string
		kind string // mdtrt_cert_type of the answer
		// asked is mdtrt_cert_type of the request; 09 where it is empty.
		asked string
	}{
		{"identity card", obj{"certno": p.CertNo, "psn_name": p.Name, "psn_cert_type": "01"}, "000000", "02", ""},
		{"identity number alone", obj{"certno": p.CertNo}, "000000", "02", ""},
		{"identity card with another's name", obj{"certno": p.CertNo, "psn_name": other.Name}, "610004", "", ""},
		{"social-security card", card, "000000", "03", ""},
		{"social-security card with another's name", card.with("psn_name", other.Name), "610004", "", ""},
		{"social-security card with another's code", card.with("card_code", other.CardCode), "610004", "", ""},
		{"social-security card nobody has", card.with("card_no", "D00000000"), "610004", "", ""},
		{"voucher", obj{"code": p.Voucher}, "000000", "01", ""},
		{"voucher nobody has", obj{"code": "0000000000000000000000000000"}, "610004", "", ""},
		{"health card", obj{"code": p.HealthCard + ":1:20261123:x"}, "000000", "07", ""},
		{"face", obj{"authNo": p.FaceAuth}, "000000", "05", ""},
		{"hospital card", obj{"card_no": p.HospitalCard, "card_type": "03"}, "000000", "08", ""},
		{"admission number", obj{"card_no": p.AdmissionNo, "card_type": "05"}, "000000", "08", ""},
		{"admission number as a hospital card", obj{"card_no": p.AdmissionNo, "card_type": "03"}, "610004", "", ""},
		{"wristband", obj{"code": p.AdmissionNo}, "000000", "08", ""},
		{"health card whose owner agreed on the phone", obj{"certno": p.CertNo, "psn_name": p.Name, "psn_cert_type": "01"}, "000000", "07", "07"},
		{"nothing", obj{}, "610009 cert", "", ""},
	} {
		t.Run(c.read, func(t *testing.T) {
			r := b.send(onetrans.TransUserGet, obj{"mdtrt_cert_type": cmp.Or(c.asked, "09"), "cert": c.cert})
			wantCode(t, r, c.code)
			if c.kind == "" {
				return
			}
			out := userOut(t, r)
			if got := out.BaseInfo.Value; got.CertNo.String() != p.CertNo || got.PsnName.String() != p.Name {
				t.Errorf("answered %s", got.PsnName)
			}
			if got := out.MdtrtCertType.String(); got != c.kind {
				t.Errorf("mdtrt_cert_type %s, want %s", got, c.kind)
			}
		})
	}
}

func userOut(t *testing.T, r reply) (out onetrans.UserGetOut) {
	t.Helper()
	if err := json.Unmarshal(r.Data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestUserGetAnswersAccountsAsTheyAreNow(t *testing.T) {
	b := newBench(t)
	b.paid("A1", "12.34")
	out := userOut(t, b.send(onetrans.TransUserGet, obj{"cert": obj{"certno": patient().CertNo}}))
	exp := out.BaseInfo.Value.ExpContent.Value
	if got := exp.HisCustID.String(); got != patient().HisCustID {
		t.Errorf("hisCustId %s", got)
	}
	if len(exp.Accounts.Items) != 1 {
		t.Fatalf("accounts %+v", exp.Accounts.Items)
	}
	a := exp.Accounts.Items[0]
	if a.AccountType.String() != "02" || a.Balance.String() != "3012.34" || a.CardType.String() != "05" || a.CardNo.String() != patient().AdmissionNo {
		t.Errorf("account %+v", a)
	}
	if got := out.BaseInfo.Value.Age.String(); got != "38" {
		t.Errorf("age %s", got)
	}
	if len(out.InsuInfo.Items) != 1 || out.InsuInfo.Items[0].InsuType.String() != "310" {
		t.Errorf("insurance %+v", out.InsuInfo)
	}
}

func TestUserGetWithoutRegistrationHasNoNumberToPayInto(t *testing.T) {
	b := newBench(t)
	p, ok := findPerson(func(p Person) bool { return p.HisCustID == "" })
	if !ok {
		t.Fatal("everybody is registered")
	}
	out := userOut(t, b.send(onetrans.TransUserGet, obj{"cert": obj{"certno": p.CertNo}}))
	if exp := out.BaseInfo.Value.ExpContent; !exp.IsZero() {
		t.Errorf("exp_content %+v", exp)
	}
}
