package idcard

import (
	"errors"
	"fmt"
	"time"

	"onetrans/devices"
)

// watch gives up on a device that is missing for too long.
type watch struct{ missing time.Time } // since when; zero: it is there

func (w *watch) seen() { w.missing = time.Time{} }

// missed returns nil while the device may still come back, else the error.
func (w *watch) missed(err error, now time.Time) error {
	if w.missing.IsZero() {
		w.missing = now
	}
	if now.Sub(w.missing) < grace {
		return nil
	}
	return fmt.Errorf("%w: %w", devices.ErrNoReader, err)
}

// trial is the state of one Read: since when the device has been missing, how often
// a card failed, and when it was last seen.
type trial struct {
	watch
	tries int
	found time.Time // zero: no card yet
}

// judge decides what follows from a round: it ends with a card, with an error that
// persists, or when the card that was found is gone.
func (t *trial) judge(this round, err error, now time.Time) (done bool, _ error) {
	switch {
	case err != nil && (!this.found || errors.Is(err, errLost)):
		// Where no card is, what goes wrong is the device's fault.
		err = t.missed(err, now)
		return err != nil, err
	case !this.found:
		t.seen()
		if !t.found.IsZero() && now.Sub(t.found) >= absence {
			return true, devices.ErrCardRemoved
		}
		return false, nil
	case err == nil:
		return true, nil
	}
	t.seen()
	t.found = now
	t.tries++
	return isVerdict(err) || t.tries >= maxTries, err
}
