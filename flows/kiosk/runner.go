package kiosk

import (
	"context"
	"io"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"onetrans/assets/dict"
	"onetrans/devices"
	"onetrans/flows/authorise"
	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/receipt"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

// Core is what the kiosk needs of the transaction core.
type Core interface {
	Acquire() (release func(), err error)
	Call(context.Context, onetrans.Request) (onetrans.Answer, error)
	Recharge(context.Context, onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error)
	Watch(no string) (statuses <-chan txn.Status, end func(), err error)
	Check(ctx context.Context, no string) (txn.Status, error)
	CloseOrder(ctx context.Context, no string) (txn.Status, error)
	News(cardType, cardNo string) ([]txn.Status, error)
	Tell(kind, no string) error
}

// Dependencies is what the kiosk's effects reach.
type Dependencies struct {
	Core Core
	// Bills settles bills; nil where that is not offered.
	Bills Bills
	// Cards, Identity and Codes are nil where the terminal has no such device.
	Cards    devices.CardReader
	Identity devices.IdentityReader
	Codes    devices.Scanner
	// Receipts prints; nil where the terminal has no printer.
	Receipts Printer
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
	out     Dependencies
	model   Model
	taps    chan view.Tap
	events  chan happening
	session *session
	shown   view.Page
	// calls are HIS's; job is the one that has the screen, nil without.
	calls chan *job
	job   *job
	// alone: this runner is for that call alone.
	alone bool
	// can is what the platform can do.
	can platform.Capabilities
	// stopped is closed when Run returns: it takes no call any more.
	stopped chan struct{}
	// work is what runs alongside Run, which ends after it.
	work sync.WaitGroup
	// reading, identifying and scanning are held by whoever waits for a card, an
	// identity card or a code, so that one who is leaving takes none from the next.
	reading, identifying, scanning chan struct{}
}

// maxTaps is how many taps may wait: more than anybody taps while one is served.
const maxTaps = 64

// happening is what came of something that a session wanted.
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
	// sending is what of this person's is on its way to the core: unsent says why
	// the last of it never left, once sending is done.
	sending sync.WaitGroup
	unsent  error
	// unlisten ends waiting for a card or code; nil while nobody waits.
	unlisten context.CancelFunc
	// unauthorise ends asking about a health card; nil while nobody asks.
	unauthorise context.CancelFunc
}

// NewRunner makes a runner. Run starts it.
func NewRunner(o Options, out Dependencies) *Runner {
	o.Prints = out.Receipts != nil
	return &Runner{
		out:         out,
		can:         o.Can,
		model:       New(o, time.Now()),
		taps:        make(chan view.Tap, maxTaps),
		events:      make(chan happening),
		calls:       make(chan *job),
		stopped:     make(chan struct{}),
		reading:     make(chan struct{}, 1),
		identifying: make(chan struct{}, 1),
		scanning:    make(chan struct{}, 1),
	}
}

// Tap reports what a person did, in the order in which they did it. It waits
// neither for what comes of it nor, with more taps than anybody makes, for
// room: then the tap is dropped.
func (r *Runner) Tap(_ context.Context, tap view.Tap) {
	select {
	case r.taps <- tap:
	default:
		r.out.Log.Warn("a tap was dropped", "action", tap.Action)
	}
}

// report feeds back what came of something that a session wanted. A session
// that has ended wants nothing any more.
func (r *Runner) report(s *session, e flow.Event) {
	select {
	case r.events <- happening{s, e}:
	case <-s.ctx.Done():
	}
}

// Run serves people until ctx ends, and returns when nothing runs any more. It
// runs once.
func (r *Runner) Run(ctx context.Context) {
	r.session = r.newSession(ctx)
	defer r.work.Wait()
	defer func() { r.session.close() }()
	defer r.stopJob()
	defer close(r.stopped)
	tick := time.NewTicker(view.Tick)
	defer tick.Stop()
	if r.alone {
		r.handle(ctx, r.job.called)
	}
	r.show()
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-r.calls:
			r.begin(ctx, j)
		case <-r.job.hungUp():
			r.hangUp(ctx)
		case now := <-tick.C:
			r.handle(ctx, flow.Waited{Now: now})
		case tap := <-r.taps:
			r.handle(ctx, tap)
		case h := <-r.events:
			if h.session == r.session {
				r.handle(ctx, h.event)
			}
		}
		if r.done() {
			return
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

// carryOut starts what an effect wants. What takes time runs on
// its own, and reports to the session that wanted it.
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
		r.work.Go(func() { r.watchCard(s) })
	case identify.WatchIdentity:
		r.work.Go(func() { r.watchIdentity(s) })
	case identify.LookUp:
		request, err := r.lookUpRequest(effect)
		if err != nil {
			r.handle(ctx, identify.NotFound{LookUp: effect.No, Why: view.TroubleInternal, Err: err})
			return
		}
		r.work.Go(func() { r.lookUp(s, effect, request) })
	case identify.Told:
		r.work.Go(func() { r.tell(effect.News) })
	case authorise.Begin:
		r.authorise(s, effect.No)
	case authorise.Stop:
		s.stopAuthorising()
	case recharge.Place:
		call := r.model.call
		s.sending.Add(1)
		r.work.Go(func() { r.place(s, call, effect.Charge) })
	case recharge.Check:
		r.charges().try(s.ctx, s, cashier.Checked, effect.No, view.CheckPatience, r.out.Core.Check)
	case recharge.Close:
		r.charges().try(s.ctx, s, cashier.CloseDone, effect.No, view.ClosePatience, r.out.Core.CloseOrder)
	case receipt.Print:
		r.print(ctx, s, effect.Facts)
	case Ended:
		r.finish(ctx, s, effect)
	default:
		r.settleEffect(ctx, s, effect)
	}
}
