package screens

import (
	"image/color"

	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// Attract invites, in every language, and can be touched anywhere.
func Attract(k Kit, _ view.Attract) layout.Box {
	m, colours := k.Metrics, k.Palette
	name := k.AtMost(widgets.Centred(k.Bold(k.Hospital, theme.Title, colours.Ink)), 2, theme.Body)
	calls := layout.Stack(m.Gap(1))
	for i, language := range k.Book.Names() {
		words := k.Book.In(language)
		size := theme.Body
		if i == 0 {
			size = theme.Title
		}
		call := k.AtMost(widgets.Centred(k.Bold(words.Say("attract.lead"), size, colours.OnAct)), 2, theme.Body)
		calls.Boxes = append(calls.Boxes, call)
	}
	pill := layout.Card{
		Box: layout.Row{Gap: m.Px(48), Cells: []layout.Cell{
			{Box: k.Icon(icons.Touch, m.Px(120), colours.OnAct)}, {Box: calls, Share: 1},
		}},
		Fill: colours.Act, Radius: m.Radius(), PadX: m.Px(64), PadY: m.Gap(8),
	}
	page := layout.Stack(m.Gap(5),
		layout.Grow{Weight: 2},
		k.Sign(icons.Hospital, m.Px(240), colours.Tint, colours.Act),
		name,
		widgets.Centred(k.Text(k.Say("attract.title"), theme.Heading, colours.Ink2)),
		layout.Grow{Weight: 2},
		pill,
		layout.Grow{Weight: 3},
	)
	return layout.Pile{page, widgets.ButtonBox{
		Tap: tap(view.Start), Name: k.Say("attract.lead"), Face: layout.Space{}, Emit: k.Emit,
		Skin: widgets.Skin{Fill: color.NRGBA{}, Pressed: color.NRGBA{}},
	}}
}
