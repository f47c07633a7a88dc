// Package idcard reads resident identity cards, and the permits of the same
// make, in a reader with a security module (SAM) on a serial line.
package idcard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"onetrans/devices"
	"onetrans/devices/turn"
)

const (
	lookEvery = 200 * time.Millisecond
	// maxTries is how often a card that fails is read before it is given up: a
	// hand is seldom still.
	maxTries = 4
	// absence is how long a card that was found may be out of reach before it
	// counts as taken away.
	absence = time.Second
	// grace is how long the reader may be missing: a USB device that is counted
	// anew is back within it.
	grace = 2 * time.Second
)

// Options says which reader is used.
type Options struct {
	// Port is the serial port: /dev/ttyUSB0, or a lasting name below
	// /dev/serial/by-id; COM3 on Windows.
	Port string
	// Open opens the line to a reader that is on no serial port; nil: Port.
	Open func() (io.ReadWriteCloser, error)
	// Log hears of oddities that stop nobody. No number or name goes to it.
	Log *slog.Logger
}

// Reader reads identity cards; it implements [devices.IdentityReader]. Its
// methods may be called from several goroutines. The device may come and go
// while it lives.
type Reader struct {
	open func() (io.ReadWriteCloser, error)
	log  *slog.Logger
	turn turn.Turn // held while the device is being asked
	line *line     // nil: not open; guarded by turn
}

// New returns a reader. It touches no device yet, so it always succeeds.
func New(o Options) *Reader {
	if o.Open == nil {
		o.Open = func() (io.ReadWriteCloser, error) { return openPort(o.Port) }
	}
	return &Reader{open: o.Open, log: o.Log, turn: turn.New()}
}

// Close lets go of the port, unless the device is being asked until ctx ends.
// The reader can be used afterwards: it then opens the port again.
func (r *Reader) Close(ctx context.Context) error {
	_, err := turn.Take(ctx, r.turn, func() (struct{}, error) {
		r.drop()
		return struct{}{}, nil
	})
	return err
}

// Read waits for a card and reads it. A card that fails is tried again, four
// times in all; a reader that is missing is waited for for 2 s. Errors: see
// [devices.IdentityReader]; beside them [ErrChecksum] where that is why.
func (r *Reader) Read(ctx context.Context) (devices.IdentityCard, error) {
	var trial trial
	for {
		round, err := turn.Take(ctx, r.turn, r.read)
		if ctx.Err() != nil {
			return devices.IdentityCard{}, ctx.Err()
		}
		if done, err := trial.judge(round, err, time.Now()); done {
			if err == nil {
				err = r.check(round.card)
			}
			if err != nil {
				return devices.IdentityCard{}, err
			}
			return round.card, nil
		}
		if err := turn.Sleep(ctx, lookEvery); err != nil {
			return devices.IdentityCard{}, err
		}
	}
}

// WaitRemoved waits until no card is found: see [devices.IdentityReader].
func (r *Reader) WaitRemoved(ctx context.Context) error {
	var watch watch
	for {
		found, err := turn.Take(ctx, r.turn, r.find)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && !found:
			return nil
		case err == nil:
			watch.seen()
		default:
			if err := watch.missed(err, time.Now()); err != nil {
				return err
			}
		}
		if err := turn.Sleep(ctx, lookEvery); err != nil {
			return err
		}
	}
}

// check refuses a resident card whose number can't be right. Others are known
// to have such numbers.
func (r *Reader) check(card devices.IdentityCard) error {
	// The number of the foreign card of 2017 has no such check digit.
	if card.Kind == devices.ForeignCard2017 || devices.IdentityNumber(card.Number) {
		return nil
	}
	if card.Kind == devices.ResidentCard {
		return devices.ErrWrongNumber
	}
	r.log.Warn("an identity card's number has a wrong check digit", "kind", card.Kind)
	return nil
}

// round is one reading of what lies on the reader; found says that there is a card.
type round struct {
	card  devices.IdentityCard
	found bool
}

// read reads the card, if there is one. The device wants a card to be found
// and selected before it is read.
func (r *Reader) read() (this round, err error) {
	if this.found, err = r.find(); err != nil || !this.found {
		return this, err
	}
	if _, err = r.ask(selectCard, swDone); err != nil {
		return this, err
	}
	data, err := r.ask(readText, swDone)
	if err != nil {
		return this, err
	}
	text, err := textOf(data)
	if err != nil {
		return this, err
	}
	if this.card, err = parseBlock(text); err == nil {
		this.card.NewestAddress = r.newestAddress()
	}
	return this, err
}

// newestAddress is empty on most cards, and for any fault: who the person is
// does not depend on it.
func (r *Reader) newestAddress() string {
	data, err := r.ask(newAddress, swDone)
	if err != nil || len(data) != addressSize {
		return ""
	}
	address, _ := decode(trim(unitsOf(data)))
	return address
}

// find reports whether a card is there that has not been read yet.
func (r *Reader) find() (bool, error) {
	said, err := r.exchange(findCard)
	switch {
	case err != nil:
		return false, err
	case said.status == swNone:
		return false, nil
	case said.status != swFound:
		r.drop()
		return false, findCard.refusal(said.status)
	}
	return true, nil
}

// ask is what the device answers where it agrees with this status.
func (r *Reader) ask(c command, good byte) ([]byte, error) {
	said, err := r.exchange(c)
	if err != nil {
		return nil, err
	}
	if said.status != good {
		return nil, c.refusal(said.status)
	}
	return said.data, nil
}

// exchange opens the line if need be. After a fault it is given up: whatever
// is wrong with it, the next one hasn't got it.
func (r *Reader) exchange(c command) (answer, error) {
	if r.line == nil {
		port, err := r.open()
		if err != nil {
			return answer{}, fmt.Errorf("%w: %w", errLost, err)
		}
		r.line = newLine(port)
	}
	said, err := r.line.ask(c)
	if err != nil {
		r.drop()
	}
	return said, err
}

func (r *Reader) drop() {
	if r.line != nil {
		r.line.close()
		r.line = nil
	}
}

// isVerdict reports whether err is the card's own last word: trying again
// would hear the same.
func isVerdict(err error) bool { return errors.Is(err, devices.ErrWrongCard) }
