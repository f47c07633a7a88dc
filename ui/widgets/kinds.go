package widgets

import (
	"image/color"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
)

// mainHeight and keyHeight are in design units; a wide panel has less height.
// Neither goes below its millimetres.
func (p Paint) mainHeight() float32 {
	if p.Metrics.Panel.Portrait() {
		return 150
	}
	return 124
}

func (p Paint) keyHeight() float32 {
	if p.Metrics.Panel.Portrait() {
		return 112
	}
	return 84
}

func (p Paint) filled() Skin {
	return Skin{Fill: p.Palette.Act, Pressed: p.Palette.Pressed, Edge: p.Palette.Act, Radius: p.Metrics.ButtonRadius()}
}

func (p Paint) open() Skin {
	return Skin{
		Fill: p.Palette.Surface, Pressed: p.Palette.Tint, Edge: p.Palette.Edge,
		EdgeWidth: p.Metrics.Edge(), Radius: p.Metrics.ButtonRadius(),
	}
}

func (p Paint) selected() Skin {
	skin := p.open()
	skin.Fill, skin.Pressed, skin.Edge = p.Palette.Tint, p.Palette.Tint, p.Palette.Act
	return skin
}

func (p Paint) off() Skin {
	return Skin{Fill: p.Palette.Off, Pressed: p.Palette.Off, Edge: p.Palette.Off, Radius: p.Metrics.ButtonRadius()}
}

// Main is the one filled button of a page: the next step. It is grey and disabled
// when it is off, or moves money and was already tapped.
func (p Paint) Main(label string, tap view.Tap, ready bool) layout.Box {
	return p.action(label, tap, ready, p.filled(), p.Palette.OnAct)
}

// Other is a button beside the main one.
func (p Paint) Other(label string, tap view.Tap, ready bool) layout.Box {
	return p.action(label, tap, ready, p.open(), p.Palette.Ink)
}

func (p Paint) action(label string, tap view.Tap, ready bool, skin Skin, ink color.NRGBA) layout.Box {
	off := !ready || p.Spent(tap)
	if off {
		skin, ink = p.off(), p.Palette.OffInk
	}
	text := p.AtMost(Centred(p.Bold(label, theme.Button, ink)), 2, theme.Body)
	text.Type.Leading = 1.2
	return p.button(ButtonBox{
		Tap: tap, Name: label, Skin: skin, Off: off, Face: text, PadX: p.Metrics.Px(24), PadY: p.Metrics.Px(16),
	}, p.mainHeight())
}

// button gives a button its minimum size.
func (p Paint) button(b ButtonBox, height float32) layout.Box {
	b.Emit = p.Emit
	return layout.AtLeast{Box: b, W: p.Metrics.Key(0), H: p.Metrics.Key(height)}
}

// Key is a key of the keypad, with a word or an icon.
func (p Paint) Key(label string, icon icons.Name, tap view.Tap) layout.Box {
	var face layout.Box
	if icon != "" {
		face = p.Icon(icon, p.Metrics.Type(theme.Heading), p.Palette.Ink)
	} else {
		size := theme.Title
		if len([]rune(label)) > 1 {
			size = theme.Label
		}
		face = p.OneLine(Centred(p.Bold(label, size, p.Palette.Ink)), theme.Caption)
	}
	return p.button(ButtonBox{Tap: tap, Name: label, Skin: p.open(), Face: face, PadX: p.Metrics.Px(8)}, p.keyHeight())
}

// Choice is a small button whose selection is shown by a tick and a tint.
func (p Paint) Choice(label string, tap view.Tap, selected bool) layout.Box {
	skin, ink := p.open(), p.Palette.Ink
	text := p.OneLine(Centred(p.Bold(label, theme.Label, ink)), theme.Caption)
	var face layout.Box = text
	if selected {
		skin = p.selected()
		text.Type.Color = p.Palette.TintInk
		tick := p.Icon(icons.Check, p.Metrics.Type(theme.Label)*0.8, p.Palette.TintInk)
		face = layout.Centre{Box: layout.Row{Gap: p.Metrics.Px(6), Cells: []layout.Cell{{Box: text}, {Box: tick}}}}
	}
	return p.button(ButtonBox{Tap: tap, Name: label, Skin: skin, Face: face, PadX: p.Metrics.Px(10)}, 112)
}

// Tool is a button of the frame: an icon with a word beside it, or below it in
// large text.
func (p Paint) Tool(label string, icon icons.Name, tap view.Tap) layout.Box {
	return p.tool(label, icon, tap, false)
}

// IconTool is a button of the frame with an icon only; the label is for assistive
// technology.
func (p Paint) IconTool(label string, icon icons.Name, tap view.Tap) layout.Box {
	return p.tool(label, icon, tap, true)
}

func (p Paint) tool(label string, icon icons.Name, tap view.Tap, wordless bool) layout.Box {
	m := p.Metrics
	text := p.Bold(label, theme.Body, p.Palette.Ink)
	text.Type.Lines, text.Type.Least = 1, m.LeastType(theme.Caption)
	var face layout.Box = Centred(text)
	if icon != "" {
		drawing := p.Icon(icon, m.Type(theme.Body)*1.05, p.Palette.Ink)
		if wordless {
			face = p.Icon(icon, m.Type(theme.Body)*1.3, p.Palette.Ink)
		} else if m.Large {
			face = layout.Stack(0, drawing, Centred(text))
		} else {
			face = layout.Centre{Box: layout.Row{Gap: m.Px(12), Cells: []layout.Cell{{Box: drawing}, {Box: text}}}}
		}
	}
	least, pad := max(m.Px(112), m.Panel.Pixels(theme.KeyMM)), m.Px(20)
	if m.Large {
		pad = m.Px(12)
	}
	return layout.AtLeast{W: least, Box: p.button(ButtonBox{Tap: tap, Name: label, Skin: p.open(), Face: face, PadX: pad, PadY: m.Px(8)}, 112)}
}

// Tile is a big button for a choice: an icon, a title and a line about it. A main
// tile is filled; a flat one has its icon beside the text.
type Tile struct {
	Icon icons.Name
	// Picture replaces the icon of a flat tile, if set.
	Picture     icons.Name
	Title, Hint string
	Tap         view.Tap
	Main, Flat  bool
}

// Tile draws a tile.
func (p Paint) Tile(t Tile) layout.Box {
	m, skin := p.Metrics, p.open()
	skin.Radius = m.Radius()
	ink, second, mark, drawn := p.Palette.Ink, p.Palette.Ink2, p.Palette.Tint, p.Palette.Act
	if t.Main {
		skin = p.filled()
		skin.Radius = m.Radius()
		ink, second, mark, drawn = p.Palette.OnAct, p.Palette.OnAct2, p.Palette.ActMark, p.Palette.OnAct
	}
	size := theme.Heading
	if t.Main && !t.Flat {
		size = theme.Title
	}
	words := layout.Stack(m.Gap(1), p.AtMost(p.Bold(t.Title, size, ink), 2, theme.Body))
	if t.Hint != "" {
		words.Boxes = append(words.Boxes, p.Text(t.Hint, theme.Body, second))
	}
	sign := p.Mark(t.Icon, m.Px(112), mark, drawn)
	if t.Flat {
		sign = p.Mark(t.Icon, m.Px(144), mark, drawn)
		if t.Picture != "" {
			sign = p.Picture(t.Picture, m.Px(300))
		}
	}
	var face layout.Box = layout.Stack(m.Gap(3), layout.Row{Cells: []layout.Cell{{Box: sign}}}, words)
	if t.Flat {
		face = layout.Row{Gap: m.Px(40), Cells: []layout.Cell{{Box: sign}, {Box: words, Share: 1}}}
	}
	return p.button(ButtonBox{
		Tap: t.Tap, Name: t.Title, Skin: skin, Face: face, PadX: m.Px(46), PadY: m.Gap(5), Off: p.Spent(t.Tap),
	}, p.mainHeight())
}

// Mark is an icon on a rounded square of its own.
func (p Paint) Mark(icon icons.Name, side float32, ground, drawn color.NRGBA) layout.Box {
	card := layout.Card{Box: p.Icon(icon, side*0.6, drawn), Fill: ground, Radius: side / 4, PadX: side * 0.2, PadY: side * 0.2}
	return layout.AtLeast{Box: card, W: side, H: side}
}

// Sign is the icon of a state on a disc: done, in doubt, trouble.
func (p Paint) Sign(icon icons.Name, diameter float32, ground, drawn color.NRGBA) layout.Box {
	inner := diameter * 0.62
	pad := (diameter - inner) / 2
	card := layout.Card{Box: p.icon(icon, inner, drawn, icons.BoldStroke), Fill: ground, Radius: diameter / 2, PadX: pad, PadY: pad}
	return layout.Centre{Box: layout.AtLeast{Box: card, W: diameter, H: diameter}}
}
