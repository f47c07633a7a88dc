package kiosk

import (
	"context"
	"io"
	"log/slog"
	"reflect"
	"time"

	"onetrans/assets/dict"
	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/txn"
	"onetrans/flows/view"
)

// Core is what the kiosk needs of the transaction core.
type Core interface {
	Acquire() (release func(), err error)
	Call(context.Context, onetrans.Request) (onetrans.Answer, error)
	Recharge(context.Context, onetrans.Request) (txn.Status, error)
	Watch(no string) (statuses <-chan txn.Status, end func(), err error)
	Check(ctx context.Context, no string) (txn.Status, error)
	CloseOrder(ctx context.Context, no string) (txn.Status, error)
}

// Outside is what the kiosk's effects reach.
type Outside struct {
	Core Core
	// Cards and Codes are nil where the terminal has no such device.
	Cards devices.CardReader
	Codes devices.Scanner
	// Messages makes the requests.
	Messages Messages
	// Insurances names kinds of insurance.
	Insurances dict.Dictionary
	Random     io.Reader
	Log        *slog.Logger
	// Show gets each page that differs from the one before.
	Show func(view.Page)
}

// Runner carries out what the kiosk's flows want done, and feeds back what
// came of it. One goroutine, Run's, owns the model.
type Runner struct {
	out     Outside
	model   Model
	events  chan happening
	session *session
	shown   view.Page
}

// happening is an event of a session; nil: of none in particular.
type happening struct {
	session *session
	event   flow.Event
}

// session is one person's time at the terminal. Whatever it started ends with
// it, and what still comes of it is dropped.
type session struct {
	ctx     context.Context
	end     context.CancelFunc
	release func()
	// unlisten ends waiting for a card or code; nil while nobody waits.
	unlisten context.CancelFunc
}

// NewRunner makes a runner. Run starts it.
func NewRunner(o Options, out Outside) *Runner {
	return &Runner{out: out, model: New(o, time.Now()), events: make(chan happening)}
}

// Tap reports what a person did. It does not wait for what comes of it.
func (r *Runner) Tap(ctx context.Context, tap view.Tap) { go r.report(ctx, nil, tap) }

func (r *Runner) report(ctx context.Context, s *session, e flow.Event) {
	select {
	case r.events <- happening{s, e}:
	case <-ctx.Done():
	}
}

// Run serves people until ctx ends.
func (r *Runner) Run(ctx context.Context) {
	r.session = r.newSession(ctx)
	defer func() { r.session.close() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	r.show()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			r.handle(ctx, Ticked{Now: now})
		case h := <-r.events:
			if h.session == nil || h.session == r.session {
				r.handle(ctx, h.event)
			}
		}
		r.show()
	}
}

func (r *Runner) handle(ctx context.Context, e flow.Event) {
	var effects []flow.Effect
	r.model, effects = r.model.Step(e)
	for _, effect := range effects {
		r.carryOut(ctx, effect)
	}
}

func (r *Runner) show() {
	page := r.model.Page()
	if !reflect.DeepEqual(page, r.shown) {
		r.shown = page
		r.out.Show(page)
	}
}

func (r *Runner) newSession(ctx context.Context) *session {
	s := &session{release: func() {}}
	s.ctx, s.end = context.WithCancel(ctx)
	return s
}

func (s *session) close() {
	s.end()
	s.release()
}

// carryOut starts what an effect wants. What takes time runs beside, and
// reports to the session that wanted it.
func (r *Runner) carryOut(ctx context.Context, effect flow.Effect) {
	s := r.session
	switch effect := effect.(type) {
	case Begin:
		release, err := r.out.Core.Acquire()
		if err == nil {
			s.release = release
		}
		r.handle(ctx, Began{Err: err})
	case Wipe:
		s.close()
		r.session = r.newSession(ctx)
	case identify.Listen:
		r.listen(s, effect)
	case identify.StopListening:
		s.stopListening()
	case identify.WatchCard:
		go r.watchCard(s)
	case identify.LookUp:
		go r.lookUp(s, effect)
	case recharge.Place:
		go r.place(s, effect.Charge)
	case recharge.Check:
		go r.check(s, effect.No)
	case recharge.Close:
		go r.closeOrder(s, effect.No)
	}
}
