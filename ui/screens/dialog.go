package screens

import (
	"fyne.io/fyne/v2"

	"onetrans/ui/layout"
)

// dialog is in the middle of a page, no wider than it should be.
type dialog struct {
	box    layout.Box
	width  float32
	margin float32 // that stays free above and below
}

func (d dialog) Measure(width float32) fyne.Size {
	return d.box.Measure(min(width, d.width)).AddWidthHeight(0, 2*d.margin)
}

func (d dialog) Draw(sheet *layout.Sheet, at layout.Rect) {
	w := min(at.W, d.width)
	h := d.box.Measure(w).Height
	d.box.Draw(sheet, layout.Rect{X: at.X + (at.W-w)/2, Y: at.Y + (at.H-h)/2, W: w, H: h})
}
