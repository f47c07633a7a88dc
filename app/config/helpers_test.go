package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lone is an environment with nothing of this machine in it.
func lone(more ...string) []string {
	return append([]string{"HOME=/home/nobody", "LOCALAPPDATA=C:\\nobody", "APPDATA=C:\\nobody"}, more...)
}

// write puts content into a file that only its owner may read.
func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sandboxed is all that a file must say.
const sandboxed = "platform.driver = 'sandbox'\n"

// load reads a configuration of this content in this environment, on the sandbox
// unless the content says otherwise.
func load(t testing.TB, content string, environ ...string) (Config, error) {
	t.Helper()
	path := write(t, filepath.Join(t.TempDir(), "onetrans.toml"), content)
	environ = lone(environ...)
	if all := strings.ToLower(strings.Join(append(environ, content), "\n")); !strings.Contains(all, "driver") {
		environ = append(environ, "ONETRANS_PLATFORM_DRIVER=sandbox") // every file must say it
	}
	return Load(Options{Path: path, Environ: environ})
}

// mustLoad is load of what is a good configuration.
func mustLoad(t testing.TB, content string, environ ...string) Config {
	t.Helper()
	c, err := load(t, content, environ...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// real is what a real platform needs at least, for further keys of [platform].
const real = `
[[pay.account]]
type = "02"
pay_app_id = "P2"
pay_app_secret = "S2"
[platform]
driver = "wire"
url = "https://pay.example.cn/api"
app_id = "A"
app_key = "K"
`

// certificate is a self-signed certificate of a key, in PEM.
func certificate(t testing.TB, key crypto.Signer) string {
	t.Helper()
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// goodCA is the certificate of an authority that may be trusted.
func goodCA(t testing.TB) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return certificate(t, key)
}

// warnings are a configuration's, in English.
func warnings(c Config) (all []string) {
	for _, d := range c.Warnings() {
		all = append(all, d.Error())
	}
	return all
}
