package theme

import (
	"fmt"
	"image/color"
)

// Palette is a set of colours. One colour is for actions (Act), and what is in
// doubt has a colour of its own. The tests list every pair of text and background.
type Palette struct {
	Ground, Surface     color.NRGBA
	Ink, Ink2           color.NRGBA // text, second text
	Act, Pressed, OnAct color.NRGBA // the next step
	OnAct2, ActMark     color.NRGBA // second text on it; ground of its icon
	Tint, TintInk       color.NRGBA // selection, quiet notices
	Edge, Hair          color.NRGBA // borders of tappable things, and other borders
	Off, OffInk         color.NRGBA // disabled buttons
	Track               color.NRGBA // the empty part of a bar or ring
	Done, DoneTint      color.NRGBA
	Warn, WarnTint      color.NRGBA
	Bad, BadTint        color.NRGBA
	Doubt, DoubtTint    color.NRGBA
	Scrim               color.NRGBA // over the page behind a question
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// Standard is the everyday palette; text has a contrast of at least 4.5 : 1.
func Standard() Palette {
	return Palette{
		Ground: rgb(0xEEF3F2), Surface: rgb(0xFFFFFF),
		Ink: rgb(0x10221F), Ink2: rgb(0x465A56),
		Act: rgb(0x0A6660), Pressed: rgb(0x074A46), OnAct: rgb(0xFFFFFF),
		OnAct2: rgb(0xE3F2EF), ActMark: rgb(0x2F7D78),
		Tint: rgb(0xDDEEEB), TintInk: rgb(0x074A46),
		Edge: rgb(0x6F8580), Hair: rgb(0xCFDBD8),
		Off: rgb(0xDCE5E3), OffInk: rgb(0x4F625E), Track: rgb(0xCFDBD8),
		Done: rgb(0x146C35), DoneTint: rgb(0xE2F3E7),
		Warn: rgb(0x8A4B00), WarnTint: rgb(0xFFF1DC),
		Bad: rgb(0xA61B12), BadTint: rgb(0xFCE8E6),
		Doubt: rgb(0x1C4F9C), DoubtTint: rgb(0xE5EEFB),
		Scrim: color.NRGBA{R: 0x10, G: 0x22, B: 0x1F, A: 0xB0},
	}
}

// HighContrast is the palette for weak eyes; text has a contrast of at least 7 : 1.
func HighContrast() Palette {
	return Palette{
		Ground: rgb(0xFFFFFF), Surface: rgb(0xFFFFFF),
		Ink: rgb(0x000000), Ink2: rgb(0x1B2A27),
		Act: rgb(0x04433F), Pressed: rgb(0x022B28), OnAct: rgb(0xFFFFFF),
		OnAct2: rgb(0xFFFFFF), ActMark: rgb(0x02302D),
		Tint: rgb(0xDDEEEB), TintInk: rgb(0x022B28),
		Edge: rgb(0x1B2A27), Hair: rgb(0x5A6B67),
		Off: rgb(0xE6ECEB), OffInk: rgb(0x2C3A37), Track: rgb(0x8A9A96),
		Done: rgb(0x0A4A22), DoneTint: rgb(0xEAF7EE),
		Warn: rgb(0x5A3000), WarnTint: rgb(0xFFF5E6),
		Bad: rgb(0x7A100A), BadTint: rgb(0xFDEFED),
		Doubt: rgb(0x10366E), DoubtTint: rgb(0xEEF4FD),
		Scrim: color.NRGBA{A: 0xD0},
	}
}

// PaletteFor is the palette that the person at the kiosk has chosen.
func PaletteFor(contrast bool) Palette {
	if contrast {
		return HighContrast()
	}
	return Standard()
}

// Hex is a colour as "#RRGGBB".
func Hex(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

// Recolour maps the colours of the standard palette, in which pictures are drawn,
// to this palette's.
func (p Palette) Recolour() map[string]string {
	from, to := Standard(), p
	pairs := [][2]color.NRGBA{
		{from.Ink, to.Ink},
		{from.Surface, to.Surface},
		{from.Act, to.Act},
		{from.Tint, to.Tint},
		{from.TintInk, to.TintInk},
		{from.Edge, to.Edge},
		{from.Done, to.Done},
		{from.DoneTint, to.DoneTint},
		{from.Warn, to.Warn},
		{from.WarnTint, to.WarnTint},
	}
	recolour := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		recolour[Hex(pair[0])] = Hex(pair[1])
	}
	return recolour
}
