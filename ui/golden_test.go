package ui_test

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"onetrans/flows/view"
)

// A page that looks other than before fails here; look at the picture (see
// TestShots), then take testdata/failed/pages/… as the new master.
func TestPagesLookAsBefore(t *testing.T) {
	d := newDesk(t, portrait32)
	for _, name := range []string{
		"attract", "out-of-service", "home", "home-two", "pick", "present-card", "present-identity", "present-code", "person-card", "person-laid", "amount", "amount-typed",
		"amount-large", "confirm", "pay-again", "cashier", "cashier-not-paid", "cashier-offline", "leave-pay", "result",
		"result-not-booked", "doubt-offline", "busy-order", "take-card", "take-identity", "still-there", "trouble-refused", "trouble-card_pulled",
		"home-settle", "pick-three", "pick-four", "authorise", "settling-confirm", "bills-many", "review", "review-free", "settled", "refunding",
		"doubt-bill_confirming", "called-pick", "called-scan", "called-still-there", "called-trouble", "called-trouble-retry",
		"slip-offered", "slip-printing", "slip-no_paper", "slip-settled", "slip-doubt", "slip-doubt-no_printer",
	} {
		d.now = at(10, 24)
		d.kiosk.Show(page(t, name))
		test.AssertObjectRendersToMarkup(t, "pages/"+name+".xml", d.kiosk.Content())
	}
	large := page(t, "amount-typed")
	large.Look = view.Look{Language: view.English, Large: true, Contrast: true}
	d.kiosk.Show(large)
	test.AssertObjectRendersToMarkup(t, "pages/amount-typed.en-large-contrast.xml", d.kiosk.Content())
}
