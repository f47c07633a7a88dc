package wire

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
)

// ParsePrivateKey reads an SM2 private key: 32 bytes or PKCS#8, in hex, base64
// or PEM. Anything else is [ErrKeys].
func ParsePrivateKey(text string) (*PrivateKey, error) {
	raw, ok := decode(text, "PRIVATE KEY")
	if ok && len(raw) != sm2Size {
		raw, ok = fromPKCS8(raw)
	}
	if ok {
		if key, ok := newPrivateKey(raw); ok {
			return key, nil
		}
	}
	return nil, fmt.Errorf("%w: no SM2 private key", ErrKeys)
}

// ParsePublicKey reads an SM2 public key: the point 04‖X‖Y or a
// SubjectPublicKeyInfo, in hex, base64 or PEM. Anything else is [ErrKeys].
func ParsePublicKey(text string) (*PublicKey, error) {
	raw, ok := decode(text, "PUBLIC KEY")
	if ok && len(raw) != 1+2*sm2Size {
		raw, ok = fromSPKI(raw)
	}
	if ok {
		if key, ok := newPublicKey(raw); ok {
			return key, nil
		}
	}
	return nil, fmt.Errorf("%w: no SM2 public key", ErrKeys)
}

// decode is what the text holds, in whichever form it was written.
func decode(text, pemType string) ([]byte, bool) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "-----BEGIN") {
		for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
			if block.Type == pemType { // openssl writes the curve's parameters before it
				return block.Bytes, true
			}
		}
		return nil, false
	}
	if raw, err := hex.DecodeString(text); err == nil {
		return raw, true
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	return raw, err == nil
}

// algorithm is the AlgorithmIdentifier of an elliptic-curve key.
type algorithm struct {
	Algorithm asn1.ObjectIdentifier
	Curve     asn1.ObjectIdentifier
}

// isSM2 says that the key is on the curve of SM2 (GM/T 0006).
func (a algorithm) isSM2() bool {
	return a.Algorithm.Equal(asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}) &&
		a.Curve.Equal(asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301})
}

// fromPKCS8 is the private key in a PKCS#8 PrivateKeyInfo.
func fromPKCS8(der []byte) ([]byte, bool) {
	var outer struct {
		Version   int
		Algorithm algorithm
		Key       []byte
		Rest      asn1.RawValue `asn1:"optional"`
	}
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) > 0 || !outer.Algorithm.isSM2() {
		return nil, false
	}
	var inner struct {
		Version    int
		Key        []byte
		Parameters asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		Public     asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	if rest, err := asn1.Unmarshal(outer.Key, &inner); err != nil || len(rest) > 0 || len(inner.Key) > sm2Size {
		return nil, false
	}
	return append(bytes.Repeat([]byte{0}, sm2Size-len(inner.Key)), inner.Key...), true
}

// fromSPKI is the point in a SubjectPublicKeyInfo.
func fromSPKI(der []byte) ([]byte, bool) {
	var info struct {
		Algorithm algorithm
		Point     asn1.BitString
	}
	rest, err := asn1.Unmarshal(der, &info)
	ok := err == nil && len(rest) == 0 && info.Algorithm.isSM2() && info.Point.BitLength%8 == 0
	return info.Point.Bytes, ok
}
