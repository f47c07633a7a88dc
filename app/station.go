package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"

	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/terminal"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/owner"
	"onetrans/assets/dict"
	"onetrans/assets/texts"
	"onetrans/devices/wedge"
	"onetrans/flows/kiosk"
	"onetrans/flows/view"
	"onetrans/store"
)

// retryPause is how long a kiosk without a journal waits before it looks again.
const retryPause = 10 * time.Second

// station is what a kiosk serves with, once its terminal's journal can be used.
type station struct {
	settings config.Config
	log      *slog.Logger
	words    texts.Book
	resident *resident
	screen   *screen

	runner *kiosk.Runner // nil while out of service
	why    string        // it is out of service, as it was logged last
	ends   []func()
}

// begin sets everything up on a terminal that is owned, and takes calls.
func (s *station) begin(ctx context.Context, owned *owner.Owner) error {
	s.ends = append(s.ends, func() { _ = owned.Close() })
	insurances, err := dict.Open("insutype")
	if err != nil {
		return err
	}
	deps := terminal.Dependencies(s.settings, s.log)
	deps.Core, deps.Bills, deps.Insurances, deps.Show = owned.Core, owned.Core, insurances, s.screen.show
	read, letGo := cardReaders(s.settings, s.log)
	s.ends = append(s.ends, letGo)
	deps.Cards, deps.Identity = read.cards, read.identity
	var scanner *wedge.Scanner
	if s.settings.Devices.Scanner.Kind == config.ScannerKeyboard {
		scanner = wedge.New()
		deps.Codes = scanner
	}
	if deps.Receipts, err = terminal.Receipts(s.settings, s.words, terminal.HeadOf(owned.Journal())); err != nil {
		return err
	}
	s.runner = kiosk.NewRunner(terminal.KioskOptions(s.settings), deps)
	s.screen.serve(scanner, func(tap view.Tap) { s.runner.Tap(ctx, tap) })
	s.resident.serve(call.Terminal{
		Core: owned.Core, Cards: read.cards, Identity: read.identity,
		Pages: terminal.ScreenPages{Core: owned.Core, Serve: s.runner.Serve, Patience: s.settings.Pay.UnknownWait},
	})
	return nil
}

// end lets go of everything, in the reverse order.
func (s *station) end() {
	for i := len(s.ends) - 1; i >= 0; i-- {
		s.ends[i]()
	}
}

// serve serves patients until ctx ends; first it waits for a journal, where there
// is none that can be used. It runs beside the window.
func (s *station) serve(ctx context.Context) error {
	for s.runner == nil {
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return nil
		}
		owned, err := s.resident.open(s.settings, s.log)
		switch {
		case errors.Is(err, store.ErrUnusable):
			fyne.Do(func() { s.outOfService(err) })
		case err != nil:
			return err
		default:
			if err := s.begin(ctx, owned); err != nil {
				return err
			}
		}
	}
	s.runner.Run(ctx)
	return nil
}

// outOfService says so to everybody, and why to the staff. It belongs to the
// interface's goroutine.
func (s *station) outOfService(why error) {
	if s.why != why.Error() { // once, not each time that it is tried
		s.why = why.Error()
		s.log.Error("out of service", "error", why)
	}
	s.screen.kiosk.Show(view.Page{
		Content: view.OutOfService{Fault: cmp.Or(journal.FaultOf(why), view.FaultDisk)},
		Look:    view.Look{Language: view.Language(s.settings.UI.Language)},
	})
}
