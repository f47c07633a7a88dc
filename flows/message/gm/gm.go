// Package gm provides the hash and the block cipher of the GM standards: SM3 (GM/T
// 0004) and SM4 (GM/T 0002). The library behind it is unmaintained, so only these
// two are taken from it; modes and paddings come from the standard library or the
// caller.
package gm

import (
	"crypto/cipher"
	"crypto/hmac"
	"hash"

	fast "github.com/emmansun/gmsm/sm4"
	"github.com/tjfoc/gmsm/sm3"
	"github.com/tjfoc/gmsm/sm4"
)

// SM4Size is the size of a block and of a key of SM4, in bytes.
const SM4Size = 16

// SM3 is the hash of a message, 32 bytes.
func SM3(message []byte) []byte { return sm3.Sm3Sum(message) }

// NewMAC is HMAC-SM3 under a key of any length. Call Sum only with nil: the
// library's would hash its argument.
func NewMAC(key []byte) hash.Hash { return hmac.New(sm3.New, key) }

// NewSM4 is the block cipher under a key of [SM4Size] bytes. It is not safe for use
// by several goroutines: the library's has a shared buffer.
func NewSM4(key []byte) (cipher.Block, error) { return sm4.NewCipher(key) }

// NewSM4GCM is SM4 with GCM (NIST SP 800-38D, nonces of 12 bytes, tags of 16)
// under a key of [SM4Size] bytes. Many at a time may use it.
func NewSM4GCM(key []byte) (cipher.AEAD, error) {
	block, err := fast.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
