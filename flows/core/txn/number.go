package txn

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
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

// usedFor is the trade that an order's number was used for. Its error is ErrJournal,
// or ErrNumberReused for one that was moved to an archive.
func (c *Core) usedFor(order Order) (before Trade, known bool, err error) {
	before, known, err = c.journal.Trade(order.Kind(), order.No)
	switch {
	case errors.Is(err, ErrArchived):
		return before, false, fmt.Errorf("%w: %w", ErrNumberReused, err)
	case err != nil:
		return before, false, fmt.Errorf("%w: looking for %s: %w", ErrJournal, order.No, err)
	}
	return before, known, nil
}

// sameTrade is what stands against taking an order for the trade that its number was
// used for.
func (c *Core) sameTrade(before Trade, repeat Order) error {
	if err := sameContent(before.Order, repeat); err != nil {
		return err
	}
	if same := repeat.kind().same; same != nil {
		return same(c, before, repeat)
	}
	return nil
}
