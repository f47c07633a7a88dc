package onetrans_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

type holder struct {
	V onetrans.Text `json:"v,omitzero"`
}

func TestTextKeepsItsForm(t *testing.T) {
	for _, c := range []struct {
		in, text, out string
		absent, empty bool
	}{
		{in: `{}`, out: `{}`, absent: true, empty: true},
		{in: `{"v":""}`, out: `{"v":""}`, empty: true},
		{in: `{"v":null}`, out: `{"v":null}`, empty: true},
		{in: `{"v":"李四"}`, text: "李四", out: `{"v":"李四"}`},
		{in: `{"v":"\u674e\/"}`, text: "李/", out: `{"v":"李/"}`},
		{in: `{"v":"null"}`, text: "null", out: `{"v":"null"}`},
		{in: `{"v":18}`, text: "18", out: `{"v":18}`},
		{in: `{"v":0.10}`, text: "0.10", out: `{"v":0.10}`},
		{in: `{"v":-0}`, text: "-0", out: `{"v":-0}`},
		{in: `{"v":1E3}`, text: "1E3", out: `{"v":1E3}`},
		{in: `{"v":true}`, text: "true", out: `{"v":true}`},
		{in: `{"v":"\u0001\"\\"}`, text: "\x01\"\\", out: `{"v":"\u0001\"\\"}`},
	} {
		var h holder
		if err := onetrans.Unmarshal([]byte(c.in), &h); err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if h.V.String() != c.text || h.V.IsZero() != c.absent || h.V.Empty() != c.empty {
			t.Errorf("%s: text %q, absent %v, empty %v", c.in, h.V, h.V.IsZero(), h.V.Empty())
		}
		if out, err := onetrans.Marshal(h); err != nil || string(out) != c.out {
			t.Errorf("%s: came back as %s, %v", c.in, out, err)
		}
	}
}

func TestTextRefusesObjectsAndLists(t *testing.T) {
	for _, in := range []string{`{"v":{}}`, `{"v":[]}`, `{"v":["a"]}`} {
		var h holder
		if err := onetrans.Unmarshal([]byte(in), &h); !errors.Is(err, onetrans.ErrMalformed) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestTextsAreEqualByContent(t *testing.T) {
	var a, b holder
	for text, h := range map[string]*holder{`{"v":"\u674e"}`: &a, `{"v":"李"}`: &b} {
		if err := onetrans.Unmarshal([]byte(text), h); err != nil {
			t.Fatal(err)
		}
	}
	if a.V != b.V || a.V != onetrans.T("李") {
		t.Error("an escape is not another text")
	}
	if onetrans.T("") == (onetrans.Text{}) {
		t.Error("an empty field is not an absent one")
	}
}

func TestTextOfAnyString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		h := holder{onetrans.T(s)}
		out, err := onetrans.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var again holder
		if err := onetrans.Unmarshal(out, &again); err != nil || again != h || again.V.String() != s {
			t.Fatalf("%q became %q: %v", s, again.V, err)
		}
	})
}

func TestTextOfInvalidUTF8(t *testing.T) {
	if got := onetrans.T("a\xff\xfeb").String(); got != "a\uFFFDb" {
		t.Errorf("got %q", got)
	}
}
