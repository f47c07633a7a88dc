// Package idcard reads resident identity cards, and the residence permits of the
// same make, through a reader with a security module (SAM) on a serial line.
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
	// maxTries is how many times a failing card is read before giving up: a hand is
	// seldom still.
	maxTries = 4
	// absence is how long a card that was found may be out of reach before it
	// counts as removed.
	absence = time.Second
	// grace is how long the reader may be missing: a USB device that is
	// re-enumerated is back within it.
	grace = 2 * time.Second
)

// Options say which reader is used.
type Options struct {
	// Port is the serial port: /dev/ttyUSB0, or a stable name below
	// /dev/serial/by-id; COM3 on Windows.
	Port string
	// Open opens the line to a reader that is not on a serial port; nil means Port.
	Open func() (io.ReadWriteCloser, error)
	// Log receives irregularities that do not keep a card from being read, never a
	// number or a name.
	Log *slog.Logger
}

// Reader reads identity cards; it implements [devices.IdentityReader]. It is safe
// for use by several goroutines. The device may be unplugged and plugged in again
// while the Reader lives.
type Reader struct {
	open func() (io.ReadWriteCloser, error)
	log  *slog.Logger
	turn turn.Turn // held while the device is being asked
	line *line     // nil: not open; guarded by turn
}

// New returns a reader. It does not touch the device yet, so it always succeeds.
func New(o Options) *Reader {
	if o.Open == nil {
		o.Open = func() (io.ReadWriteCloser, error) { return openPort(o.Port) }
	}
	return &Reader{open: o.Open, log: o.Log, turn: turn.New()}
}

// Close releases the port, or gives up when ctx ends while the device is still
// busy. The reader can be used afterwards: it then opens the port again.
func (r *Reader) Close(ctx context.Context) error {
	_, err := turn.Do(ctx, r.turn, func() (struct{}, error) {
		r.drop()
		return struct{}{}, nil
	})
	return err
}

// Read waits for a card and reads it. A failing card is tried four times in all; a
// missing reader is waited for 2 s. Its errors are those of
// [devices.IdentityReader], wrapping [ErrChecksum] where that is the cause.
func (r *Reader) Read(ctx context.Context) (devices.IdentityCard, error) {
	var trial trial
	for {
		round, err := turn.Do(ctx, r.turn, r.read)
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

// WaitRemoved waits until no card is found, as [devices.IdentityReader] says.
func (r *Reader) WaitRemoved(ctx context.Context) error {
	var watch watch
	for {
		found, err := turn.Do(ctx, r.turn, r.find)
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

// check refuses a resident card whose number has a wrong check digit. Cards of
// other kinds are known to have such numbers.
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

// round tries once to read a card; found says that there is one.
type round struct {
	card  devices.IdentityCard
	found bool
}

// read reads the card, if there is one. The device demands that a card is found and
// selected before it is read.
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

// newestAddress is empty on most cards, and after any fault: who the person is does
// not depend on it.
func (r *Reader) newestAddress() string {
	data, err := r.ask(newAddress, swDone)
	if err != nil || len(data) != addressSize {
		return ""
	}
	address, _ := decode(trim(unitsOf(data)))
	return address
}

// find reports whether there is a card that has not been read yet.
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

// ask returns the device's answer, which must have this status.
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

// exchange opens the line if necessary. After a fault the line is closed, so that
// the next one starts clean.
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

// isVerdict reports whether err is final: trying the card again would give the
// same.
func isVerdict(err error) bool { return errors.Is(err, devices.ErrWrongCard) }
