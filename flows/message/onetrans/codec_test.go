package onetrans_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

func TestUnmarshalIsStrict(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                   ``,
		"only spaces":               "  ",
		"no JSON":                   `hello`,
		"half an object":            `{"data":{`,
		"two values":                `{} {}`,
		"something after":           `{}x`,
		"a comma too many":          `{"a":1,}`,
		"single quotes":             `{'a':1}`,
		"a control character":       "{\"a\":\"\n\"}",
		"a byte order mark":         "\uFEFF{}",
		"a list":                    `[]`,
		"a text":                    `"{}"`,
		"twice the same name":       `{"msgid":"1","msgid":"2"}`,
		"twice an unknown name":     `{"x":"1","x":"1"}`,
		"twice in data":             `{"data":{"amount":"1","amount":"2"}}`,
		"twice by escape":           `{"msgid":"1","\u006dsgid":"2"}`,
		"invalid UTF-8":             "{\"msgid\":\"\xff\"}",
		"invalid UTF-8 in data":     "{\"data\":{\"a\":\"\xc0\x80\"}}",
		"a surrogate as UTF-8":      "{\"msgid\":\"\xed\xa0\x80\"}",
		"a lone high surrogate":     `{"msgid":"\ud83d"}`,
		"a lone low surrogate":      `{"data":{"a":"\ude00"}}`,
		"surrogates in wrong order": `{"msgid":"\ude00\ud83d"}`,
		"an object for a text":      `{"msgid":{}}`,
		"a long number":             `{"msgid":` + strings.Repeat("1", onetrans.MaxNumber+1) + `}`,
		"a long number in data":     `{"data":{"a":[1.` + strings.Repeat("0", onetrans.MaxNumber) + `]}}`,
		"deep":                      `{"data":` + strings.Repeat("[", onetrans.MaxDepth) + strings.Repeat("]", onetrans.MaxDepth) + `}`,
		"bottomless":                strings.Repeat(`{"a":`, 100_000),
		"long":                      `{"msgid":"` + strings.Repeat("a", onetrans.MaxMessage) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var r onetrans.Request
			if err := onetrans.Unmarshal([]byte(in), &r); !errors.Is(err, onetrans.ErrMalformed) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A person who looks for what is wrong is told how far the text is well-formed.
func TestWhereTextIsNoJSONIsSaid(t *testing.T) {
	for text, want := range map[string]string{
		``:                   "at byte 0",
		`{"a":1,}`:           "at byte 6",
		`{"a":{"b":1}`:       "at byte 12",
		`{"a":1} {"b":2} {}`: "at byte 7",
		`[1,2]x`:             "at byte 5",
		`{"a":"1","a":"2"}`:  "at byte 8",
		`{"a":{"b":[1,2]}]`:  "at byte 16",
	} {
		if err := onetrans.Check([]byte(text)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want it %s", text, err, want)
		}
	}
}

func TestUnmarshalAtTheBounds(t *testing.T) {
	for name, in := range map[string]string{
		"a number":         `{"x":` + strings.Repeat("1", onetrans.MaxNumber) + `}`,
		"as deep as may":   `{"x":` + strings.Repeat("[", onetrans.MaxDepth-1) + strings.Repeat("]", onetrans.MaxDepth-1) + `}`,
		"as long as may":   `{"x":"` + strings.Repeat("a", onetrans.MaxMessage-8) + `"}`,
		"a surrogate pair": `{"x":"\ud83d\ude00"}`,
	} {
		var r onetrans.Request
		if err := onetrans.Unmarshal([]byte(in), &r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesMatchExactly(t *testing.T) {
	r := passes[onetrans.Request](t, []byte(`{"MsgID":"1","msgId":"2","Msgid":"3","msg_id":"4","msgid":"5"}`))
	if r.MsgID.String() != "5" {
		t.Errorf("msgid is %q", r.MsgID)
	}
}

func TestErrorsHoldNoContent(t *testing.T) {
	const secret = "350100200101010000"
	for _, in := range []string{
		`{"` + secret + `":{"a":1,"a":2}}`,
		`{"` + secret + `":1,"` + secret + `":2}`,
		`{"data":"` + secret,
		`{"msgid":{"` + secret + `":1}}`,
		`"` + secret + `"`,
		secret + `x`,
		`{"app_id":"` + secret + `","appId":"x"}`,
	} {
		var r onetrans.Request
		err := onetrans.Unmarshal([]byte(in), &r)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestMarshalIsAsStrict(t *testing.T) {
	for name, r := range map[string]onetrans.Request{
		"broken data":         {Data: jsontext.Value(`{"a":`)},
		"twice the same name": {MsgID: onetrans.T("1"), Unknown: jsontext.Value(`{"msgid":"2"}`)},
		"too long":            {MsgID: onetrans.T(strings.Repeat("a", onetrans.MaxMessage))},
	} {
		if out, err := onetrans.Marshal(&r); !errors.Is(err, onetrans.ErrMalformed) {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
	}
}

// FuzzUnmarshal: what is accepted comes back with the same content, and what
// comes back is accepted again without any further change.
func FuzzUnmarshal(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"appId":"a","data":{"extra":"{}"}}`, `{"data":"{\"amount\":0.10}"}`,
		`{"data":{"extra":{"medicalContent":"{\"fundPay\":1}"},"payInfo":{"feeItemList":{"itemNo":1}}}}`,
		`{"data":{"baseinfo":{"exp_content":"{\"accounts\":[]}"},"insuinfo":"[]","idetinfo":""}}`,
		`{"x":"\ud83d\ude00","data":null}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var r onetrans.Request
		if onetrans.Unmarshal(in, &r) != nil {
			return
		}
		var recharge onetrans.RechargeIn
		var person onetrans.UserGetOut
		stable(t, &r)
		if onetrans.UnmarshalData(r.Data, &recharge) == nil {
			stable(t, &recharge)
		}
		if onetrans.UnmarshalData(r.Data, &person) == nil {
			stable(t, &person)
		}
	})
}

func stable[T any](t *testing.T, v *T) {
	t.Helper()
	once, err := onetrans.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var again T
	if err := onetrans.Unmarshal(once, &again); err != nil {
		t.Fatalf("%s: %v", once, err)
	}
	if twice, err := onetrans.Marshal(&again); err != nil || string(twice) != string(once) {
		t.Fatalf("%s became %s: %v", once, twice, err)
	}
}
