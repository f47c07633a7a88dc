package wire_test

import (
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/wire"
)

// vectors were computed with OpenSSL.
type vectors struct {
	PrivateKey string `json:"sm2_private_key_hex"`
	PublicKey  string `json:"sm2_public_key_hex"`
	Messages   []struct {
		Name       string         `json:"name"`
		AppID      string         `json:"app_id"`
		AppKey     string         `json:"app_key"`
		Plain      jsontext.Value `json:"plain"`
		SignString string         `json:"sign_string"`
		Sealed     jsontext.Value `json:"sealed"`
	} `json:"vectors"`
	Canonical []canonicalVector `json:"canonical"`
}

type canonicalVector struct {
	Name       string `json:"name"`
	AppID      string `json:"app_id"`
	AppKey     string `json:"app_key"`
	Plain      string `json:"plain_text"`
	SignString string `json:"sign_string"`
	SM3        string `json:"sm3"`
	Data       string `json:"data_text"`
	EncData    string `json:"encData"`
}

func load(t testing.TB) vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// pair is a key pair that both sides of a test share.
func (v vectors) pair(t testing.TB) (*wire.PrivateKey, *wire.PublicKey) {
	t.Helper()
	private, err := wire.ParsePrivateKey(v.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	public, err := wire.ParsePublicKey(v.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

func (v vectors) keys(t testing.TB, sign wire.SignType, enc wire.EncType) wire.Keys {
	private, public := v.pair(t)
	return wire.Keys{
		AppID:    "demo0000000000000000000000000001",
		AppKey:   "demokey0000000000000000000000001",
		SignType: sign,
		EncType:  enc,
		Private:  private,
		Peer:     public,
	}
}

// TestVectors reproduces the messages: the sign string to the letter, the
// sealed message too but for an SM2 signature, which is random.
func TestVectors(t *testing.T) {
	all := load(t)
	for _, v := range all.Messages {
		t.Run(v.Name, func(t *testing.T) {
			sign := wire.SM3
			if strings.HasSuffix(v.Name, "SM2") {
				sign = wire.SM2
			}
			keys := all.keys(t, sign, wire.SM4)
			if got, err := wire.SignString(v.Plain, v.AppKey); err != nil || got != v.SignString {
				t.Errorf("sign string\n got %s\nwant %s (%v)", got, v.SignString, err)
			}
			opened, err := keys.Open(v.Sealed)
			if err != nil {
				t.Fatalf("OpenSSL's message is refused: %v", err)
			}
			if sorted(t, opened) != sorted(t, v.Plain) {
				t.Errorf("opened\n got %s\nwant %s", opened, v.Plain)
			}
			// What OpenSSL encrypted had no spaces; data is encrypted as it stands.
			sealed, err := keys.Seal(compact(t, v.Plain))
			if err != nil {
				t.Fatal(err)
			}
			if sign == wire.SM2 {
				sealed = replace(t, sealed, "signData", member(t, v.Sealed, "signData"))
			}
			if sorted(t, sealed) != sorted(t, v.Sealed) {
				t.Errorf("sealed\n got %s\nwant %s", sealed, v.Sealed)
			}
		})
	}
}

func TestCanonicalVectors(t *testing.T) {
	for _, v := range load(t).Canonical {
		t.Run(v.Name, func(t *testing.T) {
			keys := wire.Keys{AppID: v.AppID, AppKey: v.AppKey, SignType: wire.SM3, EncType: wire.SM4}
			got, err := wire.SignString([]byte(v.Plain), v.AppKey)
			if err != nil || got != v.SignString {
				t.Errorf("sign string\n got %s\nwant %s (%v)", got, v.SignString, err)
			}
			sealed, err := keys.Seal([]byte(v.Plain))
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, sealed, "signData"); got != v.SM3 {
				t.Errorf("signData %s, want %s", got, v.SM3)
			}
			if got := text(t, sealed, "encData"); got != v.EncData {
				t.Errorf("encData %s, want %s", got, v.EncData)
			}
			opened, err := keys.Open(sealed)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(member(t, opened, "data")); got != v.Data {
				t.Errorf("data %s, want %s", got, v.Data)
			}
		})
	}
}

// object is a message's top level.
func object(t testing.TB, message []byte) map[string]jsontext.Value {
	t.Helper()
	var m map[string]jsontext.Value
	if err := json.Unmarshal(message, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func member(t testing.TB, message []byte, name string) jsontext.Value {
	t.Helper()
	return object(t, message)[name]
}

func text(t testing.TB, message []byte, name string) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(member(t, message, name), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// replace sets a member of the top level, or takes it away when value is nil.
func replace(t testing.TB, message []byte, name string, value jsontext.Value) []byte {
	t.Helper()
	m := object(t, message)
	m[name] = value
	if value == nil {
		delete(m, name)
	}
	out, err := json.Marshal(m, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sorted is a JSON text with only spaces and the order of names taken away.
func sorted(t testing.TB, message []byte) string {
	t.Helper()
	v := jsontext.Value(message).Clone()
	if err := v.Format(jsontext.ReorderRawObjects(true)); err != nil {
		t.Fatal(err)
	}
	return string(v)
}

func compact(t testing.TB, message jsontext.Value) jsontext.Value {
	t.Helper()
	v := message.Clone()
	if err := v.Compact(); err != nil {
		t.Fatal(err)
	}
	return v
}
