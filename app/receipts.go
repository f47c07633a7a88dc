package main

import (
	"fmt"

	"onetrans/app/config"
	"onetrans/assets/fonts"
	"onetrans/assets/texts"
	"onetrans/devices/printer"
	"onetrans/flows/kiosk"
	"onetrans/flows/receipt"
	"onetrans/flows/view"
)

// receipts is what prints receipts; nil where no printer is configured.
func receipts(c config.Config, words texts.Book) (kiosk.Press, error) {
	p := c.Devices.Printer
	if p.Kind == config.PrinterNone {
		return nil, nil
	}
	names, err := receipt.OpenNames()
	if err != nil {
		return nil, fmt.Errorf("naming codes on receipts: %w", err)
	}
	device, err := printer.New(printer.Options{
		Kind: printer.Kind(p.Kind), Address: p.Address, Baud: p.Baud, Columns: p.Columns, Face: fonts.Regular(),
	})
	if err != nil {
		return nil, err
	}
	return &receipt.Press{
		Printer: device, Names: names,
		Terminal: receipt.Terminal{
			Hospital: c.Terminal.FixmedinsName, TermNo: c.Terminal.TermNo, HelpPlace: c.UI.HelpPlace, HelpPhone: c.UI.HelpPhone,
		},
		Words: func(l view.Language) receipt.Say { return words.In(string(l)).Say },
	}, nil
}
