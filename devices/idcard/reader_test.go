package idcard

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/devices"
	"onetrans/devices/virtualidcard"
)

// patience is how long a test waits for a card.
const patience = 30 * time.Second

// desk is a reader and the double at its other end, in virtual time.
type desk struct {
	*testing.T
	reader *Reader
	double *virtualidcard.Reader
	away   atomic.Bool
	plug   atomic.Pointer[net.Conn] // the double's end
	opened atomic.Int32
	log    strings.Builder
}

func at(t *testing.T, test func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{T: t, double: &virtualidcard.Reader{}}
		d.reader = New(Options{Open: d.open, Log: slog.New(slog.NewTextHandler(&d.log, nil))})
		test(d)
		if err := d.reader.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

var errNoPort = errors.New("no such port")

func (d *desk) open() (io.ReadWriteCloser, error) {
	if d.away.Load() {
		return nil, errNoPort
	}
	d.opened.Add(1)
	ours, theirs := net.Pipe()
	d.plug.Store(&theirs)
	go func() { _ = d.double.Serve(theirs) }()
	return ours, nil
}

func (d *desk) unplug() {
	d.away.Store(true)
	if conn := d.plug.Load(); conn != nil {
		_ = (*conn).Close()
	}
}

func (d *desk) lay(card devices.IdentityCard, quirks virtualidcard.Quirks) {
	made := written(d, card)
	made.Quirks = quirks
	d.double.Lay(made)
}

func (d *desk) read() (devices.IdentityCard, time.Duration, error) {
	ctx, cancel := context.WithTimeout(d.Context(), patience)
	defer cancel()
	begin := time.Now()
	card, err := d.reader.Read(ctx)
	return card, time.Since(begin), err
}

func (d *desk) mustRead(want devices.IdentityCard) {
	d.Helper()
	if card, _, err := d.read(); err != nil || card != want {
		d.Fatalf("got %+v, %v\nwant %+v", card, err, want)
	}
}

func (d *desk) mustFail(want error) time.Duration {
	d.Helper()
	card, took, err := d.read()
	if !errors.Is(err, want) || card != (devices.IdentityCard{}) {
		d.Fatalf("got %+v, %v, want %v", card, err, want)
	}
	return took
}

func TestACardIsReadAsSoonAsItIsLaidDown(t *testing.T) {
	at(t, func(d *desk) {
		time.AfterFunc(10*time.Second, func() { d.lay(holder(), virtualidcard.Quirks{}) })
		card, took, err := d.read()
		if err != nil || card != holder() || took > 11*time.Second {
			d.Errorf("%+v, %v after %v", card, err, took)
		}
		d.mustRead(holder()) // and again while it lies there
	})
}

func TestWaitingForACardEndsWithItsContext(t *testing.T) {
	at(t, func(d *desk) {
		if took := d.mustFail(context.DeadlineExceeded); took != patience {
			d.Error(took)
		}
		d.lay(holder(), virtualidcard.Quirks{MuteAfter: 2}) // while the device thinks
		ctx, cancel := context.WithTimeout(d.Context(), time.Second)
		defer cancel()
		if _, err := d.reader.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
			d.Error(err)
		}
		d.lay(holder(), virtualidcard.Quirks{})
		d.mustRead(holder())
	})
}

func TestCardsThatAreHardToRead(t *testing.T) {
	for name, quirks := range map[string]virtualidcard.Quirks{
		"not selected at first":      {Select: 0x81, Relents: 3},
		"not read at first":          {Read: 0x41, Relents: 3},
		"not accepted at first":      {Read: 0x32, Relents: 1},
		"garbage before the answers": {Garbage: []byte("\xAA\xAA\xAA\x96\x69\x05\xFF\x00\xAA\xAA")},
		"damaged answers":            {Damaged: 2},
		"found only once":            {FoundOnce: true},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, func(d *desk) {
				d.lay(holder(), quirks)
				want := holder()
				d.mustRead(want)
			})
		})
	}
}

func TestTheNewestAddressMayBeMissing(t *testing.T) {
	at(t, func(d *desk) {
		card := holder()
		card.NewestAddress = ""
		d.lay(card, virtualidcard.Quirks{})
		d.mustRead(card)
		d.lay(holder(), virtualidcard.Quirks{SilentAddress: true})
		d.mustRead(card)
		d.lay(holder(), virtualidcard.Quirks{})
		d.mustRead(holder())
	})
}

func TestWhyACardIsNotRead(t *testing.T) {
	for name, c := range map[string]struct {
		quirks virtualidcard.Quirks
		want   error
	}{
		"no identity card":                   {virtualidcard.Quirks{Select: 0x40}, devices.ErrWrongCard},
		"the card refuses the module":        {virtualidcard.Quirks{Read: 0x31}, devices.ErrNotAuthentic},
		"the module refuses the card":        {virtualidcard.Quirks{Read: 0x32}, devices.ErrNotAuthentic},
		"never selected":                     {virtualidcard.Quirks{Select: 0x81}, devices.ErrUnreadable},
		"never read":                         {virtualidcard.Quirks{Read: 0x41}, devices.ErrUnreadable},
		"what we say arrives damaged":        {virtualidcard.Quirks{Read: 0x10}, ErrChecksum},
		"lifted when found":                  {virtualidcard.Quirks{LiftAfter: 1}, devices.ErrCardRemoved},
		"lifted when selected":               {virtualidcard.Quirks{LiftAfter: 2}, devices.ErrCardRemoved},
		"the device says nothing":            {virtualidcard.Quirks{MuteAfter: 1}, devices.ErrNoReader},
		"every answer is damaged":            {virtualidcard.Quirks{Damaged: 1000}, devices.ErrNoReader},
		"every answer is damaged, and known": {virtualidcard.Quirks{Damaged: 1000}, ErrChecksum},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, func(d *desk) {
				d.lay(holder(), c.quirks)
				if took := d.mustFail(c.want); took > 15*time.Second {
					d.Errorf("after %v", took)
				}
			})
		})
	}
}

func TestAWrongCheckDigit(t *testing.T) {
	at(t, func(d *desk) {
		resident := holder()
		resident.Number = resident.Number[:17] + "3"
		d.lay(resident, virtualidcard.Quirks{})
		d.mustFail(devices.ErrWrongNumber)
		if d.log.Len() > 0 {
			d.Errorf("logged %s", &d.log)
		}
		permit := cards()["residence permit"]
		permit.Number = permit.Number[:17] + "3"
		d.lay(permit, virtualidcard.Quirks{})
		d.mustRead(permit)
		log := d.log.String()
		if !strings.Contains(log, "check digit") || strings.Contains(log, permit.Number[:6]) || strings.Contains(log, permit.Name) {
			d.Errorf("logged %s", log)
		}
	})
}

func TestAReaderThatComesAndGoes(t *testing.T) {
	at(t, func(d *desk) {
		d.away.Store(true)
		if took := d.mustFail(devices.ErrNoReader); took < grace || took > grace+time.Second {
			d.Errorf("after %v", took)
		}
		if err := d.reader.WaitRemoved(d.Context()); !errors.Is(err, devices.ErrNoReader) {
			d.Error(err)
		}
		d.away.Store(false)
		d.lay(holder(), virtualidcard.Quirks{})
		d.mustRead(holder())
		d.unplug()
		d.mustFail(devices.ErrNoReader)
		d.away.Store(false)
		d.mustRead(holder())
		// A device that is counted anew is back before anybody is told.
		d.double.Lift()
		time.AfterFunc(3*time.Second, d.unplug)
		time.AfterFunc(4*time.Second, func() { d.away.Store(false) })
		time.AfterFunc(5*time.Second, func() { d.lay(holder(), virtualidcard.Quirks{}) })
		d.mustRead(holder())
	})
}

func TestUnpluggedWhileACardIsRead(t *testing.T) {
	at(t, func(d *desk) {
		d.lay(holder(), virtualidcard.Quirks{MuteAfter: 2})
		time.AfterFunc(time.Second, d.unplug)
		d.mustFail(devices.ErrNoReader)
	})
}

func TestWaitingUntilACardIsGone(t *testing.T) {
	at(t, func(d *desk) {
		if err := d.reader.WaitRemoved(d.Context()); err != nil {
			d.Error(err)
		}
		d.lay(holder(), virtualidcard.Quirks{})
		begin := time.Now()
		time.AfterFunc(3*time.Second, d.double.Lift)
		if err := d.reader.WaitRemoved(d.Context()); err != nil || time.Since(begin) < 3*time.Second {
			d.Errorf("%v after %v", err, time.Since(begin))
		}
		d.lay(holder(), virtualidcard.Quirks{})
		ctx, cancel := context.WithTimeout(d.Context(), time.Second)
		defer cancel()
		if err := d.reader.WaitRemoved(ctx); !errors.Is(err, context.DeadlineExceeded) {
			d.Error(err)
		}
	})
}

// Two that wait do not talk at once: each is answered its own question.
func TestTwoThatWait(t *testing.T) {
	at(t, func(d *desk) {
		time.AfterFunc(5*time.Second, func() { d.lay(holder(), virtualidcard.Quirks{}) })
		other := make(chan error, 1)
		go func() {
			_, _, err := d.read()
			other <- err
		}()
		d.mustRead(holder())
		if err := <-other; err != nil {
			d.Error(err)
		}
		if n := d.opened.Load(); n != 1 {
			d.Errorf("the port was opened %d times", n)
		}
	})
}

// flood is a port that sends without end and listens to nothing.
type flood struct{ closed chan struct{} }

func (f flood) Read(p []byte) (int, error) {
	select {
	case <-f.closed:
		return 0, io.ErrClosedPipe
	case <-time.After(time.Millisecond):
	}
	for i := range p {
		p[i] = 0xAA
	}
	return len(p), nil
}

func (f flood) Write(p []byte) (int, error) { return len(p), nil }

func (f flood) Close() error { close(f.closed); return nil }

func TestALineThatNeverStopsTalking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(Options{Open: func() (io.ReadWriteCloser, error) { return flood{make(chan struct{})}, nil }})
		begin := time.Now()
		if _, err := r.Read(t.Context()); !errors.Is(err, devices.ErrNoReader) || time.Since(begin) > 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}
