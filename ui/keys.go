package ui

import (
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/widgets"
)

// burst is how soon after another a key comes that no person types: a scanner that
// plays keyboard does.
const burst = 80 * time.Millisecond

// Listen takes the keyboard of a window's canvas: a scanner may play keyboard, and a
// person may work a window by it.
func (k *Kiosk) Listen(c fyne.Canvas) {
	c.SetOnTypedRune(k.typed)
	c.SetOnTypedKey(k.pressed)
	if d, ok := c.(desktop.Canvas); ok { // which keeps Tab for itself
		d.SetOnKeyDown(func(event *fyne.KeyEvent) {
			if event.Name == fyne.KeyTab {
				k.pressed(event)
			}
		})
	}
}

func (k *Kiosk) typed(r rune) {
	hand := k.byHand()
	k.written = true
	k.tellRune(r)
	// A scanner's first character can't be told from a person's.
	if hand && !k.options.Scanner && r >= '0' && r <= '9' {
		k.digit(r)
	}
}

func (k *Kiosk) pressed(event *fyne.KeyEvent) {
	var do func()
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		k.tellRune('\n')
		do = k.enter
	case fyne.KeyTab:
		k.tellRune('\t')
		do = k.tab
	case fyne.KeyRight, fyne.KeyDown:
		do = func() { k.move(1) }
	case fyne.KeyLeft, fyne.KeyUp:
		do = func() { k.move(-1) }
	case fyne.KeyEscape:
		do = k.escape
	default:
		return // its character comes by itself
	}
	// What ends a line of characters is a scanner's, however slow it types.
	ends := k.options.Scanner && k.written
	k.written = false
	if k.byHand() && !ends {
		do()
	}
}

func (k *Kiosk) tellRune(r rune) {
	if k.options.OnRune != nil {
		k.options.OnRune(r)
	}
}

// byHand notes that a key was typed, and says whether it is a person's by which a page
// may be worked.
func (k *Kiosk) byHand() bool {
	now := k.options.Now()
	since := now.Sub(k.lastKey)
	k.lastKey = now
	return k.options.Keyboard && (since >= burst || since < 0)
}

// enter presses the button that has the focus, or gives it to the first.
func (k *Kiosk) enter() {
	if handle, found := k.focused(k.Buttons()); found {
		press(handle)
		return
	}
	k.move(1)
}

// focused is the button of these that has the focus.
func (k *Kiosk) focused(all []Handle) (Handle, bool) {
	for _, handle := range k.inTurn(all) {
		if k.focus != nil && handle.Tap == *k.focus {
			return handle, true
		}
	}
	return Handle{}, false
}

// first is where the focus begins. Of the answers to a question it is the one that loses
// nothing: who presses Enter twice has not left a payment.
func (k *Kiosk) first(buttons []Handle, by int) int {
	if out, found := k.wayOut(); found && k.page.Ask != nil {
		return slices.IndexFunc(buttons, func(h Handle) bool { return h.Tap == out.Tap })
	}
	if by < 0 {
		return len(buttons) - 1
	}
	return 0
}

func (k *Kiosk) tab() {
	if k.options.Shift != nil && k.options.Shift() {
		k.move(-1)
		return
	}
	k.move(1)
}

// inTurn are all the buttons as Tab comes to them: what the page is for before the ways out
// of it. Of two that do the same it comes to the first.
func (k *Kiosk) inTurn(all []Handle) (buttons []Handle) {
	if k.page.Ask == nil { // which covers the frame's
		all = slices.Concat(all[k.framed:], all[:k.framed])
	}
	for _, handle := range all {
		same := func(h Handle) bool { return h.Tap == handle.Tap }
		if handle.Enabled && !slices.ContainsFunc(buttons, same) {
			buttons = append(buttons, handle)
		}
	}
	return buttons
}

// move gives the focus to the next button, or the one before.
func (k *Kiosk) move(by int) {
	buttons := k.inTurn(k.Buttons())
	if len(buttons) == 0 {
		return
	}
	now := slices.IndexFunc(buttons, func(h Handle) bool { return k.focus != nil && h.Tap == *k.focus })
	next := (now + by + len(buttons)) % len(buttons)
	if now < 0 {
		next = k.first(buttons, by)
	}
	k.focus = &buttons[next].Tap
	k.redraw(true)
}

// waysOut are what Escape means, the first that a page has: what loses nothing before
// what ends something.
func waysOut() []view.Action {
	return []view.Action{view.KeepPaying, view.KeepWaiting, view.Continue, view.Back, view.GoHome, view.LeavePay, view.Done}
}

func (k *Kiosk) wayOut() (Handle, bool) {
	for _, action := range waysOut() {
		if handle, found := k.Find(action, ""); found {
			return handle, true
		}
	}
	return Handle{}, false
}

func (k *Kiosk) escape() {
	if handle, found := k.wayOut(); found {
		press(handle)
	}
}

// digit types a digit where a page takes one, or chooses the way of that number.
func (k *Kiosk) digit(r rune) {
	if handle, found := k.Find(view.Key, string(r)); found {
		press(handle)
		return
	}
	n := int(r - '0')
	for _, handle := range k.Buttons() {
		if handle.Tap.Action != view.ChooseWay {
			continue
		}
		if n--; n == 0 {
			press(handle)
			return
		}
	}
}

func press(h Handle) {
	if h.Enabled {
		h.Tappable.Tapped(&fyne.PointEvent{})
	}
}

// ring shows which button has the focus.
func (k *Kiosk) ring(sheet *layout.Sheet, p widgets.Paint) {
	handle, found := k.focused(handles(sheet.Objects))
	if !found {
		return
	}
	m, out := p.Metrics, p.Metrics.Px(10)
	ring := canvas.NewRectangle(color.Transparent)
	ring.StrokeColor, ring.StrokeWidth, ring.CornerRadius = p.Palette.Ink, 2*m.Edge(), m.ButtonRadius()+out
	at := layout.Rect{X: handle.Position.X, Y: handle.Position.Y, W: handle.Size.Width, H: handle.Size.Height}
	sheet.Put(ring, at.InsetXY(-out, -out))
}
