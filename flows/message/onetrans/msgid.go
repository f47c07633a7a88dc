package onetrans

import (
	"io"
	"strings"
	"time"
)

const (
	maxMsgID       = 30
	maxInstitution = 12
	msgIDAlphabet  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // 32 characters: five bits each
)

// NewMsgID is a fresh msgid of 30 characters: the institution's code (its letters
// and digits, at most 12), the time, and at least four random characters. random
// must not fail, as crypto/rand.Reader does not.
func NewMsgID(institution string, now time.Time, random io.Reader) string {
	id := []byte(alphanumeric(institution, maxInstitution) + FormatTime(now))
	last := make([]byte, maxMsgID-len(id))
	if _, err := io.ReadFull(random, last); err != nil {
		panic("onetrans: the random source failed: " + err.Error())
	}
	for _, b := range last {
		id = append(id, msgIDAlphabet[b%byte(len(msgIDAlphabet))])
	}
	return string(id)
}

// alphanumeric is the first n ASCII letters and digits of s.
func alphanumeric(s string, n int) string {
	kept := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
	return kept[:min(n, len(kept))]
}
