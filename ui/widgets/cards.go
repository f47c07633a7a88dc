package widgets

import (
	"image/color"

	"onetrans/assets/icons"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
)

// Card is a white surface that cannot be tapped.
func (p Paint) Card(box layout.Box) layout.Card {
	return layout.Card{
		Box: box, Fill: p.Palette.Surface, Edge: p.Palette.Hair, EdgeWidth: p.Metrics.Hair(),
		Radius: p.Metrics.Radius(), PadX: p.Metrics.Px(46), PadY: p.Metrics.Gap(4),
	}
}

// Row is a line of a card: a name and a value.
type Row struct {
	Label, Value string
	// Figure makes the value larger, for money.
	Figure bool
	// Number is a long number that may be set smaller to stay on its line.
	Number bool
}

// Rows is a card of lines with hairlines between them; rows without a value are left out.
func (p Paint) Rows(rows ...Row) layout.Box { return p.Card(layout.Stack(0, p.RowBoxes(rows...)...)) }

// RowBoxes are the lines and hairlines of a card.
func (p Paint) RowBoxes(rows ...Row) []layout.Box {
	var boxes []layout.Box
	for _, row := range rows {
		if row.Value == "" {
			continue
		}
		if len(boxes) > 0 {
			boxes = append(boxes, layout.Rule{Width: p.Metrics.Hair(), Color: p.Palette.Hair})
		}
		boxes = append(boxes, layout.Grow{Weight: 1, Box: p.row(row)})
	}
	return boxes
}

func (p Paint) row(row Row) layout.Box {
	m := p.Metrics
	size := theme.Label
	if row.Figure {
		size = theme.Figure
	}
	label := p.Text(row.Label, theme.Body, p.Palette.Ink2)
	label.Type.Lines, label.Type.Least = 1, 1
	value := Trailing(p.AtMost(p.Bold(row.Value, size, p.Palette.Ink), 2, theme.Body))
	if row.Number {
		value.Type.Least = m.LeastType(theme.Caption)
	}
	return layout.Pad{
		Box: layout.Row{Gap: m.Px(32), Cells: []layout.Cell{{Box: label}, {Box: value, Share: 1}}},
		Top: m.Gap(3), Bottom: m.Gap(3),
	}
}

// Notice is a band with an icon, a bold beginning, and a sentence that may have
// marked words.
type Notice struct {
	Icon         icons.Name
	Title, Text  string
	Ground, Word color.NRGBA
}

// Notice draws a notice.
func (p Paint) Notice(n Notice) layout.Box {
	m := p.Metrics
	content := n.Text
	if n.Title != "" {
		content = "**" + n.Title + "**" + gapAfter(n.Title) + n.Text
	}
	text := p.Text(content, theme.Body, n.Word)
	text.Marked, text.Type.Strong = true, n.Word
	cells := []layout.Cell{{Box: text, Share: 1}}
	if n.Icon != "" {
		cells = append([]layout.Cell{{Box: p.Icon(n.Icon, m.Type(theme.Body)*1.3, n.Word)}}, cells...)
	}
	return layout.Card{
		Box:  layout.Row{Gap: m.Px(28), Cells: cells},
		Fill: n.Ground, Radius: m.Radius(), PadX: m.Px(40), PadY: m.Gap(4),
	}
}

// gapAfter is the space that follows a sentence in Latin letters.
func gapAfter(sentence string) string {
	if sentence != "" && sentence[len(sentence)-1] < 0x80 {
		return " "
	}
	return ""
}

// Hint is a quiet notice.
func (p Paint) Hint(icon icons.Name, text string) layout.Box {
	return p.Notice(Notice{Icon: icon, Text: text, Ground: p.Palette.Tint, Word: p.Palette.TintInk})
}

// Warning is a notice that asks for attention.
func (p Paint) Warning(icon icons.Name, title, text string) layout.Box {
	return p.Notice(Notice{icon, title, text, p.Palette.WarnTint, p.Palette.Warn})
}

// InDoubt is a notice about money of which it is unknown whether it was charged.
func (p Paint) InDoubt(icon icons.Name, title, text string) layout.Box {
	return p.Notice(Notice{icon, title, text, p.Palette.DoubtTint, p.Palette.Doubt})
}

// Money is an amount as the largest thing on a page, at least 12 mm tall if there
// is room.
func (p Paint) Money(amount string) *layout.Text {
	text := p.Bold(amount, theme.Money, p.Palette.Ink)
	text.Type.Leading = 1.25
	return p.OneLine(text, theme.Title)
}
