package platform

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"time"
)

const (
	dialTimeout = 10 * time.Second
	// idleTimeout is shorter than what servers and firewalls usually grant, so that
	// a message is rarely sent over a connection that is already gone.
	idleTimeout = 30 * time.Second
	maxHeader   = 64 << 10 // bytes
)

// checkURL demands TLS unless the host is this machine.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return ErrAddress
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return ErrInsecure
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

// newTransport speaks only HTTP/1.1, keeps connections alive, ignores proxies in
// the environment, and does not decompress.
func newTransport(o Options) (*http.Transport, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, VerifyConnection: strongChain}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("%w: platform.ca_file: %w", ErrOptions, err)
		}
		if config.RootCAs, err = Authorities(pem); err != nil {
			return nil, fmt.Errorf("%w: platform.ca_file: %w", ErrOptions, err)
		}
	}
	dial := o.DialContext
	if dial == nil {
		dial = (&net.Dialer{Timeout: dialTimeout}).DialContext
	}
	return &http.Transport{
		DialContext:            dial,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    dialTimeout,
		Protocols:              http1(),
		DisableCompression:     true,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeader,
	}, nil
}

// leastRSA is the minimum size of an RSA key in bits: shorter ones can be broken
// for money.
const leastRSA = 2048

// CertificateError says what is wrong with a file of certificates.
type CertificateError struct {
	Fault CertificateFault
	Bits  int // of a key that is too short
}

// CertificateFault is what can be wrong with a file of certificates.
type CertificateFault string

// What may be wrong with a file of certificates.
const (
	NoCertificate         CertificateFault = "none"
	UnreadableCertificate CertificateFault = "unreadable"
	ShortKey              CertificateFault = "short"
)

// Error is the error for the log.
func (e *CertificateError) Error() string {
	switch e.Fault {
	case NoCertificate:
		return "it holds no certificate in PEM"
	case ShortKey:
		return fmt.Sprintf("a certificate has an RSA key of %d bits: it must have %d at least", e.Bits, leastRSA)
	}
	return "a certificate in it can't be read"
}

// Words are the key of the error's text for people, and what fills it in.
func (e *CertificateError) Words() (key string, values []string, behind error) {
	return "certificate." + string(e.Fault), []string{"bits", strconv.Itoa(e.Bits), "least", strconv.Itoa(leastRSA)}, nil
}

// Authorities are the certificates of a PEM file that are to be trusted. It is an
// error if there are none, or if a key is too short.
func Authorities(pemFile []byte) (*x509.CertPool, error) {
	pool, found := x509.NewCertPool(), false
	for block, rest := pem.Decode(pemFile); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &CertificateError{Fault: UnreadableCertificate}
		}
		if err := strong(certificate); err != nil {
			return nil, err
		}
		pool.AddCert(certificate)
		found = true
	}
	if !found {
		return nil, &CertificateError{Fault: NoCertificate}
	}
	return pool, nil
}

// strong reports whether a certificate's key is long enough.
func strong(c *x509.Certificate) error {
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < leastRSA {
		return &CertificateError{ShortKey, key.N.BitLen()}
	}
	return nil
}

// strongChain demands that a server has a chain of strong certificates only.
func strongChain(state tls.ConnectionState) (err error) {
	for _, chain := range state.VerifiedChains {
		err = nil
		for _, certificate := range chain {
			err = errors.Join(err, strong(certificate))
		}
		if err == nil {
			return nil
		}
	}
	return err
}

// http1 is HTTP/1.1 alone: HTTP/2 repeats requests by its own rules.
func http1() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	return &p
}
