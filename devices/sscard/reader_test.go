package sscard

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ebfe/scard"

	"onetrans/devices"
	"onetrans/devices/virtualcard"
)

var _ devices.CardReader = (*Reader)(nil)

const desk = "ACME Desk Reader 00 00"

// world is a PC/SC service, its readers and the cards in them, as a test wants them.
type world struct {
	mu       sync.Mutex
	down     error // the service can't be reached
	readers  map[string]*virtualcard.Card
	connects []error // what the next connects fail with, nil for not at all
	sends    []error // what the next commands fail with
	open     int     // sessions and lines that were not closed
	commands int
	onSend   func(n int)   // called before each command, with its number
	hang     chan struct{} // commands wait for it
	stopped  chan struct{} // the service does nothing before it
	slow     time.Duration // each command takes so long
	held     chan struct{} // another program has the card's transaction until then
}

func newWorld(readers ...string) *world {
	w := &world{readers: map[string]*virtualcard.Card{}}
	for _, name := range readers {
		w.readers[name] = nil
	}
	return w
}

func (w *world) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *world) establish() (session, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down != nil {
		return nil, w.down
	}
	w.open++
	return &fakeSession{w: w}, nil
}

type fakeSession struct {
	w     *world
	stale bool // the service went away since; as with pcscd, it won't come back for this session
}

// wait waits for one of the channels of the world, where there is one.
func (w *world) wait(of func() chan struct{}) {
	var wait chan struct{}
	w.change(func() { wait = of() })
	if wait != nil {
		<-wait
	}
}

func (s *fakeSession) slots() (slots []Slot, err error) {
	s.w.wait(func() chan struct{} { return s.w.stopped })
	s.w.change(func() {
		if s.w.down != nil {
			s.stale = true
		}
		if s.stale {
			err = scard.ErrInvalidHandle
			return
		}
		for name, card := range s.w.readers {
			slots = append(slots, Slot{Reader: name, Card: card != nil})
		}
	})
	return slots, err
}

func (s *fakeSession) connect(reader string) (l line, err error) {
	s.w.wait(func() chan struct{} { return s.w.held })
	s.w.change(func() {
		card, ok := s.w.readers[reader]
		switch {
		case s.stale || s.w.down != nil:
			err = scard.ErrNoService
		case !ok:
			err = scard.ErrUnknownReader
		case card == nil:
			err = scard.ErrNoSmartcard
		default:
			if err = next(&s.w.connects); err == nil {
				s.w.open++
				l = &fakeLine{w: s.w, reader: reader, card: card, chip: virtualcard.Power(*card)}
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return l, nil
}

func (s *fakeSession) close() { s.w.change(func() { s.w.open-- }) }

type fakeLine struct {
	w      *world
	reader string
	card   *virtualcard.Card
	chip   *virtualcard.Chip
}

func (l *fakeLine) transmit(apdu []byte) (answer []byte, err error) {
	var hang chan struct{}
	l.w.change(func() {
		hang = l.w.hang
		l.w.commands++
		if l.w.onSend != nil {
			l.w.onSend(l.w.commands)
		}
		switch {
		case l.w.down != nil:
			err = scard.ErrNoService
		case l.w.readers[l.reader] != l.card:
			err = scard.ErrRemovedCard
		default:
			err = next(&l.w.sends)
		}
	})
	if hang != nil {
		<-hang
	}
	time.Sleep(l.w.slow)
	if err != nil {
		return nil, fmt.Errorf("transmit: %w", err)
	}
	return l.chip.Answer(apdu), nil
}

func (l *fakeLine) close(bool) { l.w.change(func() { l.w.open-- }) }

func next(errs *[]error) error {
	if len(*errs) == 0 {
		return nil
	}
	err := (*errs)[0]
	*errs = (*errs)[1:]
	return err
}

func repeat(err error, n int) []error {
	var errs []error
	for range n {
		errs = append(errs, err)
	}
	return errs
}

func sound(t *testing.T) *virtualcard.Card {
	card := virtual(t, holder(), virtualcard.Quirks{})
	return &card
}

// inWorld runs test in virtual time with a reader on w, and checks at the end
// that nothing was left open.
func inWorld(t *testing.T, w *world, o Options, test func(t *testing.T, r *Reader)) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader(o, w.establish)
		test(t, r)
		if err := r.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if w.open != 0 {
			t.Errorf("%d sessions or lines left open", w.open)
		}
	})
}

// after changes the world once d has passed.
func (w *world) after(d time.Duration, f func()) {
	time.AfterFunc(d, func() { w.change(f) })
}

func TestRead(t *testing.T) {
	pin := virtual(t, holder(), virtualcard.Quirks{WantsPIN: true})
	bank := virtual(t, holder(), virtualcard.Quirks{NoApplication: true})
	dead := virtual(t, holder(), virtualcard.Quirks{})
	dead.EF06 = nil

	type setup = func(*testing.T, *world)
	put := func(card *virtualcard.Card) setup {
		return func(_ *testing.T, w *world) { w.readers[desk] = card }
	}
	tests := map[string]struct {
		setup  setup
		want   error
		within time.Duration // the most that Read may take
	}{
		"a card left in the slot is read at once": {put(sound(t)), nil, 0},
		"a card that goes in later": {func(t *testing.T, w *world) {
			w.after(time.Minute, func() { w.readers[desk] = sound(t) })
		}, nil, time.Minute + lookEvery},
		"a card of another kind":    {put(&bank), devices.ErrWrongCard, 0},
		"a card that wants its PIN": {put(&pin), devices.ErrCardLocked, 0},
		"a broken card":             {put(&dead), devices.ErrUnreadable, maxTries * settle},
		"contacts that bounce": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.connects = repeat(scard.ErrUnresponsiveCard, maxTries-1)
		}, nil, maxTries * settle},
		"a card put in the wrong way round": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.connects = repeat(scard.ErrUnresponsiveCard, 100)
		}, devices.ErrUnreadable, maxTries * settle},
		"another program has the reader for a moment": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.connects = repeat(scard.ErrSharingViolation, 2)
		}, nil, 3 * settle},
		"another program keeps the reader": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.connects = repeat(scard.ErrSharingViolation, 100)
		}, devices.ErrNoReader, maxTries * settle},
		"another program resets the card": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.sends = []error{nil, nil, nil, scard.ErrResetCard}
		}, nil, 2 * settle},
		"a reader that lists itself and can't be used": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.connects = repeat(scard.ErrReaderUnavailable, 100)
		}, devices.ErrNoReader, maxTries * settle},
		"a card pulled while it is read": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.onSend = func(n int) {
				if n == 5 {
					w.readers[desk] = nil
				}
			}
		}, devices.ErrCardRemoved, 0},
		"a card pulled, which only shows later": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.sends = []error{nil, nil, scard.ErrNotTransacted}
			w.after(settle/2, func() { w.readers[desk] = nil })
		}, devices.ErrCardRemoved, settle},
		"another card in its place": {func(t *testing.T, w *world) {
			w.readers[desk] = &dead
			w.after(settle/2, func() { w.readers[desk] = sound(t) })
		}, nil, 2 * settle},
		"no reader":              {func(_ *testing.T, w *world) { delete(w.readers, desk) }, devices.ErrNoReader, grace + lookEvery},
		"no service":             {func(_ *testing.T, w *world) { w.down = scard.ErrNoService }, devices.ErrNoReader, grace + lookEvery},
		"the service never back": {func(_ *testing.T, w *world) { w.after(time.Second, func() { w.down = scard.ErrNoService }) }, devices.ErrNoReader, time.Second + grace + 2*lookEvery},
		"the service restarts while a card is waited for": {func(t *testing.T, w *world) {
			w.after(time.Second, func() { w.down = scard.ErrNoService })
			w.after(2*time.Second, func() { w.down = nil })
			w.after(time.Minute, func() { w.readers[desk] = sound(t) })
		}, nil, time.Minute + lookEvery},
		"the service restarts while a card is read": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.onSend = func(n int) {
				if n == 5 {
					w.down = scard.ErrNoService
				}
			}
			w.after(time.Second, func() { w.down, w.readers[desk] = nil, nil })
			w.after(2*time.Second, func() { w.readers[desk] = sound(t) })
		}, nil, 3 * time.Second},
		"a reader plugged in while waiting": {func(t *testing.T, w *world) {
			delete(w.readers, desk)
			w.after(time.Second, func() { w.readers["Other Reader 01 00"] = nil })
			w.after(time.Minute, func() { w.readers["Other Reader 01 00"] = sound(t) })
		}, nil, time.Minute + lookEvery},
		"the reader's own SAM is no patient's card": {func(t *testing.T, w *world) {
			w.readers["ACME Desk Reader SAM 00 01"] = &bank
			w.after(time.Minute, func() { w.readers[desk] = sound(t) })
		}, nil, time.Minute + lookEvery},
		"a good card beside a wrong one": {func(t *testing.T, w *world) {
			w.readers["Another 00"], w.readers["Yet Another 00"] = &bank, &bank
			w.readers[desk] = sound(t)
		}, nil, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(desk)
			inWorld(t, w, Options{}, func(t *testing.T, r *Reader) {
				test.setup(t, w)
				start := time.Now()
				got, err := r.Read(t.Context())
				if !errors.Is(err, test.want) || (err == nil) != (got == holder()) {
					t.Errorf("Read: %+v, %v", got, err)
				}
				if took := time.Since(start); took > test.within {
					t.Errorf("took %v, at most %v", took, test.within)
				}
			})
		})
	}
}

func TestReadRecoversOnTheNextCall(t *testing.T) {
	w := newWorld()
	inWorld(t, w, Options{}, func(t *testing.T, r *Reader) {
		for _, broken := range []func(){
			func() { w.readers = map[string]*virtualcard.Card{} },
			func() { w.down = scard.ErrNoService },
		} {
			w.change(broken)
			if _, err := r.Read(t.Context()); !errors.Is(err, devices.ErrNoReader) {
				t.Errorf("broken: %v", err)
			}
			w.change(func() {
				w.down = nil
				w.readers = map[string]*virtualcard.Card{"Renamed Reader 07 00": sound(t)}
			})
			if got, err := r.Read(t.Context()); err != nil || got != holder() {
				t.Errorf("mended: %+v, %v", got, err)
			}
		}
	})
}

func TestReaderIsChosenByAPartOfItsName(t *testing.T) {
	w := newWorld(desk)
	w.readers["ACME Contactless 01 00"] = sound(t)
	inWorld(t, w, Options{Reader: "acme desk"}, func(t *testing.T, r *Reader) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := r.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the other reader's card: %v", err)
		}
		w.change(func() { w.readers[desk] = sound(t) })
		if _, err := r.Read(t.Context()); err != nil {
			t.Error(err)
		}
	})
	inWorld(t, w, Options{Reader: "Nobody's"}, func(t *testing.T, r *Reader) {
		if _, err := r.Read(t.Context()); !errors.Is(err, devices.ErrNoReader) {
			t.Errorf("a reader that isn't there: %v", err)
		}
	})
}

func TestAServiceThatDoesNotAnswerIsNamedWithinFiveSeconds(t *testing.T) {
	for name, hang := range map[string]func(w *world, until chan struct{}){
		"the service was stopped":            func(w *world, until chan struct{}) { w.stopped = until },
		"another program holds the card":     func(w *world, until chan struct{}) { w.held = until },
		"the card is mute amidst its answer": func(w *world, until chan struct{}) { w.hang = until },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(desk)
			w.readers[desk] = sound(t)
			inWorld(t, w, Options{}, func(t *testing.T, r *Reader) {
				until := make(chan struct{})
				w.change(func() { hang(w, until) })
				for range 2 { // the first one's call is still out
					start := time.Now()
					_, err := r.Read(t.Context())
					if took := time.Since(start); !errors.Is(err, devices.ErrReaderSilent) || !errors.Is(err, devices.ErrNoReader) || took > 5*time.Second {
						t.Errorf("%v after %v", err, took)
					}
				}
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				if err := r.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("closing it: %v", err)
				}
				close(until)
				if got, err := r.Read(t.Context()); err != nil || got != holder() {
					t.Errorf("when it goes on: %+v, %v", got, err)
				}
			})
		})
	}
}

func TestACardThatIsSlowIsReadForAsLongAsItAnswers(t *testing.T) {
	w := newWorld(desk)
	w.readers[desk] = sound(t)
	inWorld(t, w, Options{}, func(t *testing.T, r *Reader) {
		start := time.Now()
		w.slow = patience / 2
		if got, err := r.Read(t.Context()); err != nil || got != holder() || time.Since(start) < patience {
			t.Errorf("%+v, %v after %v", got, err, time.Since(start))
		}
	})
}

func TestReadEndsWithItsContext(t *testing.T) {
	t.Run("while it waits for a card", func(t *testing.T) {
		inWorld(t, newWorld(desk), Options{}, func(t *testing.T, r *Reader) {
			ctx, cancel := context.WithTimeout(t.Context(), 1234*time.Millisecond)
			defer cancel()
			start := time.Now()
			if _, err := r.Read(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 1234*time.Millisecond {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
	})
	t.Run("while the card is mute", func(t *testing.T) {
		w := newWorld(desk)
		w.readers[desk] = sound(t)
		inWorld(t, w, Options{}, func(t *testing.T, r *Reader) {
			hang := make(chan struct{})
			w.change(func() { w.hang = hang })
			for range 2 { // a second call finds the first one's command still out
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				start := time.Now()
				if _, err := r.Read(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
					t.Errorf("%v after %v", err, time.Since(start))
				}
				cancel()
			}
			close(hang)
			if got, err := r.Read(t.Context()); err != nil || got != holder() {
				t.Errorf("when the card speaks again: %+v, %v", got, err)
			}
		})
	})
	t.Run("before it began", func(t *testing.T) {
		w := newWorld(desk)
		w.readers[desk] = sound(t)
		inWorld(t, w, Options{}, func(t *testing.T, r *Reader) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := r.Read(ctx); !errors.Is(err, context.Canceled) || w.commands != 0 {
				t.Errorf("%v, %d commands", err, w.commands)
			}
		})
	})
}

func TestWaitRemoved(t *testing.T) {
	tests := map[string]struct {
		setup func(*testing.T, *world)
		want  error
		at    time.Duration
	}{
		"nothing in the slot": {func(*testing.T, *world) {}, nil, 0},
		"taken after a while": {func(t *testing.T, w *world) {
			w.readers[desk] = sound(t)
			w.after(time.Second-time.Millisecond, func() { w.readers[desk] = nil })
		}, nil, time.Second},
		"the reader is gone": {func(_ *testing.T, w *world) { delete(w.readers, desk) }, devices.ErrNoReader, grace},
		"the service is gone": {func(t *testing.T, w *world) {
			w.down = scard.ErrNoService
		}, devices.ErrNoReader, grace},
		"never taken": {func(t *testing.T, w *world) { w.readers[desk] = sound(t) }, context.DeadlineExceeded, time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(desk)
			inWorld(t, w, Options{}, func(t *testing.T, r *Reader) {
				test.setup(t, w)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				start := time.Now()
				if err := r.WaitRemoved(ctx); !errors.Is(err, test.want) || time.Since(start) != test.at {
					t.Errorf("%v after %v", err, time.Since(start))
				}
			})
		})
	}
}

func TestStatus(t *testing.T) {
	w := newWorld(desk, "ACME SAM 00 01")
	w.readers[desk] = sound(t)
	inWorld(t, w, Options{}, func(t *testing.T, r *Reader) {
		slots, err := r.Status(t.Context())
		if err != nil || len(slots) != 2 {
			t.Fatalf("%+v, %v", slots, err)
		}
		for _, slot := range slots {
			if ours := slot.Reader == desk; slot.Card != ours || slot.Watched != ours {
				t.Errorf("%+v", slot)
			}
		}
		w.change(func() { delete(w.readers, desk) })
		if slots, err := r.Status(t.Context()); len(slots) != 1 || !errors.Is(err, devices.ErrNoReader) {
			t.Errorf("only a SAM slot: %+v, %v", slots, err)
		}
		w.change(func() { w.down = scard.ErrNoService })
		if _, err := r.Status(t.Context()); !errors.Is(err, devices.ErrNoReader) || !strings.Contains(err.Error(), "scard") {
			t.Errorf("no service: %v", err)
		}
	})
}
