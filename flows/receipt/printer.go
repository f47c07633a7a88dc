package receipt

import (
	"context"
	"fmt"
	"time"

	"onetrans/devices"
	"onetrans/flows/view"
)

// Printer prints a terminal's receipts.
type Printer struct {
	Device   devices.Printer
	Terminal Terminal
	Names    Names
	// Words are the texts of a language.
	Words func(view.Language) Say
	// Head is the journal's present head, with its proof of what is printed; nil if
	// the journal has none.
	Head func(Facts) *Head
}

// Print prints what is known, in the person's language. Its errors are of the
// family [devices.ErrPrinter].
func (p *Printer) Print(ctx context.Context, language view.Language, f Facts) error {
	var head *Head
	if p.Head != nil {
		head = p.Head(f)
	}
	receipt := New(p.Words(language), p.Names, p.Terminal, f, head, time.Now()).Spelled(p.Device.Shows)
	if err := p.Device.Print(ctx, receipt.Slip(p.Device.Columns())); err != nil {
		return fmt.Errorf("printing a receipt: %w", err)
	}
	return nil
}
