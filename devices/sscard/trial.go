package sscard

import (
	"context"
	"errors"
	"fmt"

	"onetrans/devices"
)

// trial is the state of one Read: how often it failed, and whether a card had begun
// to answer.
type trial struct {
	reader *Reader
	tries  int
	begun  bool
	last   error // of the latest round; nil if nothing failed
}

// run tries the cards in slots once. It ends with a card, with an error that
// persists, or when the card that had begun to answer is gone.
func (t *trial) run(ctx context.Context, slots []Slot) (card devices.SocialSecurityCard, done bool, err error) {
	t.last = nil
	if len(slots) == 0 {
		t.begun = false // no reader: nobody can say that a card was taken out
		return card, false, nil
	}
	cards := filled(slots)
	if len(cards) == 0 {
		if t.begun {
			return card, true, devices.ErrCardRemoved
		}
		t.tries = 0
		return card, false, nil
	}
	var refused error
	for _, slot := range cards {
		attempt, err := ask(ctx, t.reader, func(alive func()) (attempt, error) { return t.reader.read(slot.Reader, alive) })
		if err == nil {
			return attempt.card, true, nil
		}
		if ctx.Err() != nil {
			return card, true, ctx.Err()
		}
		if errors.Is(err, devices.ErrReaderSilent) {
			return card, true, err
		}
		t.begun = t.begun || attempt.begun
		if isVerdict(err) {
			refused = err
			continue
		}
		t.last = err
	}
	if t.last == nil {
		return card, true, refused
	}
	if !t.failed() {
		return card, false, nil
	}
	return card, true, t.outcome()
}

// failed counts a failed attempt and reports whether it was the last.
func (t *trial) failed() bool {
	t.tries++
	return t.tries >= maxTries || t.begun && isRemoval(t.last)
}

func (t *trial) outcome() error {
	if t.begun && isRemoval(t.last) {
		return fmt.Errorf("%w: %w", devices.ErrCardRemoved, t.last)
	}
	return verdict(t.last)
}
