package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"onetrans/flows/view"
	"onetrans/ui/layout"
)

// Skin is the look of a button's surface.
type Skin struct {
	Fill, Pressed, Edge color.NRGBA
	EdgeWidth, Radius   float32
}

// Button is a tappable object. Its face is drawn anew with its page, while the
// button itself stays, so that it keeps a finger that is down on it.
type Button struct {
	widget.BaseWidget

	tap  view.Tap
	name string
	skin Skin
	off  bool
	emit func(view.Tap)
	face []fyne.CanvasObject
	down bool
}

var (
	_ fyne.Tappable     = (*Button)(nil)
	_ desktop.Mouseable = (*Button)(nil)
	_ fyne.Accessible   = (*Button)(nil)
)

// Tap is the meaning of the button.
func (b *Button) Tap() view.Tap { return b.tap }

// Enabled reports whether a tap does something.
func (b *Button) Enabled() bool { return !b.off }

// Ground is the button's background colour at rest.
func (b *Button) Ground() color.NRGBA { return b.skin.Fill }

// Face lists the objects drawn on the button, placed relative to it.
func (b *Button) Face() []fyne.CanvasObject { return b.face }

// Tapped reports the tap.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.off {
		b.emit(b.tap)
	}
}

// MouseDown shows at once that the finger was noticed.
func (b *Button) MouseDown(*desktop.MouseEvent) { b.press(!b.off) }

// MouseUp ends that.
func (b *Button) MouseUp(*desktop.MouseEvent) { b.press(false) }

func (b *Button) press(down bool) {
	if b.down != down {
		b.down = down
		b.Refresh()
	}
}

// AccessibilityLabel is what a screen reader says.
func (b *Button) AccessibilityLabel() string { return b.name }

// AccessibilityRole is that of a button.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// MinSize leaves the size to the page.
func (b *Button) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// CreateRenderer draws the surface and the face.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &buttonRenderer{button: b, surface: &canvas.Rectangle{}}
	r.dress()
	return r
}

type buttonRenderer struct {
	button  *Button
	surface *canvas.Rectangle
}

func (r *buttonRenderer) dress() {
	skin := r.button.skin
	r.surface.FillColor, r.surface.StrokeColor = skin.Fill, skin.Edge
	r.surface.StrokeWidth, r.surface.CornerRadius = skin.EdgeWidth, skin.Radius
	if r.button.down {
		r.surface.FillColor = skin.Pressed
	}
	// What nobody sees is not drawn: the library would shade each of its pixels.
	r.surface.Hidden = isClear(r.surface.FillColor) && isClear(r.surface.StrokeColor)
}

func isClear(colour color.Color) bool {
	_, _, _, opacity := colour.RGBA()
	return opacity == 0
}

func (r *buttonRenderer) Layout(size fyne.Size) { r.surface.Resize(size) }
func (r *buttonRenderer) MinSize() fyne.Size    { return fyne.NewSize(1, 1) }
func (r *buttonRenderer) Destroy()              {}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.surface}, r.button.face...)
}

func (r *buttonRenderer) Refresh() {
	r.dress()
	r.surface.Resize(r.button.Size())
	canvas.Refresh(r.button)
}

// ButtonBox is a button in a page.
type ButtonBox struct {
	Tap  view.Tap
	Name string // for assistive technology
	Skin Skin
	Off  bool
	Face layout.Box
	// PadX and PadY are the padding around the face.
	PadX, PadY float32
	Emit       func(view.Tap)
}

// Measure is the face's size and the padding.
func (b ButtonBox) Measure(width float32) fyne.Size {
	inner := b.Face.Measure(width - 2*b.PadX)
	return fyne.NewSize(inner.Width+2*b.PadX, inner.Height+2*b.PadY)
}

// Draw draws the button with its face in the middle.
func (b ButtonBox) Draw(sheet *layout.Sheet, at layout.Rect) {
	button := &Button{tap: b.Tap, name: b.Name, skin: b.Skin, off: b.Off, emit: b.Emit}
	inner := layout.Rect{W: at.W, H: at.H}.InsetXY(b.PadX, b.PadY)
	h := min(b.Face.Measure(inner.W).Height, inner.H)
	inner.Y += (inner.H - h) / 2
	inner.H = h
	button.face = layout.Draw(b.Face, inner)
	button.ExtendBaseWidget(button)
	sheet.Put(button, at)
}
