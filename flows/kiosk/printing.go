package kiosk

import (
	"context"

	"onetrans/flows/flow"
	"onetrans/flows/receipt"
	"onetrans/flows/view"
)

// Printer prints receipts, as [receipt.Printer] does.
type Printer interface {
	Print(ctx context.Context, language view.Language, f receipt.Facts) error
}

func printSlip(m Model, _ view.Tap) (Model, []flow.Effect) {
	facts, ok := m.receipt()
	if !ok {
		return m, nil
	}
	var effects []flow.Effect
	m.tray, effects = m.tray.Print(facts)
	return m, effects
}

// printed: whatever became of the receipt, the flow stays where it is.
func printed(m Model, e receipt.Printed) (Model, []flow.Effect) {
	m.tray = m.tray.Printed(e)
	return m, nil
}

// receipt is what the present screen can print, where there is a printer.
func (m Model) receipt() (receipt.Facts, bool) {
	if f, ok := m.payer(); ok && m.options.Prints {
		return f.Receipt()
	}
	return receipt.Facts{}, false
}

// slip is how the receipt of the present screen stands.
func (m Model) slip() view.Slip {
	facts, ok := m.receipt()
	if !ok {
		return view.Slip{}
	}
	return m.tray.Slip(facts.Kind)
}

// print prints a receipt. It goes on when the person leaves, so that no half of
// one stays in the printer; the printer has times of its own.
func (r *Runner) print(ctx context.Context, s *session, f receipt.Facts) {
	language := r.model.look.Language
	r.work.Go(func() {
		err := r.out.Receipts.Print(ctx, language, f)
		if err != nil {
			r.out.Log.Warn("printing a receipt", "no", f.No, "error", err)
		}
		r.report(s, receipt.Printed{Err: err})
	})
}
