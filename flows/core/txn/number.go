package txn

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"strconv"
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

// contentOf hashes what a trade's number stands for. Message id, time,
// operator and credentials are no part of it.
func contentOf(transType, no, original string, amount onetrans.Fen, card ...string) string {
	h := sha256.New()
	for _, part := range append([]string{transType, no, original, strconv.FormatInt(int64(amount), 10)}, card...) {
		// The length makes the parts unmistakable: "1"+"23" is not "12"+"3".
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// content is the hash of what the trade's number stands for. Of a refund its
// original is compared by itself, because it has two names.
func (o Order) content() string {
	return contentOf(o.Kind(), o.No, "", o.Amount, o.CardType, o.CardNo, o.AccountType)
}

// firstContent is content as it was hashed before accounts were part of it.
func (o Order) firstContent(original string) string {
	return contentOf(o.Kind(), o.No, original, o.Amount, o.CardType, o.CardNo)
}

// sameContent is the error when a number is used again for something else.
func sameContent(before, now Order) error {
	asBefore := before.Content == now.firstContent(before.Original) && before.AccountType == now.AccountType
	if before.Content != now.Content && !asBefore {
		return fmt.Errorf("%w: %s", ErrNumberReused, now.No)
	}
	return nil
}
