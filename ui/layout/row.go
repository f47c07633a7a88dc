package layout

import "fyne.io/fyne/v2"

// Cell is a part of a row.
type Cell struct {
	Box Box
	// Share is the cell's share of the width that fixed cells leave; 0 for a cell
	// as wide as its box.
	Share float32
	// Top aligns the box with the top instead of the middle; Fill stretches it.
	Top, Fill bool
}

// Row places cells side by side.
type Row struct {
	Gap   float32
	Cells []Cell
}

// Beside is a row of boxes that share the width equally and fill its height.
func Beside(gap float32, boxes ...Box) Row {
	row := Row{Gap: gap}
	for _, box := range boxes {
		row.Cells = append(row.Cells, Cell{Box: box, Share: 1, Fill: true})
	}
	return row
}

func (r Row) widths(width float32) []float32 {
	room := max(0, width-r.Gap*float32(max(len(r.Cells)-1, 0)))
	left, widest := room, 0
	var shares float32
	widths := make([]float32, len(r.Cells))
	for i, cell := range r.Cells {
		if cell.Share > 0 {
			shares += cell.Share
			continue
		}
		widths[i] = min(cell.Box.Measure(room).Width, room)
		left -= widths[i]
		if widths[i] > widths[widest] {
			widest = i
		}
	}
	if left < 0 { // the widest gives way: it is text, which can shrink or break
		widths[widest] = max(0, widths[widest]+left)
		left = 0
	}
	for i, cell := range r.Cells {
		if cell.Share > 0 {
			widths[i] = left * cell.Share / shares
		}
	}
	return widths
}

// Measure is as tall as the tallest cell; a row with shares takes the whole width.
func (r Row) Measure(width float32) fyne.Size {
	size := fyne.Size{Width: r.Gap * float32(max(len(r.Cells)-1, 0))}
	for i, w := range r.widths(width) {
		inner := r.Cells[i].Box.Measure(w)
		size.Height = max(size.Height, inner.Height)
		if r.Cells[i].Share > 0 {
			size.Width += w
		} else {
			size.Width += inner.Width
		}
	}
	return size
}

// Draw places the cells from left to right.
func (r Row) Draw(sheet *Sheet, at Rect) {
	x := at.X
	for i, w := range r.widths(at.W) {
		cell := r.Cells[i]
		place := Rect{x, at.Y, w, at.H}
		if !cell.Fill {
			h := cell.Box.Measure(w).Height
			if !cell.Top {
				place.Y += max(0, at.H-h) / 2
			}
			place.H = h
		}
		cell.Box.Draw(sheet, place)
		x += w + r.Gap
	}
}

// Grid arranges boxes in rows of equal cells, all rows having the same height.
type Grid struct {
	Gap     float32
	Columns int
	Boxes   []Box
}

func (g Grid) rows() Column {
	column := Column{Gap: g.Gap}
	for i := 0; i < len(g.Boxes); i += g.Columns {
		row := Row{Gap: g.Gap}
		for j := i; j < i+g.Columns; j++ {
			cell := Cell{Box: Space{}, Share: 1, Fill: true}
			if j < len(g.Boxes) {
				cell.Box = g.Boxes[j]
			}
			row.Cells = append(row.Cells, cell)
		}
		column.Boxes = append(column.Boxes, Grow{1, row})
	}
	return column
}

// Measure is the size with every row at its own height.
func (g Grid) Measure(width float32) fyne.Size { return g.rows().Measure(width) }

// Draw stretches the rows over the whole height.
func (g Grid) Draw(sheet *Sheet, at Rect) { g.rows().Draw(sheet, at) }
