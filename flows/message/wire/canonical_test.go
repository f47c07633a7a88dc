package wire_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"onetrans/flows/message/wire"
)

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		`null`: ``, `""`: ``, `{}`: ``, `[]`: ``,
		`{"a":null,"b":"","c":{},"d":[]}`:        ``,
		`{"a":{"b":{"c":[{"d":""},null,[[]]]}}}`: ``,
		`{"b":1,"a":2}`:                          `{"a":"2","b":"1"}`,
		`[1.50,true,false,-0,1E3,0.10]`:          `["1.50","true","false","-0","1E3","0.10"]`,
		`[0,"0",false]`:                          `["0","0","false"]`,
		` { "b" : [ 3 , 1 ] , "a" : "x" } `:      `{"a":"x","b":["3","1"]}`,
		`{"é":1,"z":2,"ﬀ":3,"😀":4,"A":5,"a":6}`:  `{"A":"5","a":"6","z":"2","é":"1","ﬀ":"3","😀":"4"}`,
		`"\u674e\/\u007f<>&'\u2028\ud83d\ude00"`: "\"李/\u007f<>&'\u2028😀\"",
		`{"\u0001\"\\":1}`:                       `{"\u0001\"\\":"1"}`,
		`{"":"an empty name is a name"}`:         `{"":"an empty name is a name"}`,
		`{"a":" ","b":"0"}`:                      `{"a":" ","b":"0"}`,
	} {
		if got, err := wire.Canonical([]byte(in)); err != nil || string(got) != want {
			t.Errorf("%s is %s, %v; want %s", in, got, err, want)
		}
	}
}

func TestCanonicalEscapesOnlyWhatItMust(t *testing.T) {
	short := map[rune]string{'\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`, '"': `\"`, '\\': `\\`}
	for r := rune(0); r < 0x300; r++ {
		want, ok := short[r]
		switch {
		case ok:
		case r < 0x20:
			want = fmt.Sprintf(`\u%04x`, r)
		default:
			want = string(r)
		}
		in := fmt.Sprintf(`"\u%04X"`, r)
		if got, err := wire.Canonical([]byte(in)); err != nil || string(got) != `"`+want+`"` {
			t.Errorf("U+%04X is %s, %v", r, got, err)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for _, in := range []string{``, `{`, `{"a":1,"a":1}`, "\"\xff\"", `"\ud83d"`, `{} {}`, strings.Repeat("[", 1000)} {
		if got, err := wire.Canonical([]byte(in)); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%.20q is %s, %v", in, got, err)
		}
	}
}

func TestSignStringLeavesOut(t *testing.T) {
	const plain = `{"app_key":"k","signData":"s","encData":"e","extra":{"x":1},
		"z":null,"e":"","o":{"a":""},"l":[null],"b":"&","a":{"extra":{"x":1}},"n":0}`
	const want = `a={"extra":{"x":"1"}}&b=&&n=0&key=K`
	if got, err := wire.SignString([]byte(plain), "K"); err != nil || got != want {
		t.Errorf("got %s, %v", got, err)
	}
}
