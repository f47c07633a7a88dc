package ui_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

func panels() map[string]theme.Panel {
	return map[string]theme.Panel{
		"32 inch portrait": portrait32, "32 inch landscape": landscape32,
		"desktop": onDesktop, "upright": onUpright, "old screen": onOldScreen, "laptop": onLaptop,
		"21.5 inch portrait": portrait21, "21.5 inch landscape": landscape21,
	}
}

// TestEveryPageEverywhere shows every page on every panel, in every look, and
// checks each time what a person can count on.
func TestEveryPageEverywhere(t *testing.T) {
	checks := []func(t *testing.T, name string, panel theme.Panel, page view.Page, d *desk){
		whatCanBeTappedIsLargeEnoughAndApart, nothingLeavesTheWindow, nothingIsCutOffOrWrittenOver,
		theFootIsNotWrittenOver, theHeadKeepsWhatItSays, howFarItHasComeIsShown, textIsLargeEnough, theAmountToConfirmIsTall, onlyOneActionIsFilled,
	}
	for panelName, panel := range panels() {
		t.Run(panelName, func(t *testing.T) {
			d := deskOf(t, panel, true) // whose band leaves least room
			for lookName, look := range looks() {
				for _, s := range samples() {
					if panel.PixelMM > 0 && (!inWindow(s.page.Content) || look.Large) {
						continue
					}
					s.page.Look = look
					d.show(s.page)
					for _, check := range checks {
						check(t, fmt.Sprintf("%s, %s, %s", s.name, lookName, panelName), panel, s.page, d)
					}
				}
			}
		})
	}
}

// inWindow says whether a call of HIS may show a page: it leads from no other, where
// somebody might want large text, and never asks for an amount or whether a person is
// right.
func inWindow(content view.Content) bool {
	switch content.(type) {
	case view.Home, view.Amount, view.Person:
		return false
	}
	return true
}

func rectOf(o fyne.CanvasObject) layout.Rect {
	return layout.Rect{X: o.Position().X, Y: o.Position().Y, W: o.Size().Width, H: o.Size().Height}
}

func whatCanBeTappedIsLargeEnoughAndApart(t *testing.T, name string, panel theme.Panel, page view.Page, d *desk) {
	t.Helper()
	buttons := d.kiosk.Buttons()
	for i, a := range buttons {
		least := theme.KeyMM
		if page.Ask == nil && a.Tap.Action == view.Quick {
			least = theme.TapMM
		}
		least *= panel.Scale()
		w, h := panel.Millimetres(a.Size.Width), panel.Millimetres(a.Size.Height)
		if w < least || h < least {
			t.Errorf("%s: %v is %.1f by %.1f mm", name, a.Tap, w, h)
		}
		for _, b := range buttons[i+1:] {
			if gap := distance(a.Position, a.Size, b.Position, b.Size); panel.Millimetres(gap) < panel.Scale()*theme.GapMM-0.01 {
				t.Errorf("%s: %v and %v are %.1f mm apart", name, a.Tap, b.Tap, panel.Millimetres(gap))
			}
		}
	}
}

// distance between two rectangles along the axis that parts them; negative when they overlap.
func distance(p fyne.Position, ps fyne.Size, q fyne.Position, qs fyne.Size) float32 {
	x := max(q.X-(p.X+ps.Width), p.X-(q.X+qs.Width))
	y := max(q.Y-(p.Y+ps.Height), p.Y-(q.Y+qs.Height))
	return max(x, y)
}

func nothingLeavesTheWindow(t *testing.T, name string, panel theme.Panel, _ view.Page, d *desk) {
	t.Helper()
	for _, o := range d.objects() {
		r := ink(o)
		if r.X < 0 || r.Y < 0 || r.Right() > float32(panel.WidthPx) || r.Bottom() > float32(panel.HeightPx) {
			t.Errorf("%s: %s leaves the window: %v", name, describe(o), r)
		}
		if b, ok := o.(*widgets.Button); ok {
			for _, part := range b.Face() {
				inner := rectOf(part)
				if inner.X < 0 || inner.Right() > r.W+1 || ink(part).Y < 0 || ink(part).Bottom() > r.H {
					t.Errorf("%s: %s leaves its button %v: %v of %v", name, describe(part), b.Tap(), inner, r)
				}
			}
		}
	}
}

func describe(o fyne.CanvasObject) string {
	switch o := o.(type) {
	case *canvas.Text:
		return fmt.Sprintf("%q", o.Text)
	case *widgets.Button:
		return fmt.Sprint(o.Tap())
	}
	return fmt.Sprintf("%T", o)
}

// ink is the part of a text's box that letters may touch: the em, without the typeface's leading.
func ink(o fyne.CanvasObject) layout.Rect {
	r := rectOf(o)
	text, ok := o.(*canvas.Text)
	if !ok {
		return r
	}
	lead := (r.H - text.TextSize) / 2
	return layout.Rect{X: r.X, Y: r.Y + lead, W: r.W, H: text.TextSize}
}

func nothingIsCutOffOrWrittenOver(t *testing.T, name string, _ theme.Panel, page view.Page, d *desk) {
	t.Helper()
	objects := d.objects()
	if page.Ask != nil { // what the question covers is not read
		for i, o := range objects {
			if _, ok := o.(*widgets.Veil); ok {
				objects = objects[i+1:]
				break
			}
		}
	}
	var placed []fyne.CanvasObject
	for _, o := range objects {
		for _, text := range textsOf(o) {
			if strings.HasSuffix(text.Text, "…") && !strings.HasSuffix(text.Text, "查询…") && !strings.HasSuffix(text.Text, "Checking…") {
				t.Errorf("%s: %q is cut off", name, text.Text)
			}
		}
		switch o := o.(type) {
		case *canvas.Text, *canvas.Image:
			placed = append(placed, o)
		case *widgets.Button:
			if o.Tap().Action != view.Start { // the whole page is that button
				placed = append(placed, o)
			}
		}
	}
	for i, a := range placed {
		for _, b := range placed[i+1:] {
			if overlap(ink(a), ink(b)) {
				t.Errorf("%s: %s and %s overlap", name, describe(a), describe(b))
			}
		}
	}
}

// theFootIsNotWrittenOver: a page stays in its place, above the frame's foot.
func theFootIsNotWrittenOver(t *testing.T, name string, panel theme.Panel, page view.Page, d *desk) {
	t.Helper()
	top := float32(0)
	for _, o := range d.objects() {
		r := rectOf(o)
		if _, ok := o.(*canvas.Rectangle); ok && top == 0 && r.X == 0 && r.Y > 0 && r.Bottom() == float32(panel.HeightPx) {
			top = r.Y
			continue
		}
		if _, ok := o.(*widgets.Veil); ok {
			break
		}
		if inner := ink(o); top > 0 && inner.Y < top && inner.Bottom() > top+1 {
			t.Errorf("%s: %s reaches into the foot", name, describe(o))
		}
	}
	if top == 0 {
		t.Errorf("%s: has no foot", name)
	}
}

// theHeadKeepsWhatItSays: what begins in the frame's head ends in it.
func theHeadKeepsWhatItSays(t *testing.T, name string, _ theme.Panel, page view.Page, d *desk) {
	t.Helper()
	end := float32(0)
	palette := theme.PaletteFor(page.Look.Contrast)
	for _, o := range d.objects() {
		if ground, ok := o.(*canvas.Rectangle); ok && (ground.FillColor == palette.Act || ground.FillColor == palette.Warn) && end == 0 {
			end = rectOf(o).Bottom()
		}
		if text, ok := o.(*canvas.Text); ok && end > 0 && ink(text).Y < end && ink(text).Bottom() > end {
			t.Errorf("%s: %s leaves the head", name, describe(o))
		}
	}
	if end == 0 {
		t.Errorf("%s: has no head", name)
	}
}

// howFarItHasComeIsShown: a page of several steps has a bar for each.
func howFarItHasComeIsShown(t *testing.T, name string, panel theme.Panel, page view.Page, d *desk) {
	t.Helper()
	if page.Steps == nil {
		return
	}
	palette, bars := theme.PaletteFor(page.Look.Contrast), 0
	for _, o := range d.objects() {
		if bar, ok := o.(*canvas.Rectangle); ok && (bar.FillColor == palette.Act || bar.FillColor == palette.Track) &&
			bar.Size().Height == theme.NewMetrics(panel, page.Look.Large).Px(12) {
			bars++
		}
	}
	if bars != len(page.Steps.Names) {
		t.Errorf("%s: %d bars of %d steps", name, bars, len(page.Steps.Names))
	}
}

func overlap(a, b layout.Rect) bool {
	const touch = 2 // widths are rounded up
	return a.X+touch < b.Right() && b.X+touch < a.Right() && a.Y+touch < b.Bottom() && b.Y+touch < a.Bottom()
}

func textIsLargeEnough(t *testing.T, name string, panel theme.Panel, page view.Page, d *desk) {
	t.Helper()
	m := theme.NewMetrics(panel, page.Look.Large)
	least := 3.9 // captions: frame and step names; large text brings them to 7.3 mm
	if page.Look.Large {
		least = theme.CapitalMM
	}
	for _, o := range d.objects() {
		for _, text := range textsOf(o) {
			if h := m.CapitalHeight(text.TextSize); h < panel.Scale()*least-0.01 && !ringNumber(text.Text) {
				t.Errorf("%s: %q has capitals of %.1f mm", name, text.Text, h)
			}
		}
	}
}

// ringNumber: the ring itself shows the time, its number may be smaller.
func ringNumber(text string) bool { return strings.Trim(text, "0123456789:") == "" }

func textsOf(o fyne.CanvasObject) []*canvas.Text {
	switch o := o.(type) {
	case *canvas.Text:
		return []*canvas.Text{o}
	case *widgets.Button:
		var list []*canvas.Text
		for _, part := range o.Face() {
			list = append(list, textsOf(part)...)
		}
		return list
	}
	return nil
}

func theAmountToConfirmIsTall(t *testing.T, name string, panel theme.Panel, page view.Page, d *desk) {
	t.Helper()
	switch c := page.Content.(type) {
	case view.Confirm:
	case view.Review:
		if c.Cash != "1,200.00" {
			return
		}
	default:
		return
	}
	if page.Ask != nil {
		return
	}
	tallest := 0.0
	for _, o := range d.objects() {
		if text, ok := o.(*canvas.Text); ok && strings.Contains(text.Text, "1,200.00") {
			tallest = max(tallest, theme.NewMetrics(panel, false).CapitalHeight(text.TextSize))
		}
	}
	if tallest < panel.Scale()*theme.MoneyMM {
		t.Errorf("%s: the amount is %.1f mm tall", name, tallest)
	}
}

func onlyOneActionIsFilled(t *testing.T, name string, _ theme.Panel, page view.Page, d *desk) {
	t.Helper()
	filled := 0
	act := theme.PaletteFor(page.Look.Contrast).Act
	for _, handle := range d.kiosk.Buttons() {
		if handle.Tappable.(*widgets.Button).Ground() == act {
			filled++
		}
	}
	if filled > 1 {
		t.Errorf("%s: %d filled buttons", name, filled)
	}
}
