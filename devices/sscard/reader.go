// Package sscard reads social-security cards in a contact reader through the
// PC/SC service: pcscd on Linux, the Smart Card service on Windows.
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
	// settle is the pause after a fault: pcscd looks for cards every 400 ms,
	// so that after it a card that was pulled is known to be out.
	settle = 600 * time.Millisecond
	// maxTries is how often a card that fails is read before it is given up:
	// contacts bounce while a card goes in, and other programs let go soon.
	maxTries = 4
	// grace is how long the reader may be missing: a USB device that is
	// counted anew or a restarted service is back within it.
	grace = 2 * time.Second
	// patience is how long the service may take for one step of its work.
	patience = 4 * time.Second
)

// Options says which reader is used.
type Options struct {
	// Reader is the reader's name or a part of it, whatever the case of its
	// letters. Leave out the digits at the end: they change when readers are
	// plugged in. Empty: every reader and slot but those that call themselves SAM.
	Reader string
}

// Reader reads social-security cards; it implements [devices.CardReader]. Its
// methods may be called from several goroutines. Device, service and names may
// come and go while it lives.
type Reader struct {
	name      string
	establish func() (session, error)
	turn      turn.Turn // held while the service is being asked
	session   session   // nil: not established; guarded by turn
}

// New returns a reader. It touches no device yet, so it always succeeds.
func New(o Options) *Reader {
	return newReader(o, establish)
}

func newReader(o Options, establish func() (session, error)) *Reader {
	return &Reader{name: strings.ToLower(o.Reader), establish: establish, turn: turn.New()}
}

// Close lets go of the PC/SC service, unless a call into it hangs until ctx
// ends. The reader can be used afterwards: it then takes the service up again.
func (r *Reader) Close(ctx context.Context) error {
	_, err := turn.Take(ctx, r.turn, func() (struct{}, error) {
		r.drop()
		return struct{}{}, nil
	})
	return err
}

// Status returns every slot there is; [devices.ErrNoReader] when the service
// is not running or none is watched.
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

// Read waits for a card and reads it; one that is in the slot already is read
// at once. A card that fails is tried again for some 2 s, a reader that is
// missing waited for 2 s. Errors: see [devices.CardReader].
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

// WaitRemoved waits until no watched slot holds a card: see [devices.CardReader].
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

// ask is [turn.Take] of what the service is asked, with [devices.ErrReaderSilent]
// as soon as a step of it takes too long, or another's call has not come back
// for so long. do says alive after each step.
func ask[T any](ctx context.Context, r *Reader, do func(alive func()) (T, error)) (T, error) {
	asking, end := context.WithCancelCause(ctx)
	defer end(nil)
	watchdog := time.AfterFunc(patience, func() { end(devices.ErrReaderSilent) })
	defer watchdog.Stop()
	value, err := turn.Take(asking, r.turn, func() (T, error) {
		watchdog.Reset(patience)
		return do(func() { watchdog.Reset(patience) })
	})
	if err != nil && ctx.Err() == nil && context.Cause(asking) == devices.ErrReaderSilent {
		err = fmt.Errorf("%w: the PC/SC service hangs, or another program has the card", devices.ErrReaderSilent)
	}
	return value, err
}

// attempt is one reading of one card; begun says that the card was reached.
type attempt struct {
	card  devices.SocialSecurityCard
	begun bool
}

// read reads the card in one slot. After a fault of the line the session is
// given up: whatever is wrong with it, the next one hasn't got it.
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

// look returns every slot, those that are watched marked.
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

// watches leaves out slots for a terminal's own SAM: the module in it is
// always there and would pass for a wrong card.
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

// open makes sure that there is a session; drop makes sure that there is none.
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
