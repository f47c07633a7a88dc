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

// Panel is the screen the program fills, or the part of one that its window has.
type Panel struct {
	WidthPx, HeightPx int
	// Inches is the diagonal of the visible area.
	Inches float64
	// PixelMM is the size of a pixel in millimetres, of a window on a larger screen; 0
	// where the panel is the whole screen.
	PixelMM float64
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
	if p.PixelMM > 0 {
		return p.PixelMM
	}
	return p.Inches * millimetresInch / math.Hypot(float64(p.WidthPx), float64(p.HeightPx))
}

// room is how many millimetres a window has that has room for every page's keys and
// letters.
func room(upright bool) (width, height float64) {
	if upright {
		return 268, 476
	}
	return 430, 256
}

// Scale is how much of their millimetres keys and letters have: all, but in a window
// that is too small for them. Codes have theirs anywhere.
func (p Panel) Scale() float64 {
	if p.PixelMM <= 0 {
		return 1
	}
	width, height := room(p.Portrait())
	return min(1, float64(p.WidthPx)*p.PixelMM/width, float64(p.HeightPx)*p.PixelMM/height)
}

// Room is the size in pixels of a window whose pages have all room, or as much of it as
// there is.
func (p Panel) Room(upright bool) (width, height int) {
	w, h := room(upright)
	w, h = w/p.Pitch(), h/p.Pitch()
	fits := min(1, float64(p.WidthPx)/w, float64(p.HeightPx)/h)
	return int(math.Ceil(w * fits)), int(math.Ceil(h * fits))
}

// Pixels converts millimetres of keys and letters to whole pixels, rounded up so that a
// minimum stays one.
func (p Panel) Pixels(mm float64) float32 { return p.Exactly(mm * p.Scale()) }

// Exactly converts millimetres that hold anywhere to whole pixels, likewise.
func (p Panel) Exactly(mm float64) float32 { return float32(math.Ceil(mm/p.Pitch() - 1e-6)) }

// Millimetres converts pixels to millimetres.
func (p Panel) Millimetres(px float32) float64 { return float64(px) * p.Pitch() }
