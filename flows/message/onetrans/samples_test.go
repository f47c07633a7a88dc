package onetrans_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// sample is one of the specification's own messages.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "messages", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// content is a JSON text with only spaces and the order of names taken away.
func content(t *testing.T, text []byte) string {
	t.Helper()
	v := jsontext.Value(text).Clone()
	if err := v.Format(jsontext.ReorderRawObjects(true)); err != nil {
		t.Fatal(err)
	}
	return string(v)
}

// passes decodes text into a T, encodes that and compares the content.
func passes[T any](t *testing.T, text []byte) T {
	t.Helper()
	var v T
	if err := onetrans.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	again, err := onetrans.Marshal(&v)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := content(t, again), content(t, text); got != want {
		t.Errorf("came back changed\n got %s\nwant %s", got, want)
	}
	return v
}

func TestSamplesPassUnchanged(t *testing.T) {
	requests := map[string]func(*testing.T, []byte){
		"hos.user.get.in.json":           func(t *testing.T, data []byte) { passes[onetrans.UserGetIn](t, data) },
		"hop.trade.recharge.in.json":     func(t *testing.T, data []byte) { passes[onetrans.RechargeIn](t, data) },
		"hop.trade.query.in.json":        func(t *testing.T, data []byte) { passes[onetrans.QueryIn](t, data) },
		"hop.trade.refund.in.json":       func(t *testing.T, data []byte) { passes[onetrans.RefundIn](t, data) },
		"fsi.outpatient.charge.in.json":  func(t *testing.T, data []byte) { passes[onetrans.SettleIn](t, data) },
		"hos.user.get.out.json":          func(t *testing.T, data []byte) { passes[onetrans.UserGetOut](t, data) },
		"hop.trade.recharge.out.json":    func(t *testing.T, data []byte) { passes[onetrans.RechargeOut](t, data) },
		"hop.trade.query.out.json":       func(t *testing.T, data []byte) { passes[onetrans.QueryOut](t, data) },
		"hop.trade.refund.out.json":      func(t *testing.T, data []byte) { passes[onetrans.RefundOut](t, data) },
		"fsi.outpatient.charge.out.json": func(t *testing.T, data []byte) { passes[onetrans.SettleOut](t, data) },
	}
	for name, typed := range requests {
		t.Run(name, func(t *testing.T) {
			text := sample(t, name)
			if strings.HasSuffix(name, ".in.json") {
				typed(t, passes[onetrans.Request](t, tabled(text)).Data)
			} else {
				typed(t, passes[onetrans.Answer](t, text).Data)
			}
		})
	}
}

// tabled spells the credentials as the tables do; the read-card sample does not.
func tabled(text []byte) []byte {
	return []byte(strings.NewReplacer(`"appId"`, `"app_id"`, `"appKey"`, `"app_key"`).Replace(string(text)))
}

func TestReadCardRequestSpellsItsCredentialsOtherwise(t *testing.T) {
	var r onetrans.Request
	if err := onetrans.Unmarshal(sample(t, "hos.user.get.in.json"), &r); err != nil {
		t.Fatal(err)
	}
	if r.AppID.String() != "demo0000000000000000000000000001" || r.AppKey.String() != "demokey0000000000000000000000001" {
		t.Error("appId and appKey were not read")
	}
	again, err := onetrans.Marshal(&r)
	if err != nil {
		t.Fatal(err)
	}
	if content(t, again) != content(t, tabled(sample(t, "hos.user.get.in.json"))) {
		t.Errorf("written otherwise than the tables spell it: %s", again)
	}
}

func TestTwoSpellingsOfACredential(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"app_id":"a","appId":"a"}`:   true,
		`{"app_id":"a","appId":"b"}`:   false,
		`{"app_key":"a","appKey":"b"}`: false,
		`{"app_id":"","appId":"b"}`:    false,
		`{"appId":"b"}`:                true,
	} {
		var r onetrans.Request
		if err := onetrans.Unmarshal([]byte(text), &r); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestReadCardAnswer(t *testing.T) {
	for _, name := range []string{"with code", "without code"} {
		t.Run(name, func(t *testing.T) {
			text := sample(t, "hos.user.get.out.json")
			if name == "without code" {
				text = []byte(strings.Replace(string(text), `"code": "000000",`, "", 1))
			}
			answer := passes[onetrans.Answer](t, text)
			if answer.Code.IsZero() != (name == "without code") {
				t.Error("an absent code must stay absent")
			}
			var out onetrans.UserGetOut
			if err := onetrans.UnmarshalData(answer.Data, &out); err != nil {
				t.Fatal(err)
			}
			for what, pair := range map[string][2]string{
				"name":           {out.BaseInfo.Value.PsnName.String(), "李四"},
				"certificate":    {out.BaseInfo.Value.PsnCertType.String(), "2"},
				"age, a number":  {out.BaseInfo.Value.Age.String(), "18"},
				"balance":        {out.InsuInfo.Items[0].Balc.String(), "5000"},
				"region, bent":   {out.InsuInfo.Items[0].InsuAdmdvs.String(), "131002"},
				"identity, list": {out.IdetInfo.Items[0].PsnIdetType.String(), "1"},
				"empty card":     {out.EhcInfo.Items[0].CardNo.String(), ""},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
				}
			}
			if out.EhcInfo.Items[0].CardNo.IsZero() || !out.EhcInfo.Items[0].IDNo.IsZero() {
				t.Error("an empty field is present, one that did not come is not")
			}
		})
	}
}

func TestUnknownFieldsAreKept(t *testing.T) {
	passes[onetrans.QueryOut](t, []byte(`{"canRrefundAmt":"","x":{"y":[1.50,null]},"extra":{"z":1E3}}`))
	passes[onetrans.Answer](t, []byte(`{"code":"000000","trace":{"a":"b"}}`))
	passes[onetrans.UserGetOut](t, []byte(`{"insuinfo":[{"card_sn":"1"},{"q":""}],"baseinfo":{"k":false}}`))
	passes[onetrans.RechargeIn](t, []byte(`{"extra":{"medicalContent":{"new":1},"new":2},"payInfo":{"feeItemList":[{"new":3}]}}`))
}
