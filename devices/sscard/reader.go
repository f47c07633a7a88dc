// Package sscard reads social security cards in a contact reader through the PC/SC
// service: pcscd on Linux, the Smart Card service on Windows.
package sscard

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"onetrans/devices"
	"onetrans/devices/turn"
)

const (
	lookEvery = 200 * time.Millisecond
	// settle is the pause after a fault: pcscd polls for cards every 400 ms, so
	// that after this pause it knows of a card that was pulled.
	settle = 600 * time.Millisecond
	// maxTries is how many times a failing card is read before giving up: contacts
	// bounce while a card goes in, and other programs soon release it.
	maxTries = 4
	// grace is how long the reader may be missing: a re-enumerated USB device or a
	// restarted service is back within it.
	grace = 2 * time.Second
	// patience is how long the service may take for one step.
	patience = 4 * time.Second
)

// Options say which reader is used.
type Options struct {
	// Reader is the reader's name or a part of it, ignoring case. Leave out the
	// digits at the end: they change when readers are plugged in. Empty means every
	// reader and slot whose name does not contain SAM.
	Reader string
}

// Reader reads social security cards; it implements [devices.CardReader]. It is
// safe for use by several goroutines. Device, service and names may come and go
// while the Reader lives.
type Reader struct {
	name      string
	establish func() (session, error)
	turn      turn.Turn // held while the service is being asked
	session   session   // nil: not established; guarded by turn
}

// New returns a reader. It does not touch the device yet, so it always succeeds.
func New(o Options) *Reader {
	return newReader(o, establish)
}

func newReader(o Options, establish func() (session, error)) *Reader {
	return &Reader{name: strings.ToLower(o.Reader), establish: establish, turn: turn.New()}
}

// Close releases the PC/SC service, or gives up when ctx ends while a call into it
// hangs. The reader can be used afterwards: it then connects again.
func (r *Reader) Close(ctx context.Context) error {
	_, err := turn.Do(ctx, r.turn, func() (struct{}, error) {
		r.drop()
		return struct{}{}, nil
	})
	return err
}

// Status returns all slots; its error is [devices.ErrNoReader] when the service is
// not running or no slot is watched.
func (r *Reader) Status(ctx context.Context) ([]Slot, error) {
	slots, err := ask(ctx, r, r.look)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", devices.ErrNoReader, err)
	}
	if len(watched(slots)) == 0 {
		return slots, devices.ErrNoReader
	}
	return slots, nil
}

// Read waits for a card and reads it, at once if one is already in the slot. A
// failing card is retried for some 2 s, and a missing reader is waited for 2 s. Its
// errors are those of [devices.CardReader].
func (r *Reader) Read(ctx context.Context) (devices.SocialSecurityCard, error) {
	var none devices.SocialSecurityCard
	watch, trial := watch{reader: r}, trial{reader: r}
	for {
		slots, err := watch.slots(ctx)
		if err != nil {
			return none, err
		}
		card, done, err := trial.run(ctx, slots)
		if done {
			return card, err
		}
		pause := lookEvery
		if trial.last != nil {
			pause = settle
		}
		if err := turn.Sleep(ctx, pause); err != nil {
			return none, err
		}
	}
}

// WaitRemoved waits until no watched slot holds a card, as [devices.CardReader]
// says.
func (r *Reader) WaitRemoved(ctx context.Context) error {
	watch := watch{reader: r}
	for {
		slots, err := watch.slots(ctx)
		if err != nil {
			return err
		}
		if len(slots) > 0 && len(filled(slots)) == 0 {
			return nil
		}
		if err := turn.Sleep(ctx, lookEvery); err != nil {
			return err
		}
	}
}

// ask asks the service something with [turn.Do]. It fails with
// [devices.ErrReaderSilent] as soon as one step takes too long, or another's call
// has not returned for as long. do calls alive after each step.
func ask[T any](ctx context.Context, r *Reader, do func(alive func()) (T, error)) (T, error) {
	asking, end := context.WithCancelCause(ctx)
	defer end(nil)
	watchdog := time.AfterFunc(patience, func() { end(devices.ErrReaderSilent) })
	defer watchdog.Stop()
	value, err := turn.Do(asking, r.turn, func() (T, error) {
		watchdog.Reset(patience)
		return do(func() { watchdog.Reset(patience) })
	})
	if err != nil && ctx.Err() == nil && context.Cause(asking) == devices.ErrReaderSilent {
		err = fmt.Errorf("%w: the PC/SC service hangs, or another program has the card", devices.ErrReaderSilent)
	}
	return value, err
}

// attempt is one attempt to read one card; begun says that the card was reached.
type attempt struct {
	card  devices.SocialSecurityCard
	begun bool
}

// read reads the card in one slot. After a fault of the line the session is
// dropped, so that the next one starts clean.
func (r *Reader) read(slot string, alive func()) (a attempt, err error) {
	if err := r.open(); err != nil {
		return a, err
	}
	alive()
	line, err := r.session.connect(slot)
	if err != nil {
		r.drop()
		return a, err
	}
	a.begun = true
	a.card, err = readCard(func(apdu []byte) ([]byte, error) {
		alive()
		return line.transmit(apdu)
	})
	alive()
	line.close(err != nil)
	if err != nil && !isVerdict(err) && !errors.Is(err, devices.ErrUnreadable) {
		r.drop()
	}
	return a, err
}

// look returns every slot and marks those that are watched.
func (r *Reader) look(alive func()) ([]Slot, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	alive()
	slots, err := r.session.slots()
	if err != nil {
		r.drop()
		return nil, err
	}
	for i := range slots {
		slots[i].Watched = r.watches(slots[i].Reader)
	}
	return slots, nil
}

// watches excludes slots for a terminal's own SAM: the module in it is always there
// and would pass for a wrong card.
func (r *Reader) watches(reader string) bool {
	reader = strings.ToLower(reader)
	if r.name != "" {
		return strings.Contains(reader, r.name)
	}
	for _, word := range strings.Fields(reader) {
		if word == "sam" {
			return false
		}
	}
	return true
}

// open makes sure that there is a session; drop, that there is none.
func (r *Reader) open() (err error) {
	if r.session == nil {
		r.session, err = r.establish()
	}
	return err
}

func (r *Reader) drop() {
	if r.session != nil {
		r.session.close()
		r.session = nil
	}
}
