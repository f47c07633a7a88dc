package wire_test

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

// everyKind is each way in which two sides can protect their messages.
func everyKind(t testing.TB) []wire.Keys {
	all := load(t)
	var out []wire.Keys
	for _, sign := range []wire.SignType{wire.SM3, wire.SM2} {
		for _, enc := range []wire.EncType{wire.SM4, wire.None} {
			out = append(out, all.keys(t, sign, enc))
		}
	}
	return out
}

const answer = `{"code":"000000","msgid":"m1","err_msg":"成功","respond_time":"20231211163620978",` +
	`"data":{"qrcode":"https://pay.example/q?a=1&b=2","result":"init","amount":0.10,"callsn":""}}`

func TestSealAndOpen(t *testing.T) {
	for _, keys := range everyKind(t) {
		t.Run(keys.String(), func(t *testing.T) {
			sealed, err := keys.Seal([]byte(answer))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(sealed), "pay.example") != (keys.EncType == wire.None) {
				t.Errorf("data is encrypted or not: %s", sealed)
			}
			opened, err := keys.Open(sealed)
			if err != nil {
				t.Fatal(err)
			}
			want := replace(t, []byte(answer), "signtype", jsontext.Value(`"`+keys.SignType+`"`))
			want = replace(t, want, "enc_type", jsontext.Value(`"`+keys.EncType+`"`))
			if sorted(t, opened) != sorted(t, want) {
				t.Errorf("opened\n got %s\nwant %s", opened, want)
			}
		})
	}
}

// TestKeysAreSharedByGoroutines is for the race detector: the GM library has
// tables and scratch space of its own.
func TestKeysAreSharedByGoroutines(t *testing.T) {
	keys := load(t).keys(t, wire.SM2, wire.SM4)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				sealed, err := keys.Seal([]byte(answer))
				if err == nil {
					_, err = keys.Open(sealed)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestAppKeyNeverTravels(t *testing.T) {
	for _, keys := range everyKind(t) {
		for _, plain := range []string{
			`{"app_id":"` + keys.AppID + `","app_key":"` + keys.AppKey + `","data":{}}`,
			`{"app_key":{"app_key":"` + keys.AppKey + `"}}`,
		} {
			sealed, err := keys.Seal([]byte(plain))
			if err != nil || strings.Contains(string(sealed), keys.AppKey) {
				t.Errorf("%s: %v", sealed, err)
			}
		}
	}
}

func TestSealTakesItsOwnProtection(t *testing.T) {
	keys := load(t).keys(t, wire.SM3, wire.SM4)
	sealed, err := keys.Seal([]byte(`{"signtype":"MD5","enc_type":"NONE","encData":"00","signData":"x","data":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open(sealed); err != nil {
		t.Error(err)
	}
}

func TestMessageWithoutDataHasAnEmptyOne(t *testing.T) {
	for _, keys := range everyKind(t) {
		sealed, err := keys.Seal([]byte(`{"code":"610004","msgid":"m1"}`))
		if err != nil {
			t.Fatal(err)
		}
		opened, err := keys.Open(sealed)
		if err != nil || string(member(t, opened, "data")) != `{}` {
			t.Errorf("%s, %v", opened, err)
		}
	}
}

// TestTopLevelTextHasOneReading: full-width forms stand for what could be
// taken for a separator; data, and names in it, are sent as they are.
func TestTopLevelTextHasOneReading(t *testing.T) {
	for in, want := range map[string]string{
		"内科&外科":          "内科＆外科",
		"a=b":            "a＝b",
		"x&code=000000":  "x＆code＝000000",
		"a\n\x00\u0085b": "a\u3000\u3000\u3000b",
		"消化内科":           "消化内科",
	} {
		for _, keys := range everyKind(t) {
			literal, _ := jsontext.AppendQuote(nil, in)
			plain := fmt.Sprintf(`{"dept_name":%s,"data":{"dept_name":%s}}`, literal, literal)
			sealed, err := keys.Seal([]byte(plain))
			if err != nil {
				t.Fatal(err)
			}
			opened, err := keys.Open(sealed)
			if err != nil {
				t.Fatalf("%q: %v", in, err)
			}
			if got := text(t, opened, "dept_name"); got != want {
				t.Errorf("%q travels as %q, want %q", in, got, want)
			}
			if got := text(t, member(t, opened, "data"), "dept_name"); got != in {
				t.Errorf("in data, %q became %q", in, got)
			}
		}
	}
}

func TestSealRefuses(t *testing.T) {
	keys := load(t).keys(t, wire.SM3, wire.SM4)
	for name, plain := range map[string]string{
		"nothing":             ``,
		"a list":              `[]`,
		"twice the same name": `{"a":1,"a":2}`,
		"a lone surrogate":    `{"a":"\ud83d"}`,
		"data as text":        `{"data":"{}"}`,
		"data as a list":      `{"data":[]}`,
		"a name with &":       `{"a&b":"1"}`,
		"a name with =":       `{"a=b":"1"}`,
		"another app_id":      `{"app_id":"someone"}`,
		"no text as app_id":   `{"app_id":7}`,
		"data too long":       `{"data":{"a":"` + strings.Repeat("a", onetrans.MaxMessage/2) + `"}}`,
	} {
		if sealed, err := keys.Seal([]byte(plain)); !errors.Is(err, wire.ErrContent) {
			t.Errorf("%s: %d bytes, %v", name, len(sealed), err)
		}
	}
}

// TestTampering: whatever is changed on the way, nothing of it is trusted.
func TestTampering(t *testing.T) {
	for _, keys := range everyKind(t) {
		t.Run(keys.String(), func(t *testing.T) {
			sealed, err := keys.Seal([]byte(answer))
			if err != nil {
				t.Fatal(err)
			}
			other := keys
			other.AppKey = "demokey0000000000000000000000002"
			foreign, err := other.Seal([]byte(answer))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range tamperings(t, keys, sealed, foreign) {
				if opened, err := keys.Open(c.message); !errors.Is(err, c.want) || !errors.Is(err, wire.ErrUntrusted) || opened != nil {
					t.Errorf("%s: %v, want %v\n%s", c.name, err, c.want, c.message)
				}
			}
		})
	}
}

type tampering struct {
	name    string
	message []byte
	want    error
}

func tamperings(t *testing.T, keys wire.Keys, sealed, foreign []byte) []tampering {
	with := func(name, value string) []byte { return replace(t, sealed, name, jsontext.Value(value)) }
	signature := text(t, sealed, "signData")
	out := []tampering{
		{"another code", with("code", `"610001"`), wire.ErrSignature},
		{"code taken away", replace(t, sealed, "code", nil), wire.ErrSignature},
		{"another msgid", with("msgid", `"m2"`), wire.ErrSignature},
		{"another time", with("respond_time", `"20231211163620979"`), wire.ErrSignature},
		{"a field more", with("balance", `"1.00"`), wire.ErrSignature},
		{"another app_key", foreign, wire.ErrUntrusted},
		{"no signature", replace(t, sealed, "signData", nil), wire.ErrSignature},
		{"empty signature", with("signData", `""`), wire.ErrSignature},
		{"null as signature", with("signData", `null`), wire.ErrSignature},
		{"a number as signature", with("signData", `0`), wire.ErrSignature},
		{"half a signature", with("signData", `"`+signature[:len(signature)/2]+`"`), wire.ErrSignature},
		{"longer signature", with("signData", `"`+signature+`00"`), wire.ErrSignature},
		{"another message's signature", replace(t, sealed, "signData", member(t, foreign, "signData")), wire.ErrSignature},
		{"spaces in the signature", with("signData", `" `+signature+`"`), wire.ErrSignature},
		{"signtype SM3/SM2", with("signtype", `"`+string(otherSign(keys))+`"`), wire.ErrDowngrade},
		{"signtype in small", with("signtype", `"`+strings.ToLower(string(keys.SignType))+`"`), wire.ErrDowngrade},
		{"no signtype", replace(t, sealed, "signtype", nil), wire.ErrDowngrade},
		{"signtype NONE", with("signtype", `"NONE"`), wire.ErrDowngrade},
		{"enc_type NONE/SM4", with("enc_type", `"`+string(otherEnc(keys))+`"`), wire.ErrDowngrade},
		{"no enc_type", replace(t, sealed, "enc_type", nil), wire.ErrDowngrade},
		{"data and encData", replace(t, with("data", `{}`), "encData", jsontext.Value(`"00"`)), wire.ErrDowngrade},
		{"neither", replace(t, replace(t, sealed, "data", nil), "encData", nil), wire.ErrDowngrade},
		{"twice the same name", []byte(strings.Replace(string(sealed), `{`, `{"code":"000000",`, 1)), wire.ErrMalformed},
		{"invalid UTF-8", []byte(strings.Replace(string(sealed), "成功", "\xff", 1)), wire.ErrMalformed},
		{"a lone surrogate", []byte(strings.Replace(string(sealed), "成功", `\ud83d`, 1)), wire.ErrMalformed},
		{"cut off", sealed[:len(sealed)-1], wire.ErrMalformed},
		{"something after", append(slices.Clone(sealed), '{'), wire.ErrMalformed},
		{"a list", []byte(`[` + string(sealed) + `]`), wire.ErrMalformed},
		{"nothing", nil, wire.ErrMalformed},
		{"a code that swallowed data", with("code", `"000000&data={}"`), wire.ErrMalformed},
		{"a name with =", with("a=b", `1`), wire.ErrMalformed},
	}
	if keys.EncType == wire.SM4 {
		return append(out, cipherTamperings(t, sealed)...)
	}
	return append(out,
		tampering{"another amount", with("data", `{"result":"succ","amount":0.10}`), wire.ErrSignature},
		tampering{"empty data", with("data", `{}`), wire.ErrSignature},
		tampering{"data as text", with("data", `"x"`), wire.ErrMalformed},
		tampering{"data as a list", with("data", `[]`), wire.ErrMalformed},
		tampering{"null as data", with("data", `null`), wire.ErrMalformed},
	)
}

func cipherTamperings(t *testing.T, sealed []byte) []tampering {
	code := text(t, sealed, "encData")
	enc := func(s string) []byte { return replace(t, sealed, "encData", jsontext.Value(`"`+s+`"`)) }
	return []tampering{
		{"a block less", enc(code[:len(code)-32]), wire.ErrUntrusted},
		{"half a block less", enc(code[:len(code)-16]), wire.ErrCipher},
		{"blocks turned round", enc(code[32:64] + code[:32] + code[64:]), wire.ErrUntrusted},
		{"a block repeated", enc(code[:32] + code), wire.ErrUntrusted},
		{"no hex", enc("G" + code[1:]), wire.ErrCipher},
		{"odd hex", enc(code[1:]), wire.ErrCipher},
		{"empty", enc(""), wire.ErrCipher},
		{"a number", replace(t, sealed, "encData", jsontext.Value(`12`)), wire.ErrCipher},
		{"null", replace(t, sealed, "encData", jsontext.Value(`null`)), wire.ErrCipher},
	}
}

func otherSign(k wire.Keys) wire.SignType {
	if k.SignType == wire.SM2 {
		return wire.SM3
	}
	return wire.SM2
}

func otherEnc(k wire.Keys) wire.EncType {
	if k.EncType == wire.SM4 {
		return wire.None
	}
	return wire.SM4
}

// TestEveryFlippedBit flips each bit of a short sealed message in turn.
func TestEveryFlippedBit(t *testing.T) {
	const plain = `{"code":"000000","msgid":"m1","data":{"result":"succ"}}`
	for _, keys := range everyKind(t) {
		if keys.SignType == wire.SM2 {
			continue // the same code but for the signature, whose bits TestTampering's table covers
		}
		sealed, err := keys.Seal([]byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		want, err := keys.Open(sealed)
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(sealed) * 8 {
			bent := slices.Clone(sealed)
			bent[i/8] ^= 1 << (i % 8)
			if opened, err := keys.Open(bent); err == nil && sorted(t, opened) != sorted(t, want) {
				t.Errorf("%s is accepted as %s", bent, opened)
			}
		}
	}
}

func TestUnsignedExtraIsNotRead(t *testing.T) {
	keys := load(t).keys(t, wire.SM3, wire.SM4)
	sealed, err := keys.Seal([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := keys.Open(replace(t, sealed, "extra", jsontext.Value(`{"result":"fail"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if member(t, opened, "extra") != nil {
		t.Errorf("extra came through: %s", opened)
	}
}

// TestPlatformsFreeText: what a platform writes into err_msg is signed as it
// stands, separators and all.
func TestPlatformsFreeText(t *testing.T) {
	keys := load(t).keys(t, wire.SM3, wire.None)
	const plain = `{"code":"610003","msgid":"m1","signtype":"SM3","enc_type":"NONE","err_msg":"a=1&b=2","data":{}}`
	signed, err := wire.SignString([]byte(plain), keys.AppKey)
	if err != nil {
		t.Fatal(err)
	}
	sealed := replace(t, []byte(plain), "signData", jsontext.Value(`"`+hexSM3(signed)+`"`))
	if opened, err := keys.Open(sealed); err != nil || text(t, opened, "err_msg") != "a=1&b=2" {
		t.Errorf("%s, %v", opened, err)
	}
}

// TestRegroupedFields: the sign string of an honest answer, read another way,
// is not trusted though the signature fits.
func TestRegroupedFields(t *testing.T) {
	keys := load(t).keys(t, wire.SM3, wire.None)
	sealed, err := keys.Seal([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := wire.Canonical(member(t, sealed, "data"))
	if err != nil {
		t.Fatal(err)
	}
	swallowed, _ := jsontext.AppendQuote(nil, "000000&data="+string(canonical))
	bent := replace(t, replace(t, sealed, "data", jsontext.Value(`{}`)), "code", swallowed)
	was, _ := wire.SignString(sealed, keys.AppKey)
	if is, _ := wire.SignString(bent, keys.AppKey); is != was {
		t.Fatalf("the attack needs the same sign string\n%s\n%s", is, was)
	}
	if _, err := keys.Open(bent); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

func TestErrorsSayNothingOfTheContent(t *testing.T) {
	keys := load(t).keys(t, wire.SM3, wire.SM4)
	const secret = "350100200101010000"
	for _, in := range []string{`{"` + secret + `":`, `{"signData":"` + secret + `"}`, `{"signtype":"SM3","enc_type":"SM4","encData":"` + secret + `"}`} {
		_, err := keys.Open([]byte(in))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%v", err)
		}
		if _, err := keys.Seal([]byte(in[:len(in)-1])); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%v", err)
		}
	}
}

// value is any JSON value of moderate size.
func value() *rapid.Generator[string] {
	literal := rapid.Custom(func(t *rapid.T) string {
		q, _ := jsontext.AppendQuote(nil, rapid.String().Draw(t, "s"))
		return string(q)
	})
	scalar := rapid.OneOf(literal, rapid.SampledFrom([]string{"null", "true", "0", "-0", "1.50", "1E3", `""`, "{}", "[]"}))
	list := rapid.Custom(func(t *rapid.T) string {
		return "[" + strings.Join(rapid.SliceOfN(scalar, 0, 4).Draw(t, "items"), ",") + "]"
	})
	return rapid.OneOf(scalar, list, rapid.Custom(func(t *rapid.T) string { return members(t, rapid.OneOf(scalar, list)) }))
}

func members(t *rapid.T, of *rapid.Generator[string]) string {
	var out []string
	for name, v := range rapid.MapOfN(rapid.String(), of, 0, 5).Draw(t, "members") {
		q, _ := jsontext.AppendQuote(nil, name)
		out = append(out, string(q)+":"+v)
	}
	return "{" + strings.Join(out, ",") + "}"
}

func TestAnyDataComesBack(t *testing.T) {
	kinds := everyKind(t)
	rapid.Check(t, func(r *rapid.T) {
		keys := rapid.SampledFrom(kinds).Draw(r, "keys")
		data := members(r, value())
		sealed, err := keys.Seal([]byte(`{"code":"000000","data":` + data + `}`))
		if err != nil {
			r.Fatal(err)
		}
		opened, err := keys.Open(sealed)
		if err != nil {
			r.Fatal(err)
		}
		if got := member(t, opened, "data"); sorted(t, got) != sorted(t, []byte(data)) {
			r.Fatalf("%s became %s", data, got)
		}
	})
}

// TestARequestIsNeverOpenedAsAnAnswer: with SM3 both sides sign with one key.
func TestARequestIsNeverOpenedAsAnAnswer(t *testing.T) {
	for _, keys := range everyKind(t) {
		for _, plain := range []string{
			`{"app_id":"` + keys.AppID + `","trans_type":"hop.trade.refund","code":"000000","inf_refmsgid":"i","respond_time":"t","data":{"result":"succ"}}`,
			`{"code":"000000","inf_refmsgid":"i","respond_time":"t"}`,
		} {
			sealed, err := keys.SealRequest([]byte(plain))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := keys.OpenAnswer(sealed); !errors.Is(err, wire.ErrNotAnswer) || !errors.Is(err, wire.ErrUntrusted) {
				t.Errorf("%s opens as an answer: %v", sealed, err)
			}
			opened, err := keys.Open(sealed)
			if err != nil || member(t, opened, "code") != nil || text(t, opened, "app_id") != keys.AppID {
				t.Errorf("it travels as %s, %v", opened, err)
			}
		}
	}
}

// An answer has its time and its number, and no name that belongs to a request.
func TestOnlyAnAnswerIsOpenedAsOne(t *testing.T) {
	for _, keys := range everyKind(t) {
		for plain, is := range map[string]bool{
			`{"code":"000000","respond_time":"t","inf_refmsgid":"i"}`:                               true,
			`{"code":"000000","inf_refmsgid":"i"}`:                                                  false,
			`{"code":"000000","respond_time":"","inf_refmsgid":"i"}`:                                false,
			`{"code":"000000","respond_time":"t"}`:                                                  false,
			`{"code":"000000","respond_time":"t","inf_refmsgid":""}`:                                false,
			`{"code":"000000","respond_time":"t","inf_refmsgid":"i","app_id":"` + keys.AppID + `"}`: false,
			`{"code":"000000","respond_time":"t","inf_refmsgid":"i","trans_type":"hop"}`:            false,
		} {
			sealed, err := keys.Seal([]byte(plain))
			if err != nil {
				t.Fatal(err)
			}
			opened, err := keys.OpenAnswer(sealed)
			if is && (err != nil || text(t, opened, "inf_refmsgid") != "i") || !is && !errors.Is(err, wire.ErrNotAnswer) {
				t.Errorf("%s by %s: %s, %v", plain, keys, opened, err)
			}
		}
	}
}

// FuzzOpen: what opens was sealed with the keys, so sealing it again opens to the same.
func FuzzOpen(f *testing.F) {
	for _, v := range load(f).Messages {
		f.Add([]byte(v.Sealed), true)
	}
	for _, keys := range everyKind(f) {
		sealed, err := keys.Seal([]byte(answer))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sealed, keys.SignType == wire.SM3)
	}
	f.Add([]byte(`{"signtype":"SM3","enc_type":"NONE","data":{},"signData":"00"}`), true)
	kinds := everyKind(f)
	f.Fuzz(func(t *testing.T, in []byte, hash bool) {
		for _, keys := range kinds {
			if hash != (keys.SignType == wire.SM3) {
				continue
			}
			opened, err := keys.Open(in)
			switch {
			case err != nil && !errors.Is(err, wire.ErrUntrusted):
				t.Fatal(err)
			case err == nil && onetrans.Check(opened) != nil:
				t.Fatalf("%s is no strict JSON", opened)
			}
		}
	})
}

// FuzzSeal: whatever can be sealed opens, and its data is what it was.
// idIn is the app_id of a message, where it has one.
func idIn(message []byte) string {
	var m struct {
		AppID string `json:"app_id"`
	}
	_ = json.Unmarshal(message, &m)
	return m.AppID
}

func FuzzSeal(f *testing.F) {
	for _, v := range load(f).Canonical {
		f.Add([]byte(v.Plain))
	}
	f.Add([]byte(answer))
	f.Add([]byte(`{"a":"x&b=1\n","l":["&"],"o":{"=":"&"},"err_msg":"a&b","data":{"é":"\ud83d\ude00"}}`))
	private, public := load(f).pair(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, sign := range []wire.SignType{wire.SM3, wire.SM2} {
			for _, enc := range []wire.EncType{wire.SM4, wire.None} {
				keys := wire.Keys{AppID: cmp.Or(idIn(in), "a"), AppKey: "k", SignType: sign, EncType: enc, Private: private, Peer: public}
				sealed, err := keys.Seal(in)
				if err != nil {
					continue
				}
				opened, err := keys.Open(sealed)
				if err != nil {
					t.Fatalf("%s is refused: %v", sealed, err)
				}
				if request, err := keys.SealRequest(in); err == nil {
					if _, err := keys.OpenAnswer(request); !errors.Is(err, wire.ErrNotAnswer) {
						t.Fatalf("%s opens as an answer: %v", request, err)
					}
				}
				was, is := member(t, in, "data"), member(t, opened, "data")
				if was != nil && sorted(t, is) != sorted(t, was) {
					t.Fatalf("data %s became %s", was, is)
				}
			}
		}
	})
}

// FuzzCanonical: the canonical form of a canonical form is itself.
func FuzzCanonical(f *testing.F) {
	for _, v := range load(f).Canonical {
		f.Add([]byte(v.Plain))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		once, err := wire.Canonical(in)
		if err != nil || once == nil {
			return
		}
		if twice, err := wire.Canonical(once); err != nil || string(twice) != string(once) {
			t.Fatalf("%s became %s: %v", once, twice, err)
		}
	})
}

func hexSM3(s string) string { return strings.ToUpper(hex.EncodeToString(sm3Of(s))) }

// sm3Of is another implementation's SM3.
func sm3Of(s string) []byte {
	sum := sm3.Sum([]byte(s))
	return sum[:]
}
