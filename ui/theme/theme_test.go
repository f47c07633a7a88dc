package theme_test

import (
	"image/color"
	"math"
	"testing"

	"onetrans/ui/theme"
)

func TestEveryPairOfColoursHasItsContrast(t *testing.T) {
	for _, c := range []struct {
		name       string
		palette    theme.Palette
		text, line float64
	}{
		{"standard", theme.Standard(), 4.5, 3},
		{"high contrast", theme.HighContrast(), 7, 4.5},
	} {
		for _, pair := range pairsOf(c.palette) {
			least := c.line
			if pair.text {
				least = c.text
			}
			if got := contrast(pair.over, pair.on); got < least {
				t.Errorf("%s: %s has %.2f : 1, want %.1f", c.name, pair.name, got, least)
			}
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	p := theme.HighContrast()
	if got := contrast(p.Ink, p.Surface); got < 20.99 || got > 21.01 {
		t.Errorf("black on white has %.2f, want 21", got)
	}
	if got := contrast(p.Ink, p.Ink); got != 1 {
		t.Errorf("a colour on itself has %.2f, want 1", got)
	}
}

// pair is a colour that is drawn on another.
type pair struct {
	name     string
	over, on color.NRGBA
	// text is set for letters; else it is a line or an icon, which needs 3 : 1.
	text bool
}

// pairsOf lists every colour with each ground that it is drawn on.
func pairsOf(p theme.Palette) []pair {
	return []pair{
		{"ink on ground", p.Ink, p.Ground, true},
		{"ink on surface", p.Ink, p.Surface, true},
		{"second ink on ground", p.Ink2, p.Ground, true},
		{"second ink on surface", p.Ink2, p.Surface, true},
		{"text on act", p.OnAct, p.Act, true},
		{"text on pressed act", p.OnAct, p.Pressed, true},
		{"second text on act", p.OnAct2, p.Act, true},
		{"second text on pressed act", p.OnAct2, p.Pressed, true},
		{"icon on its mark on act", p.OnAct, p.ActMark, false},
		{"tint ink on tint", p.TintInk, p.Tint, true},
		{"act on tint", p.Act, p.Tint, false},
		{"act on ground", p.Act, p.Ground, true},
		{"act on surface", p.Act, p.Surface, true},
		{"ink on tint", p.Ink, p.Tint, true},
		{"off", p.OffInk, p.Off, true},
		{"edge on surface", p.Edge, p.Surface, false},
		{"edge on ground", p.Edge, p.Ground, false},
		{"done on tint", p.Done, p.DoneTint, true},
		{"done on ground", p.Done, p.Ground, true},
		{"warn on tint", p.Warn, p.WarnTint, true},
		{"on act on warn", p.OnAct, p.Warn, true},
		{"warn on ground", p.Warn, p.Ground, true},
		{"warn on surface", p.Warn, p.Surface, true},
		{"bad on tint", p.Bad, p.BadTint, true},
		{"bad on ground", p.Bad, p.Ground, true},
		{"doubt on tint", p.Doubt, p.DoubtTint, true},
		{"doubt on ground", p.Doubt, p.Ground, true},
		{"ink on warn tint", p.Ink, p.WarnTint, true},
		{"ink on doubt tint", p.Ink, p.DoubtTint, true},
	}
}

// contrast is the ratio of the luminances of two opaque colours, from 1 to 21 (WCAG 2.2).
func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(channel uint8) float64 {
		v := float64(channel) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func TestMillimetresBecomePixelsByThePitch(t *testing.T) {
	for _, c := range []struct {
		panel theme.Panel
		mm    float64
		want  float32
	}{
		{theme.Panel{WidthPx: 1080, HeightPx: 1920, Inches: 32}, 20, 55},
		{theme.Panel{WidthPx: 1920, HeightPx: 1080, Inches: 32}, 20, 55},
		{theme.Panel{WidthPx: 1080, HeightPx: 1920, Inches: 21.5}, 20, 81},
		{theme.Panel{WidthPx: 1080, HeightPx: 1920, Inches: 21.5}, 60, 243},
	} {
		if got := c.panel.Pixels(c.mm); got != c.want {
			t.Errorf("%v: %v mm are %v px, want %v", c.panel, c.mm, got, c.want)
		}
	}
}

func TestMainTextIsReadableAtArmsLength(t *testing.T) {
	for _, inches := range []float64{15.6, 21.5, 32} {
		panel := theme.Panel{WidthPx: 1080, HeightPx: 1920, Inches: inches}
		for _, large := range []bool{false, true} {
			m := theme.NewMetrics(panel, large)
			for size := theme.Caption; size <= theme.Money; size++ {
				if size == theme.Caption && !large {
					continue // captions reach it in large text
				}
				if got := m.CapitalHeight(m.Type(size)); got < theme.CapitalMM {
					t.Errorf("%v inch, large %v, rung %d: capitals of %.1f mm", inches, large, size, got)
				}
			}
		}
	}
}

func TestNonsenseBecomesTheUsualPanel(t *testing.T) {
	if got := (theme.Panel{}).OrUsual(); got != theme.Usual() {
		t.Errorf("got %v", got)
	}
	if got := (theme.Panel{WidthPx: 1920, HeightPx: 1080}).OrUsual(); got.Inches != 21.5 || got.Portrait() {
		t.Errorf("got %v", got)
	}
}

// In a window that has no room keys and letters shrink together, with all else of the
// page; a code is one that phones can read anywhere.
func TestOnlyACodeHasItsMillimetresInAWindowThatIsTooSmall(t *testing.T) {
	for _, c := range []struct {
		panel theme.Panel
		scale float64
	}{
		{theme.Panel{WidthPx: 1734, HeightPx: 1033, PixelMM: 0.248}, 1},
		{theme.Panel{WidthPx: 867, HeightPx: 1033, PixelMM: 0.248}, 0.538}, // upright now
		{theme.Panel{WidthPx: 867, HeightPx: 517, PixelMM: 0.248}, 0.5},
		{theme.Panel{WidthPx: 867, HeightPx: 517, Inches: 21.5}, 1}, // a whole panel
	} {
		if got := c.panel.Scale(); math.Abs(got-c.scale) > 0.002 {
			t.Errorf("%+v: %.3f", c.panel, got)
		}
		if key := c.panel.Millimetres(c.panel.Pixels(theme.KeyMM)); math.Abs(key-theme.KeyMM*c.scale) > c.panel.Pitch() {
			t.Errorf("%+v: a key of %.1f mm", c.panel, key)
		}
		if code := c.panel.Millimetres(c.panel.Exactly(theme.CodeMM)); code < theme.CodeMM-1e-6 {
			t.Errorf("%+v: a code of %.1f mm", c.panel, code)
		}
	}
	w, h := theme.Panel{WidthPx: 1366, HeightPx: 688, PixelMM: 0.2265}.Room(false)
	if w > 1366 || h > 688 || h < 687 {
		t.Errorf("room of %d by %d", w, h)
	}
}
