// Package terminal is one lifecycle: who owns a terminal, and who asks it.
//
// A terminal is its journal's path. One process owns it at a time: the kiosk, the
// agent, or a call for as long as it takes. Everybody else asks that process over
// its socket. An owner takes four steps, and whatever one of them has begun is
// ended by the last, in the reverse order, however far it came:
//
//	New    says which terminal it is; nothing is touched
//	Open   takes the journal; who calls from now on waits, or hears that it is busy
//	Serve  carries out the calls of others, with the pages that there are
//	Close  answers who still waits, and lets go of everything
//
// [Station] is such an owner, [CarryOut] a call that finds out whether there is one.
package terminal

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"onetrans/app/config"
	"onetrans/app/record"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/owner"
	"onetrans/app/terminal/screen"
	"onetrans/app/terminal/socket"
	"onetrans/assets/dict"
	"onetrans/assets/texts"
	"onetrans/devices"
	"onetrans/devices/wedge"
	"onetrans/flows/kiosk"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
	"onetrans/store"
)

// Options say which terminal it is, and what for.
type Options struct {
	Config config.Config
	Log    *slog.Logger
	// Command carries out what another process wants of the owner's journal. Nil:
	// the terminal is owned for one thing alone, and whoever calls meanwhile hears
	// that it is busy.
	Command func(ctx context.Context, s *Station, c socket.Command, out io.Writer) error
	// Kiosk means that it serves people who come to its screen, and calls beside them;
	// else calls alone, whose pages are a window of a PC unless the configuration has
	// them fill the screen.
	Kiosk bool
	// Shown is told of every page, for a tour, which may press what is on it; nil
	// without one.
	Shown func(view.Page)
}

// Station is a terminal in the hands of the process that owns it. Its methods
// belong to one goroutine.
type Station struct {
	Options
	// Owner has the journal and the core, once it is open.
	*owner.Owner
	// Screen is what people see. No window is there before it is needed.
	Screen *screen.Screen

	warned   sync.Once      // of its configuration
	scanner  *wedge.Scanner // nil: none plays keyboard
	door     call.Door
	recorder *record.Recorder // nil: nothing is recorded
	serving  chan struct{}    // closed when calls are carried out
	cards    devices.CardReader
	identity devices.IdentityReader
	ends     []func()
}

// New is a station at which nothing has been touched yet.
func New(o Options) *Station {
	s := &Station{Options: o, door: newDoor(o.Config, o.Log), serving: make(chan struct{})}
	s.Screen, s.scanner = newScreen(o)
	if o.Config.Platform.Shadow {
		s.door.Through = noted(func(ctx context.Context, c onetrans.Call) ([]byte, int, error) { return s.Vendor.OneTrans(ctx, c) })
	}
	s.startRecorder()
	return s
}

// Open takes the terminal, with its devices. Its errors are the store's, above all
// [store.ErrInUse] and [store.ErrUnusable], and those of what it has to start;
// after one it may be tried again.
func (s *Station) Open() (err error) {
	s.warned.Do(s.warn) // by now a kiosk's window is on its way
	options := OwnerOptions(s.Config, s.Log)
	options.Listen = s.listen
	if options.Vendor != nil {
		options.Vendor.Page = s.Screen.Lend
	}
	if s.Owner, err = owner.Open(options); err != nil {
		return err
	}
	s.onClose(func() { _ = s.Owner.Close() })
	s.startRecorder()
	s.openReaders()
	return nil
}

// warn tells the log of settings that work but are hardly meant, where it serves others.
func (s *Station) warn() {
	if s.Command == nil {
		return
	}
	for _, warning := range s.Config.Warnings() {
		s.Log.Warn("configuration", "warning", warning.Error())
	}
}

// listen takes the calls of other processes.
func (s *Station) listen() (stop func() error, err error) {
	handlers := socket.Handlers{Call: s.busy}
	if s.Command != nil {
		handlers = socket.Handlers{Call: s.call, Command: s.command}
	}
	server, err := socket.Listen(Address(s.Config), handlers, s.Log)
	switch {
	case err == nil:
		return server.Close, nil
	case s.Command != nil:
		return nil, err
	}
	// Without a socket others still find the journal locked.
	s.Log.Warn("nobody can be told that this terminal is busy", "error", err)
	return func() error { return nil }, nil
}

// Serve lets calls be carried out, with these pages.
func (s *Station) Serve(pages call.Pages) {
	t := s.terminal(pages)
	s.door.Acquire = func() (call.Terminal, func(), error) { return t, func() {}, nil }
	close(s.serving)
}

func (s *Station) terminal(pages call.Pages) call.Terminal {
	return call.Terminal{Core: s.Core, Cards: s.cards, Identity: s.identity, Pages: pages}
}

// Close lets go of everything, whatever has been opened. It may be called twice.
func (s *Station) Close() {
	for i := len(s.ends) - 1; i >= 0; i-- {
		s.ends[i]()
	}
	s.ends = nil
	s.Screen.Close()
	s.recorder.Close()
}

func (s *Station) onClose(end func()) { s.ends = append(s.ends, end) }

// call carries out another process's call, which waits until that can be done.
func (s *Station) call(ctx context.Context, c onetrans.Call) socket.Answer {
	ctx, end := call.Waiting(ctx, c)
	defer end()
	select {
	case <-s.serving:
	case <-ctx.Done():
		return s.busy(ctx, c)
	}
	return s.heard(ctx, c, func(ctx context.Context) ([]byte, int) { return s.door.Serve(ctx, c) })
}

// busy is what whoever calls meanwhile hears of a terminal that is taken.
func (s *Station) busy(ctx context.Context, c onetrans.Call) socket.Answer {
	return s.heard(ctx, c, func(context.Context) ([]byte, int) { return s.door.Busy(c) })
}

// command carries out another process's command, likewise.
func (s *Station) command(ctx context.Context, c socket.Command, out io.Writer) error {
	select {
	case <-s.serving:
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.Command(ctx, s, c, out)
}

// reopenPause is how long a kiosk without a journal waits before it looks again.
const reopenPause = 10 * time.Second

// openWhenUsable opens the terminal as soon as its journal can be used, and tells
// meanwhile why it can't. When ctx ends first, its error is ctx's.
func (s *Station) openWhenUsable(ctx context.Context, tell func(why error)) error {
	for told := ""; ; {
		err := s.Open()
		if !errors.Is(err, store.ErrUnusable) {
			return err
		}
		tell(err)
		if told != err.Error() { // once, not each time that it is tried
			told = err.Error()
			s.Log.Error("out of service", "error", err)
		}
		select {
		case <-time.After(reopenPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// dependencies are what the flows' effects reach at this station.
func (s *Station) dependencies() (d kiosk.Dependencies, err error) {
	d = kiosk.Dependencies{
		Core: s.Core, Bills: s.Core, Cards: s.cards, Identity: s.identity,
		Messages: Messages(s.Config), Random: rand.Reader, Log: s.Log, Show: s.show,
	}
	if s.scanner != nil {
		d.Codes = s.scanner
	}
	if d.Insurances, err = dict.Open("insutype"); err != nil {
		return d, err
	}
	words, err := texts.Load()
	if err != nil {
		return d, err
	}
	d.Receipts, err = receipts(s.Config, words, headOf(s.Journal()))
	return d, err
}
