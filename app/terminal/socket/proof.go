package socket

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"

	"onetrans/flows/message/onetrans"
)

// The lines that are said before a call. A proof binds the other side's nonce
// to the secret, so that neither gives anything to who happens to have its port.
type (
	// A greeting names the newest version that the caller speaks, and the oldest:
	// 0 where it speaks no other.
	greeting struct {
		Version int    `json:"onetrans"`
		Oldest  int    `json:"oldest,omitzero"`
		Nonce   []byte `json:"nonce"`
	}
	// A welcome names the version that is spoken from here on. Where both have
	// none in common, it is the owner's newest, and nothing follows.
	welcome struct {
		Version int    `json:"onetrans"`
		Nonce   []byte `json:"nonce"`
		Proof   []byte `json:"proof"`
	}
	// A handover has a call or a command, not both.
	handover struct {
		Proof   []byte         `json:"proof"`
		Call    *onetrans.Call `json:"call,omitzero"`
		Command *Command       `json:"command,omitzero"`
	}
)

const nonceLength = 16

func newNonce() []byte {
	nonce := make([]byte, nonceLength)
	_, _ = rand.Read(nonce) // never fails
	return nonce
}

// The sides of a connection: one's proof is none for the other.
const (
	ownerSide  = "owner"
	callerSide = "caller"
)

func proof(secret []byte, side string, nonce []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("onetrans socket " + side + " "))
	mac.Write(nonce)
	return mac.Sum(nil)
}

func proves(given, secret []byte, side string, nonce []byte) bool {
	return len(nonce) == nonceLength && hmac.Equal(given, proof(secret, side, nonce))
}

// common is the newest version that both sides speak; false when there is none.
func (v versions) common(g greeting) (int, bool) {
	newest, least := min(v.newest, g.Version), max(v.oldest, g.Oldest)
	if g.Oldest == 0 {
		least = max(v.oldest, g.Version)
	}
	return newest, newest >= least
}
