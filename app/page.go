package main

import (
	"context"
	"fmt"
	"log/slog"

	"onetrans/app/config"
	"onetrans/assets/dict"
	"onetrans/assets/texts"
	"onetrans/devices"
	"onetrans/devices/wedge"
	"onetrans/flows/kiosk"
	"onetrans/flows/txn"
	"onetrans/flows/view"
)

// page is the window that a call opens which owns the terminal itself.
type page struct {
	config config.Config
	core   *txn.Core
	cards  devices.CardReader
	log    *slog.Logger
}

// serve shows the call's page and returns when it is over. It must run on the
// program's first goroutine, as a window must.
func (p page) serve(ctx context.Context, c kiosk.Call) (outcome kiosk.Outcome, err error) {
	insurances, err := dict.Open("insutype")
	if err != nil {
		return outcome, fmt.Errorf("opening a page: %w", err)
	}
	words, err := texts.Load()
	if err != nil {
		return outcome, fmt.Errorf("opening a page: %w", err)
	}
	screen := newScreen(p.config, words)
	screen.window.CenterOnScreen()
	outside := outside(p.config, p.log)
	outside.Core, outside.Bills, outside.Cards = p.core, p.core, p.cards
	outside.Insurances, outside.Show = insurances, screen.show
	if p.config.Devices.Scanner.Kind == config.ScannerKeyboard {
		screen.scanner = wedge.New()
		outside.Codes = screen.scanner
	}
	if outside.Receipts, err = receipts(p.config, words); err != nil {
		return outcome, fmt.Errorf("opening a page: %w", err)
	}
	runner := kiosk.NewRunner(kioskOptions(p.config), outside)
	screen.emit = func(tap view.Tap) { runner.Tap(ctx, tap) }
	screen.run(ctx, func(ctx context.Context) { outcome, err = runner.Alone(ctx, c) })
	return outcome, err
}
