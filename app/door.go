package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/terminal"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/owner"
	"onetrans/app/terminal/socket"
	"onetrans/devices"
	"onetrans/devices/idcard"
	"onetrans/devices/sscard"
	"onetrans/store"
)

// askTime is how long a call that owns the terminal goes on, after its answer,
// to have asked once for what else is open.
const askTime = time.Second

// newDoor is the door of a terminal, but for how it is owned.
func newDoor(c config.Config, log *slog.Logger) call.Door {
	d := call.Door{
		Credentials: call.Credentials{AppID: c.Platform.AppID, Merchants: terminal.Merchants(c)},
		UnknownWait: c.Pay.UnknownWait,
		Demo:        c.Demo(),
		Log:         log,
	}
	if c.Platform.AppKey.Empty() {
		d.Credentials.AppID = ""
	}
	return d
}

func address(c config.Config) string { return socket.Address(c.Store.Path, c.Owner.Socket) }

// readers are the terminal's readers of cards; nil where it has none.
type readers struct {
	cards    devices.CardReader
	identity devices.IdentityReader
}

// cardReaders are those that are configured.
func cardReaders(c config.Config, log *slog.Logger) (r readers, letGo func()) {
	var closing []func(context.Context) error
	if c.Devices.PCSC.Enabled {
		reader := sscard.New(sscard.Options{Reader: c.Devices.PCSC.Reader})
		r.cards, closing = reader, append(closing, reader.Close)
	}
	if c.Devices.Identity.Port != "" {
		reader := idcard.New(idcard.Options{Port: c.Devices.Identity.Port, Log: log})
		r.identity, closing = reader, append(closing, reader.Close)
	}
	return r, func() {
		// What hangs in a device's driver goes with the process.
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		var all sync.WaitGroup
		for _, letGo := range closing {
			all.Go(func() { _ = letGo(ctx) })
		}
		all.Wait()
	}
}

// closeTime bounds how long whatever closes the devices may take.
const closeTime = 2 * time.Second

// resident serves the calls of other processes for as long as the terminal is
// owned. Those that come before it is ready wait.
type resident struct {
	config config.Config
	door   call.Door
	log    *slog.Logger
	ready  chan struct{}
	owner  *owner.Owner // once it is ready
	// operators are whose word counts; they remember wrong tries.
	operators *journal.Operators
}

func newResident(c config.Config, log *slog.Logger) *resident {
	for _, doubt := range c.Doubts() {
		log.Warn("configuration", "doubt", doubt.Error())
	}
	return &resident{operators: journal.OperatorsOf(c.Store.Path), config: c, door: newDoor(c, log), log: log, ready: make(chan struct{})}
}

// open takes the terminal and begins to take calls.
func (r *resident) open(c config.Config, log *slog.Logger) (*owner.Owner, error) {
	o := terminal.OwnerOptions(c, log)
	o.Listen = func() (func() error, error) {
		server, err := socket.Listen(address(c), socket.Handlers{Call: r.handle, Command: r.command}, log)
		if err != nil {
			return nil, err
		}
		return server.Close, nil
	}
	var err error
	r.owner, err = owner.Open(o)
	return r.owner, err
}

// serve lets calls be carried out with what the terminal has.
func (r *resident) serve(t call.Terminal) {
	r.door.Acquire = func() (call.Terminal, func(), error) { return t, func() {}, nil }
	close(r.ready)
}

func (r *resident) handle(ctx context.Context, c socket.Call) socket.Answer {
	asked := call.Call{TransType: c.TransType, In: c.In, Buffer: c.Buffer}
	select {
	case <-r.ready:
	case <-ctx.Done():
		out, exit := r.door.Busy(asked)
		return socket.Answer{Out: out, Exit: exit}
	}
	out, exit := r.door.Serve(ctx, asked)
	return socket.Answer{Out: out, Exit: exit}
}

// carryOut carries out one call: by the terminal's owner where there is one,
// else as its owner for as long as it takes. write gets the answer.
func carryOut(ctx context.Context, c config.Config, asked call.Call, log *slog.Logger, write func([]byte) error) (exit int, err error) {
	door := newDoor(c, log)
	if out, exit, refused := door.Refuse(asked); refused {
		return exit, write(out)
	}
	out, exit, unserved := askOwner(ctx, c, door, asked, log)
	if unserved == nil {
		return exit, write(out)
	}
	single := once{windows: newWindows(c, log)}
	door.Acquire = func() (call.Terminal, func(), error) { return single.own(ctx, c, door, log) }
	defer single.end()
	out, exit = single.serve(ctx, door, asked)
	if errors.Is(single.err, store.ErrInUse) {
		out, exit = owned(ctx, c, door, asked, log, unserved)
	}
	return exit, write(out)
}

// owned is the answer to a call that can't be carried out alone, as the terminal
// has an owner, and was not served by him, who may have begun to take calls
// meanwhile. One who is there and did not answer does not answer now.
func owned(ctx context.Context, c config.Config, door call.Door, asked call.Call, log *slog.Logger, unserved error) (out []byte, exit int) {
	if errors.Is(unserved, socket.ErrNoOwner) {
		if out, exit, unserved = askOwner(ctx, c, door, asked, log); unserved == nil {
			return out, exit
		}
	}
	log.Error("the terminal has an owner, who did not take the call", "error", unserved)
	switch {
	case errors.Is(unserved, socket.ErrNoReply):
		return door.Silent(asked)
	case errors.Is(unserved, socket.ErrVersion):
		return door.OtherVersion(asked)
	}
	return door.Busy(asked)
}

// askOwner hands the call to the terminal's owner. The error says why nobody
// took it.
func askOwner(ctx context.Context, c config.Config, door call.Door, asked call.Call, log *slog.Logger) (out []byte, exit int, unserved error) {
	answer, err := socket.Ask(ctx, address(c), socket.Call{TransType: asked.TransType, In: asked.In, Buffer: asked.Buffer})
	switch {
	case err == nil:
		return answer.Out, answer.Exit, nil
	case errors.Is(err, socket.ErrLost):
		log.Error("handing the call over", "error", err)
		out, exit = door.Lost(asked)
		return out, exit, nil
	}
	return nil, 0, err
}

// once is a terminal that is owned for one call. Whoever else asks meanwhile
// hears that it is busy.
type once struct {
	windows *windows
	err     error
	owner   *owner.Owner
	asked   sync.WaitGroup
	stop    context.CancelFunc
	letGo   func()
}

// serve carries out the call beside, so that this goroutine, the program's
// first, can show its page.
func (o *once) serve(ctx context.Context, door call.Door, asked call.Call) (out []byte, exit int) {
	ctx, served := context.WithCancel(ctx)
	var serving sync.WaitGroup
	serving.Go(func() {
		defer served()
		out, exit = door.Serve(ctx, asked)
	})
	o.windows.run(ctx)
	serving.Wait()
	return out, exit
}

func (o *once) own(ctx context.Context, c config.Config, door call.Door, log *slog.Logger) (call.Terminal, func(), error) {
	options := terminal.OwnerOptions(c, log)
	options.Listen = sayBusy(c, door, log)
	if o.owner, o.err = owner.Open(options); o.err != nil {
		return call.Terminal{}, nil, o.err
	}
	asking, stop := context.WithCancel(context.WithoutCancel(ctx))
	o.stop = stop
	o.asked.Go(func() { _ = o.owner.AskOpen(asking) })
	var read readers
	read, o.letGo = cardReaders(c, log)
	t := call.Terminal{Core: o.owner.Core, Cards: read.cards, Identity: read.identity}
	t.Pages = windowPages(c, o.windows, t, o.owner, log)
	return t, func() {}, nil
}

// sayBusy lets whoever calls hear that the terminal is busy.
func sayBusy(c config.Config, door call.Door, log *slog.Logger) func() (func() error, error) {
	return func() (func() error, error) {
		server, err := socket.Listen(address(c), socket.Handlers{Call: func(_ context.Context, other socket.Call) socket.Answer {
			out, exit := door.Busy(call.Call{TransType: other.TransType, In: other.In, Buffer: other.Buffer})
			return socket.Answer{Out: out, Exit: exit}
		}}, log)
		if err != nil {
			// Without a socket others still find the journal locked.
			log.Warn("nobody can be told that this terminal is busy", "error", err)
			return func() error { return nil }, nil
		}
		return server.Close, nil
	}
}

// windowPages are the pages of calls in a window of their own.
func windowPages(c config.Config, w *windows, t call.Terminal, o *owner.Owner, log *slog.Logger) call.Pages {
	outside := terminal.Dependencies(c, log)
	w.head = terminal.HeadOf(o.Journal())
	outside.Core, outside.Bills, outside.Cards, outside.Identity = o.Core, o.Core, t.Cards, t.Identity
	return terminal.ScreenPages{Core: o.Core, Serve: w.pages(outside), Patience: c.Pay.UnknownWait}
}

// end gives the terminal free, once what else is open was asked for, or soon.
func (o *once) end() {
	if o.owner == nil {
		return
	}
	hurry := time.AfterFunc(askTime, o.stop)
	o.asked.Wait()
	hurry.Stop()
	o.stop()
	o.letGo()
	_ = o.owner.Close()
}
