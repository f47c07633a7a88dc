package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"fyne.io/fyne/v2"

	"onetrans/app/config"
	"onetrans/app/terminal"
	"onetrans/app/terminal/call"
	"onetrans/assets/texts"
	"onetrans/devices/wedge"
	"onetrans/flows/kiosk"
	"onetrans/flows/view"
)

// windows are the pages of calls where no kiosk has the screen: one window,
// made when the first call needs it, hidden while none does.
type windows struct {
	config config.Config
	log    *slog.Logger
	asks   chan ask
	// stopped is closed when run returns: no page is shown any more.
	stopped chan struct{}
}

// ask is a call that needs a page.
type ask struct {
	ctx    context.Context
	call   kiosk.Call
	deps   kiosk.Dependencies
	result chan<- shown
}

type shown struct {
	outcome kiosk.Outcome
	err     error
}

func newWindows(c config.Config, log *slog.Logger) *windows {
	return &windows{config: c, log: log, asks: make(chan ask), stopped: make(chan struct{})}
}

// beside runs work beside the windows, which only the program's first goroutine
// may show.
func (w *windows) beside(ctx context.Context, work func() (int, error)) (exit int, err error) {
	ctx, done := context.WithCancel(ctx)
	var working sync.WaitGroup
	working.Go(func() {
		defer done()
		exit, err = work()
	})
	w.run(ctx)
	working.Wait()
	return exit, err
}

// pages are those of a station's calls.
func (w *windows) pages(s *terminal.Station) call.Pages {
	return terminal.ScreenPages{Core: s.Core, Patience: w.config.Pay.UnknownWait, Serve: func(ctx context.Context, c kiosk.Call) (kiosk.Outcome, error) {
		if err := checkDisplay(); err != nil {
			return kiosk.Outcome{}, fmt.Errorf("%w: %w", call.ErrNoPage, err)
		}
		deps, err := s.Dependencies()
		if err != nil {
			return kiosk.Outcome{}, err
		}
		result := make(chan shown, 1)
		select {
		case w.asks <- ask{ctx, c, deps, result}:
		case <-w.stopped:
			return kiosk.Outcome{}, kiosk.ErrStopped
		case <-ctx.Done():
			return kiosk.Outcome{End: kiosk.Cancelled}, nil
		}
		shown := <-result
		return shown.outcome, shown.err
	}}
}

// run shows pages until ctx ends. Only the program's first goroutine may call
// it, as a window must be there; nothing of the window is loaded before it is
// needed.
func (w *windows) run(ctx context.Context) {
	defer close(w.stopped)
	var first ask
	select {
	case first = <-w.asks:
	case <-ctx.Done():
		return
	}
	window, err := w.open()
	for err != nil {
		first.result <- shown{err: err}
		select {
		case first = <-w.asks:
			window, err = w.open()
		case <-ctx.Done():
			return
		}
	}
	window.run(ctx, func(ctx context.Context) { window.serve(ctx, first, w.asks) })
}

// window is a call's page, with what it shows and prints.
type window struct {
	*screen
	options    kiosk.Options
	fullscreen bool // while it shows a page
}

func (w *windows) open() (*window, error) {
	words, err := texts.Load()
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	screen := newScreen(w.config, words)
	screen.window.CenterOnScreen()
	if w.config.Devices.Scanner.Kind == config.ScannerKeyboard {
		screen.scanner = wedge.New()
	}
	return &window{screen, terminal.KioskOptions(w.config), w.config.UI.Fullscreen}, nil
}

// serve shows one call's page after another. A page whose call has its answer
// stays for who reads it, and gives way to the next.
func (w *window) serve(ctx context.Context, next ask, asks <-chan ask) {
	for {
		page, leave := context.WithCancel(ctx)
		told, over := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(over)
			w.show(page, leave, next, told)
		}()
		<-told
		again := false
		select {
		case next, again = <-asks:
		case <-over:
		case <-ctx.Done():
		}
		leave()
		<-over
		if again {
			continue
		}
		fyne.Do(w.hide)
		select {
		case next = <-asks:
		case <-ctx.Done():
			return
		}
	}
}

// hide takes the window off the screen, and the last person's page out of it. The
// window library hides nothing that fills the screen.
func (w *window) hide() {
	w.kiosk.Show(view.Page{Content: view.Attract{}})
	if w.fullscreen {
		w.screen.window.SetFullScreen(false)
	}
	w.screen.window.Hide()
}

// show shows one call's page until it is over or ctx ends; told is closed when
// its caller has been told. Who closes the window leaves it.
func (w *window) show(ctx context.Context, leave context.CancelFunc, a ask, told chan<- struct{}) {
	hungUp := context.AfterFunc(a.ctx, leave)
	deps := a.deps
	deps.Show = w.screen.show
	if w.scanner != nil {
		deps.Codes = w.scanner
	}
	runner := kiosk.NewRunner(w.options, deps)
	fyne.DoAndWait(func() {
		w.emit = func(tap view.Tap) { runner.Tap(ctx, tap) }
		w.screen.window.SetCloseIntercept(leave)
		if w.fullscreen {
			w.screen.window.SetFullScreen(true)
		}
		w.screen.window.Show()
	})
	runner.Alone(ctx, a.call, func(outcome kiosk.Outcome, err error) {
		hungUp() // whose caller has its answer may go
		a.result <- shown{outcome, err}
		close(told)
	})
}
