package ui_test

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"onetrans/flows/view"
	"onetrans/ui/widgets"
)

func page(t *testing.T, name string) view.Page {
	t.Helper()
	for _, s := range samples() {
		if s.name == name {
			s.page.Look.Language = view.Chinese
			return s.page
		}
	}
	t.Fatalf("no sample %q", name)
	return view.Page{}
}

// tap presses and releases where a button stands, as a finger does.
func (d *desk) tap(t *testing.T, action view.Action, value string) {
	t.Helper()
	handle, ok := d.kiosk.Find(action, value)
	if !ok {
		t.Fatalf("no button %s %q", action, value)
	}
	handle.Tappable.Tapped(&fyne.PointEvent{})
}

func TestEveryPageOfTheSandboxSaysThatNoRealMoneyMoves(t *testing.T) {
	for _, demo := range []bool{true, false} {
		for _, panel := range panels() {
			d := deskOf(t, panel, demo)
			for _, s := range samples() {
				for language, says := range map[view.Language]string{view.Chinese: "演示 · 不动真钱", view.English: "Demo · no real money"} {
					s.page.Look.Language = language
					d.show(s.page)
					said := slices.ContainsFunc(d.objects(), func(o fyne.CanvasObject) bool {
						text, ok := o.(*canvas.Text)
						return ok && text.Text == says
					})
					if said != demo {
						t.Errorf("%s: of a sandbox: %v, said: %v", s.name, demo, said)
					}
				}
			}
		}
	}
}

func TestButtonsReportWhatTheyMean(t *testing.T) {
	d := newDesk(t, portrait32)
	for _, c := range []struct {
		page   string
		action view.Action
		value  string
	}{
		{"attract", view.Start, ""},
		{"home", view.PickService, string(view.ServiceInpatientDeposit)},
		{"home", view.SetLarge, ""},
		{"home", view.SetContrast, ""},
		{"home", view.SetLanguage, string(view.English)},
		{"pick", view.ChooseWay, string(view.WayCode)},
		{"pick", view.Back, ""},
		{"pick", view.GoHome, ""},
		{"person", view.Wrong, ""},
		{"person", view.Correct, ""},
		{"amount", view.Key, "7"},
		{"amount", view.Key, "."},
		{"amount", view.Key, view.KeyDelete},
		{"amount", view.Key, view.KeyClear},
		{"amount", view.Quick, "2"},
		{"amount-typed", view.Next, ""},
		{"confirm", view.Pay, ""},
		{"confirm", view.Back, ""},
		{"pay-again", view.Back, ""},
		{"pay-again", view.PayAnyway, ""},
		{"cashier", view.CheckPaid, ""},
		{"cashier", view.LeavePay, ""},
		{"leave-pay", view.KeepPaying, ""},
		{"leave-pay", view.ReallyLeave, ""},
		{"result", view.Done, ""},
		{"doubt-offline", view.KeepWaiting, ""},
		{"doubt-offline", view.GoToCounter, ""},
		{"trouble-offline", view.Retry, ""},
		{"trouble-card_pulled", view.GoHome, ""},
		{"home-settle", view.PickService, string(view.ServiceOutpatientPayment)},
		{"pick-three", view.ChooseWay, string(view.WayHealthCard)},
		{"authorise", view.Back, ""},
		{"settling", view.GoHome, ""},
		{"bills", view.ToggleBill, "1"},
		{"bills", view.AllBills, ""},
		{"bills", view.Next, ""},
		{"bills-many", view.NextPage, ""},
		{"bills-last", view.PrevPage, ""},
		{"review", view.Pay, ""},
		{"review", view.Back, ""},
		{"settled", view.Done, ""},
		{"refunding", view.Done, ""},
		{"called-pick", view.GoHome, ""},
		{"called-trouble", view.GoHome, ""},
		{"called-still-there", view.GoHome, ""},
		{"still-there", view.Continue, ""},
		{"still-there", view.GoHome, ""},
	} {
		d.taps = nil
		d.show(page(t, c.page))
		d.tap(t, c.action, c.value)
		if want := (view.Tap{Action: c.action, Value: c.value}); !slices.Equal(d.taps, []view.Tap{want}) {
			t.Errorf("%s: %v reported %v", c.page, want, d.taps)
		}
	}
}

func TestNoWayBackFromMoney(t *testing.T) {
	d := newDesk(t, portrait32)
	for _, name := range []string{
		"cashier", "result", "doubt-offline", "doubt-paying", "busy-order", "busy-closing", "take-card",
		"cashier-settle", "settling-confirm", "settled", "refunding", "doubt-bill_confirming", "busy-abandoning",
	} {
		d.show(page(t, name))
		for _, action := range []view.Action{view.Back, view.GoHome} {
			if _, ok := d.kiosk.Find(action, ""); ok {
				t.Errorf("%s offers %s", name, action)
			}
		}
	}
}

func TestAQuestionHidesWhatItCovers(t *testing.T) {
	d := newDesk(t, portrait32)
	d.show(page(t, "still-there"))
	if got := len(d.kiosk.Buttons()); got != 2 {
		t.Errorf("%d buttons can be reached, want the two answers", got)
	}
	c := test.NewCanvas()
	c.SetPadded(false)
	c.SetContent(d.kiosk.Content())
	c.Resize(fyne.NewSize(1080, 1920))
	test.TapCanvas(c, fyne.NewPos(200, 1700)) // a key of the keypad below
	if len(d.taps) != 0 {
		t.Errorf("a tap beside the question reached %v", d.taps)
	}
}

func TestMoneyButtonsAreDeadAfterTheFirstTap(t *testing.T) {
	d := newDesk(t, portrait32)
	d.show(page(t, "confirm"))
	d.tap(t, view.Pay, "")
	d.tap(t, view.Pay, "")
	if len(d.taps) != 1 {
		t.Fatalf("two taps reported %v", d.taps)
	}
	if handle, _ := d.kiosk.Find(view.Pay, ""); handle.Enabled {
		t.Error("the button does not show that it is dead")
	}
	again := page(t, "confirm")
	again.Countdown.Left-- // time alone is no change
	d.show(again)
	d.tap(t, view.Pay, "")
	if len(d.taps) != 1 {
		t.Errorf("the countdown revived the button: %v", d.taps)
	}
	d.show(page(t, "amount-typed"))
	d.show(page(t, "confirm"))
	d.tap(t, view.Pay, "")
	if len(d.taps) != 2 {
		t.Errorf("back on the page it is still dead: %v", d.taps)
	}
}

// 'Next' and 'pay' stand in the same place: a double tap must not pay.
func TestADoubleTapDoesNotPressTheNextPage(t *testing.T) {
	d := newDesk(t, portrait32)
	d.show(page(t, "amount-typed"))
	d.tap(t, view.Next, "")
	d.kiosk.Show(page(t, "confirm"))
	d.now = d.now.Add(120 * time.Millisecond)
	d.tap(t, view.Pay, "")
	if got := d.taps; len(got) != 1 || got[0].Action != view.Next {
		t.Fatalf("reported %v", got)
	}
	d.now = d.now.Add(time.Second)
	d.tap(t, view.Pay, "")
	if len(d.taps) != 2 {
		t.Errorf("a later tap is ignored: %v", d.taps)
	}
}

func TestASecondGoingByKeepsEveryObject(t *testing.T) {
	d := newDesk(t, portrait32)
	for _, s := range samples() {
		s.page.Look.Language = view.Chinese
		d.show(s.page)
		before := slices.Clone(d.objects())
		later := s.page
		if later.Countdown.Running() {
			later.Countdown.Left--
		}
		switch c := later.Content.(type) {
		case view.Cashier:
			c.Left--
			later.Content = c
		case view.Doubt:
			c.Waited++
			later.Content = c
		}
		d.show(later)
		if !widgets.Same(before, d.objects()) {
			t.Errorf("%s: objects were replaced", s.name)
		}
	}
}

func TestAFingerThatIsDownKeepsItsButton(t *testing.T) {
	d := newDesk(t, portrait32)
	c := test.NewCanvas()
	c.SetPadded(false)
	c.SetContent(d.kiosk.Content())
	c.Resize(fyne.NewSize(1080, 1920))
	d.show(page(t, "cashier"))
	down, _ := d.kiosk.Find(view.CheckPaid, "")
	down.Tappable.(desktop.Mouseable).MouseDown(&desktop.MouseEvent{})
	d.show(page(t, "cashier-offline")) // a notice comes in between and moves things
	up, _ := d.kiosk.Find(view.CheckPaid, "")
	if up.Tappable != down.Tappable {
		t.Error("the button under the finger was replaced")
	}
	test.TapCanvas(c, up.Position.AddXY(up.Size.Width/2, up.Size.Height/2))
	if len(d.taps) != 1 {
		t.Errorf("the tap was lost: %v", d.taps)
	}
}

func TestTheCodeStaysInItsPlaceWhenNewsComes(t *testing.T) {
	for name, panel := range panels() {
		d := newDesk(t, panel)
		d.show(page(t, "cashier"))
		want := largestImage(d.objects())
		for _, other := range []string{"cashier-checking", "cashier-not-paid", "cashier-offline"} {
			d.show(page(t, other))
			if got := largestImage(d.objects()); got != want {
				t.Errorf("%s: %s moves the code from %v to %v", name, other, want, got)
			}
		}
	}
}

func largestImage(objects []fyne.CanvasObject) (place [4]float32) {
	for _, o := range objects {
		if _, ok := o.(*canvas.Image); ok && o.Size().Width > place[2] {
			place = [4]float32{o.Position().X, o.Position().Y, o.Size().Width, o.Size().Height}
		}
	}
	return place
}

func TestTheKeyboardIsPassedOn(t *testing.T) {
	d := newDesk(t, portrait32)
	c := test.NewCanvas()
	d.kiosk.Listen(c)
	for _, r := range "1A码" {
		c.OnTypedRune()(r)
	}
	for _, name := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeyTab, fyne.KeyLeft} {
		c.OnTypedKey()(&fyne.KeyEvent{Name: name})
	}
	if got := string(d.runes); got != "1A码\n\n\t" {
		t.Errorf("got %q", got)
	}
}

func TestTheClockFollows(t *testing.T) {
	d := newDesk(t, portrait32)
	d.show(page(t, "home"))
	d.now = at(11, 59)
	d.kiosk.Tick()
	for _, o := range d.objects() {
		if text, ok := o.(*canvas.Text); ok && text.Text == "11:59" {
			return
		}
	}
	t.Error("the frame does not show 11:59")
}

func TestTheWindowMayHaveAnotherSize(t *testing.T) {
	d := newDesk(t, portrait32)
	d.show(page(t, "amount"))
	d.kiosk.Content().Resize(fyne.NewSize(1366, 768))
	for _, handle := range d.kiosk.Buttons() {
		if handle.Position.X+handle.Size.Width > 1366 || handle.Position.Y+handle.Size.Height > 768 {
			t.Errorf("%v leaves the window", handle.Tap)
		}
	}
}
