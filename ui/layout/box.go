// Package layout places the content of a page: boxes know their height at a given
// width and draw themselves, in whole pixels, onto a flat sheet of canvas objects.
// Because the sheet is flat, it is simple to update a page in place and to test
// that nothing overlaps or is cut off.
package layout

import (
	"math"

	"fyne.io/fyne/v2"
)

// Rect is a rectangle on a sheet, in pixels.
type Rect struct{ X, Y, W, H float32 }

// InsetXY is the rectangle smaller by x on the left and right and by y above and below.
func (r Rect) InsetXY(x, y float32) Rect {
	return Rect{r.X + x, r.Y + y, max(0, r.W-2*x), max(0, r.H-2*y)}
}

// Right is the first pixel column beyond the rectangle.
func (r Rect) Right() float32 { return r.X + r.W }

// Bottom is the first pixel row beyond the rectangle.
func (r Rect) Bottom() float32 { return r.Y + r.H }

// Sheet collects the objects of a page, bottom first.
type Sheet struct{ Objects []fyne.CanvasObject }

// Put places an object on whole pixels, so that lines and letters stay crisp.
func (s *Sheet) Put(object fyne.CanvasObject, at Rect) {
	x, y := round(at.X), round(at.Y)
	object.Move(fyne.NewPos(x, y))
	object.Resize(fyne.NewSize(round(at.X+at.W)-x, round(at.Y+at.H)-y))
	s.Objects = append(s.Objects, object)
}

func round(v float32) float32 { return float32(math.Round(float64(v))) }

// Box is a part of a page.
type Box interface {
	// Measure is the size that the box needs if it may be this wide.
	Measure(width float32) fyne.Size
	// Draw draws the box into a rectangle that is at least as tall as it needs.
	Draw(sheet *Sheet, at Rect)
}

// Draw draws a box on a new sheet.
func Draw(box Box, at Rect) []fyne.CanvasObject {
	sheet := &Sheet{}
	box.Draw(sheet, at)
	return sheet.Objects
}
