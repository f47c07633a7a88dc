package main

import (
	"context"
	"fmt"
	"log/slog"

	"fyne.io/fyne/v2"

	"onetrans/app/call"
	"onetrans/app/config"
	"onetrans/assets/dict"
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
	ctx     context.Context
	call    kiosk.Call
	outside kiosk.Outside
	result  chan<- shown
}

type shown struct {
	outcome kiosk.Outcome
	err     error
}

func newWindows(c config.Config, log *slog.Logger) *windows {
	return &windows{config: c, log: log, asks: make(chan ask), stopped: make(chan struct{})}
}

// pages are those of calls, carried out with what outside has.
func (w *windows) pages(outside kiosk.Outside) func(context.Context, kiosk.Call) (kiosk.Outcome, error) {
	return func(ctx context.Context, c kiosk.Call) (kiosk.Outcome, error) {
		if err := checkDisplay(); err != nil {
			return kiosk.Outcome{}, fmt.Errorf("%w: %w", call.ErrNoPage, err)
		}
		result := make(chan shown, 1)
		select {
		case w.asks <- ask{ctx, c, outside, result}:
		case <-w.stopped:
			return kiosk.Outcome{}, kiosk.ErrStopped
		case <-ctx.Done():
			return kiosk.Outcome{End: kiosk.Cancelled}, nil
		}
		s := <-result
		return s.outcome, s.err
	}
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
	screen, insurances, err := w.open()
	for err != nil {
		first.result <- shown{err: err}
		select {
		case first = <-w.asks:
			screen, insurances, err = w.open()
		case <-ctx.Done():
			return
		}
	}
	screen.run(ctx, func(ctx context.Context) {
		for next := first; ; {
			next.outside.Insurances = insurances
			next.result <- w.show(ctx, screen, next)
			select {
			case next = <-w.asks:
			case <-ctx.Done():
				return
			}
		}
	})
}

func (w *windows) open() (*screen, dict.Dictionary, error) {
	insurances, err := dict.Open("insutype")
	if err != nil {
		return nil, insurances, fmt.Errorf("opening a page: %w", err)
	}
	words, err := texts.Load()
	if err != nil {
		return nil, insurances, fmt.Errorf("opening a page: %w", err)
	}
	screen := newScreen(w.config, words)
	screen.window.CenterOnScreen()
	if w.config.Devices.Scanner.Kind == config.ScannerKeyboard {
		screen.scanner = wedge.New()
	}
	return screen, insurances, nil
}

// show shows one call's page. Who closes the window leaves it.
func (w *windows) show(ctx context.Context, screen *screen, a ask) shown {
	calling, leave := context.WithCancel(a.ctx)
	defer leave()
	defer context.AfterFunc(ctx, leave)()
	a.outside.Show = screen.show
	if screen.scanner != nil {
		a.outside.Codes = screen.scanner
	}
	runner := kiosk.NewRunner(kioskOptions(w.config), a.outside)
	fyne.DoAndWait(func() {
		screen.emit = func(tap view.Tap) { runner.Tap(calling, tap) }
		screen.window.SetCloseIntercept(leave)
		screen.window.Show()
	})
	outcome, err := runner.Alone(calling, a.call)
	fyne.Do(screen.window.Hide)
	return shown{outcome, err}
}
