package wire

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"regexp"
	"strings"
	"unicode"
)

// KeyFault is what was found instead of a key.
type KeyFault string

// What may be found instead of a key, or be wrong with one.
const (
	Locked        KeyFault = "locked"
	OtherPEM      KeyFault = "other_pem"
	NoForm        KeyFault = "no_form"
	IsPublic      KeyFault = "public"
	OutOfRange    KeyFault = "range"
	IsCertificate KeyFault = "certificate"
	IsPrivate     KeyFault = "private"
	PrivateLength KeyFault = "private_length"
	NoPoint       KeyFault = "point"
	NoStructure   KeyFault = "structure"
	OtherCurve    KeyFault = "curve"
)

// keyFaults are the words for the log.
func keyFaults() map[KeyFault]string {
	return map[KeyFault]string{
		Locked:        "it is under a password: 'openssl pkey' takes that off",
		OtherPEM:      "it is PEM of another kind",
		NoForm:        "it is none of hex, base64 and PEM",
		IsPublic:      "it is a public key",
		OutOfRange:    "its number is out of range",
		IsCertificate: "it is a certificate: 'openssl x509 -pubkey -noout' takes the key out",
		IsPrivate:     "it is a private key",
		PrivateLength: "it has the length of a private key",
		NoPoint:       "it is no point of the curve",
		NoStructure:   "it has neither the length of one nor its structure",
		OtherCurve:    "it is of another curve or kind",
	}
}

// KeyError is the error of a text that is not an SM2 key, of the family [ErrKeys].
type KeyError struct {
	Public bool // a public key was wanted
	Fault  KeyFault
}

// Error says what was wanted, and what was found instead.
func (e *KeyError) Error() string {
	wanted := "private"
	if e.Public {
		wanted = "public"
	}
	return ErrKeys.Error() + ": no SM2 " + wanted + " key: " + keyFaults()[e.Fault]
}

// Unwrap puts the error in its family.
func (e *KeyError) Unwrap() error { return ErrKeys }

// Words are the key of the error's text for people.
func (e *KeyError) Words() (key string, values []string, behind error) {
	return "key." + string(e.Fault), nil, nil
}

// ParsePrivateKey parses an SM2 private key: its 32 bytes, SEC 1 or PKCS#8, in hex,
// base64 or PEM. Its error is a [*KeyError].
func ParsePrivateKey(text string) (*PrivateKey, error) {
	wrong := func(is KeyFault) (*PrivateKey, error) { return nil, &KeyError{Fault: is} }
	// SEC 1 goes by two names: the second is that of OpenSSL 3.
	raw, kind, ok := decode(text, "PRIVATE KEY", "EC PRIVATE KEY", "SM2 PRIVATE KEY")
	switch {
	case kind == "ENCRYPTED PRIVATE KEY", !ok && (kind == "EC PRIVATE KEY" || kind == "SM2 PRIVATE KEY"):
		return wrong(Locked)
	case kind == "PUBLIC KEY":
		return wrong(IsPublic)
	case !ok && kind != "":
		return wrong(OtherPEM)
	case !ok:
		return wrong(NoForm)
	case len(raw) == sm2Size+1 && raw[0] == 0: // as some libraries write a number
		raw = raw[1:]
	case isPoint(raw):
		return wrong(IsPublic)
	case len(raw) != sm2Size:
		secret, found := scalarOf(raw)
		if _, public := pointOf(raw); public == nil {
			return wrong(IsPublic)
		}
		if found != nil {
			return wrong(isOf(found))
		}
		raw = secret
	}
	if key, ok := newPrivateKey(raw); ok {
		return key, nil
	}
	return wrong(OutOfRange)
}

// ParsePublicKey parses an SM2 public key: the point as 04‖X‖Y, as X‖Y, or
// compressed, or a SubjectPublicKeyInfo, in hex, base64 or PEM. Its error is a
// [*KeyError].
func ParsePublicKey(text string) (*PublicKey, error) {
	wrong := func(is KeyFault) (*PublicKey, error) { return nil, &KeyError{Public: true, Fault: is} }
	raw, kind, ok := decode(text, "PUBLIC KEY")
	switch {
	case kind == "CERTIFICATE":
		return wrong(IsCertificate)
	case strings.HasSuffix(kind, "PRIVATE KEY"):
		return wrong(IsPrivate)
	case !ok && kind != "":
		return wrong(OtherPEM)
	case !ok:
		return wrong(NoForm)
	case len(raw) == sm2Size:
		return wrong(PrivateLength)
	}
	if !isPoint(raw) {
		point, err := pointOf(raw)
		if err != nil {
			return wrong(isOf(err))
		}
		raw = point
	}
	if key, ok := newPublicKey(raw); ok {
		return key, nil
	}
	return wrong(NoPoint)
}

// isPoint reports whether raw has the form of a point: 04‖X‖Y, X‖Y, or 02 or 03 and
// X.
func isPoint(raw []byte) bool {
	switch len(raw) {
	case 1 + 2*sm2Size:
		return raw[0] == 4
	case 2 * sm2Size:
		return true
	case 1 + sm2Size:
		return raw[0] == 2 || raw[0] == 3
	}
	return false
}

// decode decodes the text from whichever form it has, and says of what kind a PEM
// block is. A kind that is protected by a password has no bytes.
func decode(text string, kinds ...string) (raw []byte, kind string, ok bool) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "-----BEGIN") {
		return decodePEM(text, kinds)
	}
	// openssl writes a key's bytes in lines, with colons between them.
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ':' {
			return -1
		}
		return r
	}, text)
	if raw, err := hex.DecodeString(text); err == nil {
		return raw, "", len(raw) > 0
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	return raw, "", err == nil
}

// decodePEM is the first block of one of these kinds, else the kind of the last
// block.
func decodePEM(text string, kinds []string) (raw []byte, kind string, ok bool) {
	kind = "nothing"
	text = indent.ReplaceAllString(text, "") // as in a configuration's own lines
	for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
		kind = block.Type
		for _, wanted := range kinds {
			if kind == wanted && block.Headers["Proc-Type"] != "" {
				return nil, kind, false
			}
			if kind == wanted { // openssl writes the curve's parameters before it
				return block.Bytes, kind, true
			}
		}
	}
	return nil, kind, false
}

var indent = regexp.MustCompile(`(?m)^[ \t]+`)

// What is wrong with a key's structure.
var (
	errForm  = errors.New(string(NoStructure))
	errCurve = errors.New(string(OtherCurve))
)

// isOf is what is wrong with a key's structure.
func isOf(err error) KeyFault {
	if errors.Is(err, errCurve) {
		return OtherCurve
	}
	return NoStructure
}

// sm2Curve is the object identifier of the curve (GM/T 0006).
func sm2Curve() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301} }

// algorithm is the AlgorithmIdentifier of a key.
type algorithm struct {
	Algorithm asn1.ObjectIdentifier
	Curve     asn1.RawValue `asn1:"optional"`
}

func (a algorithm) isSM2() bool {
	var curve asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(a.Curve.FullBytes, &curve)
	return err == nil && len(rest) == 0 && curve.Equal(sm2Curve()) &&
		a.Algorithm.Equal(asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1})
}

// scalarOf is the private key in a PKCS#8 PrivateKeyInfo or an ECPrivateKey of SEC 1.
func scalarOf(der []byte) ([]byte, error) {
	var outer struct {
		Version   int
		Algorithm algorithm
		Key       []byte
		Rest      asn1.RawValue `asn1:"optional"`
	}
	if rest, err := asn1.Unmarshal(der, &outer); err == nil && len(rest) == 0 {
		if !outer.Algorithm.isSM2() {
			return nil, errCurve
		}
		der = outer.Key
	}
	var inner struct {
		Version    int
		Key        []byte
		Parameters asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		Public     asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	rest, err := asn1.Unmarshal(der, &inner)
	switch {
	case err != nil || len(rest) > 0 || len(inner.Key) > sm2Size:
		return nil, errForm
	case inner.Parameters != nil && !inner.Parameters.Equal(sm2Curve()):
		return nil, errCurve
	}
	return append(bytes.Repeat([]byte{0}, sm2Size-len(inner.Key)), inner.Key...), nil
}

// pointOf is the point in a SubjectPublicKeyInfo.
func pointOf(der []byte) ([]byte, error) {
	var info struct {
		Algorithm algorithm
		Point     asn1.BitString
	}
	rest, err := asn1.Unmarshal(der, &info)
	switch {
	case err != nil || len(rest) > 0 || info.Point.BitLength%8 != 0:
		return nil, errForm
	case !info.Algorithm.isSM2():
		return nil, errCurve
	}
	return info.Point.Bytes, nil
}
