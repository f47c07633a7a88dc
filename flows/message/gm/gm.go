// Package gm has the hash and the block cipher of the GM standards: SM3 (GM/T
// 0004) and SM4 (GM/T 0002). Of the library behind them, which is unmaintained,
// only these two are used; modes and paddings are the standard library's or
// their user's own. But for SM4-GCM: there another library has the processor's own
// instructions, with which the journal is read several times as fast.
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

// SM3 is the 32 bytes of a message's hash.
func SM3(message []byte) []byte { return sm3.Sm3Sum(message) }

// NewMAC is HMAC-SM3 under a key of any length. Its Sum takes nil alone: the
// library's would hash what it is given.
func NewMAC(key []byte) hash.Hash { return hmac.New(sm3.New, key) }

// NewSM4 is the block cipher under a key of [SM4Size] bytes. One at a time may
// use it: the library's has a buffer of its own.
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
