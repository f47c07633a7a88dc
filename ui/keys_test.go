package ui_test

import (
	"image/color"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"onetrans/assets/texts"
	"onetrans/flows/view"
	"onetrans/ui"
)

// atKeyboard is a window on a PC, with a canvas whose keys a test types.
func atKeyboard(t *testing.T, scanner bool) (*desk, func(keys ...any)) {
	t.Helper()
	d := newDesk(t, onDesktop)
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	shift := false
	d.kiosk = ui.NewKiosk(ui.Options{
		Panel: onDesktop, Texts: book, Hospital: "滨江市第一医院",
		Now:      func() time.Time { return d.now },
		Emit:     func(tap view.Tap) { d.taps = append(d.taps, tap) },
		OnRune:   func(r rune) { d.runes = append(d.runes, r) },
		Keyboard: true, Scanner: scanner, Shift: func() bool { return shift },
	})
	keys := &typing{}
	d.kiosk.Listen(keys)
	return d, func(all ...any) {
		for _, key := range all {
			d.now = d.now.Add(time.Second)
			switch key := key.(type) {
			case rune:
				keys.key(&fyne.KeyEvent{Name: fyne.KeyName(key)}) // as the window library does
				keys.rune(key)
			case string:
				shift = key == "back"
				keys.down(&fyne.KeyEvent{Name: fyne.KeyTab})
			case fyne.KeyName:
				keys.down(&fyne.KeyEvent{Name: key})
				keys.key(&fyne.KeyEvent{Name: key})
			}
		}
	}
}

// typing is a canvas as far as its keyboard goes: as the window library does, it tells of
// Tab only that it went down.
type typing struct {
	fyne.Canvas
	rune      func(rune)
	key, down func(*fyne.KeyEvent)
}

func (c *typing) SetOnTypedRune(f func(rune))          { c.rune = f }
func (c *typing) SetOnTypedKey(f func(*fyne.KeyEvent)) { c.key = f }
func (c *typing) SetOnKeyDown(f func(*fyne.KeyEvent))  { c.down = f }
func (c *typing) OnKeyDown() func(*fyne.KeyEvent)      { return c.down }
func (c *typing) SetOnKeyUp(func(*fyne.KeyEvent))      {}
func (c *typing) OnKeyUp() func(*fyne.KeyEvent)        { return nil }

var _ desktop.Canvas = (*typing)(nil)

// ringed is the button that is seen to have the focus.
func (d *desk) ringed() (tap view.Tap, is bool) {
	for _, o := range d.objects() {
		ring, ok := o.(*canvas.Rectangle)
		if !ok || ring.FillColor != color.Transparent || ring.StrokeWidth == 0 {
			continue
		}
		for _, b := range d.kiosk.Buttons() {
			out := b.Position.Subtract(ring.Position())
			if out.X == out.Y && out.X > 0 && out.X < 20 && b.Size.Width+2*out.X == ring.Size().Width {
				return b.Tap, true
			}
		}
	}
	return tap, false
}

func TestAWindowIsWorkedByKeyboard(t *testing.T) {
	for name, c := range map[string]struct {
		page string
		keys []any
		want view.Tap
	}{
		"Enter presses what Tab came to, the first way before the way out": {"called-pick", []any{"next", fyne.KeyReturn}, view.Tap{}},
		"Escape leaves":                 {"called-pick", []any{fyne.KeyEscape}, view.Tap{Action: view.GoHome}},
		"Escape leaves a payment":       {"called-cashier", []any{fyne.KeyEscape}, view.Tap{Action: view.LeavePay}},
		"a digit chooses":               {"called-pick", []any{'2'}, view.Tap{}},
		"a digit is typed":              {"amount", []any{'7'}, view.Tap{Action: view.Key, Value: "7"}},
		"Enter alone shows where it is": {"called-cashier", []any{fyne.KeyReturn}, view.Tap{Action: "none"}},
		"a digit that means nothing":    {"called-cashier", []any{'7'}, view.Tap{Action: "none"}},
	} {
		d, types := atKeyboard(t, false)
		d.show(page(t, c.page))
		buttons := d.kiosk.Buttons()
		switch name {
		case "Enter presses what Tab came to, the first way before the way out":
			for _, b := range slices.Backward(buttons) {
				if b.Tap.Action == view.ChooseWay {
					c.want = b.Tap
				}
			}
		case "a digit chooses":
			n := 0
			for _, b := range buttons {
				if b.Tap.Action == view.ChooseWay {
					if n++; n == 2 {
						c.want = b.Tap
					}
				}
			}
		}
		types(c.keys...)
		switch {
		case c.want.Action == "none" && len(d.taps) == 0:
		case len(d.taps) != 1 || d.taps[0] != c.want:
			t.Errorf("%s: %v, want %v", name, d.taps, c.want)
		}
	}
}

func TestEveryButtonOfAPageIsReachedByTabAndShown(t *testing.T) {
	d, types := atKeyboard(t, false)
	for _, sample := range samples() {
		d.show(page(t, "home"))
		d.show(page(t, "attract"))
		d.show(page(t, sample.name))
		if _, is := d.ringed(); is {
			t.Errorf("%s: a button has the focus before a key was typed", sample.name)
		}
		all := map[view.Tap]bool{} // two that do the same are one
		for _, b := range d.kiosk.Buttons() {
			if b.Enabled {
				all[b.Tap] = true
			}
		}
		for _, there := range []string{"next", "back"} {
			met := map[view.Tap]bool{}
			for range all {
				types(there)
				ringed, is := d.ringed()
				if !is {
					t.Fatalf("%s: no button is seen to have the focus", sample.name)
				}
				met[ringed] = true
			}
			if len(met) != len(all) {
				t.Errorf("%s, %s: %d of %d buttons are reached", sample.name, there, len(met), len(all))
			}
		}
	}
}

func TestWhoPressesEnterTwiceHasLeftNoPayment(t *testing.T) {
	d, types := atKeyboard(t, false)
	d.show(page(t, "leave-pay"))
	types(fyne.KeyReturn, fyne.KeyReturn)
	if len(d.taps) != 1 || d.taps[0].Action != view.KeepPaying {
		t.Errorf("it pressed %v", d.taps)
	}
}

// What a scanner types is for who waits for a code: it presses nothing.
func TestAScannersKeysPressNoButton(t *testing.T) {
	d, types := atKeyboard(t, true)
	for _, name := range []string{"called-pick", "called-scan", "called-cashier", "amount"} {
		d.show(page(t, name))
		types("next") // a person has just chosen a button
		d.taps, d.runes = nil, nil
		d.now = d.now.Add(time.Minute)
		before := d.now
		types('1')
		for _, key := range []any{'2', '3', fyne.KeyReturn, "next", fyne.KeyReturn, fyne.KeyEscape} {
			d.now = before.Add(-time.Second + 20*time.Millisecond)
			before = d.now.Add(time.Second)
			types(key)
		}
		if len(d.taps) > 0 || string(d.runes) != "123\n\t\n" {
			t.Errorf("%s: it pressed %v, and was told as %q", name, d.taps, string(d.runes))
		}
	}
}

// Some scanners are set to type no quicker than a person, as for a slow host.
func TestTheEnterOfASlowScannerPressesNoButton(t *testing.T) {
	d, types := atKeyboard(t, true)
	for _, name := range []string{"called-pick", "called-scan", "called-cashier"} {
		d.show(page(t, name))
		types("next") // a person has just chosen a button
		d.taps = nil
		for range 2 {
			types('1', '2', '3', fyne.KeyReturn)
		}
		if len(d.taps) > 0 {
			t.Errorf("%s: it pressed %v", name, d.taps)
		}
		if types(fyne.KeyReturn); len(d.taps) != 1 {
			t.Errorf("%s: a person's Enter pressed %v", name, d.taps)
		}
	}
}
