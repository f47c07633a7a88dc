package widgets_test

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	qrcode "github.com/skip2/go-qrcode"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

func paint(t *testing.T) widgets.Paint {
	t.Helper()
	test.NewTempApp(t)
	return widgets.Paint{
		Metrics: theme.NewMetrics(theme.Usual(), false), Palette: theme.Standard(), Faces: theme.NewFaces(),
		Images: widgets.NewImages(), Emit: func(view.Tap) {}, Spent: func(view.Tap) bool { return false },
	}
}

func TestClock(t *testing.T) {
	for seconds, want := range map[int]string{-1: "0", 0: "0", 59: "59", 60: "1:00", 161: "2:41", 3600: "60:00"} {
		if got := widgets.Clock(seconds); got != want {
			t.Errorf("%d seconds are %q, want %q", seconds, got, want)
		}
	}
}

func TestCodeIsCrispWithItsQuietZone(t *testing.T) {
	p := paint(t)
	const content = "https://qr.95516.com/00010000/62512345678901234567890123456789"
	objects := layout.Draw(p.QR(content, 480), layout.Rect{W: 600, H: 600})
	picture := objects[0].(*canvas.Image)
	img := picture.Image.(*image.Gray)
	side := img.Bounds().Dx()
	if picture.Size().Width != float32(side) || picture.Size().Height != float32(side) {
		t.Errorf("%d pixels are drawn on %v", side, picture.Size())
	}
	code, err := qrcode.New(content, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	size := side / (len(modules) + 8)
	if side != size*(len(modules)+8) {
		t.Fatalf("%d pixels are no whole number for each of %d modules", side, len(modules)+8)
	}
	for y := range side {
		for x := range side {
			row, column := y/size-4, x/size-4
			inside := row >= 0 && column >= 0 && row < len(modules) && column < len(modules)
			want := color.Gray{Y: 0xff}
			if inside && modules[row][column] {
				want.Y = 0
			}
			if img.GrayAt(x, y) != want {
				t.Fatalf("pixel %d, %d is %v", x, y, img.GrayAt(x, y))
			}
		}
	}
	if mm := p.Metrics.Panel.Millimetres(float32(len(modules) * size)); mm < theme.CodeMM {
		t.Errorf("the code is %.1f mm", mm)
	}
}

func TestCodeIsNeverTooSmall(t *testing.T) {
	p := paint(t)
	box := p.QR("1", 10)
	if mm := p.Metrics.Panel.Millimetres(box.Measure(0).Width); mm < theme.CodeMM {
		t.Errorf("the code is %.1f mm with its zone", mm)
	}
	if p.QR(string(make([]byte, 5000)), 400) != nil {
		t.Error("a text that is too long has no code")
	}
}

func TestEveryDrawingHasInk(t *testing.T) {
	p := paint(t)
	for _, name := range icons.Names() {
		object := layout.Draw(p.Icon(name, 64, p.Palette.Ink), layout.Rect{W: 64, H: 64})[0].(*canvas.Image)
		inked := 0
		img := object.Image
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if _, _, _, a := img.At(x, y).RGBA(); a > 0 {
					inked++
				}
			}
		}
		if inked < 60 {
			t.Errorf("%s has %d pixels of ink", name, inked)
		}
	}
}

func TestDrawingsAreMadeOnce(t *testing.T) {
	p := paint(t)
	first := layout.Draw(p.Icon(icons.Bed, 64, p.Palette.Ink), layout.Rect{W: 64, H: 64})[0].(*canvas.Image)
	again := layout.Draw(p.Icon(icons.Bed, 64, p.Palette.Ink), layout.Rect{W: 64, H: 64})[0].(*canvas.Image)
	other := layout.Draw(p.Icon(icons.Bed, 64, p.Palette.Act), layout.Rect{W: 64, H: 64})[0].(*canvas.Image)
	if first.Image != again.Image {
		t.Error("the same drawing was made twice")
	}
	if first.Image == other.Image {
		t.Error("another colour is another drawing")
	}
}

func TestReuseKeepsObjectsAndTakesTheNewContent(t *testing.T) {
	p := paint(t)
	place := layout.Rect{W: 400, H: 150}
	tap := view.Tap{Action: view.Next}
	old := layout.Draw(layout.Stack(0, p.Main("一", tap, false), p.Text("甲", theme.Body, p.Palette.Ink)), place)
	want := layout.Draw(layout.Stack(0, p.Main("二", tap, true), p.Text("乙", theme.Body, p.Palette.Ink)), place)
	got := widgets.Reuse(old, want)
	if !widgets.Same(old, got) {
		t.Fatal("objects were replaced")
	}
	button := got[0].(*widgets.Button)
	if !button.Enabled() || button.AccessibilityLabel() != "二" || button.Face()[0].(*canvas.Text).Text != "二" {
		t.Errorf("the button is still %q", button.AccessibilityLabel())
	}
	if text := got[1].(*canvas.Text).Text; text != "乙" {
		t.Errorf("the text is still %q", text)
	}
}

func TestReuseNeverTurnsAButtonIntoAnother(t *testing.T) {
	p := paint(t)
	place := layout.Rect{W: 400, H: 150}
	old := layout.Draw(p.Main("下一步", view.Tap{Action: view.Next}, true), place)
	want := layout.Draw(p.Main("去支付", view.Tap{Action: view.Pay}, true), place)
	if got := widgets.Reuse(old, want); got[0] == old[0] {
		t.Error("a finger that is down on 'next' would pay")
	}
}

func TestAButtonThatIsOffReportsNothing(t *testing.T) {
	p := paint(t)
	taps := 0
	p.Emit = func(view.Tap) { taps++ }
	for _, ready := range []bool{false, true} {
		button := layout.Draw(p.Main("下一步", view.Tap{Action: view.Next}, ready), layout.Rect{W: 400, H: 150})[0].(*widgets.Button)
		test.Tap(button)
	}
	if taps != 1 {
		t.Errorf("%d taps were reported, want that of the ready one", taps)
	}
}

func TestAPressedButtonShowsIt(t *testing.T) {
	p := paint(t)
	button := layout.Draw(p.Main("下一步", view.Tap{Action: view.Next}, true), layout.Rect{W: 400, H: 150})[0].(*widgets.Button)
	surface := func() color.Color {
		return test.WidgetRenderer(button).Objects()[0].(*canvas.Rectangle).FillColor
	}
	rest := surface()
	button.MouseDown(nil)
	if surface() != p.Palette.Pressed {
		t.Error("a finger that is down is not shown")
	}
	button.MouseUp(nil)
	if surface() != rest {
		t.Error("the finger is gone, the button still pressed")
	}
}

var _ fyne.Accessible = (*widgets.Button)(nil)
