package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
	"onetrans/ui/theme"
	"onetrans/ui/widgets"
)

// TakeCard asks to take the card out.
func TakeCard(k Kit, _ view.TakeCard) layout.Box {
	m := k.Metrics
	card := k.Card(layout.Centre{Box: k.Picture(icons.TakeCard, m.Px(720)*m.Tight.Space)})
	title := k.Bold(k.Say("take_card.title"), theme.Title, k.Palette.Ink)
	lead := k.Text(k.Say("take_card.lead"), theme.Body, k.Palette.Ink2)
	if k.portrait() {
		return layout.Stack(m.Gap(6), layout.Grow{Weight: 1},
			card, widgets.Centred(title), widgets.Centred(lead), layout.Grow{Weight: 2})
	}
	card.Middle = true
	return k.lay(plan{afloat: true, head: []layout.Box{title, lead}, body: []layout.Box{layout.Grow{Weight: 1, Box: card}}})
}
