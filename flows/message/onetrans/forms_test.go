package onetrans_test

import (
	"errors"
	"testing"

	"onetrans/flows/message/onetrans"
)

func TestNestedInEitherForm(t *testing.T) {
	for _, c := range []struct {
		name, in, subject string
		opaque, absent    bool
	}{
		{name: "absent", in: `{}`, absent: true},
		{name: "object", in: `{"extra":{"subject":"押金"}}`, subject: "押金"},
		{name: "empty object", in: `{"extra":{}}`},
		{name: "text", in: `{"extra":"{\"subject\":\"押金\"}"}`, subject: "押金"},
		{name: "text of an empty object", in: `{"extra":"{}"}`},
		{name: "unknown fields in text", in: `{"extra":"{\"subject\":\"\",\"x\":[1.50]}"}`},
		{name: "text in text", in: `{"extra":"{\"medicalContent\":\"{\\\"ecCode\\\":\\\"1\\\"}\"}"}`},
		{name: "empty text", in: `{"extra":""}`},
		{name: "null", in: `{"extra":null}`},
		{name: "other text", in: `{"extra":"无"}`, opaque: true},
		{name: "half an object", in: `{"extra":"{\"subject\":"}`, opaque: true},
		{name: "twice the same name", in: `{"extra":"{\"a\":1,\"a\":2}"}`, opaque: true},
		{name: "list", in: `{"extra":[]}`, opaque: true},
		{name: "number", in: `{"extra":7}`, opaque: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := passes[onetrans.RechargeIn](t, []byte(c.in))
			if got := v.Extra.Value.Subject.String(); got != c.subject {
				t.Errorf("subject is %q", got)
			}
			if v.Extra.Opaque() != c.opaque || v.Extra.IsZero() != c.absent {
				t.Errorf("opaque %v, absent %v", v.Extra.Opaque(), v.Extra.IsZero())
			}
		})
	}
}

func TestNestedRefusesAnObjectOfAnotherShape(t *testing.T) {
	for _, in := range []string{`{"extra":{"subject":{}}}`, `{"extra":"{\"subject\":[]}"}`} {
		var v onetrans.RechargeIn
		if err := onetrans.Unmarshal([]byte(in), &v); !errors.Is(err, onetrans.ErrMalformed) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestNestedMadeHere(t *testing.T) {
	var in onetrans.RechargeIn
	in.Extra.Value.PrintMode = onetrans.T("1")
	encodes(t, in, `{"extra":{"printMode":"1"}}`)
	encodes(t, onetrans.RechargeIn{Extra: onetrans.Object(onetrans.RechargeExtra{})}, `{"extra":{}}`)
	encodes(t, onetrans.RechargeIn{}, `{}`)
}

func TestNestedAsObject(t *testing.T) {
	for in, want := range map[string]string{
		`{"extra":"{\"subject\":\"押金\"}"}`: `{"extra":{"subject":"押金"}}`,
		`{"extra":{"subject":"押金"}}`:       `{"extra":{"subject":"押金"}}`,
		`{"extra":"无"}`:                    `{"extra":"无"}`,
		`{"extra":""}`:                     `{"extra":""}`,
		`{}`:                               `{}`,
	} {
		v := passes[onetrans.RechargeIn](t, []byte(in))
		v.Extra = v.Extra.AsObject()
		encodes(t, v, want)
	}
}

func TestNestedThatWasEmptyTextCanBeFilled(t *testing.T) {
	v := passes[onetrans.RechargeIn](t, []byte(`{"extra":""}`))
	v.Extra.Value.HisMsgID = onetrans.T("m")
	encodes(t, v, `{"extra":{"hisMsgid":"m"}}`)
}

func TestListInEveryForm(t *testing.T) {
	for _, c := range []struct {
		name, in string
		items    int
	}{
		{"absent", `{}`, 0},
		{"list", `{"insuinfo":[{"balc":1},{"balc":"2"}]}`, 2},
		{"empty list", `{"insuinfo":[]}`, 0},
		{"list of one", `{"insuinfo":[{"balc":1}]}`, 1},
		{"one object", `{"insuinfo":{"balc":1}}`, 1},
		{"text of a list", `{"insuinfo":"[{\"balc\":1}]"}`, 1},
		{"text of one object", `{"insuinfo":"{\"balc\":1}"}`, 1},
		{"empty text", `{"insuinfo":""}`, 0},
		{"null", `{"insuinfo":null}`, 0},
		{"other text", `{"insuinfo":"无"}`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := passes[onetrans.UserGetOut](t, []byte(c.in))
			if len(v.InsuInfo.Items) != c.items {
				t.Errorf("%d items", len(v.InsuInfo.Items))
			}
		})
	}
}

func TestListMadeOrChangedHere(t *testing.T) {
	one := onetrans.InsuInfo{Balc: onetrans.Yuan(100)}
	encodes(t, onetrans.UserGetOut{InsuInfo: onetrans.List[onetrans.InsuInfo]{Items: []onetrans.InsuInfo{one}}},
		`{"insuinfo":[{"balc":"1.00"}]}`)

	v := passes[onetrans.UserGetOut](t, []byte(`{"insuinfo":{"balc":1}}`))
	v.InsuInfo.Items = append(v.InsuInfo.Items, one)
	encodes(t, v, `{"insuinfo":[{"balc":1},{"balc":"1.00"}]}`)

	w := passes[onetrans.UserGetOut](t, []byte(`{"insuinfo":"[{\"balc\":1}]"}`))
	w.InsuInfo = w.InsuInfo.AsObject()
	encodes(t, w, `{"insuinfo":[{"balc":1}]}`)
}

func TestListOfTexts(t *testing.T) {
	type orders struct {
		List onetrans.List[onetrans.Text] `json:"orderList,omitzero"`
	}
	for in, n := range map[string]int{
		`{"orderList":["a","b"]}`: 2,
		`{"orderList":"a"}`:       1,
		`{"orderList":7}`:         1,
		`{"orderList":""}`:        0,
		`{"orderList":"[\"a\"]"}`: 1,
	} {
		if v := passes[orders](t, []byte(in)); len(v.List.Items) != n {
			t.Errorf("%s has %d items", in, len(v.List.Items))
		}
	}
}

func TestDataInEitherForm(t *testing.T) {
	for in, want := range map[string]string{
		``:                           `{}`,
		`null`:                       `{}`,
		`""`:                         `{}`,
		`{}`:                         `{}`,
		`{"amount":0.10}`:            `{"amount":0.10}`,
		`"{\"amount\":\"0.10\"}"`:    `{"amount":"0.10"}`,
		`"{ \"z\": 1, \"a\" : [] }"`: `{"z":1,"a":[]}`,
	} {
		got, err := onetrans.DataObject([]byte(in))
		if err != nil || content(t, got) != content(t, []byte(want)) {
			t.Errorf("%s is %s, %v", in, got, err)
		}
	}
	for _, in := range []string{`[]`, `7`, `"x"`, `true`, `{`, `{"a":1,"a":2}`} {
		if _, err := onetrans.DataObject([]byte(in)); !errors.Is(err, onetrans.ErrMalformed) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func encodes(t *testing.T, v any, want string) {
	t.Helper()
	got, err := onetrans.Marshal(v)
	if err != nil || content(t, got) != content(t, []byte(want)) {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
