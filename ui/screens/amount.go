package screens

import (
	"strconv"

	"fyne.io/fyne/v2"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Amount asks for the amount; the limits are shown before anything is typed.
func Amount(k Kit, v view.Amount) layout.Box {
	m := k.Metrics
	limit := "amount.limit"
	if v.Balance != "" && !k.large() {
		limit = "amount.limit_balance"
	}
	said := k.Say(limit, "min", v.Min, "max", v.Max, "balance", v.Balance,
		"account", k.Say("service."+string(v.Account)+".account"))
	head := []layout.Box{
		k.Bold(k.Say("amount.title"), theme.Title, k.Palette.Ink),
		k.Text(said, theme.Body, k.Palette.Ink2),
	}
	next := k.Main(k.Say("amount.next"), tap(view.Next), v.Ready)
	gap := max(m.Gap(3), m.TapGap())
	entry := []layout.Box{k.display(v), k.quick(v)}
	if k.portrait() {
		page := layout.Stack(gap, head...)
		page.Boxes = append(page.Boxes, entry...)
		page.Boxes = append(page.Boxes, layout.Grow{Weight: 1, Box: k.keypad(gap)}, next)
		return page
	}
	left := layout.Stack(gap, append(append(head, layout.Grow{Weight: 1}), entry...)...)
	right := layout.Stack(gap, layout.Grow{Weight: 1, Box: k.keypad(gap)}, next)
	return layout.Row{Gap: m.Px(72), Cells: []layout.Cell{{Box: left, Share: 1, Fill: true}, {Box: right, Share: 1, Fill: true}}}
}

// display shows what is typed; an error replaces its label, so that nothing moves
// when it appears.
func (k Kit) display(v view.Amount) layout.Box {
	m := k.Metrics
	typed := v.Typed
	ink := k.Palette.Ink
	if typed == "" {
		typed, ink = "0", k.Palette.Edge
	}
	number := k.Money(typed)
	number.Type.Color = ink
	if k.large() {
		number.Type.Size = m.Type(theme.Money) / 1.35
	}
	var label layout.Box = k.AtMost(k.Text(k.Say("amount.label"), theme.Body, k.Palette.Ink2), 2, theme.Caption)
	edge, width := k.Palette.Hair, m.Hair()
	if v.Problem != "" {
		text := k.AtMost(k.Bold(k.Say("amount."+string(v.Problem), "min", v.Min, "max", v.Max), theme.Body, k.Palette.Warn), 2, theme.Caption)
		label = layout.Row{Gap: m.Px(16), Cells: []layout.Cell{
			{Box: k.Icon(icons.Warning, m.Type(theme.Body)*1.2, k.Palette.Warn)}, {Box: text, Share: 1},
		}}
		edge, width = k.Palette.Warn, m.Edge()
	}
	unit := k.Bold(k.Say("amount.unit"), theme.Button, k.Palette.Ink)
	tall := number.Type.Size * number.Type.Leading // however many digits there are
	card := k.Card(layout.AtLeast{H: tall, Box: layout.Row{Gap: m.Px(16), Cells: []layout.Cell{
		{Box: label, Share: 2}, {Box: widgets.Trailing(number), Share: 3}, {Box: layout.Pad{Box: unit, Top: m.Type(theme.Button) * 0.7}},
	}}})
	card.Edge, card.EdgeWidth = edge, width
	card.PadY = m.Gap(1)
	return card
}

func (k Kit) quick(v view.Amount) layout.Box {
	if len(v.Quick) == 0 {
		return nil
	}
	gap := max(k.Metrics.Gap(3), k.Metrics.TapGap())
	grid := layout.Grid{Gap: gap, Columns: min(len(v.Quick), 4)}
	if k.large() && len(v.Quick) > 3 {
		grid.Columns = 2
	}
	for i, amount := range v.Quick {
		grid.Boxes = append(grid.Boxes, k.Choice(k.yuan(amount), view.Tap{Action: view.Quick, Value: strconv.Itoa(i)}, i == v.Selected))
	}
	return grid
}

// keypad has the digits of a telephone, the 0 twice as wide, and a column of keys
// that undo.
func (k Kit) keypad(gap float32) layout.Box {
	key := func(value string) layout.Box {
		return k.Key(value, "", view.Tap{Action: view.Key, Value: value})
	}
	rows := layout.Stack(gap)
	for _, values := range [][]string{{"1", "2", "3"}, {"4", "5", "6"}, {"7", "8", "9"}} {
		rows.Boxes = append(rows.Boxes, layout.Grow{Weight: 1, Box: layout.Beside(gap, key(values[0]), key(values[1]), key(values[2]))})
	}
	rows.Boxes = append(rows.Boxes, layout.Grow{Weight: 1, Box: zero{gap, key("0"), key(".")}})
	undo := layout.Grid{Gap: gap, Columns: 1, Boxes: []layout.Box{
		k.Key(k.Say("amount.delete"), icons.Delete, view.Tap{Action: view.Key, Value: view.KeyDelete}),
		k.Key(k.Say("amount.clear"), "", view.Tap{Action: view.Key, Value: view.KeyClear}),
	}}
	return layout.Row{Gap: gap, Cells: []layout.Cell{{Box: rows, Share: 3, Fill: true}, {Box: undo, Share: 1, Fill: true}}}
}

// zero is the last row: a 0 over two columns, and the point.
type zero struct {
	gap         float32
	zero, point layout.Box
}

func (z zero) Measure(width float32) fyne.Size {
	return z.zero.Measure(width).Max(z.point.Measure(width))
}

func (z zero) Draw(sheet *layout.Sheet, at layout.Rect) {
	digit := (at.W - 2*z.gap) / 3
	z.zero.Draw(sheet, layout.Rect{X: at.X, Y: at.Y, W: 2*digit + z.gap, H: at.H})
	z.point.Draw(sheet, layout.Rect{X: at.Right() - digit, Y: at.Y, W: digit, H: at.H})
}
