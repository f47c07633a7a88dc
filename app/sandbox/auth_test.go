package sandbox

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

func authOf(no string) obj {
	return obj{
		"ehc_app_id": "A", "ehc_app_secret": "S", "term_id": "T1", "out_authorize_no": no,
		"out_authorize_time": "20261123102400", "treatment_code": "0101051",
	}
}

func (b *bench) decideOnPhone(link, do, person string) (int, string) {
	b.t.Helper()
	res, err := b.http.PostForm(link, url.Values{"do": {do}, "person": {person}})
	if err != nil {
		b.t.Fatal(err)
	}
	return read(b.t, res)
}

func TestAuthorisationOnThePhone(t *testing.T) {
	p := Persons()[3]
	for _, c := range []struct {
		name   string
		do     func(b *bench, link string)
		status string
		page   string
	}{
		{"nobody decides yet", func(*bench, string) {}, "ing", "同意授权"},
		{"given", func(b *bench, link string) { b.decideOnPhone(link, "authorise", p.HospitalCard) }, "succ", "已授权"},
		{"given, then refused", func(b *bench, link string) {
			b.decideOnPhone(link, "authorise", p.HospitalCard)
			b.decideOnPhone(link, "refuse", "")
		}, "succ", "已授权"},
		{"refused", func(b *bench, link string) { b.decideOnPhone(link, "refuse", "") }, "cancel", "已拒绝"},
		{"refused, then given", func(b *bench, link string) {
			b.decideOnPhone(link, "refuse", "")
			b.decideOnPhone(link, "authorise", p.HospitalCard)
		}, "cancel", "已拒绝"},
		{"too late", func(b *bench, link string) {
			b.clock.Advance(5 * time.Minute)
			b.decideOnPhone(link, "authorise", p.HospitalCard)
		}, "fail", "授权已失效"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			link := b.send(onetrans.TransAuthURL, authOf("A1")).get("ehealth_authurl")
			c.do(b, link)
			r := b.send(onetrans.TransAuthQuery, authOf("A1"))
			want := map[string]string{"auth_status": c.status, "id_no": "", "user_name": "", "ehealth_card_id": ""}
			if c.status == "succ" {
				want = map[string]string{
					"auth_status": "succ", "id_type": "01", "id_no": p.CertNo, "user_name": p.Name, "user_sex": p.Sex,
					"ehealth_card_id": p.HealthCard, "mindex_id": mindexID(p), "birthday": p.Birth, "mobile_phone": p.Phone,
					"card_type": "03", "card_no": p.HospitalCard,
				}
			}
			wantFields(t, r, want)
			status, page := b.open(link)
			if status != http.StatusOK {
				t.Errorf("status %d", status)
			}
			wantPage(t, page, []string{`lang="zh-CN"`, "滨江市第一医院", c.page, "虚构"}, p.CertNo)
		})
	}
}

func TestAuthorisationLinkIsTheSameAgain(t *testing.T) {
	b := newBench(t)
	first := b.send(onetrans.TransAuthURL, authOf("A1")).get("ehealth_authurl")
	if again := b.send(onetrans.TransAuthURL, authOf("A1")).get("ehealth_authurl"); again != first || len(first) > 128 {
		t.Errorf("first %s, then %s", first, again)
	}
	if other := b.send(onetrans.TransAuthURL, authOf("A2")).get("ehealth_authurl"); other == first {
		t.Error("two authorisations have one link")
	}
	wantCode(t, b.send(onetrans.TransAuthURL, authOf("A1").with("term_id", "T2")), "610003")
}

func TestAuthorisationNeedsItsFields(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"ehc_app_id", "ehc_app_secret", "term_id", "out_authorize_no", "out_authorize_time", "treatment_code"} {
		wantCode(t, b.send(onetrans.TransAuthURL, authOf("A1").with(name, nil)), "610009 "+name)
	}
	b.send(onetrans.TransAuthURL, authOf("A1"))
	for _, name := range []string{"ehc_app_id", "ehc_app_secret", "term_id", "out_authorize_no"} {
		wantCode(t, b.send(onetrans.TransAuthQuery, authOf("A1").with(name, nil)), "610009 "+name)
	}
	wantCode(t, b.send(onetrans.TransAuthQuery, authOf("A9")), "610009 out_authorize_no")
	wantCode(t, b.send(onetrans.TransAuthQuery, authOf("A1").with("term_id", "T2")), "610009 out_authorize_no")
}

func TestAuthorisationPageTakesOnlyItsForm(t *testing.T) {
	b := newBench(t)
	link := b.send(onetrans.TransAuthURL, authOf("A1")).get("ehealth_authurl")
	for _, form := range [][2]string{{"authorise", "nobody"}, {"authorise", ""}, {"pay", ""}, {"", ""}} {
		if status, _ := b.decideOnPhone(link, form[0], form[1]); status != http.StatusBadRequest {
			t.Errorf("%v: %d", form, status)
		}
	}
	if status, page := b.open(b.url + "/auth/1700000000000000000"); status != http.StatusNotFound {
		t.Errorf("%d %s", status, page)
	}
	if status, _ := b.open(b.url + "/auth/style.css"); status != http.StatusOK {
		t.Errorf("style: %d", status)
	}
	wantFields(t, b.send(onetrans.TransAuthQuery, authOf("A1")), map[string]string{"auth_status": "ing"})
}

func TestControlDecidesAnAuthorisation(t *testing.T) {
	for _, c := range []struct {
		body   obj
		want   int
		status string
	}{
		{obj{"out_authorize_no": "A1", "cardNo": patient().CardNo}, http.StatusOK, "succ"},
		{obj{"out_authorize_no": "A1", "status": "cancel"}, http.StatusOK, "cancel"},
		{obj{"out_authorize_no": "A1", "status": "fail"}, http.StatusOK, "fail"},
		{obj{"out_authorize_no": "A1", "status": "ing"}, http.StatusBadRequest, "ing"},
		{obj{"out_authorize_no": "A1", "cardNo": "nobody"}, http.StatusNotFound, "ing"},
		{obj{"out_authorize_no": "A9", "cardNo": patient().CardNo}, http.StatusNotFound, "ing"},
	} {
		b := newBench(t)
		b.send(onetrans.TransAuthURL, authOf("A1"))
		if got, answer := b.control("authorise", c.body); got != c.want {
			t.Errorf("%v: %d %s, want %d", c.body, got, answer, c.want)
		}
		wantFields(t, b.send(onetrans.TransAuthQuery, authOf("A1")), map[string]string{"auth_status": c.status})
	}
}

func TestThirdGetKnowsVouchersAndHealthCards(t *testing.T) {
	b := newBench(t)
	p := patient()
	good := obj{
		"business_type": "01301", "ehc_app_id": "A", "ehc_app_secret": "S", "term_id": "T1",
		"out_verify_time": "20261123102400", "treatment_code": "0101051", "cert": obj{"code": p.Voucher},
	}
	wantFields(t, b.send(onetrans.TransUserThirdGet, good), map[string]string{"mdtrt_cert_type": "01", "ecToken": ecToken(p), "insuOrg": "359900"})
	health := b.send(onetrans.TransUserThirdGet, good.with("cert", obj{"code": p.HealthCard + ":1::"}))
	wantFields(t, health, map[string]string{"mdtrt_cert_type": "07", "phone": p.Phone})
	for _, name := range []string{"business_type", "ehc_app_id", "ehc_app_secret", "term_id", "out_verify_time", "treatment_code"} {
		wantCode(t, b.send(onetrans.TransUserThirdGet, good.with(name, nil)), "610009 "+name)
	}
	wantCode(t, b.send(onetrans.TransUserThirdGet, good.with("cert", nil)), "610009 cert.code")
	wantCode(t, b.send(onetrans.TransUserThirdGet, good.with("cert", obj{"code": p.HospitalCard})), "610004")
	wantCode(t, b.send(onetrans.TransUserThirdGet, good.with("cert", obj{"code": "1"})), "610004")
}
