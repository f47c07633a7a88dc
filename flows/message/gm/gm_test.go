package gm

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"testing"

	reference3 "github.com/emmansun/gmsm/sm3"
	reference4 "github.com/emmansun/gmsm/sm4"
	"pgregory.net/rapid"
)

// Another implementation of the same standards agrees on whatever it is given.
func TestAgainstAnotherImplementation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(rt, "message")
		if want := reference3.Sum(message); !bytes.Equal(SM3(message), want[:]) {
			rt.Error("SM3 differs")
		}
		key := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(rt, "key")
		cut := rapid.IntRange(0, len(message)).Draw(rt, "cut")
		ours, theirs := NewMAC(key), hmac.New(reference3.New, key)
		for range 2 { // again after a reset
			ours.Reset()
			theirs.Reset()
			for _, part := range [][]byte{message[:cut], message[cut:]} {
				ours.Write(part)
				theirs.Write(part)
			}
			if !bytes.Equal(ours.Sum(nil), theirs.Sum(nil)) {
				rt.Error("HMAC-SM3 differs")
			}
		}
		block := rapid.SliceOfN(rapid.Byte(), SM4Size, SM4Size).Draw(rt, "block")
		if !bytes.Equal(encrypted(rt, NewSM4, block, message), encrypted(rt, reference4.NewCipher, block, message)) {
			rt.Error("SM4 differs")
		}
		if !bytes.Equal(sealed(rt, NewSM4GCM, block, message), sealed(rt, overNewSM4, block, message)) {
			rt.Error("SM4-GCM differs")
		}
	})
}

func TestAKeyOfAnotherLengthIsRefused(t *testing.T) {
	for _, size := range []int{0, SM4Size - 1, SM4Size + 1, 2 * SM4Size} {
		if _, err := NewSM4(make([]byte, size)); err == nil {
			t.Errorf("SM4 takes a key of %d bytes", size)
		}
		if _, err := NewSM4GCM(make([]byte, size)); err == nil {
			t.Errorf("SM4-GCM takes a key of %d bytes", size)
		}
	}
}

// encrypted is the message's blocks in counter mode.
func encrypted(t *rapid.T, newBlock func([]byte) (cipher.Block, error), key, message []byte) []byte {
	block, err := newBlock(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(message))
	cipher.NewCTR(block, make([]byte, SM4Size)).XORKeyStream(out, message)
	return out
}

// overNewSM4 is the standard library's GCM over the other library's SM4.
func overNewSM4(key []byte) (cipher.AEAD, error) {
	block, err := NewSM4(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func sealed(t *rapid.T, newSeal func([]byte) (cipher.AEAD, error), key, message []byte) []byte {
	seal, err := newSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	return seal.Seal(nil, make([]byte, seal.NonceSize()), message, []byte("aside"))
}
