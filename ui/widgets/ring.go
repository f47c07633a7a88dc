package widgets

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"onetrans/ui/layout"
	"onetrans/ui/theme"
)

// Clock formats seconds for people: 58, or 2:41.
func Clock(seconds int) string {
	seconds = max(seconds, 0)
	if seconds < 60 {
		return fmt.Sprint(seconds)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// Ring shows the time left as a number in a ring that empties.
func (p Paint) Ring(left, total int, diameter float32) layout.Box {
	part := float32(1)
	if total > 0 {
		part = min(1, max(0, float32(left)/float32(total)))
	}
	number := Centred(p.Bold(Clock(left), theme.Label, p.Palette.Ink))
	number = p.OneLine(number, theme.Caption)
	return ringBox{p, part, diameter, number}
}

type ringBox struct {
	paint    Paint
	part     float32
	diameter float32
	number   *layout.Text
}

func (r ringBox) Measure(float32) fyne.Size { return fyne.NewSize(r.diameter, r.diameter) }

func (r ringBox) Draw(sheet *layout.Sheet, at layout.Rect) {
	place := layout.Rect{X: at.X + (at.W-r.diameter)/2, Y: at.Y + (at.H-r.diameter)/2, W: r.diameter, H: r.diameter}
	sheet.Put(arc(0, 360, r.paint.Palette.Track), place)
	sheet.Put(arc(0, 360*r.part, r.paint.Palette.Act), place)
	r.number.Draw(sheet, place.InsetXY(r.diameter*0.13, 0))
}

const ringHollow = 0.82

func arc(from, to float32, colour color.Color) *canvas.Arc {
	return canvas.NewArc(from, to, ringHollow, colour)
}

// Spinner is a ring that turns during a wait; without motion it is an open ring.
type Spinner struct {
	widget.BaseWidget

	track, head *canvas.Arc
	turn        float32
}

// Spinner is a ring that the kiosk turns.
func (p Paint) Spinner(diameter float32) layout.Box {
	s := &Spinner{track: arc(0, 360, p.Palette.Track), head: arc(0, 100, p.Palette.Act)}
	s.ExtendBaseWidget(s)
	return layout.Leaf{Object: s, W: diameter, H: diameter}
}

// Turn shows the ring turned by a fraction of the circle, from 0 to 1.
func (s *Spinner) Turn(part float32) {
	s.turn = part
	s.head.StartAngle = 360 * part
	s.head.EndAngle = s.head.StartAngle + 100
	canvas.Refresh(s.head)
}

func (s *Spinner) update(want *Spinner) {
	s.track.FillColor, s.head.FillColor = want.track.FillColor, want.head.FillColor
	s.Move(want.Position())
	s.Resize(want.Size())
}

// MinSize leaves the size to the page.
func (s *Spinner) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// CreateRenderer draws the two arcs.
func (s *Spinner) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	return &spinnerRenderer{s}
}

type spinnerRenderer struct{ spinner *Spinner }

func (r *spinnerRenderer) Layout(size fyne.Size) {
	r.spinner.track.Resize(size)
	r.spinner.head.Resize(size)
}
func (r *spinnerRenderer) MinSize() fyne.Size { return fyne.NewSize(1, 1) }
func (r *spinnerRenderer) Destroy()           {}
func (r *spinnerRenderer) Refresh()           { canvas.Refresh(r.spinner) }
func (r *spinnerRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.spinner.track, r.spinner.head}
}

// Veil darkens a page and catches the taps that miss the question over it.
type Veil struct {
	widget.BaseWidget

	colour color.NRGBA
}

// Veil covers its place.
func (p Paint) Veil() layout.Box { return veilBox{p.Palette.Scrim} }

type veilBox struct{ colour color.NRGBA }

func (veilBox) Measure(width float32) fyne.Size { return fyne.NewSize(width, 0) }

func (b veilBox) Draw(sheet *layout.Sheet, at layout.Rect) {
	veil := &Veil{colour: b.colour}
	veil.ExtendBaseWidget(veil)
	sheet.Put(veil, at)
}

// Tapped does nothing, on purpose.
func (v *Veil) Tapped(*fyne.PointEvent) {}

// MinSize leaves the size to the page.
func (v *Veil) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// CreateRenderer draws the dark surface.
func (v *Veil) CreateRenderer() fyne.WidgetRenderer {
	v.ExtendBaseWidget(v)
	return widget.NewSimpleRenderer(canvas.NewRectangle(v.colour))
}
