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
		if !bytes.Equal(sealed(rt, NewSM4, block, message), sealed(rt, reference4.NewCipher, block, message)) {
			rt.Error("SM4-GCM differs")
		}
	})
}

func sealed(t *rapid.T, newBlock func([]byte) (cipher.Block, error), key, message []byte) []byte {
	block, err := newBlock(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return gcm.Seal(nil, make([]byte, gcm.NonceSize()), message, []byte("aside"))
}
