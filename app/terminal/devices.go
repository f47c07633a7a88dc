package terminal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"onetrans/app/config"
	"onetrans/assets/fonts"
	"onetrans/assets/texts"
	"onetrans/devices/idcard"
	"onetrans/devices/printer"
	"onetrans/devices/sscard"
	"onetrans/flows/kiosk"
	"onetrans/flows/receipt"
	"onetrans/flows/view"
	"onetrans/store"
	"onetrans/store/trust"
)

// closeTime bounds how long whatever closes the devices may take.
const closeTime = 2 * time.Second

// openReaders opens the readers of cards that are configured; those that are not
// stay nil. Where a vendor's library reads, none is touched: two programs at one reader
// read nothing.
func (s *Station) openReaders() {
	if s.Config.Devices.Owner != config.Ours {
		return
	}
	var closing []func(context.Context) error
	if c := s.Config.Devices.PCSC; c.Enabled {
		reader := sscard.New(sscard.Options{Reader: c.Reader})
		s.cards, closing = reader, append(closing, reader.Close)
	}
	if port := s.Config.Devices.Identity.Port; port != "" {
		reader := idcard.New(idcard.Options{Port: port, Log: s.Log})
		s.identity, closing = reader, append(closing, reader.Close)
	}
	s.onClose(func() {
		// What hangs in a device's driver goes with the process.
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		var all sync.WaitGroup
		for _, letGo := range closing {
			all.Go(func() { _ = letGo(ctx) })
		}
		all.Wait()
	})
}

// receipts is what prints receipts, with the journal's head as it is then; nil
// where no printer is configured.
func receipts(c config.Config, words texts.Book, head func(receipt.Facts) *receipt.Head) (kiosk.Printer, error) {
	p := c.Devices.Printer
	if p.Kind == config.PrinterNone {
		return nil, nil
	}
	names, err := receipt.OpenNames()
	if err != nil {
		return nil, fmt.Errorf("naming codes on receipts: %w", err)
	}
	device, err := NewPrinter(p)
	if err != nil {
		return nil, err
	}
	return &receipt.Printer{
		Device: device, Names: names, Head: head,
		Terminal: receipt.Terminal{
			Hospital: c.Terminal.FixmedinsName, TermNo: c.Terminal.TermNo, HelpPlace: c.UI.HelpPlace, HelpPhone: c.UI.HelpPhone,
			Demo: c.Demo(),
		},
		Words: func(l view.Language) receipt.Say { return words.In(string(l)).Say },
	}, nil
}

// NewPrinter is the printer that is configured.
func NewPrinter(p config.Printer) (*printer.Printer, error) {
	return printer.New(printer.Options{
		Kind: printer.Kind(p.Kind), Address: p.Address, Baud: p.Baud, Columns: p.Columns, Face: fonts.Regular(), OpenFile: trust.OpenFile,
	})
}

// headOf tells a journal's head, with its proof of what is printed; nil while it
// can't be read, and then a receipt has none.
func headOf(journal *store.Store) func(receipt.Facts) *receipt.Head {
	return func(f receipt.Facts) *receipt.Head {
		head, err := journal.Head()
		if err != nil {
			return nil
		}
		return &receipt.Head{Sequence: head.Seq, Value: head.Value, Proof: journal.Slip(head.Seq, f.Proven()...)}
	}
}
