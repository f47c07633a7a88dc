package layout

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Space is empty space of a fixed size.
type Space struct{ W, H float32 }

// Measure is the room's size.
func (s Space) Measure(float32) fyne.Size { return fyne.NewSize(s.W, s.H) }

// Draw draws nothing.
func (s Space) Draw(*Sheet, Rect) {}

// Card is a surface with padding around its box.
type Card struct {
	Box        Box
	Fill, Edge color.Color
	EdgeWidth  float32
	Radius     float32
	PadX, PadY float32
	// Middle keeps the box at its own height, vertically centred in a taller card.
	Middle bool
}

// Measure is the box's size and the padding.
func (c Card) Measure(width float32) fyne.Size {
	inner := c.Box.Measure(width - 2*c.PadX)
	return fyne.NewSize(inner.Width+2*c.PadX, inner.Height+2*c.PadY)
}

// Draw draws the surface and the box on it.
func (c Card) Draw(sheet *Sheet, at Rect) {
	sheet.Put(&canvas.Rectangle{FillColor: c.Fill, StrokeColor: c.Edge, StrokeWidth: c.EdgeWidth, CornerRadius: c.Radius}, at)
	inner := at.InsetXY(c.PadX, c.PadY)
	if c.Middle {
		h := c.Box.Measure(inner.W).Height
		inner.Y += max(0, inner.H-h) / 2
		inner.H = h
	}
	c.Box.Draw(sheet, inner)
}

// Pad is padding around a box.
type Pad struct {
	Box                      Box
	Left, Top, Right, Bottom float32
}

// Measure is the box's size and the padding.
func (p Pad) Measure(width float32) fyne.Size {
	inner := p.Box.Measure(width - p.Left - p.Right)
	return fyne.NewSize(inner.Width+p.Left+p.Right, inner.Height+p.Top+p.Bottom)
}

// Draw draws the box within its room.
func (p Pad) Draw(sheet *Sheet, at Rect) {
	p.Box.Draw(sheet, Rect{at.X + p.Left, at.Y + p.Top, max(0, at.W-p.Left-p.Right), max(0, at.H-p.Top-p.Bottom)})
}

// Centre centres a box at its own size.
type Centre struct{ Box Box }

// Measure is that of the box.
func (c Centre) Measure(width float32) fyne.Size { return c.Box.Measure(width) }

// Draw draws the box in the middle.
func (c Centre) Draw(sheet *Sheet, at Rect) {
	size := c.Box.Measure(at.W)
	w, h := min(size.Width, at.W), min(size.Height, at.H)
	c.Box.Draw(sheet, Rect{at.X + (at.W-w)/2, at.Y + (at.H-h)/2, w, h})
}

// AtLeast gives a box a minimum size.
type AtLeast struct {
	Box  Box
	W, H float32
}

// Measure is the box's size, or the minimum.
func (l AtLeast) Measure(width float32) fyne.Size {
	size := l.Box.Measure(width)
	return fyne.NewSize(max(size.Width, l.W), max(size.Height, l.H))
}

// Draw draws the box to fill its place.
func (l AtLeast) Draw(sheet *Sheet, at Rect) { l.Box.Draw(sheet, at) }

// Rule is a horizontal line.
type Rule struct {
	Width float32
	Color color.Color
}

// Measure is the line's thickness; it takes the whole width.
func (r Rule) Measure(width float32) fyne.Size { return fyne.NewSize(width, r.Width) }

// Draw draws the line.
func (r Rule) Draw(sheet *Sheet, at Rect) {
	sheet.Put(canvas.NewRectangle(r.Color), Rect{at.X, at.Y + (at.H-r.Width)/2, at.W, r.Width})
}

// Leaf is a single object of a fixed size, centred.
type Leaf struct {
	Object fyne.CanvasObject
	W, H   float32
}

// Measure is the object's size.
func (l Leaf) Measure(float32) fyne.Size { return fyne.NewSize(l.W, l.H) }

// Draw places the object.
func (l Leaf) Draw(sheet *Sheet, at Rect) {
	sheet.Put(l.Object, Rect{at.X + (at.W-l.W)/2, at.Y + (at.H-l.H)/2, l.W, l.H})
}

// Pile draws boxes on top of each other.
type Pile []Box

// Measure is that of the largest.
func (p Pile) Measure(width float32) fyne.Size {
	var size fyne.Size
	for _, box := range p {
		size = size.Max(box.Measure(width))
	}
	return size
}

// Draw draws all boxes, the first at the bottom.
func (p Pile) Draw(sheet *Sheet, at Rect) {
	for _, box := range p {
		box.Draw(sheet, at)
	}
}
