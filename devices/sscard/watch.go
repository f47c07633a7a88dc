package sscard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onetrans/devices"
)

// watch polls the slots and gives up when they are missing for too long.
type watch struct {
	reader  *Reader
	missing time.Time // since when; zero: they are not
}

// slots returns the watched slots, none while they are missing and may still come
// back. Its errors are final: ctx's, or [devices.ErrNoReader].
func (w *watch) slots(ctx context.Context) ([]Slot, error) {
	all, err := ask(ctx, w.reader, w.reader.look)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	slots := watched(all)
	switch {
	case errors.Is(err, devices.ErrReaderSilent):
		return nil, err
	case err == nil && len(slots) > 0:
		w.missing = time.Time{}
		return slots, nil
	case w.missing.IsZero():
		w.missing = time.Now()
	case time.Since(w.missing) < grace:
	case err != nil:
		return nil, fmt.Errorf("%w: %w", devices.ErrNoReader, err)
	default:
		return nil, devices.ErrNoReader
	}
	return nil, nil
}

func watched(slots []Slot) []Slot {
	return pick(slots, func(s Slot) bool { return s.Watched })
}

func filled(slots []Slot) []Slot {
	return pick(slots, func(s Slot) bool { return s.Card })
}

func pick(slots []Slot, keep func(Slot) bool) []Slot {
	var kept []Slot
	for _, slot := range slots {
		if keep(slot) {
			kept = append(kept, slot)
		}
	}
	return kept
}
