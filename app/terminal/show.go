package terminal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/screen"
	"onetrans/assets/texts"
	"onetrans/devices/wedge"
	"onetrans/flows/core/txn"
	"onetrans/flows/kiosk"
	"onetrans/flows/view"
)

// newScreen is the station's, and the scanner that plays keyboard there; nil where
// there is none.
func newScreen(o Options) (*screen.Screen, *wedge.Scanner) {
	var scanner *wedge.Scanner
	options := screen.Options{
		Setup:   Setup(o.Config, o.Kiosk),
		Start:   func() (screen.Window, error) { return screen.Start(o.Log, o.Config.SecretVariables) },
		Display: screen.Display, Log: o.Log,
	}
	options.Setup.Tour = o.Shown != nil
	if o.Command != nil { // else the answer says it, and the process ends
		options.NoGraphics = func() { go command.ShowBox(noGraphics(o.Config)) }
	}
	if options.Setup.Keys {
		scanner = wedge.New()
		options.Key = func(r rune, at time.Time) { scanner.Key(r, at) }
	}
	return screen.New(options), scanner
}

// noGraphics is what a person at a display without OpenGL has to know.
func noGraphics(c config.Config) string {
	book, _ := texts.Load() // the tests hold the files
	return book.In(string(c.UI.Language)).Say("commands.error.no_graphics")
}

// Setup is what a window has to know, a kiosk's or one that shows the pages of calls alone.
func Setup(c config.Config, kiosk bool) view.Setup {
	return view.Setup{
		Language:   view.Language(c.UI.Language),
		Inches:     c.UI.PanelInches,
		Landscape:  c.UI.Orientation == config.Landscape,
		Fullscreen: c.UI.Fullscreen == config.AllFill || kiosk && c.UI.Fullscreen == config.KioskFills,
		Hospital:   c.Terminal.FixmedinsName, Demo: c.Demo(),
		HelpPlace: c.UI.HelpPlace, HelpPhone: c.UI.HelpPhone,
		Keys: c.Devices.Scanner.Kind == config.ScannerKeyboard,
	}
}

// show shows a page, to a tour as well.
func (s *Station) show(page view.Page) {
	s.Screen.Show(page)
	if s.Shown != nil {
		s.Shown(page)
	}
}

// runner leads people or a call through the flows on the station's screen, which
// belongs to it from now on. gone is called when somebody wants the window gone.
func (s *Station) runner(ctx context.Context, gone func()) (*kiosk.Runner, error) {
	deps, err := s.dependencies()
	if err != nil {
		return nil, err
	}
	runner := kiosk.NewRunner(kioskOptions(s.Config, s.Core.Capabilities()), deps)
	s.Screen.Give(func(tap view.Tap) { runner.Tap(ctx, tap) }, gone)
	return runner, nil
}

// headStart is how long at most the window has the machine for itself: a journal that
// is opened beside it makes the first page come later, and nobody served sooner.
const headStart = 300 * time.Millisecond

// Lead opens the terminal and serves whoever comes to its screen, and the calls of
// others, until ctx ends or somebody closes the window. Without a journal that can
// be used it says so on the screen, and waits for one. Its errors are Open's.
func (s *Station) Lead(ctx context.Context) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	s.Screen.Give(nil, quit)
	s.Screen.Begin()
	alone, over := context.WithTimeout(ctx, headStart)
	_ = s.Screen.Ready(alone)
	over()
	err := s.openWhenUsable(ctx, func(why error) {
		s.show(view.Page{
			Content: view.OutOfService{Fault: cmp.Or(journal.FaultOf(why), view.FaultDisk)},
			Look:    view.Look{Language: view.Language(s.Config.UI.Language)},
		})
	})
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	for _, kind := range NotOffered(s.Config, s.Core.Capabilities()) {
		s.Log.Warn("the platform can't carry out what is configured", "service", kind)
	}
	runner, err := s.runner(ctx, quit)
	if err != nil {
		return err
	}
	serve := func(ctx context.Context, c kiosk.PageCall) (kiosk.Outcome, error) {
		if err := s.seen(ctx); err != nil {
			return kiosk.Outcome{}, err
		}
		return runner.Serve(ctx, c)
	}
	lend := func(ctx context.Context) (back func(), err error) {
		if s.Screen.Lent() {
			return nil, txn.ErrBusy
		}
		if back, err = runner.Lend(ctx); err == nil {
			s.Screen.Hide()
		}
		return back, err
	}
	s.Serve(screenPages{s.Core, serve, lend, s.Config.Pay.UnknownWait})
	runner.Run(ctx)
	return nil
}

// seen waits until a page can be seen: none is begun that can't. Its errors are
// [call.ErrNoPage], [call.ErrCancelled] where the caller is gone before, and [txn.ErrBusy]
// where the platform's own page is still up whose caller has gone.
func (s *Station) seen(ctx context.Context) error {
	if s.Screen.Lent() {
		return txn.ErrBusy
	}
	err := s.Screen.Ready(ctx)
	switch {
	case ctx.Err() != nil:
		return call.ErrCancelled
	case errors.Is(err, screen.ErrNoGraphics):
		return fmt.Errorf("%w: %w", call.ErrNoGraphics, err)
	case err != nil:
		return fmt.Errorf("%w: %w", call.ErrNoPage, err)
	}
	return nil
}

// Pages are the pages of calls on a screen that shows nothing else: an agent's, or
// that of a call which owns for its own sake. They end with the station.
func (s *Station) Pages() call.Pages {
	p := &lonePages{station: s}
	p.ctx, p.stop = context.WithCancel(context.Background())
	s.onClose(p.close)
	return screenPages{s.Core, p.serve, p.lend, s.Config.Pay.UnknownWait}
}

// lonePages has one call's page after another. One whose call has its answer stays
// for who reads it, and gives way to the next.
type lonePages struct {
	station *Station
	ctx     context.Context
	stop    context.CancelFunc

	mu    sync.Mutex // held while a call waits for its outcome
	leave func()     // ends the page of the last; nil before the first
}

// ended is the outcome of a page.
type ended struct {
	outcome kiosk.Outcome
	err     error
}

func (p *lonePages) serve(ctx context.Context, c kiosk.PageCall) (kiosk.Outcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.station.seen(ctx); err != nil {
		return kiosk.Outcome{}, err
	}
	if p.ctx.Err() != nil {
		return kiosk.Outcome{}, kiosk.ErrStopped
	}
	p.giveWay()
	p.station.Screen.Over(call.WindowOf(ctx))
	page, leave := context.WithCancelCause(p.ctx)
	runner, err := p.station.runner(page, func() { leave(nil) })
	if err != nil {
		leave(nil)
		return kiosk.Outcome{}, err
	}
	hungUp := context.AfterFunc(ctx, func() { leave(nil) })
	told, over := make(chan ended, 1), make(chan struct{})
	p.leave = func() { leave(errGivesWay); <-over }
	go func() {
		defer close(over)
		runner.Alone(page, c, func(outcome kiosk.Outcome, err error) {
			hungUp() // whose caller has its answer may go
			told <- ended{outcome, err}
		})
		if !errors.Is(context.Cause(page), errGivesWay) {
			p.station.Screen.Hide()
		}
		leave(nil)
	}()
	end := <-told
	return end.outcome, end.err
}

// lend takes the last call's page off the screen, and keeps it empty until back is called.
func (p *lonePages) lend(context.Context) (back func(), err error) {
	if p.station.Screen.Lent() {
		return nil, txn.ErrBusy
	}
	p.mu.Lock()
	if p.ctx.Err() != nil {
		p.mu.Unlock()
		return nil, kiosk.ErrStopped
	}
	p.giveWay()
	p.station.Screen.Hide()
	return sync.OnceFunc(p.mu.Unlock), nil
}

// errGivesWay ends a page because the next one comes.
var errGivesWay = errors.New("the next page comes")

func (p *lonePages) giveWay() {
	if p.leave != nil {
		p.leave()
	}
}

// close ends the page that there is, whose call is answered.
func (p *lonePages) close() {
	p.stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.giveWay()
}
