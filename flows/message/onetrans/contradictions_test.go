package onetrans_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/assets/dict"
	"onetrans/flows/message/onetrans"
)

// The specification contradicts itself. What its samples do must work, and so
// must what its tables say.
func TestContradictions(t *testing.T) {
	sample := func(t *testing.T, name string) onetrans.Request {
		t.Helper()
		text, err := os.ReadFile("testdata/messages/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var r onetrans.Request
		if err := onetrans.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	t.Run("recer_sys_code of 13 where the table allows 10", func(t *testing.T) {
		r := sample(t, "hop.trade.recharge.in.json")
		if r.RecerSysCode.String() != "HIS-INPATIENT" {
			t.Fatal("the sample has changed")
		}
		if err := validate(onetrans.TransRecharge, r); err != nil {
			t.Error(err)
		}
	})
	t.Run("timestamp that ends in SS", func(t *testing.T) {
		r := sample(t, "fsi.outpatient.charge.in.json")
		at, err := onetrans.ParseTime(r.Timestamp.String())
		if err != nil || !at.Equal(time.Date(2024, 4, 17, 10, 45, 3, 326e6, onetrans.Zone())) {
			t.Errorf("%s is %v, %v", r.Timestamp, at, err)
		}
	})
	t.Run("appId and appKey for app_id and app_key", func(t *testing.T) {
		r := sample(t, "hos.user.get.in.json")
		if r.AppID.Empty() || r.AppKey.Empty() {
			t.Error("the credentials were not read")
		}
	})
	t.Run("JSON strings as objects, and as text", func(t *testing.T) {
		for _, text := range []string{
			`{"extra":{"printMode":"1","medicalContent":{"fundPay":"1"}},"businessInfo":{"bizType":"2"},"payInfo":{"totalPayAmt":"3"}}`,
			`{"extra":"{\"printMode\":\"1\",\"medicalContent\":\"{\\\"fundPay\\\":\\\"1\\\"}\"}","businessInfo":"{\"bizType\":\"2\"}","payInfo":"{\"totalPayAmt\":\"3\"}"}`,
		} {
			quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
			for _, data := range []string{text, quoted} {
				var in onetrans.RechargeIn
				if err := onetrans.UnmarshalData([]byte(data), &in); err != nil {
					t.Fatal(err)
				}
				if in.Extra.Value.PrintMode.String() != "1" || in.Extra.Value.MedicalContent.Value.FundPay.String() != "1" ||
					in.BusinessInfo.Value.BizType.String() != "2" || in.PayInfo.Value.TotalPayAmt.String() != "3" {
					t.Errorf("read as %+v", in)
				}
			}
		}
	})
	t.Run("numbers as numbers and as text, lists as lists and as one object", func(t *testing.T) {
		for _, text := range []string{
			`{"baseinfo":{"age":18},"insuinfo":{"balc":5000},"idetinfo":{"memo":"m"},"ehcinfo":{"phone":"1"}}`,
			`{"baseinfo":{"age":"18"},"insuinfo":[{"balc":"5000"}],"idetinfo":[{"memo":"m"}],"ehcinfo":[{"phone":"1"}]}`,
		} {
			var out onetrans.UserGetOut
			if err := onetrans.Unmarshal([]byte(text), &out); err != nil {
				t.Fatal(err)
			}
			balance, err := out.InsuInfo.Items[0].Balc.Fen()
			if out.BaseInfo.Value.Age.String() != "18" || err != nil || balance != 500000 ||
				out.IdetInfo.Items[0].Memo.String() != "m" || out.EhcInfo.Items[0].Phone.String() != "1" {
				t.Errorf("read as %+v", out)
			}
		}
	})
	t.Run("insu_admdvs for insuplc_admdvs", func(t *testing.T) {
		for _, text := range []string{`{"insu_admdvs":"131002"}`, `{"insuplc_admdvs":"131002"}`} {
			var info onetrans.InsuInfo
			if err := onetrans.Unmarshal([]byte(text), &info); err != nil {
				t.Fatal(err)
			}
			if info.Region() != "131002" {
				t.Errorf("%s: region %q", text, info.Region())
			}
		}
	})
	t.Run("begntime without time, and with", func(t *testing.T) {
		want := time.Date(2024, 4, 17, 0, 0, 0, 0, onetrans.Zone())
		for _, text := range []string{"20240417", "2024-04-17", "2024-04-17 00:00:00", "20240417000000"} {
			if at, err := onetrans.ParseTime(text); err != nil || !at.Equal(want) {
				t.Errorf("%s is %v, %v", text, at, err)
			}
		}
	})
	t.Run("an answer to reading without a code", func(t *testing.T) {
		for _, c := range []struct {
			text, transType string
			succeeded       bool
		}{
			{`{"code":"000000"}`, onetrans.TransUserGet, true},
			{`{"code":"000000"}`, onetrans.TransRecharge, true},
			{`{"err_msg":"success"}`, onetrans.TransUserGet, true},
			{`{"err_msg":"success"}`, onetrans.TransUserThirdGet, true},
			{`{"err_msg":"success"}`, onetrans.TransRecharge, false},
			{`{"err_msg":"success"}`, onetrans.TransRefund, false},
			{`{"err_msg":"success"}`, onetrans.TransQuery, false},
			{`{"code":"610004","err_msg":"success"}`, onetrans.TransUserGet, false},
			{`{}`, onetrans.TransUserGet, false},
		} {
			var a onetrans.Answer
			if err := onetrans.Unmarshal([]byte(c.text), &a); err != nil {
				t.Fatal(err)
			}
			if a.Succeeded(c.transType) != c.succeeded {
				t.Errorf("%s to %s: succeeded %v", c.text, c.transType, !c.succeeded)
			}
		}
	})
	t.Run("undocumented fields pass unharmed", func(t *testing.T) {
		const text = `{"result":"succ","canRrefundAmt":"1.00","card_sn":{"a":[1]}}`
		var out onetrans.QueryOut
		if err := onetrans.Unmarshal([]byte(text), &out); err != nil {
			t.Fatal(err)
		}
		back, err := onetrans.Marshal(out)
		if err != nil || !strings.Contains(string(back), `"canRrefundAmt":"1.00"`) || !strings.Contains(string(back), `"card_sn":{"a":[1]}`) {
			t.Errorf("%s, %v", back, err)
		}
	})
	t.Run("psn_cert_type 2 where the dictionary has 02", func(t *testing.T) {
		certs, err := dict.Open("psn_cert_type")
		if err != nil {
			t.Fatal(err)
		}
		var out onetrans.UserGetOut
		if err := onetrans.Unmarshal([]byte(`{"baseinfo":{"psn_cert_type":"2"}}`), &out); err != nil {
			t.Fatal(err)
		}
		if name := certs.Name(out.BaseInfo.Value.PsnCertType.String()); name != "中国人民解放军军官证" {
			t.Errorf("2 is shown as %q", name)
		}
	})
	t.Run("begntime bent, in a request", func(t *testing.T) {
		for _, name := range []string{"hos.user.get.in.json", "fsi.outpatient.charge.in.json"} {
			r := sample(t, name)
			transType := r.TransType.String()
			if err := validate(transType, r); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if !slices.Contains(deviations(transType, r), "begntime") {
				t.Errorf("%s: not listed as bent", name)
			}
		}
	})
	t.Run("a refund's answer has a trace number of its own, or the charge's: outRefundNo tells", func(t *testing.T) {
		var out onetrans.RefundOut
		if err := onetrans.UnmarshalData(answerOf(t, "hop.trade.refund.out.json").Data, &out); err != nil {
			t.Fatal(err)
		}
		var in onetrans.RefundIn
		if err := onetrans.UnmarshalData(sample(t, "hop.trade.refund.in.json").Data, &in); err != nil {
			t.Fatal(err)
		}
		if out.TraceNo != in.TraceNo {
			t.Fatal("the sample has changed")
		}
		if out.OutRefundNo != in.OutRefundNo {
			t.Error("the refund can't be told from another of the same charge")
		}
	})
	t.Run("outTradeNo of a refund's query is its outRefundNo", func(t *testing.T) {
		r := sample(t, "hop.trade.query.in.json")
		r.Data = []byte(`{"payAppId":"A","payAppSecret":"S","termNo":"T","cardType":"01","cardNo":"C","accountType":"01",` +
			`"tradeType":"hop.trade.refund","isRefund":"1","outTradeNo":"202312111811001"}`)
		if err := validate(onetrans.TransQuery, r); err != nil {
			t.Error(err)
		}
	})
}

func answerOf(t *testing.T, name string) onetrans.Answer {
	t.Helper()
	var a onetrans.Answer
	if err := onetrans.Unmarshal(sample(t, name), &a); err != nil {
		t.Fatal(err)
	}
	return a
}
