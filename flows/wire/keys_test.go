package wire_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"onetrans/flows/wire"
)

// A key made by "openssl genpkey -algorithm SM2", and how OpenSSL writes it.
const (
	pkcs8PEM = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgncd9EWZcK6NmKfWV
Ts7uj0zcJ4rFzX7NqHzq67UGUK6hRANCAATNYscNhwC8YjfHkDIsCUytWVp+PqGo
k9hIdZliy0Bu4Y/oNZ6eNlsJrvQqpDD0MH4/yvVv2CC1N2cnoF4ujzOT
-----END PRIVATE KEY-----`
	spkiPEM = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEzWLHDYcAvGI3x5AyLAlMrVlafj6h
qJPYSHWZYstAbuGP6DWenjZbCa70KqQw9DB+P8r1b9ggtTdnJ6BeLo8zkw==
-----END PUBLIC KEY-----`
	ecPEM    = "-----BEGIN EC PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END EC PARAMETERS-----\n"
	pemHex   = "9dc77d11665c2ba36629f5954eceee8f4cdc278ac5cd7ecda87ceaebb50650ae"
	pemPoint = "04cd62c70d8700bc6237c790322c094cad595a7e3ea1a893d848759962cb406ee18fe8359e9e365b09aef42aa430f4307e3fcaf56fd820b5376727a05e2e8f3393"
)

func TestKeysInEveryForm(t *testing.T) {
	private, public := raw(t, pemHex), raw(t, pemPoint)
	for name, text := range map[string]string{
		"hex":            pemHex,
		"upper-case hex": strings.ToUpper(pemHex),
		"base64":         base64.StdEncoding.EncodeToString(private),
		"PEM":            pkcs8PEM,
		"spaces around":  "\n " + pemHex + " \n",
		"behind curve":   ecPEM + pkcs8PEM,
	} {
		key, err := wire.ParsePrivateKey(text)
		if err != nil {
			t.Errorf("private key, %s: %v", name, err)
			continue
		}
		proves(t, key, pemPoint)
	}
	for name, text := range map[string]string{
		"hex":    pemPoint,
		"base64": base64.StdEncoding.EncodeToString(public),
		"PEM":    spkiPEM,
	} {
		key, err := wire.ParsePublicKey(text)
		if err != nil || key.String() != strings.ToUpper(pemPoint) {
			t.Errorf("public key, %s: %v, %v", name, key, err)
		}
	}
}

// proves that what key signs, the public key verifies.
func proves(t *testing.T, key *wire.PrivateKey, public string) {
	t.Helper()
	peer, err := wire.ParsePublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	keys := wire.Keys{AppID: "a", AppKey: "k", SignType: wire.SM2, EncType: wire.SM4, Private: key, Peer: peer}
	sealed, err := keys.Seal([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open(sealed); err != nil {
		t.Error(err)
	}
}

func TestKeysRefused(t *testing.T) {
	const order = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"
	zero := strings.Repeat("00", 32)
	for _, text := range []string{
		"", "x", pemHex[2:], pemHex + "00", zero, order, strings.Repeat("ff", 32), order[:62] + "22",
		pemPoint, spkiPEM, "-----BEGIN PRIVATE KEY-----", strings.Replace(pkcs8PEM, "MIGH", "MIGG", 1),
	} {
		if _, err := wire.ParsePrivateKey(text); !errors.Is(err, wire.ErrKeys) {
			t.Errorf("private key %.20q: %v", text, err)
		}
	}
	const prime = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"
	for _, text := range []string{
		"", pemPoint[2:], "02" + pemPoint[2:66], "05" + pemPoint[2:], pemPoint[:128] + "ff",
		"04" + zero + zero, "04" + prime + zero, "04" + prime + prime, pemHex, pkcs8PEM, pemPoint + "00",
	} {
		if _, err := wire.ParsePublicKey(text); !errors.Is(err, wire.ErrKeys) {
			t.Errorf("public key %.20q: %v", text, err)
		}
	}
}

func TestKeysThatCannotWork(t *testing.T) {
	good := load(t).keys(t, wire.SM2, wire.SM4)
	for name, bend := range map[string]func(*wire.Keys){
		"no app_id":         func(k *wire.Keys) { k.AppID = "" },
		"app_id with an &":  func(k *wire.Keys) { k.AppID = "a&b" },
		"no app_key":        func(k *wire.Keys) { k.AppKey = "" },
		"no signtype":       func(k *wire.Keys) { k.SignType = "" },
		"another signtype":  func(k *wire.Keys) { k.SignType = "MD5" },
		"no enc_type":       func(k *wire.Keys) { k.EncType = "" },
		"enc_type in small": func(k *wire.Keys) { k.EncType = "sm4" },
		"no private key":    func(k *wire.Keys) { k.Private = nil },
		"no peer's key":     func(k *wire.Keys) { k.Peer = nil },
	} {
		k := good
		bend(&k)
		_, sealing := k.Seal([]byte(`{}`))
		_, opening := k.Open([]byte(`{}`))
		if !errors.Is(sealing, wire.ErrKeys) || !errors.Is(opening, wire.ErrKeys) {
			t.Errorf("%s: %v, %v", name, sealing, opening)
		}
	}
}

func TestKeysStayOutOfLogs(t *testing.T) {
	keys := load(t).keys(t, wire.SM2, wire.SM4)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("keys", "keys", keys)
	for _, text := range []string{
		fmt.Sprint(keys), fmt.Sprintf("%+v", keys), fmt.Sprintf("%#v", keys), fmt.Sprintf("%v", &keys), log.String(),
	} {
		if strings.Contains(text, keys.AppKey) {
			t.Errorf("the app_key is in %s", text)
		}
	}
}

func raw(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
