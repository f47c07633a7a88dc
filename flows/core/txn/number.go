package txn

import (
	"fmt"
	"io"
	"math/big"
	"time"

	"onetrans/flows/message/onetrans"
)

// NewNo makes a trade's number: the day, then twenty random digits (66 bits),
// so that no journal that was rolled back can make one again. Digits only: people
// read them to each other.
func NewNo(now time.Time, random io.Reader) (string, error) {
	const digits = 20
	var bytes [16]byte
	if _, err := io.ReadFull(random, bytes[:]); err != nil {
		return "", fmt.Errorf("making a trade's number: %w", err)
	}
	// 128 bits over 67: what the remainder favours is beyond measure.
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
	n := new(big.Int).SetBytes(bytes[:])
	return fmt.Sprintf("%s%0*s", onetrans.FormatTime(now)[2:8], digits, n.Mod(n, limit).String()), nil
}
