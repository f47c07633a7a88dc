// Package theme defines the sizes and colours of the interface.
//
// Sizes that a hand or an eye depends on are defined in millimetres and converted
// by the panel's pixel pitch; the others follow a design grid on which the panel's
// shorter side is 1080 units. One Fyne unit is one pixel: the program runs with
// FYNE_SCALE=1.
package theme

import "math"

const (
	designShort     = 1080
	millimetresInch = 25.4
)

// Panel is the screen the program fills.
type Panel struct {
	WidthPx, HeightPx int
	// Inches is the diagonal of the visible area.
	Inches float64
}

// Usual is the panel that is assumed if none is configured: 21.5 inches, 1080p,
// portrait.
func Usual() Panel { return Panel{WidthPx: 1080, HeightPx: 1920, Inches: 21.5} }

// OrUsual replaces an impossible panel by the usual one.
func (p Panel) OrUsual() Panel {
	usual := Usual()
	if p.WidthPx <= 0 || p.HeightPx <= 0 {
		p.WidthPx, p.HeightPx = usual.WidthPx, usual.HeightPx
	}
	if !(p.Inches > 0) { // also when it is not a number
		p.Inches = usual.Inches
	}
	return p
}

// Portrait reports whether the panel is upright.
func (p Panel) Portrait() bool { return p.HeightPx >= p.WidthPx }

// Pitch is the size of a pixel in millimetres.
func (p Panel) Pitch() float64 {
	return p.Inches * millimetresInch / math.Hypot(float64(p.WidthPx), float64(p.HeightPx))
}

// Pixels converts millimetres to whole pixels, rounded up so that a minimum stays
// one.
func (p Panel) Pixels(mm float64) float32 { return float32(math.Ceil(mm/p.Pitch() - 1e-6)) }

// Millimetres converts pixels to millimetres.
func (p Panel) Millimetres(px float32) float64 { return float64(px) * p.Pitch() }
