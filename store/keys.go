package store

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"hash"

	"onetrans/flows/message/gm"
)

// KeySize is how many bytes a store's key has.
const KeySize = 32

// keys are what a store's key is for, each of its own.
type keys struct {
	chain []byte // binds the log's entries
	tag   []byte // hides what is searched for
	check []byte // says which key it is, and nothing of it
	seal  cipher.AEAD
}

func derive(key []byte) keys {
	of := func(purpose string) []byte { return mac(key, []byte("onetrans journal: "+purpose)) }
	return keys{
		chain: of("chain"),
		tag:   of("tag"),
		check: of("check")[:tagSize],
		seal:  newSeal(of("seal")[:gm.SM4Size]),
	}
}

// Derive is a key for something else that is kept beside a journal, 32 bytes: it follows
// from the store's key, and says nothing of it.
func Derive(key []byte, purpose string) []byte { return mac(key, []byte("onetrans beside: "+purpose)) }

// newSeal is SM4-GCM; the key's size is right, and then nothing can fail.
func newSeal(key []byte) cipher.AEAD {
	seal, err := gm.NewSM4GCM(key)
	if err != nil {
		panic("store: " + err.Error())
	}
	return seal
}

func mac(key []byte, parts ...[]byte) []byte { return sum(gm.NewMAC(key), parts...) }

func sum(h hash.Hash, parts ...[]byte) []byte {
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// link is the value of a chain's entry.
func (k keys) link(before []byte, seq uint64, body []byte) []byte {
	return mac(k.chain, before, number(seq), body)
}

// begin is the value before a chain's first entry.
func (k keys) begin(terminal string) []byte {
	return mac(k.chain, []byte("onetrans journal of "+terminal))
}

// tagSize is how many bytes of an HMAC stand for what they hide.
const tagSize = 16

// hidden stands for a personal value in an index.
func (k keys) hidden(kind, value string) []byte {
	return mac(k.tag, []byte(kind+"\x00"+value))[:tagSize]
}

// sealed is plain, sealed; aside is bound to it and not in it. The nonce is
// random: a sequence comes again in a journal that was rolled back.
func (k keys) sealed(plain, aside []byte) []byte {
	return sealWith(k.seal, plain, aside)
}

func sealWith(seal cipher.AEAD, plain, aside []byte) []byte {
	out := make([]byte, seal.NonceSize(), seal.NonceSize()+len(plain)+seal.Overhead())
	_, _ = rand.Read(out) // never fails
	return seal.Seal(out, out, plain, aside)
}

func brokenSeal() error { return flaw(ErrAltered, "seal", "a seal is broken") }

func (k keys) unsealed(sealed, aside []byte) ([]byte, error) {
	return openWith(k.seal, sealed, aside)
}

func openWith(seal cipher.AEAD, sealed, aside []byte) ([]byte, error) {
	n := seal.NonceSize()
	if len(sealed) < n+seal.Overhead() {
		return nil, brokenSeal()
	}
	plain, err := seal.Open(nil, sealed[:n], sealed[n:], aside)
	if err != nil {
		return nil, brokenSeal()
	}
	return plain, nil
}

func same(a, b []byte) bool { return hmac.Equal(a, b) }
