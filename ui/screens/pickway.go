package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// PickWay offers the ways to identify; the readers are already listening.
func PickWay(k Kit, v view.PickWay) layout.Box {
	m := k.Metrics
	title := "pick.title"
	if k.large() {
		title = "pick.title_large"
	}
	gap := max(m.Gap(4), m.TapGap())
	columns := 1
	if len(v.Ways) > 3 {
		columns = 2
	}
	tall := m.Key(180)
	if len(v.Ways) > 2 {
		tall = m.Key(0)
	}
	if k.portrait() {
		tall = m.Key(300)
	}
	grid := layout.Grid{Gap: gap, Columns: columns}
	for _, way := range v.Ways {
		name := "way." + string(way)
		hint := k.Say(name + ".hint")
		if !k.portrait() && (len(v.Ways) > 3 || len(v.Ways) > 2 && k.large()) {
			hint = "" // the next page says it
		}
		grid.Boxes = append(grid.Boxes, layout.AtLeast{H: tall, Box: k.Tile(widgets.Tile{
			Icon: wayIcon(way), Title: k.Say(name + ".title"), Hint: hint, Flat: columns == 1, Picture: k.tilePicture(way, len(v.Ways)),
			Tap: view.Tap{Action: view.ChooseWay, Value: string(way)},
		})})
	}
	head := []layout.Box{k.Bold(k.Say(title), theme.Title, k.Palette.Ink)}
	other := k.Hint(icons.Help, k.Say("pick.other"))
	if v.Before != "" {
		other = k.before(v.Before)
	}
	if k.portrait() {
		return k.lay(plan{head: head, body: []layout.Box{layout.Grow{Weight: 2, Box: grid}, other}})
	}
	head = append(head, layout.Grow{Weight: 1}, other)
	return k.lay(plan{head: head, body: []layout.Box{layout.Grow{Weight: 1, Box: grid}}})
}

// before says what is there already, and what to do about it.
func (k Kit) before(kind view.BeforeKind) layout.Box {
	icon := icons.Card
	if kind == view.BeforeIdentity {
		icon = icons.IDCard
	}
	return k.Hint(icon, k.Say("before."+string(kind)))
}

// tilePicture is the way's picture where a tile is large enough and letters are not.
func (k Kit) tilePicture(way view.WayKind, ways int) icons.Name {
	if ways > 4 || ways > 2 && !k.portrait() || k.large() || way == view.WayHealthCard {
		return ""
	}
	return wayPicture(way)
}

func wayIcon(way view.WayKind) icons.Name {
	switch way {
	case view.WaySocialSecurityCard:
		return icons.Card
	case view.WayIdentityCard:
		return icons.IDCard
	case view.WayHealthCard:
		return icons.Heart
	}
	return icons.Scan
}
