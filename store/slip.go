package store

import (
	"encoding/hex"
	"strings"
)

// slipSize is how many bytes a slip's proof has: short enough to be typed.
const slipSize = 5

// Slip is this journal's proof that it printed these facts when its log ended at an
// entry. Nobody makes one without its key.
func (s *Store) Slip(seq uint64, facts ...string) []byte {
	return s.keys.hidden("slip", string(number(seq))+strings.Join(facts, "\x00"))[:slipSize]
}

// ParseSlip reads what a receipt has: the head, and behind another hyphen the proof
// of what it says, which older receipts lack. Its error is ErrHead.
func ParseSlip(s string) (head Head, proof []byte, err error) {
	parts := strings.FieldsFunc(strings.TrimSpace(s), func(r rune) bool { return r == '-' || r == ':' })
	if len(parts) == 3 {
		if proof, err = hex.DecodeString(parts[2]); err != nil || len(proof) != slipSize {
			return Head{}, nil, ErrHead
		}
		s = parts[0] + "-" + parts[1]
	}
	head, err = ParseHead(s)
	return head, proof, err
}
