package screens

import (
	"strconv"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Present shows where and how to insert or lay the card, or hold the phone.
func Present(k Kit, v view.Present) layout.Box {
	m := k.Metrics
	name := "present." + string(v.Way)
	head := []layout.Box{k.Bold(k.Say(name+".title"), theme.Title, k.Palette.Ink)}
	switch {
	case v.Before != "": // where it goes is seen by what is there
		head = append(head, k.before(v.Before))
	case v.Place != "":
		head = append(head, k.Text(k.Say(name+".place", "place", v.Place), theme.Body, k.Palette.Ink2))
	}
	steps := layout.Stack(m.Gap(3))
	for i := 1; i <= 3; i++ {
		n := widgets.Centred(k.Bold(strconv.Itoa(i), theme.Label, k.Palette.TintInk))
		side := m.Type(theme.Label) * 1.7
		disc := layout.Card{Box: n, Fill: k.Palette.Tint, Radius: side / 2, Middle: true}
		steps.Boxes = append(steps.Boxes, layout.Row{Gap: m.Px(28), Cells: []layout.Cell{
			{Box: layout.AtLeast{Box: disc, W: side, H: side}},
			{Box: k.Text(k.Say(name+"."+strconv.Itoa(i)), theme.Body, k.Palette.Ink), Share: 1},
		}})
	}
	width := m.Px(840) * m.Tight.Space
	if !k.portrait() { // no wider than its half of a window
		width = min(width, float32(m.Panel.WidthPx)*0.4)
	}
	card := k.Card(layout.Centre{Box: k.Picture(wayPicture(v.Way), width)})
	card.Middle = true
	if k.portrait() {
		return layout.Stack(m.Gap(6), append(head, layout.Grow{Weight: 2, Box: card}, steps, layout.Grow{Weight: 1})...)
	}
	return k.lay(plan{head: append(head, layout.Grow{Weight: 1}, steps, layout.Grow{Weight: 1}), body: []layout.Box{layout.Grow{Weight: 1, Box: card}}})
}

func wayPicture(way view.WayKind) icons.Name {
	switch way {
	case view.WaySocialSecurityCard:
		return icons.InsertCard
	case view.WayIdentityCard:
		return icons.LayCard
	}
	return icons.HoldCode
}
