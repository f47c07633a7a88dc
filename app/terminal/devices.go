package terminal

import (
	"fmt"

	"onetrans/app/config"
	"onetrans/assets/fonts"
	"onetrans/assets/texts"
	"onetrans/devices/printer"
	"onetrans/flows/kiosk"
	"onetrans/flows/receipt"
	"onetrans/flows/view"
	"onetrans/store"
	"onetrans/store/trust"
)

// Receipts is what prints receipts, with the journal's head as it is then; nil
// where no printer is configured.
func Receipts(c config.Config, words texts.Book, head func(receipt.Facts) *receipt.Head) (kiosk.Press, error) {
	p := c.Devices.Printer
	if p.Kind == config.PrinterNone {
		return nil, nil
	}
	names, err := receipt.OpenNames()
	if err != nil {
		return nil, fmt.Errorf("naming codes on receipts: %w", err)
	}
	device, err := Press(p)
	if err != nil {
		return nil, err
	}
	return &receipt.Press{
		Printer: device, Names: names, Head: head,
		Terminal: receipt.Terminal{
			Hospital: c.Terminal.FixmedinsName, TermNo: c.Terminal.TermNo, HelpPlace: c.UI.HelpPlace, HelpPhone: c.UI.HelpPhone,
			Demo: c.Demo(),
		},
		Words: func(l view.Language) receipt.Say { return words.In(string(l)).Say },
	}, nil
}

// Press is the printer that is configured.
func Press(p config.Printer) (*printer.Printer, error) {
	return printer.New(printer.Options{
		Kind: printer.Kind(p.Kind), Address: p.Address, Baud: p.Baud, Columns: p.Columns, Face: fonts.Regular(), OpenFile: trust.OpenFile,
	})
}

// HeadOf tells a journal's head, with its proof of what is printed; nil while it
// can't be read, and then a receipt has none.
func HeadOf(journal *store.Store) func(receipt.Facts) *receipt.Head {
	return func(f receipt.Facts) *receipt.Head {
		head, err := journal.Head()
		if err != nil {
			return nil
		}
		return &receipt.Head{Sequence: head.Seq, Value: head.Value, Proof: journal.Slip(head.Seq, f.Proven()...)}
	}
}
