package widgets

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
)

// Tick is a line of a list with a tick box: what it is, more about it, and what it
// costs.
type Tick struct {
	Title, Hint, Value string
	Tap                view.Tap
	On                 bool
	// Short keeps the title on one line; Aside puts the hint below the value.
	Short, Aside bool
}

// Tick draws a tick. A tick and a tint show that it is ticked.
func (p Paint) Tick(t Tick) layout.Box {
	m := p.Metrics
	skin, ink := p.open(), p.Palette.Ink
	side := m.Type(theme.Label) * 1.3
	box := layout.Card{Box: layout.Space{}, Fill: p.Palette.Surface, Edge: p.Palette.Edge, EdgeWidth: m.Edge(), Radius: side / 5}
	if t.On {
		skin, ink = p.selected(), p.Palette.TintInk
		pad := side * 0.12
		box = layout.Card{
			Box: p.icon(icons.Check, side-2*pad, p.Palette.Surface, icons.BoldStroke), Fill: p.Palette.TintInk, Radius: side / 5, PadX: pad, PadY: pad,
		}
	}
	lines := 2
	if t.Short {
		lines = 1
	}
	about, share := 1, float32(2)
	if t.Aside {
		about, share = 2, 2.5
	}
	words := layout.Stack(0, p.AtMost(p.Bold(t.Title, theme.Label, ink), lines, theme.Caption))
	value := layout.Stack(0, p.OneLine(Trailing(p.Bold(t.Value, theme.Label, ink)), theme.Caption))
	hint := p.AtMost(p.Text(t.Hint, theme.Body, p.Palette.Ink2), about, theme.Caption)
	if t.Aside {
		value.Boxes = append(value.Boxes, Trailing(hint))
	} else {
		words.Boxes = append(words.Boxes, hint)
	}
	face := layout.Row{Gap: m.Px(24), Cells: []layout.Cell{
		{Box: layout.AtLeast{Box: box, W: side, H: side}}, {Box: words, Share: 3}, {Box: value, Share: share},
	}}
	return p.button(ButtonBox{
		Tap: t.Tap, Name: t.Title + " " + t.Value, Skin: skin, Face: face, PadX: m.Px(32), PadY: m.Px(12),
	}, 0)
}

// Turn is a button that turns the pages of a list: a word and an arrow, disabled at
// the end.
func (p Paint) Turn(label string, icon icons.Name, tap view.Tap, ready bool) layout.Box {
	m, skin, ink := p.Metrics, p.open(), p.Palette.Ink
	if !ready {
		skin, ink = p.off(), p.Palette.OffInk
	}
	text := p.OneLine(p.Bold(label, theme.Body, ink), theme.Caption)
	face := layout.Centre{Box: layout.Row{Gap: m.Px(12), Cells: []layout.Cell{
		{Box: p.Icon(icon, m.Type(theme.Body), ink)}, {Box: text},
	}}}
	return p.button(ButtonBox{Tap: tap, Name: label, Skin: skin, Off: !ready, Face: face, PadX: m.Px(16)}, 0)
}
