package terminal

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"onetrans/app/config"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/socket"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// askTime is how long a call that owns the terminal goes on, after its answer,
// to have asked once for what else is open.
const askTime = time.Second

// newDoor is the door of a terminal, but for how it is owned.
func newDoor(c config.Config, log *slog.Logger) call.Door {
	d := call.Door{
		Credentials: call.Credentials{AppID: c.Platform.AppID, Merchants: Merchants(c)},
		UnknownWait: c.Pay.UnknownWait,
		Demo:        c.Demo(),
		Log:         log,
	}
	if c.Platform.AppKey.Empty() {
		d.Credentials.AppID = ""
	}
	return d
}

// Address is where the owner of the configured terminal serves.
func Address(c config.Config) string { return socket.Address(c.Store.Path, c.Owner.Socket) }

// CarryOut carries out one call: by the terminal's owner where there is one, else
// as its owner for as long as it takes. write gets the answer, before the terminal
// is let go of.
func CarryOut(ctx context.Context, o Options, asked onetrans.Call, write func([]byte) error) (exit int, err error) {
	s := New(o)
	defer s.Close()
	ctx, hear := s.hearing(ctx, asked) // once it is answered: nobody waits for that
	if out, exit, refused := s.door.Refuse(asked); refused {
		defer hear(out, exit)
		return exit, write(out)
	}
	out, exit, unserved := s.ask(ctx, asked)
	if unserved == nil {
		return exit, write(out)
	}
	var taken error
	s.door.Acquire = func() (t call.Terminal, end func(), err error) {
		t, taken = s.own(ctx)
		return t, func() {}, taken
	}
	out, exit = s.door.Serve(ctx, asked)
	if errors.Is(taken, store.ErrInUse) {
		out, exit = s.owned(ctx, asked, unserved)
	}
	defer hear(out, exit)
	return exit, write(out)
}

// own takes the terminal for one call, and asks meanwhile for what else is open.
func (s *Station) own(ctx context.Context) (t call.Terminal, err error) {
	if err := s.Open(); err != nil {
		return t, err
	}
	asking, stop := context.WithCancel(context.WithoutCancel(ctx))
	var asked sync.WaitGroup
	asked.Go(func() { _ = s.AskOpen(asking) })
	s.onClose(func() {
		hurry := time.AfterFunc(askTime, stop)
		asked.Wait()
		hurry.Stop()
		stop()
	})
	return s.terminal(s.Pages()), nil
}

// owned is the answer to a call that can't be carried out alone, as the terminal
// has an owner, and was not served by him, who may have begun to take calls
// meanwhile. One who is there and did not answer does not answer now.
func (s *Station) owned(ctx context.Context, asked onetrans.Call, unserved error) (out []byte, exit int) {
	if errors.Is(unserved, socket.ErrNoOwner) {
		if out, exit, unserved = s.ask(ctx, asked); unserved == nil {
			return out, exit
		}
	}
	s.Log.Error("the terminal has an owner, who did not take the call", "error", unserved)
	switch {
	case errors.Is(unserved, socket.ErrNoReply):
		return s.door.Silent(asked)
	case errors.Is(unserved, socket.ErrVersion):
		return s.door.OtherVersion(asked)
	}
	return s.door.Busy(asked)
}

// ask hands the call to the terminal's owner. The error says why nobody
// took it.
func (s *Station) ask(ctx context.Context, asked onetrans.Call) (out []byte, exit int, unserved error) {
	answer, err := socket.Ask(ctx, Address(s.Config), asked)
	switch {
	case err == nil:
		return answer.Out, answer.Exit, nil
	case errors.Is(err, socket.ErrLost):
		s.Log.Error("handing the call over", "error", err)
		out, exit = s.door.Lost(asked)
		return out, exit, nil
	}
	return nil, 0, err
}

// ByOwner lets the terminal's owner do something where there is one; else it is
// done alone.
func ByOwner(ask, alone func() error) error {
	err := ask()
	if !errors.Is(err, socket.ErrNoOwner) {
		return err
	}
	err = alone()
	if errors.Is(err, store.ErrInUse) {
		// Its owner may have begun to serve meanwhile.
		if again := ask(); !errors.Is(again, socket.ErrNoOwner) {
			return again
		}
	}
	return err
}
