package layout_test

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2/canvas"

	"onetrans/ui/layout"
)

func block(w, h float32) layout.Box {
	return layout.Leaf{Object: canvas.NewRectangle(color.Black), W: w, H: h}
}

func TestColumnSharesWhatIsLeftOver(t *testing.T) {
	column := layout.Stack(10, block(50, 20), nil, layout.Grow{Weight: 1}, block(50, 30))
	if got := column.Measure(200).Height; got != 60 {
		t.Errorf("wants %v, not 60", got)
	}
	objects := layout.Draw(column, layout.Rect{W: 200, H: 200})
	if y := objects[1].Position().Y; y != 170 {
		t.Errorf("the last box stands at %v, not at the bottom", y)
	}
}

func TestRowGivesSharesOfTheRest(t *testing.T) {
	row := layout.Row{Gap: 10, Cells: []layout.Cell{
		{Box: block(30, 20)}, {Box: block(10, 40), Share: 1}, {Box: block(10, 10), Share: 2},
	}}
	if got := row.Measure(200); got.Height != 40 || got.Width != 200 {
		t.Errorf("measures %v", got)
	}
	objects := layout.Draw(row, layout.Rect{W: 200, H: 40})
	for i, want := range []float32{0, 40 + 20, 100 + 45} {
		if got := objects[i].Position().X; got != want {
			t.Errorf("cell %d stands at %v, want %v", i, got, want)
		}
	}
}

func TestGridRowsAreAlike(t *testing.T) {
	grid := layout.Grid{Gap: 10, Columns: 2, Boxes: []layout.Box{block(5, 20), block(5, 20), block(5, 20)}}
	if got := grid.Measure(100).Height; got != 50 {
		t.Errorf("height %v", got)
	}
	objects := layout.Draw(grid, layout.Rect{W: 110, H: 110})
	if a, b := objects[0].Position().Y, objects[2].Position().Y; a != 15 || b != 75 {
		t.Errorf("rows at %v and %v", a, b)
	}
}
