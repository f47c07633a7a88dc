// Package ui draws the pages that flows make and reports what a person does.
package ui

import (
	"cmp"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"onetrans/assets/texts"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/screens"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// DefaultSettle is how long a page that has just appeared ignores taps, so that
// the second touch of a double tap does not press what came under the finger.
const DefaultSettle = 400 * time.Millisecond

// Options are what a kiosk is made of.
type Options struct {
	// Panel is the screen; its pixels follow the window, its inches are the configuration's.
	Panel theme.Panel
	// Texts are the translations.
	Texts texts.Book
	// Language is the one of the page that waits for someone, until a page comes;
	// empty for Chinese.
	Language view.Language
	// Hospital is the name in the frame.
	Hospital string
	// Demo: the platform is the sandbox, and the band above every page says so.
	Demo bool
	// HelpPlace and HelpPhone tell where help is; empty where nobody said.
	HelpPlace, HelpPhone string
	// CounterPlace is where a cashier sits; empty for 'the payment counter'.
	CounterPlace string
	// Now is the wall clock.
	Now func() time.Time
	// Emit is told what a person did, on the UI goroutine.
	Emit func(view.Tap)
	// OnRune is told every character that a keyboard types (a scanner that
	// plays keyboard): '\n' for Enter, '\t' for Tab. May be nil.
	OnRune func(rune)
	// Keyboard: a person may work the page by Tab, Enter, Escape and digits.
	Keyboard bool
	// Scanner: a scanner may play that keyboard, so that digits may be its.
	Scanner bool
	// Shift says whether that key is down; may be nil.
	Shift func() bool
	// Settle is how long a new page ignores taps; 0 for DefaultSettle, negative for not at all.
	Settle time.Duration
	// Animate turns the ring of a page that waits. Only the application may set it: it needs a running driver.
	Animate bool
}

// Kiosk draws pages in the frame that all share. All its methods belong to the UI goroutine.
type Kiosk struct {
	options Options
	faces   theme.Faces
	images  *widgets.Images
	panel   theme.Panel

	page  view.Page
	since time.Time // when a page of this kind appeared
	spent map[view.Tap]bool
	// focus is the button that Enter presses; nil without. lastKey is when a key was typed.
	focus   *view.Tap
	lastKey time.Time
	written bool // the last key was a character
	framed  int  // how many buttons are the frame's, which come first
	root    *fyne.Container

	turn    *fyne.Animation
	turning *widgets.Spinner
}

// NewKiosk makes a kiosk that shows the page that waits for someone. The
// application must have set Theme before the first page is drawn on a window.
func NewKiosk(options Options) *Kiosk {
	if options.Settle == 0 {
		options.Settle = DefaultSettle
	}
	k := &Kiosk{
		options: options,
		faces:   theme.NewFaces(),
		images:  widgets.NewImages(),
		panel:   options.Panel.OrUsual(),
		spent:   map[view.Tap]bool{},
		page:    view.Page{Content: view.Attract{}, Look: view.Look{Language: cmp.Or(options.Language, view.Chinese)}},
	}
	k.root = &fyne.Container{Layout: stage{k}}
	k.redraw(false)
	k.root.Resize(fyne.NewSize(float32(k.panel.WidthPx), float32(k.panel.HeightPx)))
	return k
}

// Content is what the application sets as its window's content.
func (k *Kiosk) Content() fyne.CanvasObject { return k.root }

// Measure says how large a pixel of the window is, in millimetres.
func (k *Kiosk) Measure(pixelMM float64) {
	k.panel.PixelMM = pixelMM
	k.redraw(false)
}

// Theme is what the application sets as its theme, once.
func (k *Kiosk) Theme() fyne.Theme { return theme.Fyne(k.faces) }

// Page is the page that stands on the screen.
func (k *Kiosk) Page() view.Page { return k.page }

// Show draws a page. A page of the same kind is updated in place, so that a
// finger that is down does not lose its button.
func (k *Kiosk) Show(page view.Page) {
	same := view.SameKind(k.page, page)
	if !same {
		k.since = k.options.Now()
		k.focus = nil
		k.images.Forget()
	}
	if !reflect.DeepEqual(still(k.page), still(page)) {
		clear(k.spent)
	}
	k.page = page
	k.redraw(same)
}

// Tick brings the frame's clock up to date; once in some seconds is enough.
func (k *Kiosk) Tick() { k.redraw(true) }

// redraw makes the page's objects, out of those on the screen where it may.
func (k *Kiosk) redraw(reuse bool) {
	want := k.draw()
	if reuse {
		want = widgets.Reuse(k.root.Objects, want)
	}
	if !widgets.Same(k.root.Objects, want) {
		k.root.Objects = want
		canvas.Refresh(k.root)
	}
	k.animate()
}

func (k *Kiosk) draw() []fyne.CanvasObject {
	whole := layout.Rect{W: float32(k.panel.WidthPx), H: float32(k.panel.HeightPx)}
	sheet := &layout.Sheet{}
	kit := k.kit()
	place := frame{kit, k.options, k.page}.draw(sheet, whole)
	k.framed = len(handles(sheet.Objects))
	drawFitting(sheet, kit, place, func(kit screens.Kit) layout.Box { return screens.Content(kit, k.page.Content) })
	if k.page.Ask != nil {
		drawFitting(sheet, kit, whole, func(kit screens.Kit) layout.Box { return screens.Ask(kit, *k.page.Ask) })
	}
	k.ring(sheet, kit.Paint)
	return sheet.Objects
}

// drawFitting draws a page, pressed together as little as makes it fit.
func drawFitting(sheet *layout.Sheet, kit screens.Kit, place layout.Rect, page func(screens.Kit) layout.Box) {
	steps := theme.Tightnesses()
	for i, tight := range steps {
		kit.Metrics.Tight = tight
		box := page(kit)
		if box == nil {
			return
		}
		if i == len(steps)-1 || box.Measure(place.W).Height <= place.H {
			box.Draw(sheet, place)
			return
		}
	}
}

func (k *Kiosk) kit() screens.Kit {
	look := k.page.Look
	return screens.Kit{
		Paint: widgets.Paint{
			Metrics: theme.NewMetrics(k.panel, look.Large),
			Palette: theme.PaletteFor(look.Contrast),
			Faces:   k.faces, Images: k.images,
			Emit:  k.tapped,
			Spent: func(t view.Tap) bool { return k.spent[t] },
		},
		Book: k.options.Texts, Words: k.options.Texts.In(string(look.Language)),
		Single:   k.page.Single,
		Slip:     k.page.Slip,
		Hospital: k.options.Hospital, Place: k.options.HelpPlace, Counter: k.options.CounterPlace,
	}
}

// tapped passes a tap on, unless it is the tail of a double tap or was given already.
func (k *Kiosk) tapped(t view.Tap) {
	if k.spent[t] || (t.Action != view.Key && k.options.Now().Sub(k.since) < k.options.Settle) {
		return
	}
	if movesMoney(t.Action) {
		k.spent[t] = true
		k.redraw(true)
	}
	k.options.Emit(t)
}

// leastWindow is the side in pixels under which a window is still being made and not drawn for.
const leastWindow = 320

// stage keeps the page as large as the window.
type stage struct{ kiosk *Kiosk }

func (s stage) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (s stage) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	k := s.kiosk
	w, h := int(size.Width), int(size.Height)
	if min(w, h) < leastWindow || (w == k.panel.WidthPx && h == k.panel.HeightPx) {
		return
	}
	k.panel.WidthPx, k.panel.HeightPx = w, h
	k.redraw(false)
}
