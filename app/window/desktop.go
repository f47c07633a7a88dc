package window

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/go-gl/glfw/v3.4/glfw"

	"onetrans/flows/view"
	"onetrans/ui/theme"
)

// monitor is a screen on which windows are: in pixels as a whole and as far as no task
// bar is there, in millimetres as it says. Zero: unknown.
type monitor struct {
	width, height         int
	roomWidth, roomHeight int
	widthMM, heightMM     int
}

// primary is the one on which a window comes up.
func primary() (m monitor) {
	screen := glfw.GetPrimaryMonitor()
	if screen == nil {
		return m
	}
	if mode := screen.GetVideoMode(); mode != nil {
		m.width, m.height = mode.Width, mode.Height
	}
	_, _, m.roomWidth, m.roomHeight = screen.GetWorkarea()
	m.widthMM, m.heightMM = screen.GetPhysicalSize()
	return m
}

// A monitor is believed whose pixels have a size that pixels have, and are square: one
// without a true size says nothing, or says that of its format.
const (
	leastPixelMM, mostPixelMM = 0.08, 0.8
	mostOblong                = 1.15
)

// pixelMM is the size of a pixel in millimetres: by the diagonal that was configured, in
// inches, where there is one, else as the monitor says, else as of one that is usual.
func (m monitor) pixelMM(inches float64) float64 {
	whole := theme.Panel{WidthPx: m.width, HeightPx: m.height, Inches: inches}.OrUsual()
	if inches > 0 || m.width <= 0 || m.height <= 0 {
		return whole.Pitch()
	}
	x, y := float64(m.widthMM)/float64(m.width), float64(m.heightMM)/float64(m.height)
	if math.Min(x, y) < leastPixelMM || math.Max(x, y) > mostPixelMM || math.Max(x, y) > mostOblong*math.Min(x, y) {
		return whole.Pitch()
	}
	return math.Sqrt(x * y)
}

// titleBar is what is left for a window's own frame, in pixels.
const titleBar = 40

// fit makes a window that does not fill the screen as large as the pages of calls need,
// or as the monitor has room for. A kiosk's in a window is the picture of a panel. Pages
// of calls are in millimetres by the monitor, also where they fill it.
func (w *window) fit(on monitor) {
	switch {
	case w.setup.Hidden:
		w.kiosk.Measure(on.pixelMM(w.setup.Inches))
	case !w.setup.Fullscreen:
		w.window.Resize(picture(w.setup))
	}
	if !w.setup.Hidden || w.setup.Fullscreen {
		return
	}
	room := theme.Panel{WidthPx: on.roomWidth, HeightPx: on.roomHeight - titleBar, PixelMM: on.pixelMM(w.setup.Inches)}
	if on.roomWidth <= 0 || on.roomHeight <= titleBar {
		room.WidthPx, room.HeightPx = 1280, 720
	}
	width, height := room.Room(!w.setup.Landscape && room.Portrait())
	w.window.Resize(fyne.NewSize(float32(width), float32(height)))
}

func picture(s view.Setup) fyne.Size {
	if s.Landscape {
		return fyne.NewSize(1280, 720)
	}
	return fyne.NewSize(540, 960)
}

func shiftIsDown() bool {
	driver, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && driver.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

// title is the window's: whose it is, and what for; it too says where no real money moves.
func (w *window) title(page view.Page) string {
	words := w.texts.In(string(cmp.Or(page.Look.Language, w.setup.Language)))
	parts := []string{cmp.Or(w.setup.Hospital, "onetrans")}
	if what := purpose(page.Content); what != "" {
		parts = append(parts, words.Say(what))
	}
	if w.setup.Demo {
		parts = append(parts, words.Say("frame.demo"))
	}
	return strings.Join(parts, " · ")
}

// purpose is the key of what a page of a call is for; empty of any other.
func purpose(content view.Content) string {
	kind := view.ServiceKind("")
	switch c := content.(type) {
	case view.PickWay, view.Present, view.Person:
		return "window.identify"
	case view.PayCode:
		kind = c.Account
	case view.Cashier:
		kind = c.Account
	case view.Result:
		kind = c.Account
	case view.Bills, view.Review, view.Settling, view.Settled, view.Refunding:
		kind = view.ServiceOutpatientPayment
	}
	if kind == "" {
		return ""
	}
	return "service." + string(kind) + ".title"
}

// iconSide is how large the program's icon is drawn, in pixels.
const iconSide = 128

// icon is the program's: the white cross of the frame's head on its ground.
func icon() fyne.Resource {
	picture := image.NewNRGBA(image.Rect(0, 0, iconSide, iconSide))
	fill := func(c color.Color, x0, y0, x1, y1 int) {
		draw.Draw(picture, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(theme.PaletteFor(false).Act, 0, 0, iconSide, iconSide)
	const arm, from, to = iconSide / 7, iconSide / 5, iconSide - iconSide/5
	fill(color.White, iconSide/2-arm, from, iconSide/2+arm, to)
	fill(color.White, from, iconSide/2-arm, to, iconSide/2+arm)
	var encoded bytes.Buffer
	_ = png.Encode(&encoded, picture) // a buffer takes everything
	return fyne.NewStaticResource("onetrans.png", encoded.Bytes())
}
