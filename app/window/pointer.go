package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// withoutPointer hides the mouse pointer over content: on a touch panel it
// jumps after the finger and stays where that was.
func withoutPointer(content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(&pointerless{}, content)
}

type pointerless struct{ widget.BaseWidget }

func (*pointerless) Cursor() desktop.Cursor { return desktop.HiddenCursor }

func (p *pointerless) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
