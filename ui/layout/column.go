package layout

import "fyne.io/fyne/v2"

// Grow is empty space, or a box if Box is set, that takes its weight's share of a
// column's spare height.
type Grow struct {
	Weight float32
	Box    Box
}

// Measure is that of the box within.
func (g Grow) Measure(width float32) fyne.Size {
	if g.Box == nil {
		return fyne.Size{}
	}
	return g.Box.Measure(width)
}

// Draw draws the box within.
func (g Grow) Draw(sheet *Sheet, at Rect) {
	if g.Box != nil {
		g.Box.Draw(sheet, at)
	}
}

func weight(box Box) float32 {
	if g, ok := box.(Grow); ok {
		return max(g.Weight, 0)
	}
	return 0
}

// Column stacks boxes vertically; nil boxes are left out, and there is no gap
// before or after growing space.
type Column struct {
	Gap   float32
	Boxes []Box
}

// Stack is a column of boxes.
func Stack(gap float32, boxes ...Box) Column { return Column{gap, boxes} }

func (c Column) boxes() []Box {
	boxes := make([]Box, 0, len(c.Boxes))
	for _, box := range c.Boxes {
		if box != nil {
			boxes = append(boxes, box)
		}
	}
	return boxes
}

func bare(box Box) bool {
	g, ok := box.(Grow)
	return ok && g.Box == nil
}

func (c Column) gapAfter(boxes []Box, i int) float32 {
	if i+1 >= len(boxes) || bare(boxes[i]) || (bare(boxes[i+1]) && i+2 >= len(boxes)) {
		return 0
	}
	return c.Gap
}

// Measure is as wide as the widest box and as tall as all with their gaps.
func (c Column) Measure(width float32) fyne.Size {
	var size fyne.Size
	boxes := c.boxes()
	for i, box := range boxes {
		inner := box.Measure(width)
		size.Width = max(size.Width, inner.Width)
		size.Height += inner.Height + c.gapAfter(boxes, i)
	}
	return size
}

// Draw gives every box the whole width and divides the spare height among those
// that grow.
func (c Column) Draw(sheet *Sheet, at Rect) {
	boxes := c.boxes()
	left := at.H - c.Measure(at.W).Height
	var total float32
	for _, box := range boxes {
		total += weight(box)
	}
	y := at.Y
	for i, box := range boxes {
		h := box.Measure(at.W).Height
		if total > 0 {
			h += max(left, 0) * weight(box) / total
		}
		box.Draw(sheet, Rect{at.X, y, at.W, h})
		y += h + c.gapAfter(boxes, i)
	}
}
