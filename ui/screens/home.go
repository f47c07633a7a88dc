package screens

import (
	"strconv"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Home offers the services. A single service fills the page and explains how it
// works.
func Home(k Kit, v view.Home) layout.Box {
	m := k.Metrics
	title := "home.title"
	if k.large() {
		title = "home.title_large"
	}
	head := []layout.Box{k.Bold(k.Say(title), theme.Title, k.Palette.Ink)}
	tiles := layout.Grow{Weight: 1, Box: k.services(v.Services)}
	how := k.how()
	if k.large() {
		how = nil
	}
	gap := m.Gap(4)
	if k.portrait() {
		return layout.Stack(gap, append(head, tiles, how)...)
	}
	left := layout.Stack(gap, append(head, how, layout.Grow{Weight: 1})...)
	return layout.Row{Gap: m.Px(72), Cells: []layout.Cell{
		{Box: left, Share: 5, Fill: true}, {Box: layout.Stack(0, tiles), Share: 7, Fill: true},
	}}
}

// services are the tiles: the main one over the whole width, the rest in pairs
// while there are many, and all below each other in large text.
func (k Kit) services(services []view.Service) layout.Box {
	gap := max(k.Metrics.Gap(4), k.Metrics.TapGap())
	if len(services) == 1 {
		return k.onlyService(services[0])
	}
	column := layout.Stack(gap)
	var rest []layout.Box
	flat := k.large() || len(services) <= 3
	for _, s := range services {
		if s.Main {
			tile := k.service(s, k.large())
			column.Boxes = append(column.Boxes, layout.Grow{Weight: 1, Box: tile})
			continue
		}
		rest = append(rest, k.service(s, flat))
	}
	columns := 2
	if flat {
		columns = 1
	}
	if len(rest) > 0 {
		column.Boxes = append(column.Boxes, layout.Grow{Weight: 1, Box: layout.Grid{Gap: gap, Columns: columns, Boxes: rest}})
	}
	return column
}

func (k Kit) service(s view.Service, flat bool) layout.Box {
	name := "service." + string(s.Kind)
	hint := name + ".hint"
	if k.large() {
		hint += "_large"
	}
	return k.Tile(widgets.Tile{
		Icon: serviceIcon(s.Kind), Title: k.Say(name + ".title"), Hint: k.Say(hint), Main: s.Main, Flat: flat,
		Tap: view.Tap{Action: view.PickService, Value: string(s.Kind)},
	})
}

// onlyService is the tile of a hospital that offers one thing.
func (k Kit) onlyService(s view.Service) layout.Box {
	m, colours := k.Metrics, k.Palette
	name := "service." + string(s.Kind)
	hint := name + ".hint"
	if k.large() {
		hint += "_large"
	}
	title := k.AtMost(k.Bold(k.Say(name+".title"), theme.Figure, colours.OnAct), 2, theme.Body)
	title.Type.Size = m.Type(theme.Title) * 1.15
	start := layout.Card{
		Box: layout.Centre{Box: layout.Row{Gap: m.Px(24), Cells: []layout.Cell{
			{Box: k.Icon(icons.Touch, m.Type(theme.Button), colours.Act)},
			{Box: k.Bold(k.Say("home.how.start"), theme.Button, colours.Act)},
		}}},
		Fill: colours.Surface, Radius: m.ButtonRadius(), PadX: m.Px(40), PadY: m.Gap(4),
	}
	face := layout.Stack(m.Gap(3),
		layout.Row{Cells: []layout.Cell{{Box: k.Mark(serviceIcon(s.Kind), m.Px(168), colours.ActMark, colours.OnAct)}}},
		layout.Space{H: m.Gap(2)},
		title,
		k.Text(k.Say(hint), theme.Body, colours.OnAct2),
		layout.Space{H: m.Gap(3)},
		start,
	)
	t := view.Tap{Action: view.PickService, Value: string(s.Kind)}
	return widgets.ButtonBox{
		Tap: t, Name: k.Say(name + ".title"), Face: face, PadX: m.Px(64), PadY: m.Gap(6), Off: k.Spent(t), Emit: k.Emit,
		Skin: widgets.Skin{Fill: colours.Act, Pressed: colours.Pressed, Edge: colours.Act, Radius: m.Radius()},
	}
}

// how says in three steps what will be asked for, so that nobody starts without a phone.
func (k Kit) how() layout.Box {
	m := k.Metrics
	rows := layout.Stack(m.Gap(3), k.Bold(k.Say("home.how.title"), theme.Label, k.Palette.Ink))
	for i, icon := range []icons.Name{icons.Card, icons.Deposit, icons.Phone} {
		rows.Boxes = append(rows.Boxes, layout.Row{Gap: m.Px(32), Cells: []layout.Cell{
			{Box: k.Mark(icon, m.Px(88), k.Palette.Tint, k.Palette.Act)},
			{Box: k.Text(k.Say("home.how."+strconv.Itoa(i+1)), theme.Body, k.Palette.Ink), Share: 1},
		}})
	}
	rows.Boxes = append(rows.Boxes, k.Text(k.Say("confirm.no_phone"), theme.Body, k.Palette.Ink2))
	return k.Card(rows)
}
