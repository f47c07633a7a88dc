package theme_test

import (
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
		for _, pair := range c.palette.Pairs() {
			least := c.line
			if pair.Text {
				least = c.text
			}
			if got := theme.Contrast(pair.Over, pair.On); got < least {
				t.Errorf("%s: %s has %.2f : 1, want %.1f", c.name, pair.Name, got, least)
			}
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	p := theme.HighContrast()
	if got := theme.Contrast(p.Ink, p.Surface); got < 20.99 || got > 21.01 {
		t.Errorf("black on white has %.2f, want 21", got)
	}
	if got := theme.Contrast(p.Ink, p.Ink); got != 1 {
		t.Errorf("a colour on itself has %.2f, want 1", got)
	}
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
