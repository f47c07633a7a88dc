package wire

import (
	"crypto/rand"
	"crypto/subtle"
	"math/big"

	"github.com/tjfoc/gmsm/sm2"

	"onetrans/flows/message/gm"
)

// This file and package gm alone touch the GM library. It is unmaintained and
// panics on what it does not expect, so lengths and ranges are settled before
// each call, and of SM4 only the block is used, with a mode and a padding of our own.

const (
	sm2Size   = 32 // bytes of a coordinate, a private key, r or s
	blockSize = gm.SM4Size
)

// userID is the default ID of a signer in GM/T 0009, which SM2 hashes.
const userID = "1234567812345678"

// PrivateKey signs with SM2.
type PrivateKey struct{ key *sm2.PrivateKey }

// PublicKey verifies SM2 signatures.
type PublicKey struct{ key *sm2.PublicKey }

// Public is the key that verifies k's signatures.
func (k *PrivateKey) Public() *PublicKey { return &PublicKey{&k.key.PublicKey} }

// String is the point 04‖X‖Y in hex, the form that the platform's operator needs.
func (k *PublicKey) String() string {
	point := make([]byte, 1+2*sm2Size)
	point[0] = 4
	k.key.X.FillBytes(point[1 : 1+sm2Size])
	k.key.Y.FillBytes(point[1+sm2Size:])
	return upperHex(point)
}

// newPrivateKey takes 32 bytes, big-endian, from 1 to the curve's order minus 2.
func newPrivateKey(raw []byte) (*PrivateKey, bool) {
	curve := sm2.P256Sm2()
	d := new(big.Int).SetBytes(raw)
	last := new(big.Int).Sub(curve.Params().N, big.NewInt(2))
	if len(raw) != sm2Size || d.Sign() == 0 || d.Cmp(last) > 0 {
		return nil, false
	}
	//lint:ignore SA1019 crypto/ecdh has no SM2 curve.
	x, y := curve.ScalarBaseMult(d.Bytes())
	return &PrivateKey{&sm2.PrivateKey{PublicKey: sm2.PublicKey{Curve: curve, X: x, Y: y}, D: d}}, true
}

// newPublicKey takes a point on the curve: 04‖X‖Y, X‖Y, or compressed.
func newPublicKey(raw []byte) (*PublicKey, bool) {
	if !isPoint(raw) {
		return nil, false
	}
	curve := sm2.P256Sm2()
	prime := curve.Params().P
	var x, y *big.Int
	switch len(raw) {
	case 1 + sm2Size:
		x = new(big.Int).SetBytes(raw[1:])
		y = ordinate(x, raw[0]&1)
	default:
		coordinates := raw[len(raw)-2*sm2Size:]
		x = new(big.Int).SetBytes(coordinates[:sm2Size])
		y = new(big.Int).SetBytes(coordinates[sm2Size:])
	}
	if y == nil {
		return nil, false
	}
	//lint:ignore SA1019 crypto/ecdh has no SM2 curve.
	if x.Cmp(prime) >= 0 || y.Cmp(prime) >= 0 || !curve.IsOnCurve(x, y) {
		return nil, false
	}
	return &PublicKey{&sm2.PublicKey{Curve: curve, X: x, Y: y}}, true
}

// ordinate is the odd or even y of the point at x, by the last bit of parity; nil
// if the curve has no such point.
func ordinate(x *big.Int, parity byte) *big.Int {
	params := sm2.P256Sm2().Params()
	// y² = x³ + ax + b, where SM2's a is -3 modulo the prime.
	square := new(big.Int).Exp(x, big.NewInt(3), params.P)
	square.Sub(square, new(big.Int).Mul(x, big.NewInt(3)))
	square.Add(square, params.B)
	y := new(big.Int).ModSqrt(square.Mod(square, params.P), params.P)
	if y != nil && y.Bit(0) != uint(parity) {
		y.Sub(params.P, y)
	}
	return y
}

// sm2Sign is an SM2-with-SM3 signature, the 64 bytes r‖s.
func sm2Sign(k *PrivateKey, message []byte) ([]byte, error) {
	r, s, err := sm2.Sm2Sign(k.key, message, []byte(userID), rand.Reader)
	if err != nil {
		return nil, err
	}
	signature := make([]byte, 2*sm2Size)
	r.FillBytes(signature[:sm2Size])
	s.FillBytes(signature[sm2Size:])
	return signature, nil
}

// sm2Verify reports whether signature is k's over message.
func sm2Verify(k *PublicKey, message, signature []byte) bool {
	if len(signature) != 2*sm2Size {
		return false
	}
	r := new(big.Int).SetBytes(signature[:sm2Size])
	s := new(big.Int).SetBytes(signature[sm2Size:])
	return sm2.Sm2Verify(k.key, message, []byte(userID), r, s)
}

// sm3Sum is the 32 bytes of SM3.
func sm3Sum(message []byte) []byte { return gm.SM3(message) }

// sm4Seal encrypts data with SM4-ECB and PKCS7 padding. The key has 16 bytes.
func sm4Seal(key, data []byte) ([]byte, error) {
	block, err := gm.NewSM4(key)
	if err != nil {
		return nil, err
	}
	padding := blockSize - len(data)%blockSize
	sealed := make([]byte, len(data)+padding)
	copy(sealed, data)
	for i := len(data); i < len(sealed); i++ {
		sealed[i] = byte(padding)
	}
	for b := sealed; len(b) > 0; b = b[blockSize:] {
		block.Encrypt(b[:blockSize], b[:blockSize])
	}
	return sealed, nil
}

// sm4Open reverses [sm4Seal]; false if the length or the padding is wrong.
func sm4Open(key, sealed []byte) ([]byte, bool) {
	block, err := gm.NewSM4(key)
	if err != nil || len(sealed) == 0 || len(sealed)%blockSize != 0 {
		return nil, false
	}
	data := make([]byte, len(sealed))
	for i := 0; i < len(sealed); i += blockSize {
		block.Decrypt(data[i:i+blockSize], sealed[i:i+blockSize])
	}
	return unpad(data)
}

// unpad removes PKCS7 padding: n bytes of value n, 1 to 16, each of them checked.
func unpad(data []byte) ([]byte, bool) {
	n := int(data[len(data)-1])
	if n < 1 || n > blockSize {
		return nil, false
	}
	good := 1
	for _, b := range data[len(data)-n:] {
		good &= subtle.ConstantTimeByteEq(b, byte(n))
	}
	return data[:len(data)-n], good == 1
}
