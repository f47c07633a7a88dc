package wire_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"onetrans/flows/message/wire"
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
		"a number":       "00" + pemHex,
		"with colons":    colons(pemHex),
		"indented PEM":   strings.ReplaceAll(pkcs8PEM, "\n", "\n    "),
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

		"without its 04":         pemPoint[2:],
		"without it, in base64":  base64.StdEncoding.EncodeToString(public[1:]),
		"compressed":             "03" + pemPoint[2:66],
		"compressed, in base64":  base64.StdEncoding.EncodeToString(append([]byte{3}, public[1:33]...)),
		"as openssl's -text has": colons(pemPoint),
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
		"", "x", pemHex[2:], pemHex + "00", zero, "01" + pemHex, order, strings.Repeat("ff", 32), order[:62] + "22",
		pemPoint, spkiPEM, "-----BEGIN PRIVATE KEY-----", strings.Replace(pkcs8PEM, "MIGH", "MIGG", 1),
	} {
		if _, err := wire.ParsePrivateKey(text); !errors.Is(err, wire.ErrKeys) {
			t.Errorf("private key %.20q: %v", text, err)
		}
	}
	const prime = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"
	for _, text := range []string{
		"", pemPoint[4:], "01" + pemPoint[2:66], "02" + prime, "02" + strings.Repeat("ff", 32), "05" + pemPoint[2:], pemPoint[:128] + "ff",
		"04" + zero + zero, "04" + prime + zero, "04" + prime + prime, pemHex, pkcs8PEM, pemPoint + "00",
	} {
		if _, err := wire.ParsePublicKey(text); !errors.Is(err, wire.ErrKeys) {
			t.Errorf("public key %.20q: %v", text, err)
		}
	}
}

// colons is hex as openssl writes it for people.
func colons(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i += 2 {
		if i > 0 && i%30 == 0 {
			b.WriteString(":\n    ")
		} else if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(text[i : i+2])
	}
	return b.String()
}

func TestAKeyThatIsNoneIsToldWhatItIs(t *testing.T) {
	for text, says := range map[string]string{
		"":                             "none of hex, base64 and PEM",
		"no key at all":                "none of hex, base64 and PEM",
		pemHex[2:]:                     "neither the length",
		pemPoint:                       "a public key",
		pemPoint[2:]:                   "a public key",
		spkiPEM:                        "a public key",
		strings.Repeat("ff", 32):       "out of range",
		"-----BEGIN NOTHING":           "PEM of another kind",
		asPEM("ENCRYPTED PRIVATE KEY"): "under a password",
		"-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END EC PRIVATE KEY-----":   "under a password",
		"-----BEGIN SM2 PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END SM2 PRIVATE KEY-----": "under a password",
		base64.StdEncoding.EncodeToString(der(t, spkiPEM)):                                               "a public key",
	} {
		if _, err := wire.ParsePrivateKey(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("private key %.20q: %v, want %s", text, err, says)
		}
	}
	for text, says := range map[string]string{
		"":                              "none of hex, base64 and PEM",
		pemHex:                          "the length of a private key",
		pkcs8PEM:                        "a private key",
		asPEM("CERTIFICATE"):            "openssl x509",
		pemPoint[4:]:                    "neither the length",
		"04" + strings.Repeat("11", 64): "no point of the curve",
	} {
		if _, err := wire.ParsePublicKey(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("public key %.20q: %v, want %s", text, err, says)
		}
	}
}

func asPEM(kind string) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte("x")}))
}

func der(t *testing.T, text string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	return block.Bytes
}

// TestKeysOfOtherMakersAreTaken: as OpenSSL and another library write them.
func TestKeysOfOtherMakersAreTaken(t *testing.T) {
	made, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err1 := smx509.MarshalSM2PrivateKey(made)
	pkcs8, err2 := smx509.MarshalPKCS8PrivateKey(made)
	spki, err3 := smx509.MarshalPKIXPublicKey(&made.PublicKey)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	point := fmt.Sprintf("04%064x%064x", made.X, made.Y)
	for name, text := range map[string]string{
		"SEC 1 in PEM":                    string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1})),
		"SEC 1 as 'openssl ec' writes it": string(pem.EncodeToMemory(&pem.Block{Type: "SM2 PRIVATE KEY", Bytes: sec1})),
		"SEC 1 in hex":                    hex.EncodeToString(sec1), "PKCS#8 in base64": base64.StdEncoding.EncodeToString(pkcs8),
	} {
		key, err := wire.ParsePrivateKey(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		proves(t, key, point)
	}
	if key, err := wire.ParsePublicKey(hex.EncodeToString(spki)); err != nil || !strings.EqualFold(key.String(), point) {
		t.Errorf("%v, %v", key, err)
	}
	compressed := fmt.Sprintf("%02x%064x", 2+made.Y.Bit(0), made.X)
	if key, err := wire.ParsePublicKey(compressed); err != nil || !strings.EqualFold(key.String(), point) {
		t.Errorf("compressed: %v, %v", key, err)
	}

	private, err := exec.Command("openssl", "ecparam", "-name", "SM2", "-genkey").Output()
	if err != nil {
		t.Fatalf("openssl, which make setup installs, makes no SM2 key: %v", err)
	}
	key, err := wire.ParsePrivateKey(string(private))
	if err != nil {
		t.Fatalf("%v of\n%s", err, private)
	}
	for _, form := range []string{"uncompressed", "compressed"} {
		cmd := exec.Command("openssl", "ec", "-pubout", "-conv_form", form)
		cmd.Stdin = bytes.NewReader(private)
		public, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		proves(t, key, string(public))
	}
}

// FuzzKeys: what is taken proves itself when it is written out.
func FuzzKeys(f *testing.F) {
	for _, seed := range []string{"", pemHex, pemPoint, pemPoint[2:], "03" + pemPoint[2:66], pkcs8PEM, spkiPEM, ecPEM, asPEM("EC PRIVATE KEY"), colons(pemHex)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		private, err := wire.ParsePrivateKey(text)
		if err != nil && !errors.Is(err, wire.ErrKeys) {
			t.Fatal(err)
		}
		if err == nil {
			_ = private.Public().String()
		}
		public, err := wire.ParsePublicKey(text)
		if err != nil {
			return
		}
		if again, err := wire.ParsePublicKey(public.String()); err != nil || again.String() != public.String() {
			t.Fatalf("%s came back as %v, %v", public, again, err)
		}
	})
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
